"""Which dispute it is: a guess with its reason, the questions that decide, whom it may concern."""

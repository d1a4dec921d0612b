"""What happened, in order: the time line, what the user told, statistics, when a case closes."""

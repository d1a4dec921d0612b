"""Where a complaint can go, whether a channel takes it, what comes next, ready replies."""

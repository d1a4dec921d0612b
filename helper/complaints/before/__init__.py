"""What to look at before paying."""

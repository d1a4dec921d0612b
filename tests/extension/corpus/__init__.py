"""A corpus of complaint forms drawn with the real libraries, and what right is in each field."""

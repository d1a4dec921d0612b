"""Every deadline of a case, in hours, days and Chinese working days."""

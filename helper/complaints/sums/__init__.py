"""What may be asked for in money, with formula, source and condition."""

"""Take in what the extension saw and visit the page a second time."""

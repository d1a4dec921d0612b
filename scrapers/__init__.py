"""Read orders out of shop pages. One platform a file in `sites/`; imports nothing of `helper`."""

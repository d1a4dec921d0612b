"""One platform a file; each exports `PLATFORM`."""

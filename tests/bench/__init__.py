"""Speed and memory, measured against a bare script and plain SHA-256; `make bench`."""

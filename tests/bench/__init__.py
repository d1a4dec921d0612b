"""Speed and memory, measured against a bare script in the same run; `make bench`."""

"""What is kept: SQLite catalogue, content-addressed blobs, append-only ledger."""

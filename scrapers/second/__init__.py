"""Sources beyond what a page shows: the JSON it got, notices that have vanished."""

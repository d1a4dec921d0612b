"""The demo card platform and the demonstration that runs against it."""

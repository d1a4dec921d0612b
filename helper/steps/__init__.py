"""What the workflow does, one step a module; `pipeline.py` says in which order."""

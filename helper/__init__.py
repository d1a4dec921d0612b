"""The local helper: keeps, visits, seals, reads, advises, drafts.

The way through is `pipeline.py`; the one place that knows all parts is `app.py`.
"""

__version__ = "0.1.0"

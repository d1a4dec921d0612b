"""Fuzz the verifier with atheris, by hand: it must neither raise nor pass what it should not.

    pip install atheris
    python -m tests.faults.fuzz_verify BUNDLE.zip [-max_total_time=600]

Without atheris it makes random changes until it is stopped: `python -m … BUNDLE.zip`.
"""

from __future__ import annotations

import random
import sys
import tempfile
from importlib import import_module, util
from pathlib import Path

from helper.evidence.verify import verify
from tests.evidence.mutations import Take, broken


class Target:
    """One bundle, broken anew each time."""

    def __init__(self, original: bytes, folder: Path) -> None:
        self.original = original
        self.path = folder / "broken.zip"

    def once(self, take: Take) -> None:
        """Break it once and look at the verdict; raises AssertionError."""
        data = broken(self.original, take)
        self.path.write_bytes(data)
        found = verify(self.path)
        assert found == verify(self.path), "two verdicts for the same bytes"
        assert all(check.detail.isprintable() for check in found.checks)
        names = {check.name for check in found.checks}
        assert found.verdict == "fail" or "artifacts" in names, "passed without all checks"


def main(arguments: list[str]) -> None:
    """Run until stopped."""
    original = Path(arguments[1]).read_bytes()
    with tempfile.TemporaryDirectory() as name:
        target = Target(original, Path(name))
        if util.find_spec("atheris") is None:
            sys.stderr.write("atheris is not installed; random changes instead\n")
            while True:
                target.once(random.randint)
        atheris = import_module("atheris")

        def one(data: bytes) -> None:
            provider = atheris.FuzzedDataProvider(data)
            target.once(provider.ConsumeIntInRange)

        atheris.instrument_all()
        atheris.Setup([arguments[0], *arguments[2:]], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)

"""Check a bundle, folder or ZIP, by its files alone: no database, no browser, no network.

The input may be hostile: limits on sizes and names, no links, and whatever goes wrong is a failed
check with its reason, never an exception. Same input, same verdict, but for time stamps that the
library cannot judge: where openssl is not installed they are not confirmed. `README.md` beside this
file says against whom this protects; `verify_page/` makes the same checks in a browser, except that
it judges no authority's signature and sees no links and empty folders of a folder.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, TypeVar

from cryptography.x509 import Certificate

from helper.evidence import listed, sealed, stamped
from helper.evidence.clocked import read_clocks
from helper.evidence.clocks import Row
from helper.evidence.container import ContainerError, Files, opened
from helper.evidence.records import FailedError, Listing, Record

Outcome = Literal["pass", "not_confirmed", "fail"]
"""Not confirmed: nothing is wrong, and nothing is proved; only for time stamps."""
_NEEDED = frozenset({"container", "signature", "files", "ledger", "seals", "artifacts"})
_Result = TypeVar("_Result")


class Check(Record):
    """One thing that was checked.

    `verify.<name>.<verdict>` of the catalogue says it in a sentence, `.proves` and `.limits` what
    it proves and what not.
    """

    name: str
    verdict: Outcome
    detail: str


class Verification(Record):
    """The outcome; `installation` is the fingerprint of the key that signed, if one did.

    `clocks` is what other clocks said of the computer's, out of sealed records; no check.
    """

    verdict: Outcome
    installation: str | None
    redacted: bool
    checks: tuple[Check, ...]
    clocks: tuple[Row, ...] = ()


def verify(
    path: Path, installation: str | None = None, *, stamp_roots: Sequence[Certificate] = ()
) -> Verification:
    """Check a bundle; `installation` is the fingerprint it must be signed by.

    `stamp_roots` may confirm time stamps besides the roots of the package.
    """
    report = _Report(installation, stamp_roots)
    try:
        with opened(path) as files:
            report.run(files)
    except ContainerError as error:
        report.add("container", "fail", str(error))
    except Exception as error:  # noqa: BLE001, hostile input: what a reader trips over is a verdict
        report.add("container", "fail", f"cannot be read: {type(error).__name__}: {error}")
    return report.outcome()


class _Report:
    """Runs the checks in order; a later one uses what an earlier one established."""

    def __init__(self, expected: str | None, stamp_roots: Sequence[Certificate]) -> None:
        self._expected = expected
        self._stamp_roots = stamp_roots
        self._checks: list[Check] = []
        self._installation: str | None = None
        self._redacted = False
        self._clocks: tuple[Row, ...] = ()

    def add(self, name: str, verdict: Outcome, detail: str) -> None:
        """Note an outcome; what a terminal might obey is escaped."""
        plain = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in detail)
        self._checks.append(Check(name=name, verdict=verdict, detail=plain[:2000]))

    def outcome(self) -> Verification:
        """Pass only if every check passed, and all were made."""
        passed = {check.name for check in self._checks if check.verdict == "pass"}
        failed = any(check.verdict == "fail" for check in self._checks)
        return Verification(
            verdict="fail" if failed or not passed >= _NEEDED else "pass",
            installation=self._installation,
            redacted=self._redacted,
            checks=tuple(self._checks),
            clocks=self._clocks,
        )

    def run(self, files: Files) -> None:
        """Make all checks that the input allows."""
        self.add("container", "pass", f"{len(files.sizes)} files{files.note}")
        compared = self._expected is not None
        signed = self._attempt("signature", lambda: listed.signed_listing(files, compared=compared))
        if signed is None:
            return
        listing, signed_by = signed
        self._installation = signed_by
        self._redacted = listing.redaction is not None
        if self._expected is not None:
            expected = self._expected
            self._attempt("installation", lambda: _compare_installation(expected, signed_by))
        self._check_content(files, listing, signed_by)

    def _check_content(self, files: Files, listing: Listing, signed_by: str) -> None:
        found = self._attempt("files", lambda: listed.compare_files(files, listing))
        ledger = self._attempt("ledger", lambda: sealed.read_ledger(files, listing))
        if ledger is None or found is None:
            return
        manifests = self._attempt(
            "seals", lambda: sealed.check_seals(files, listing, ledger, signed_by)
        )
        if manifests is None:
            return
        as_sealed = self._attempt(
            "artifacts", lambda: sealed.compare_artifacts(manifests, found, listing)
        )
        if as_sealed is not None:
            self._clocks = read_clocks(files, listing, manifests)
        self._check_stamps(files)
        if listing.redaction is not None:
            self._attempt("redaction", lambda: sealed.compare_masked(manifests, found, listing))

    def _check_stamps(self, files: Files) -> None:
        try:
            found = stamped.check_stamps(files, self._stamp_roots)
        except (FailedError, ContainerError, OSError, ValueError, MemoryError) as error:
            self.add("stamps", "fail", str(error))
        else:
            self.add("stamps", found.verdict, found.detail)

    def _attempt(self, name: str, work: Callable[[], tuple[_Result, str]]) -> _Result | None:
        """Run one check; return what it established, None if it failed."""
        try:
            result, detail = work()
        except (FailedError, ContainerError) as error:
            self.add(name, "fail", str(error))
        except (
            OSError,
            ValueError,
            RuntimeError,
            EOFError,
            MemoryError,
            zipfile.BadZipFile,
            zlib.error,
        ) as error:
            self.add(name, "fail", f"cannot be read: {type(error).__name__}: {error}")
        else:
            self.add(name, "pass", detail)
            return result
        return None


def _compare_installation(expected: str, signed_by: str) -> tuple[str, str]:
    """Compare fingerprints, however the expected one is grouped or capitalised."""
    plain = re.sub(r"[\s:.-]", "", expected).lower()
    if not re.fullmatch(r"[0-9a-f]{64}", plain):
        raise FailedError(f"not a fingerprint of 64 hexadecimal digits: {expected}")
    if plain != signed_by:
        raise FailedError(f"signed by {signed_by}, expected {plain}")
    return signed_by, f"signed by the expected installation {signed_by}"

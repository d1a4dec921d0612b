"""The second opinion on a time stamp: `openssl ts -verify`, where it is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

_SECONDS: Final = 10
_REASONS: Final = (
    ("has expired", "expired"),
    ("not yet valid", "expired"),
    ("issuer certificate", "root_not_pinned"),
    ("self-signed", "root_not_pinned"),
    ("self signed", "root_not_pinned"),
    ("first certificate", "root_not_pinned"),
    ("nonce mismatch", "wrong_nonce"),
    ("message imprint mismatch", "wrong_imprint"),
    ("purpose", "no_stamping_purpose"),
    ("one signer", "several_signers"),
    ("signature failure", "bad_signature"),
    ("digest failure", "bad_signature"),
)
"""What OpenSSL 1.1 and 3 say, and our word for it; the first that fits."""


def find() -> Path | None:
    """Return the program, None where it is not installed."""
    found = shutil.which("openssl")
    return Path(found) if found else None


def reason_of(said: str) -> str:
    """Return our code for an error text of OpenSSL."""
    return next((code for words, code in _REASONS if words in said), "refused")


def refusal(
    program: Path, query: bytes, reply: bytes, root: x509.Certificate, at: datetime
) -> str | None:
    """Return why OpenSSL refuses a reply, None if it verifies; certificates are judged at `at`.

    By hand: `openssl ts -verify -queryfile Q -in R -CAfile ROOT -attime SECONDS`.
    """
    with TemporaryDirectory(prefix="kazheng-stamp-") as folder:
        files = [Path(folder) / name for name in ("query.tsq", "reply.tsr", "root.pem")]
        for file, data in zip(files, (query, reply, root.public_bytes(Encoding.PEM)), strict=True):
            file.write_bytes(data)
        words = [
            *("-queryfile", files[0], "-in", files[1], "-CAfile", files[2]),
            *("-attime", str(int(at.timestamp()))),
        ]
        try:
            done = subprocess.run(
                [str(word) for word in (program, "ts", "-verify", *words)],
                capture_output=True,
                timeout=_SECONDS,
                check=False,
                env={**os.environ, "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"not_run: {type(error).__name__}"
    if done.returncode == 0 and b"Verification: OK" in done.stdout + done.stderr:
        return None
    return reason_of((done.stdout + done.stderr)[-4000:].decode("utf-8", "replace"))

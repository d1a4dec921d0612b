"""The commands that check the time stamps of one bundle with openssl alone, ready to copy."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from helper.evidence.token import read_reply
from helper.messages import LANGUAGES, text


@dataclass(frozen=True)
class LaidStamp:
    """A reply of an authority as it lies in a bundle; `root` is the path of its root, if there."""

    path: str
    reply: bytes
    root: str | None


def stamp_lines(stamps: Iterable[LaidStamp], manifests: Mapping[str, str]) -> list[str]:
    """Return lines for the README: commands for bash begin with `$`, else it says why not.

    `manifests` maps the SHA-256 of each manifest to its path in the bundle.
    """
    found = sorted(stamps, key=lambda stamp: stamp.path)
    roots = sorted({stamp.root for stamp in found if stamp.root})
    lines = [_command("openssl", "x509", "-noout", "-subject", "-fingerprint", "-sha256", "-in", r)
             for r in roots]  # fmt: skip
    for stamp in found:
        lines += _checked(stamp, manifests)
    return lines or [_said("none")]


def _checked(stamp: LaidStamp, manifests: Mapping[str, str]) -> Iterator[str]:
    try:
        token = read_reply(stamp.reply).token
    except ValueError:
        token = None
    if token is None:
        yield _said("unreadable", name=stamp.path)
        return
    manifest = manifests.get(token.imprint.hex())
    if manifest is None or stamp.root is None:
        yield _said("no_manifest" if manifest is None else "no_root", name=stamp.path)
        return
    seconds = str(int(token.gen_time.timestamp()))
    yield _command(
        *("openssl", "ts", "-verify", "-data", manifest, "-in", stamp.path),
        *("-CAfile", stamp.root, "-attime", seconds),
    )


def _command(*words: str) -> str:
    return f"    $ {shlex.join(words)}"


def _said(key: str, **values: str) -> str:
    told = (text(f"bundle.stamps.{key}", language, **values) for language in LANGUAGES)
    return f"      {' / '.join(told)}"

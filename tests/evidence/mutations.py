"""Break a bundle in ways that reach deep into the verifier: for the tests and for atheris."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

from helper.evidence import canonical, seal

KEY = bytes(range(32))
Take = Callable[[int, int], int]
"""Gives a whole number between two bounds, both included."""

_STRANGE: tuple[Any, ...] = (
    None, True, 0, -1, 2**53 - 1, 2**70, 1.5, "", "\ud800", "x" * 70_000, [], {}, [[]] * 50,
    "../../etc/passwd", "seals/x", "0" * 64, {"__proto__": 1}, "kazheng/bundle/99", "\x1b[2J",
)  # fmt: skip


def broken(original: bytes, take: Take) -> bytes:
    """Return a ZIP with one to three changes; signed anew by the key as often as not."""
    with zipfile.ZipFile(io.BytesIO(original)) as archive:
        files = {info.filename: archive.read(info) for info in archive.infolist()}
    for _ in range(take(1, 3)):
        names = sorted(files)
        name = names[take(0, len(names) - 1)]
        kind = take(0, 5)
        if kind == 0:
            del files[name]
        elif kind == 1:
            files[name] = _spliced(files[name], take)
        elif kind == 2:
            other = names[take(0, len(names) - 1)]
            files[name], files[other] = files[other], files[name]
        elif kind == 3:
            files[f"{name}{'x' * take(1, 3)}"] = files[name]
        else:
            files[name] = _changed_json(files[name], take)
    if take(0, 1) and "bundle.json" in files:
        _sign(files)
    out = io.BytesIO()
    method = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)[take(0, 1)]
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return _spliced(out.getvalue(), take) if take(0, 3) == 0 else out.getvalue()


def _spliced(data: bytes, take: Take) -> bytes:
    at = take(0, len(data))
    put = bytes(take(0, 255) for _ in range(take(0, 4)))
    return data[:at] + put + data[at + take(0, 4) :]


def _changed_json(data: bytes, take: Take) -> bytes:
    """Put a strange value somewhere into JSON, canonical where it can be."""
    lines = data.splitlines() or [b""]
    number = take(0, len(lines) - 1)
    try:
        value = json.loads(lines[number])
    except (ValueError, RecursionError):
        return b"[" * take(0, 100_000)
    place: Any = value
    while isinstance(place, dict | list) and place:
        keys = sorted(place) if isinstance(place, dict) else range(len(place))
        key = keys[take(0, len(keys) - 1)]
        if not isinstance(place[key], dict | list) or not place[key] or take(0, 2) == 0:
            place[key] = _STRANGE[take(0, len(_STRANGE) - 1)]
            break
        place = place[key]
    try:
        lines[number] = canonical.encode(value)
    except ValueError:
        lines[number] = json.dumps(value).encode()
    return b"\n".join(lines) + (b"\n" if data.endswith(b"\n") else b"")


def _sign(files: dict[str, bytes]) -> None:
    signature = seal.sign(files["bundle.json"], KEY, "bundle")
    files["bundle.sig.json"] = signature
    files["bundle.signed"] = seal.message(files["bundle.json"], "bundle")
    files["bundle.sig"] = bytes.fromhex(json.loads(signature)["signature"])

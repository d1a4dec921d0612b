"""Files as extension/background/outbox_file.js writes them, for tests that break them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

UUID = "00000000-0000-4000-8000-00000000000{}"
PAGE = "<!doctype html><title>订单</title><p>订单号 12345678".encode()


def part(role: str, media_type: str, data: bytes, **about: Any) -> dict[str, Any]:
    sha256 = hashlib.sha256(data).hexdigest()
    return {
        "role": role, "sha256": sha256, "size": len(data), "media_type": media_type, "about": about,
    }  # fmt: skip


def capture(number: int, *, complete: bool = True) -> tuple[dict[str, Any], bytes]:
    """Return a capture and its bytes; its two strips are the same picture."""
    page, strip = PAGE + str(number).encode(), b"\x89PNG" * 40_000
    parts = [
        part("seen/html", "text/html", page),
        part("seen/strip", "image/png", strip, index=0, y=0),
        part("seen/strip", "image/png", strip, index=1, y=700),
    ]
    meta = {
        "url": f"https://shop.example/order/{number}",
        "title": f"订单 {number}",
        "clicked_at": "2026-11-20T14:23:05.120Z",
        "session": "lent",
    }
    return {
        "uuid": UUID.format(number), "meta": meta, "complete": complete, "parts": parts,
    }, page + strip  # fmt: skip


def outbox_file(
    path: Path, *captures: tuple[dict[str, Any], bytes], first: bytes = b"kazheng/outbox/1\n"
) -> Path:
    index = {
        "exported_at": "2026-11-27T09:00:00.000Z",
        "extension_version": "0.1.0",
        "captures": [one for one, _ in captures],
    }
    line = json.dumps(index, ensure_ascii=False).encode() + b"\n"
    path.write_bytes(first + line + b"".join(data for _, data in captures))
    return path

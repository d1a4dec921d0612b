"""A real store in a temporary folder, and captures whose parts have all arrived."""

import hashlib
import io
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from helper.model import CaptureMeta, CaptureView, Part
from helper.settings import Settings
from helper.steps.store import Store, open_store

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://shop.example/order/KZ20240102"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(Settings(data=tmp_path / "data", lend_seconds=0.01))
    yield opened
    opened.vault.engine.dispose()


class Captures:
    """Makes captures in a store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def new(self, *parts: tuple[Any, bytes, dict[str, Any]], **meta: Any) -> str:
        """Announce a capture with these parts (role, bytes, about), all received."""
        capture_id = str(uuid.uuid4())
        said = CaptureMeta.model_validate({"url": URL, "clicked_at": NOON} | meta)
        self.store.vault.create_capture(capture_id, said, [])
        self.more(capture_id, *parts)
        return capture_id

    def more(self, capture_id: str, *parts: tuple[Any, bytes, dict[str, Any]]) -> None:
        meta = self.store.vault.capture(capture_id).meta
        for given in parts:
            part = announced(*given)
            self.store.blobs.keep_bytes(given[1])
            self.store.vault.create_capture(capture_id, meta, [part])
            self.store.vault.set_received(capture_id, part.sha256, part.size)

    def view(self, capture_id: str) -> CaptureView:
        return self.store.vault.capture(capture_id)

    def lacks(self, capture_id: str) -> set[tuple[str, str]]:
        return {(entry.role, entry.reason) for entry in self.view(capture_id).missing}

    def names(self, capture_id: str) -> list[str]:
        return [item.name for item in self.view(capture_id).artifacts]


@pytest.fixture
def captures(store: Store) -> Captures:
    return Captures(store)


def announced(role: Any, data: bytes, about: dict[str, Any]) -> Part:
    kinds = {
        "seen/html": "text/html", "seen/chat": "text/html", "seen/text": "text/plain",
        "seen/mhtml": "multipart/related", "seen/recording": "video/webm;codecs=vp8",
    }  # fmt: skip
    return Part(
        role=role,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        media_type=kinds.get(role, "image/png"),
        about=about,
    )


@pytest.fixture
def picture() -> Callable[..., bytes]:
    def make(width: int = 640, height: int = 40, colour: str = "navy") -> bytes:
        out = io.BytesIO()
        Image.new("RGB", (width, height), colour).save(out, "PNG")
        return out.getvalue()

    return make


@pytest.fixture
def later() -> datetime:
    return NOON + timedelta(minutes=1)


from .stamped import keepers, world  # noqa: E402, F401  # fixtures; they need what stands above

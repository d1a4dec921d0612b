"""What `kazheng capture` refuses before it opens anything."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from helper.errors import (
    BrowserFailedError,
    BrowserMissingError,
    InvalidError,
    KazhengError,
    RefusedError,
)
from helper.messages import explain
from helper.model import Artifact, CaptureMeta, CaptureView, Missing
from helper.settings import Settings
from helper.visiting import capture_address, require_page

ADDRESSES = ["", "shop.example", "ftp://shop.example/", "http://", "http://[bad",
             "http://shop.example:99999/", "javascript:alert(1)", "file:///etc/passwd"]  # fmt: skip


@pytest.mark.parametrize("url", ADDRESSES)
async def test_what_is_no_web_address_is_refused(url: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with pytest.raises(InvalidError) as failure:
        await capture_address(Settings(data=data), url, None)
    assert failure.value.details["reason"] == "address"
    assert not data.exists()


@pytest.mark.parametrize("content", [None, b"not json", b"[]", b"\xff\xfe"])
async def test_a_session_that_cannot_be_read_is_refused(
    content: bytes | None, tmp_path: Path
) -> None:
    session = tmp_path / "session.json"
    if content is not None:
        session.write_bytes(content)
    with pytest.raises(InvalidError) as failure:
        await capture_address(Settings(data=tmp_path / "data"), "https://shop.example/", session)
    assert failure.value.details["reason"] == "session_file"


async def test_a_browser_that_is_not_there_is_told_before_anything_is_made(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with pytest.raises(BrowserMissingError) as failure:
        await capture_address(Settings(data=data, browser="/nowhere/x"), "http://a.example/", None)
    assert "/nowhere/x" in explain(failure.value, "en")["message"]
    assert not data.exists()


def view_of(missing: tuple[Missing, ...], *roles: str) -> CaptureView:
    meta = CaptureMeta(url="https://shop.example/", clicked_at=datetime(2026, 1, 1, tzinfo=UTC))
    kept = [
        Artifact.model_validate(
            {"role": role, "name": role, "sha256": "0" * 64, "bytes": 1, "media_type": "x/y"}
        )
        for role in roles
    ]
    return CaptureView(
        capture_id="12345678-1234-1234-1234-123456789012", case_id=None, state="sealed", meta=meta,
        artifacts=tuple(kept), missing=missing, seals=(), steps=(), order=None, corroboration=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("browser_missing", BrowserMissingError),
        ("browser_failed", BrowserFailedError),
        ("unreachable", RefusedError),
    ],
)
def test_a_visit_that_kept_nothing_is_no_success(reason: str, kind: type[KazhengError]) -> None:
    missing = (Missing(role="witness", reason=reason),)
    with pytest.raises(kind):
        require_page(view_of(missing, "environment"), "zh_CN")
    require_page(view_of(missing, "witness/html"), "zh_CN")

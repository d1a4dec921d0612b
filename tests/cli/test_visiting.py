"""What `kazheng capture` refuses before it opens anything."""

from pathlib import Path

import pytest

from helper.errors import InvalidError
from helper.settings import Settings
from helper.visiting import capture_address

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

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from helper.capture.archive import About, har, write_warc
from helper.capture.network import Exchange

ABOUT = About(software="kazheng/0", user_agent="x", peers={"shop.example:80": "192.0.2.1"})


@pytest.mark.parametrize("url", ["http://shop.example:port/", "http://[bad/", "http://a:99999/"])
def test_a_url_that_is_none_costs_no_other_record(tmp_path: Path, url: str) -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    log = [Exchange("1", 0, wanted, "GET", "Fetch", at) for wanted in (url, "http://shop.example/")]
    write_warc(tmp_path / "x.warc.gz", log, ABOUT)
    with (tmp_path / "x.warc.gz").open("rb") as source:
        found = [record.rec_headers for record in ArchiveIterator(source)][1:]
    assert [headers.get_header("WARC-Target-URI") for headers in found] == [
        url, "http://shop.example/",
    ]  # fmt: skip
    assert found[1].get_header("WARC-IP-Address") == "192.0.2.1"
    entries = json.loads(har(log, ABOUT, ""))["log"]["entries"]
    assert [entry.get("serverIPAddress") for entry in entries] == [None, "192.0.2.1"]

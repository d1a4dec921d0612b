"""A WACZ is checked as a stranger would: by its own files, with nothing of ours but the writer."""

import base64
import gzip
import hashlib
import io
import json
import tracemalloc
import zipfile
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key
from warcio.archiveiterator import ArchiveIterator

from helper.capture.archive import About as WarcAbout
from helper.capture.archive import write_warc
from helper.capture.network import Exchange
from helper.errors import NotFoundError, VaultError
from helper.evidence import wacz

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = wacz.private_key(bytes(range(56)))
PAGE = "https://shop.example/order/KZ1?b=2&a=1"


def exchange(url: str, body: bytes | None, mime: str = "text/html", **given) -> Exchange:
    plain = {"method": "GET", "status": 200, "headers": [("Content-Type", mime)]}
    return Exchange("1", 0, url, kind="Document", started=NOON, body=body, **(plain | given))


EXCHANGES = [
    exchange("https://shop.example/go", b"", status=302, headers=[("Location", PAGE)]),
    exchange(PAGE, "<meta charset=gbk>订单".encode("gbk")),
    exchange("https://shop.example/api", b"{}", "application/json", method="POST",
             request_headers=[("Content-Type", "application/json")], request_body=b'{"no":1}'),
    exchange("https://shop.example/live", None, body_reason="stream"),
    exchange("https://shop.example/dead", None, status=None, error="net::ERR_FAILED"),
]  # fmt: skip


def member(path: Path) -> wacz.Member:
    return wacz.Member(path.name, path, hashlib.sha256(path.read_bytes()).hexdigest())


def write(folder: Path, url: str = PAGE, exchanges=EXCHANGES, **given) -> Path:
    warc, page = folder / "witness-network.warc.gz", folder / "证据页.png"
    write_warc(warc, exchanges, WarcAbout("kazheng/0", "agent", {}))
    page.write_bytes(b"\x89PNG" * 1000)
    about = wacz.About("id-1", url, "订单 \ud83d", "words", "kazheng/0", NOON)
    plain = {"warc": member(warc), "evidence": [member(page)], "about": about, "key": KEY}
    wacz.write(folder / "a.wacz", **(plain | given))
    return folder / "a.wacz"


def check(path: Path) -> list[dict]:
    """Check everything WACZ 1.2.0 and its signing extension ask for; return the index."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
        files = {name: archive.read(name) for name in archive.namelist()}
    assert len(files) == len(archive.infolist())
    for folder, names in {
        "archive": {"witness-network.warc.gz"}, "indexes": {"index.cdx.gz", "index.idx"},
        "pages": {"pages.jsonl"},
    }.items():  # fmt: skip
        assert {n.partition("/")[2] for n in files if n.startswith(f"{folder}/")} == names
    package, digest = (
        json.loads(files[f"{n}.json"]) for n in ("datapackage", "datapackage-digest")
    )
    assert digest.keys() == {"path", "hash", "signedData"}
    named = "sha256:" + hashlib.sha256(files["datapackage.json"]).hexdigest()
    assert (digest["path"], digest["hash"]) == ("datapackage.json", named)
    check_signature(digest["signedData"], named)
    listed = {row["path"]: (row["hash"], row["bytes"]) for row in package["resources"]}
    assert len(listed) == len(package["resources"])
    assert listed == {
        name: (f"sha256:{hashlib.sha256(data).hexdigest()}", len(data))
        for name, data in files.items()
        if name not in {"datapackage.json", "datapackage-digest.json"}
    }
    lines = gzip.decompress(files["indexes/index.cdx.gz"]).decode().splitlines()
    assert lines == sorted(lines)
    index = [{"key": line.split(" ")[0], **json.loads(line.split(" ", 2)[2])} for line in lines]
    for row in index:
        check_entry(row, files[f"archive/{row['filename']}"])
    head, *pages = [json.loads(line) for line in files["pages/pages.jsonl"].splitlines()]
    assert head == {"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}
    assert {page["url"] for page in pages} <= {row["url"] for row in index}
    assert package["home"] == {key: pages[0][key] for key in ("url", "ts")}
    return index


def check_signature(signed: dict, named: str) -> None:
    assert signed.keys() == {"hash", "created", "software", "version", "signature", "publicKey"}
    assert signed["hash"] == named
    raw = base64.b64decode(signed["signature"])
    assert len(raw) == 96
    key = load_der_public_key(base64.b64decode(signed["publicKey"]))
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert isinstance(key.curve, ec.SECP384R1)
    plain = encode_dss_signature(int.from_bytes(raw[:48], "big"), int.from_bytes(raw[48:], "big"))
    key.verify(plain, named.encode(), ec.ECDSA(hashes.SHA256()))


def check_entry(row: dict, warc: bytes) -> None:
    offset, length = int(row["offset"]), int(row["length"])
    record_bytes = warc[offset : offset + length]
    assert row["recordDigest"] == f"sha256:{hashlib.sha256(record_bytes).hexdigest()}"
    member = zlib.decompressobj(31)
    member.decompress(record_bytes)
    assert member.eof
    assert member.unused_data == b"", "one record, no byte more"
    record = next(iter(ArchiveIterator(io.BytesIO(record_bytes), check_digests="raise")))
    assert record.rec_headers.get_header("WARC-Target-URI") == row["url"]
    assert record.http_headers.get_statuscode() == row["status"]
    body = record.content_stream().read()
    assert row["digest"] == f"sha256:{hashlib.sha256(body).hexdigest()}"


def test_the_archive_is_what_the_standard_asks_for(tmp_path: Path) -> None:
    index = check(write(tmp_path))
    assert {row["url"]: row["status"] for row in index} == {
        "https://shop.example/go": "302", PAGE: "200", "https://shop.example/api": "200",
        "https://shop.example/live": "200",
    }  # fmt: skip
    posted = next(row for row in index if row["url"].endswith("/api"))
    assert (posted["method"], posted["requestBody"]) == ("POST", "no=1")
    assert posted["key"] == "example,shop)/api?__wb_method=post&no=1"


def test_the_warc_and_our_files_are_in_it_byte_for_byte(tmp_path: Path) -> None:
    with zipfile.ZipFile(write(tmp_path)) as archive:
        kept = archive.read("archive/witness-network.warc.gz")
        assert kept == (tmp_path / "witness-network.warc.gz").read_bytes()
        assert archive.read("evidence/证据页.png") == (tmp_path / "证据页.png").read_bytes()


def test_an_address_made_by_script_opens_at_what_the_server_answered(tmp_path: Path) -> None:
    path = write(tmp_path, "https://shop.example/#/spa/order")
    page = json.loads(zipfile.ZipFile(path).read("pages/pages.jsonl").splitlines()[1])
    assert page["url"] == "https://shop.example/go"


def test_a_visit_without_any_answer_still_makes_an_archive(tmp_path: Path) -> None:
    path = write(tmp_path, exchanges=EXCHANGES[-1:])
    with zipfile.ZipFile(path) as archive:
        assert gzip.decompress(archive.read("indexes/index.cdx.gz")) == b""


def test_who_edits_and_hashes_anew_cannot_sign(tmp_path: Path) -> None:
    signed = json.loads(zipfile.ZipFile(write(tmp_path)).read("datapackage-digest.json"))
    forged = "sha256:" + hashlib.sha256(b"{}").hexdigest()
    with pytest.raises(InvalidSignature):
        check_signature(signed["signedData"] | {"hash": forged}, forged)


def test_a_damaged_or_lost_file_stops_the_archive(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(b"x")
    other = wacz.Member("x.png", tmp_path / "x.png", "0" * 64)
    with pytest.raises(VaultError):
        write(tmp_path, evidence=[other])
    (tmp_path / "a.wacz").unlink()
    with pytest.raises(NotFoundError):
        write(tmp_path, evidence=[wacz.Member("y.png", tmp_path / "y.png", "0" * 64)])


def test_memory_does_not_grow_with_the_files(tmp_path: Path) -> None:
    with (tmp_path / "big.bin").open("wb") as out:
        out.truncate(80 * 2**20)
    digest = hashlib.sha256()
    for _ in range(80):
        digest.update(bytes(2**20))
    big = wacz.Member("big.bin", tmp_path / "big.bin", digest.hexdigest())
    tracemalloc.start()
    try:
        write(tmp_path, evidence=[big])
        assert tracemalloc.get_traced_memory()[1] < 20 * 2**20
    finally:
        tracemalloc.stop()


def test_any_random_bytes_make_a_key_and_always_the_same() -> None:
    for secret in (bytes(56), b"\xff" * 56, bytes(range(56))):
        numbers = wacz.private_key(secret).private_numbers()
        assert numbers == wacz.private_key(secret).private_numbers()

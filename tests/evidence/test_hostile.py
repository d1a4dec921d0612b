"""Hostile bundles: a clear verdict, never an exception, in bounded memory."""

import io
import json
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helper.evidence import canonical
from helper.evidence.verify import Verification, verify
from tests.evidence.mutations import broken

SLOW = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
MEGABYTE = 2**20


def clear(found: Verification) -> bool:
    """Tell whether every failure is explained in words that a terminal shows as they are."""
    return all(check.detail and check.detail.isprintable() for check in found.checks)


@SLOW
@given(st.data())
def test_whatever_is_broken_is_a_clear_verdict_twice_the_same(written: Path, data: st.DataObject):
    target = written.with_name("broken.zip")
    target.write_bytes(
        broken(written.read_bytes(), lambda low, high: data.draw(st.integers(low, high)))
    )
    found = verify(target)
    assert clear(found)
    assert "Traceback" not in str(found)
    assert found == verify(target)


def failed(found: Verification, name: str) -> str:
    """Return the detail of the one check that failed."""
    [check] = [check for check in found.checks if check.verdict == "fail"]
    assert (found.verdict, check.name) == ("fail", name)
    assert clear(found)
    return check.detail


def peak(path: Path) -> tuple[Verification, int]:
    tracemalloc.start()
    try:
        found = verify(path)
        return found, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


VERSIONS = [
    ("bundle.json", "format", "kazheng/bundle/1", "signature"),
    ("bundle.json", "format", "kazheng/bundle/99", "signature"),
]


@pytest.mark.parametrize(("file", "field", "value", "check"), VERSIONS)
def test_another_version_is_named_as_such(unpacked: Path, tools, file, field, value, check):
    listing = json.loads((unpacked / file).read_bytes())
    (unpacked / file).write_bytes(canonical.encode(listing | {field: value}))
    tools.sign(unpacked)
    detail = failed(verify(unpacked), check)
    assert detail == f"of a version that this program does not read: {value}"


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 1_000_000,
        b"[" + b"1," * 3_000_000 + b"1]",
        pytest.param(b"[" + b"{}," * 3_000_000 + b"{}]", marks=pytest.mark.long),
        b'{"a":' * 200_000 + b"1" + b"}" * 200_000,
        b"1" * 10_000_000,
        b'"' + b"\\ud800" * 1_000_000 + b'"',
        bytes(17 * MEGABYTE),
    ],
    ids=["nested", "numbers", "objects", "deep", "number", "surrogates", "large"],
)
def test_huge_json_is_refused_in_bounded_memory(unpacked: Path, tools, data: bytes):
    """Even signed: the signature is checked first, so this is who holds a key."""
    (unpacked / "bundle.json").write_bytes(data)
    tools.sign(unpacked)
    found, used = peak(unpacked)
    assert failed(found, "signature").startswith(("malformed: bundle.json", "too large"))
    assert used < 200 * MEGABYTE


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bundle.json", bytes(50 * MEGABYTE))
    found, used = peak(path)
    assert "compressed more than 1000:1" in failed(found, "container")
    assert used < 20 * MEGABYTE


def test_a_directory_of_a_million_files_is_refused_in_bounded_memory(tmp_path: Path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(25_000):
            archive.writestr(f"{number:05}", b"")
    path = tmp_path / "many.zip"
    path.write_bytes(out.getvalue())
    found, used = peak(path)
    assert "more than 20000 files" in failed(found, "container")
    assert used < 100 * MEGABYTE


def test_a_long_ledger_is_read_line_by_line(unpacked: Path, tools):
    (unpacked / "ledger.jsonl").write_bytes(b"x" * 30 * MEGABYTE)
    tools.resign(unpacked)
    found, used = peak(unpacked)
    assert "a line is too long" in failed(found, "ledger")
    assert used < 20 * MEGABYTE


def test_a_large_artifact_is_hashed_by_pieces(empty):
    uuid = empty.add(1)
    empty.keep(uuid, "log", "large.bin", bytes(60 * MEGABYTE))
    empty.seal(uuid, "S0")
    found, used = peak(empty.write())
    assert found.verdict == "pass"
    assert used < 20 * MEGABYTE


@pytest.mark.long
def test_fifty_captures_are_exported_with_flat_memory(empty):
    for number in range(1, 51):
        uuid = empty.add(number)
        for part in range(2):
            empty.keep(uuid, "log", f"{part}.bin", number.to_bytes(2) * MEGABYTE + bytes([part]))
        empty.seal(uuid, "S0")
    tracemalloc.start()
    path = empty.write()
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert path.stat().st_size > 200 * MEGABYTE
    assert used < 20 * MEGABYTE
    assert verify(path).verdict == "pass"


def test_links_in_a_folder_are_refused(unpacked: Path, tmp_path: Path):
    try:
        (unpacked / "link").symlink_to(tmp_path)
    except OSError:
        pytest.skip("Windows without the right to make links")
    assert "a link" in failed(verify(unpacked), "container")

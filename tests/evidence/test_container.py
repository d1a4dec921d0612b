"""Containers made to harm the reader: each is a failed check with its reason."""

import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from helper.evidence import names
from helper.evidence.container import chunks, opened
from helper.evidence.verify import Verification, verify
from tests.evidence.forged import entry, forgeries, parts, zipped


def failed(found: Verification) -> set[str]:
    assert found.verdict == "fail"
    return {check.name for check in found.checks if check.verdict == "fail"}


def pack(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize(
    "name",
    ["../a", "a/../../b", "/etc/passwd", "a//b", "./a", "a/.", "C:/a", "a\\b", "a:b", "..", "//"],
)
def test_a_name_that_leads_elsewhere_fails(tmp_path: Path, name: str):
    found = verify(pack(tmp_path / "a.zip", (name, b"x")))
    assert failed(found) == {"container"}


@pytest.mark.parametrize("name", ["a.", "a ", "b /c", "x<y", "CON", "aux.txt", "a/LPT1", "a\x07b"])
def test_a_name_that_windows_takes_for_another_or_not_at_all_fails(tmp_path: Path, name: str):
    found = verify(pack(tmp_path / "a.zip", (name, b"x")))
    assert failed(found) == {"container"}
    assert "not every system takes" in found.checks[0].detail


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("names", [("a", "a"), ("a.txt", "A.TXT"), ("ß", "SS"), ("é", "e\u0301")])
def test_a_name_that_is_there_twice_fails(tmp_path: Path, names: tuple[str, str]):
    found = verify(pack(tmp_path / "a.zip", *((name, b"x") for name in names)))
    assert failed(found) == {"container"}
    assert "twice" in found.checks[0].detail


@pytest.mark.parametrize("kind", [0o120777, 0o020666, 0o010644, 0o060600, 0o140777])
def test_a_link_or_special_file_in_a_zip_fails(tmp_path: Path, kind: int):
    info = zipfile.ZipInfo("link")
    info.external_attr = kind << 16
    found = verify(pack(tmp_path / "a.zip", (info, b"/etc/passwd")))
    assert failed(found) == {"container"}
    assert "link" in found.checks[0].detail


def test_a_bomb_fails_before_it_is_unpacked(tmp_path: Path):
    found = verify(pack(tmp_path / "a.zip", ("bomb", bytes(20_000_000))))
    assert failed(found) == {"container"}
    assert "1000:1" in found.checks[0].detail


def test_sizes_beyond_the_limits_fail(written: Path, monkeypatch: pytest.MonkeyPatch):
    for limit, value in (("LARGEST_FILE", 100), ("LARGEST_TOTAL", 3000), ("MOST_FILES", 5)):
        with monkeypatch.context() as patch:
            patch.setattr(names, limit, value)
            assert failed(verify(written)) == {"container"}


def test_a_stated_size_that_is_not_true_fails(unpacked: Path, tmp_path: Path, tools):
    path = tools.pack(unpacked, tmp_path / "a.zip", compression=zipfile.ZIP_DEFLATED)
    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("ledger.jsonl")
    at = data.rindex(b"ledger.jsonl") - 22
    assert data[at : at + 4] == info.file_size.to_bytes(4, "little")
    for size in (0, 1, info.file_size + 1, 2**29):
        path.write_bytes(data[:at] + size.to_bytes(4, "little") + data[at + 4 :])
        assert verify(path).verdict == "fail"


def test_encryption_and_unusual_compression_fail(unpacked: Path, tmp_path: Path, tools):
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        found = verify(tools.pack(unpacked, tmp_path / "a.zip", compression=method))
        assert failed(found) == {"container"}
    data = bytearray(tools.pack(unpacked, tmp_path / "a.zip").read_bytes())
    data[data.index(b"PK\1\2") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    assert failed(verify(tmp_path / "a.zip")) == {"container"}


def test_bytes_before_or_after_the_zip_fail(unpacked: Path, tmp_path: Path, tools):
    data = tools.pack(unpacked, tmp_path / "a.zip").read_bytes()
    for changed in (b"MZ" + data, data + b"\0", data + data):
        (tmp_path / "a.zip").write_bytes(changed)
        assert failed(verify(tmp_path / "a.zip")) == {"container"}


def test_a_zip_that_hides_something_beside_unchanged_files_fails(written: Path, tmp_path: Path):
    path = tmp_path / "forged.zip"
    for name, data in forgeries(written.read_bytes()):
        path.write_bytes(data)
        assert failed(verify(path)) <= {"container", "files"}, name


def test_what_is_forged_fails_for_its_forgery_alone(written: Path, tmp_path: Path):
    path = tmp_path / "plain.zip"
    plain = parts(written.read_bytes())
    for ours in (False, True):
        path.write_bytes(zipped(plain, ours=ours))
        assert verify(path).verdict == "pass"
    path.write_bytes(zipped([entry(p.name.decode(), p.data, deflated=b"") for p in plain]))
    assert verify(path).verdict == "pass"


@pytest.mark.parametrize("deflated", [None, b""])
def test_two_files_of_a_zip_can_be_read_by_turns(tmp_path: Path, deflated: bytes | None):
    contents = {name: os.urandom(2_500_000) for name in ("a", "b")}
    path = tmp_path / "a.zip"
    path.write_bytes(zipped([entry(*one, deflated=deflated) for one in contents.items()]))
    with opened(path) as files:
        read = dict.fromkeys(contents, b"")
        for pieces in zip(*(chunks(files, name) for name in contents), strict=True):
            for name, piece in zip(contents, pieces, strict=True):
                read[name] += piece
    assert read == contents


def test_a_zip_says_what_of_it_is_judged(written: Path, tmp_path: Path):
    path = tmp_path / "again.zip"
    path.write_bytes(zipped(parts(written.read_bytes())))
    assert verify(path).checks[0].detail.endswith("only names and contents of its files are judged")
    assert verify(written).checks[0].detail.endswith("in a ZIP as the exporter writes it")


def test_an_added_empty_folder_fails_and_is_named(unpacked: Path):
    (unpacked / "证据9 伪造").mkdir()
    found = verify(unpacked)
    assert failed(found) == {"files"}
    assert "not listed: 证据9 伪造/" in next(c.detail for c in found.checks if c.name == "files")


@pytest.mark.parametrize("options", [["-r"], ["-rX"], ["-rXD"], ["-r0X"]])
@pytest.mark.skipif(not (shutil.which("zip") and shutil.which("unzip")), reason="needs zip")
def test_what_zip_packs_again_passes_or_is_told_to_be_unpacked(
    unpacked: Path, tmp_path: Path, options: list[str]
):
    path = tmp_path / "again.zip"
    subprocess.run(["zip", "-q", *options, str(path), "."], cwd=unpacked, check=True)
    found = verify(path)
    assert found.verdict == "pass" or "unpack it and check the folder" in found.checks[0].detail
    subprocess.run(["unzip", "-q", str(path), "-d", str(tmp_path / "folder")], check=True)
    assert verify(tmp_path / "folder").verdict == "pass"


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_in_a_folder_fails(unpacked: Path):
    path = unpacked / "README.txt"
    moved = unpacked.with_name("elsewhere")
    path.rename(moved)
    path.symlink_to(moved)
    found = verify(unpacked)
    assert failed(found) == {"container"}
    assert "link" in found.checks[0].detail


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_linked_folder_fails(unpacked: Path):
    (unpacked / "loop").symlink_to(unpacked)
    assert failed(verify(unpacked)) == {"container"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_in_a_folder_fails_and_does_not_hang(unpacked: Path):
    os.mkfifo(unpacked / "pipe")
    assert failed(verify(unpacked)) == {"container"}


@pytest.mark.parametrize(
    ("name", "check"), [("\x1b[2Jx", "container"), ("\x9b2Jx", "files"), ("\u202ex", "files")]
)
def test_details_hold_nothing_that_a_terminal_obeys(
    unpacked: Path, tmp_path: Path, tools, name: str, check: str
):
    (unpacked / name).write_bytes(b"")
    found = verify(tools.pack(unpacked, tmp_path / "a.zip"))
    assert failed(found) == {check}
    assert all(check.detail.isprintable() for check in found.checks)


@pytest.mark.skipif(os.name == "nt", reason="Windows names are always text")
def test_a_name_that_is_no_text_fails_and_can_be_printed(unpacked: Path):
    (unpacked / os.fsdecode(b"\xff")).write_bytes(b"")
    verify(unpacked).model_dump_json().encode()
    assert failed(verify(unpacked)) == {"files"}


def test_a_bit_changed_in_a_file_of_the_zip_names_the_file(written: Path, tmp_path: Path):
    data = written.read_bytes()
    target = tmp_path / "changed.zip"
    with zipfile.ZipFile(written) as archive:
        members = [member for member in archive.infolist() if member.file_size]
    for member in members:
        changed = bytearray(data)
        changed[member.header_offset + 30 + len(member.filename.encode())] ^= 1
        target.write_bytes(changed)
        found = verify(target)
        assert found.verdict == "fail"
        assert f"damaged: {member.filename}" in found.checks[0].detail

import hashlib
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from helper.errors import InvalidError, NotFoundError, RefusedError, TooLargeError, VaultError
from helper.evidence import bundle
from helper.evidence.verify import verify


def names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def test_a_bundle_holds_artifacts_seals_ledger_and_words(written: Path):
    one, two = (f"00000000-0000-0000-0000-00000000000{n}" for n in (1, 2))
    assert set(names(written)) == {
        *(f"artifacts/{one}/{name}" for name in ("seen-html.html", "seen-viewport.png")),
        *(f"artifacts/{one}/{name}" for name in ("witness-page.png", "empty.txt")),
        f"artifacts/{two}/页面文字.txt",
        *(f"seals/{one}/0-S0/{name}" for name in ("manifest.json", "signature.json")),
        *(f"seals/{two}/1-S0/{name}" for name in ("manifest.json", "signature.json")),
        *(f"seals/{one}/2-S1/{name}" for name in ("manifest.json", "signature.json")),
        "ledger.jsonl", "README.txt", "SHA256SUMS", "bundle.json", "bundle.sig.json",
    }  # fmt: skip


def test_nothing_is_compressed(written: Path):
    with zipfile.ZipFile(written) as archive:
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}


def test_the_same_case_gives_the_same_bytes(case):
    assert case.write("a.zip").read_bytes() == case.write("b.zip").read_bytes()


def test_an_earlier_bundle_is_replaced_whole(case, written: Path):
    before = written.read_bytes()
    case.keep(case.add(3), "log", "later.txt", b"later")
    assert case.write() == written
    assert written.read_bytes() != before
    assert {path.name for path in written.parent.iterdir()} == {"data", "case.zip"}


def test_the_ledger_ends_with_the_last_entry_needed(case, unpacked: Path):
    lines = (unpacked / "ledger.jsonl").read_bytes().splitlines()
    assert [json.loads(line)["index"] for line in lines] == [0, 1, 2]
    assert [json.loads(line)["previous"] for line in lines[1:]] == [
        hashlib.sha256(line).hexdigest() for line in lines[:-1]
    ]


def test_what_is_not_sealed_is_left_out_and_named(case):
    case.keep(case.add(3), "log", "later.txt", b"later")
    path = case.write()
    with zipfile.ZipFile(path) as archive:
        listing = json.loads(archive.read("bundle.json"))
    assert [entry["name"] for entry in listing["unsealed"]] == ["later.txt"]
    assert not [name for name in names(path) if "later" in name]
    found = verify(path)
    assert found.verdict == "pass"
    assert "1 left out as not sealed yet" in found.checks[-1].detail


def test_without_a_seal_there_is_no_bundle(empty):
    empty.add(1)
    with pytest.raises(RefusedError) as raised:
        empty.write()
    assert raised.value.details["reason"] == "nothing_sealed"


def test_a_damaged_blob_stops_the_export_and_leaves_nothing(case):
    view = case.catalogue.cases()[0].captures[0]
    case.blobs.path(view.artifacts[0].sha256).write_bytes(b"other")
    with pytest.raises(VaultError) as raised:
        case.write()
    assert raised.value.details["reason"] == "damaged_blob"
    assert {path.name for path in case.folder.iterdir()} == {"data"}


def test_a_lost_blob_stops_the_export(case):
    view = case.catalogue.cases()[0].captures[0]
    case.blobs.path(view.artifacts[0].sha256).unlink()
    with pytest.raises(NotFoundError):
        case.write()


@pytest.mark.parametrize("name", ["../a", "a:b", "nul.txt", "a.", "a\\b", "a\n", ""])
def test_a_name_that_windows_or_a_path_would_bend_is_refused(empty, name: str):
    uuid = empty.add(1)
    empty.keep(uuid, "log", name, b"x")
    empty.seal(uuid, "S0")
    with pytest.raises(InvalidError):
        empty.write()


def test_names_that_differ_only_in_case_are_refused(empty):
    uuid = empty.add(1)
    for name in ("a.txt", "A.txt"):
        empty.keep(uuid, "log", name, name.encode())
    empty.seal(uuid, "S0")
    with pytest.raises(InvalidError):
        empty.write()


def test_more_than_the_verifier_reads_is_not_written(case, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bundle, "LARGEST_BUNDLE", 1000)
    with pytest.raises(TooLargeError):
        case.write()


def run(command: str, folder: Path) -> str:
    done = subprocess.run(
        ["bash", "-ec", command], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="needs sha256sum")
def test_the_readmes_way_to_check_files_works(unpacked: Path):
    assert "sha256sum -c SHA256SUMS" in (unpacked / "README.txt").read_text("utf-8")
    out = run("sha256sum -c SHA256SUMS", unpacked)
    assert out.count(": OK") == len(list(unpacked.rglob("*.*"))) - 2


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl")
def test_the_readmes_way_to_check_a_signature_works(unpacked: Path, tmp_path: Path):
    lines = (unpacked / "README.txt").read_text("utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if line.strip().startswith("value()"))
    script = "\n".join(lines[start : start + 6]).replace("/tmp/", f"{tmp_path}/")
    folder = next(unpacked.glob("seals/*/*-S1"))
    assert "Signature Verified Successfully" in run(script, folder)
    data = (folder / "manifest.json").read_bytes()
    (folder / "manifest.json").write_bytes(data.replace(b"shop", b"shap"))
    with pytest.raises(AssertionError):
        run(script, folder)

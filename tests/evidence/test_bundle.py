import hashlib
import json
import os
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes

from helper.demo import timekeeper
from helper.errors import InvalidError, NotFoundError, RefusedError, TooLargeError, VaultError
from helper.evidence import stamp, zipping
from helper.evidence.verify import verify
from helper.model import Exhibit
from helper.vault import ledger

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEEPER = timekeeper.create("Authority", AT)


def names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def test_a_bundle_holds_artifacts_seals_ledger_and_words(written: Path):
    one, two = (f"00000000-0000-0000-0000-00000000000{n}" for n in (1, 2))
    files = ("entry.json", "manifest.json", "manifest.sig", "manifest.signed", "signature.json")
    assert set(names(written)) == {
        *(f"原始数据/采集1 用户所见/{name}" for name in ("seen-html.html", "seen-viewport.png")),
        "原始数据/采集1 再次访问/witness-page.png", "原始数据/采集1 记录/empty.txt",
        "原始数据/采集2 用户所见/页面文字.txt",
        *(f"seals/{one}/0-S0/{name}" for name in files),
        *(f"seals/{two}/1-S0/{name}" for name in files),
        *(f"seals/{one}/2-S1/{name}" for name in files),
        "ledger.jsonl", "README.txt", "SHA256SUMS", "installation.pem", "verify.html",
        "证据目录.html", "bundle.json", "bundle.sig.json", "bundle.signed", "bundle.sig",
    }  # fmt: skip


def test_exhibits_stand_in_folders_of_their_own_under_their_number(case):
    view = case.catalogue.cases()[0].captures[0]
    artifact = next(item for item in view.artifacts if item.role == "seen/viewport")
    exhibit = Exhibit(
        number=1, capture_id=view.capture_id,
        label="证据1 订单页/截图（含:网址，北京时间 2026-03-01 20:00 保存）",
        **artifact.model_dump(include={"name", "role", "sha256", "media_type", "bytes"}),
    )  # fmt: skip
    path = case.write(exhibits=(exhibit,))
    name = "证据1 订单页／截图（含：网址）/seen-viewport.png"
    assert name in names(path)
    with zipfile.ZipFile(path) as archive:
        listing = archive.read("证据目录.html").decode()
        assert archive.getinfo(name).flag_bits & 0x800  # UTF-8, whatever the system's language
    first = next(line for line in listing.splitlines() if line.startswith("<tr class="))
    for part in ("证据1", "https://shop.example/订单/1", artifact.sha256, "2026-03-01"):
        assert part in first
    assert verify(path).verdict == "pass"


def test_the_list_of_evidence_shows_a_hostile_title_and_address_as_text(empty):
    uuid = empty.add(1, url="https://shop.example/?<script>alert(1)</script>")
    empty.keep(uuid, "log", "a.txt", b"x")
    empty.seal(uuid, "S0")
    with zipfile.ZipFile(empty.write()) as archive:
        assert b"<script" not in archive.read("证据目录.html")


def test_derived_files_go_in_from_bytes_and_from_disk(case, tmp_path: Path):
    (tmp_path / "long.bin").write_bytes(bytes(3_000_000))
    path = case.write(derived=[("证据册.pdf", b"%PDF"), ("订单页.html", tmp_path / "long.bin")])
    with zipfile.ZipFile(path) as archive:
        assert archive.read("证据册.pdf") == b"%PDF"
        assert archive.getinfo("订单页.html").file_size == 3_000_000
    assert verify(path).verdict == "pass"


def test_time_stamps_go_in_even_if_no_seal_lists_them(case):
    view = case.catalogue.cases()[0].captures[0]
    case.keep(view.capture_id, "timestamp", "S1-authority.tsr", b"token")
    path = case.write()
    assert f"stamps/{view.capture_id}/S1-authority.tsr" in names(path)
    found = verify(path)
    assert found.verdict == "pass"
    stamps = next(check for check in found.checks if check.name == "stamps")
    assert (stamps.verdict, "S1-authority.tsr" in stamps.detail) == ("not_confirmed", True)


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


def test_the_ledger_is_whole_and_holds_nothing_but_hashes(case, tmp_path: Path):
    stranger = case.add(9)
    case.seal(stranger, "S0")
    captures = [view for view in case.catalogue.cases()[0].captures if view.capture_id != stranger]
    with zipfile.ZipFile(case.write(captures=captures)) as archive:
        lines = archive.read("ledger.jsonl").splitlines()
        listing = json.loads(archive.read("bundle.json"))
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert [json.loads(line)["index"] for line in lines] == [0, 1, 2, 3]
    assert {key for line in lines for key in json.loads(line)} == {"index", "previous", "body"}
    assert [json.loads(line)["previous"] for line in lines[1:]] == [
        hashlib.sha256(line).hexdigest() for line in lines[:-1]
    ]
    assert listing["ledger_head"] == hashlib.sha256(lines[-1]).hexdigest() == case.ledger.head()
    assert stranger.encode() not in everything


def test_a_ledger_begun_before_links_held_only_hashes_still_verifies(case, monkeypatch):
    """Entries of version 0.1 are linked by the hash of the whole entry."""

    def whole(entry):
        return hashlib.sha256(ledger.entry_whole(entry)).hexdigest()

    monkeypatch.setattr(ledger, "entry_hash", whole)
    uuid = case.add(7)
    for stage in ("S0", "S1"):
        case.seal(uuid, stage)
    monkeypatch.undo()
    case.seal(uuid, "S2")
    path = case.write()
    with zipfile.ZipFile(path) as archive:
        lines = [json.loads(line) for line in archive.read("ledger.jsonl").splitlines()]
    assert ["body" in line for line in lines] == [True, True, False, False, True, True]
    assert verify(path).verdict == "pass"


def test_what_is_not_sealed_is_left_out_and_named(case):
    case.keep(case.add(3), "log", "later.txt", b"later")
    path = case.write()
    with zipfile.ZipFile(path) as archive:
        listing = json.loads(archive.read("bundle.json"))
    assert [entry["name"] for entry in listing["unsealed"]] == ["later.txt"]
    assert not [name for name in names(path) if "later" in name]
    found = verify(path)
    assert found.verdict == "pass"
    detail = next(check.detail for check in found.checks if check.name == "artifacts")
    assert "1 left out as not sealed yet" in detail


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
    monkeypatch.setattr(zipping, "LARGEST_BUNDLE", 1000)
    with pytest.raises(TooLargeError):
        case.write()


def run(command: str, folder: Path) -> str:
    done = subprocess.run(
        ["bash", "-ec", command], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def commands(folder: Path) -> list[str]:
    """Return the commands that the README prints, as they stand there."""
    text = (folder / "README.txt").read_text("utf-8")
    return [line.strip()[2:] for line in text.splitlines() if line.startswith("    $ ")]


needs_openssl = pytest.mark.skipif(
    not (shutil.which("openssl") and shutil.which("bash")), reason="needs openssl"
)


@needs_openssl
def test_the_commands_of_the_readme_check_an_untouched_bundle(unpacked: Path, tools):
    out = [run(command, unpacked) for command in commands(unpacked)]
    sums, signed, same, sha, listed, seals, fingerprint, chain = out
    assert sums.count(": OK") == len([p for p in unpacked.rglob("*") if p.is_file()]) - 5
    assert signed.strip() == "Signature Verified Successfully"
    assert same == ""
    assert sha[:64] in listed
    assert seals.count("Signature Verified Successfully") == 3
    assert "FAILED" not in seals
    assert fingerprint[:64] == tools.installation
    head = json.loads((unpacked / "bundle.json").read_bytes())["ledger_head"]
    assert chain.split() == [f'"{head}"']


@needs_openssl
@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("bundle.signed", 1), ("bundle.sig", 1), ("bundle.json", 2), ("ledger.jsonl", 7),
        ("seals/*/*-S1/manifest.signed", 5), ("seals/*/*-S1/manifest.sig", 5),
        ("seals/*/*-S1/manifest.json", 5), ("原始数据/*/seen-html.html", 0),
    ],
)  # fmt: skip
def test_the_commands_of_the_readme_find_a_change(unpacked: Path, name: str, number: int):
    path = next(unpacked.glob(name))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    done = subprocess.run(
        ["bash", "-c", commands(unpacked)[number]], cwd=unpacked, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode or "FAILED" in done.stdout or "BROKEN" in done.stdout


@pytest.fixture
def stamped(case, tmp_path: Path) -> Path:
    """A bundle with a stamp of each seal by the demo's authority, in a folder 证据 包."""
    view = case.catalogue.cases()[0].captures[0]
    for number, sealed in enumerate(view.seals):
        query = stamp.request(case.blobs.read(sealed.manifest))
        name = f"{sealed.stage}-o'clock 机构{number}"
        case.keep(view.capture_id, "timestamp-query", f"{name}.tsq", query)
        case.keep(view.capture_id, "timestamp", f"{name}.tsr", KEEPER.reply(query, AT))
        case.keep(view.capture_id, "timestamp", f"{name}.pem", KEEPER.root_pem())
    with zipfile.ZipFile(case.write()) as archive:
        archive.extractall(tmp_path / "证据 包")
    return tmp_path / "证据 包"


def stamp_commands(folder: Path) -> list[str]:
    return [line for line in commands(folder) if line.startswith("openssl ts ")]


@needs_openssl
def test_each_stamp_has_a_command_that_checks_it_against_its_manifest(stamped: Path):
    printed = stamp_commands(stamped)
    assert len(printed) == len(list(stamped.rglob("*.tsr"))) == 2
    for command in commands(stamped):
        run(command, stamped)
    for command in printed:
        done = subprocess.run(
            ["bash", "-ec", f"{command} 2>&1"], cwd=stamped, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        assert "Verification: OK" in done.stdout
        assert f"-attime {int(AT.timestamp())}" in command
    printed_roots = [line for line in commands(stamped) if line.startswith("openssl x509")]
    wanted = KEEPER.root.fingerprint(hashes.SHA256()).hex()
    said = run(printed_roots[0], stamped).partition("Fingerprint=")[2]
    assert said.replace(":", "").strip().lower() == wanted


@needs_openssl
def test_the_command_of_a_stamp_fails_for_another_manifest_and_after_its_certificates_end(
    stamped: Path,
):
    first, second = stamp_commands(stamped)
    manifests = sorted(stamped.glob("seals/*1/*/manifest.json"))
    one, two = (path.relative_to(stamped).as_posix() for path in manifests)
    later = int((AT + timedelta(days=20_000)).timestamp())
    for command in (
        first.replace(one, two),
        second.replace(f"-attime {int(AT.timestamp())}", f"-attime {later}"),
    ):
        assert command not in {first, second}
        with pytest.raises(AssertionError):
            run(command, stamped)


def test_a_stamp_without_a_command_says_why(case, unpacked: Path, tmp_path: Path):
    assert "this bundle has no time stamps" in (unpacked / "README.txt").read_text("utf-8")
    view = case.catalogue.cases()[0].captures[0]
    query = stamp.request(case.blobs.read(view.seals[-1].manifest))
    other = stamp.request(b"something else")
    good = KEEPER.reply(query, AT)
    for name, reply in (("bad", b"token"), ("other", KEEPER.reply(other, AT)), ("rootless", good)):
        case.keep(view.capture_id, "timestamp", f"{name}.tsr", reply)
    with zipfile.ZipFile(case.write()) as archive:
        archive.extractall(tmp_path / "said")
    said = (tmp_path / "said" / "README.txt").read_text("utf-8").splitlines()
    assert stamp_commands(tmp_path / "said") == []
    for name, reason in (("bad", "cannot be read"), ("other", "not in this"), ("rootless", "root")):
        assert any(f"{name}.tsr" in line and reason in line for line in said)


@pytest.mark.skipif(not shutil.which("unzip"), reason="needs unzip")
def test_another_unpacker_gives_the_same_names_in_an_english_locale(written: Path, tmp_path: Path):
    subprocess.run(
        ["unzip", "-q", str(written), "-d", str(tmp_path / "other")], check=True,
        env={"LC_ALL": "en_US.UTF-8", "PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert verify(tmp_path / "other").verdict == "pass"


def test_a_bundle_of_more_than_two_gigabytes_is_one_that_the_verifiers_read(
    empty, monkeypatch: pytest.MonkeyPatch
):
    """Python's zipfile turns to ZIP64 from 2 GiB on; here from 80 kB on."""
    uuid = empty.add(1)
    for number in range(4):
        empty.keep(uuid, "log", f"记录{number}.bin", bytes([number]) * 50_000)
    empty.seal(uuid, "S0")
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 80_000)
    path = empty.write()
    found = verify(path)
    assert found.verdict == "pass", found
    assert "as the exporter writes it" in found.checks[0].detail
    data = path.read_bytes()
    assert len(data) > 160_000
    assert b"PK\6\6" not in data, "the verifier page and old tools read no ZIP64"
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None

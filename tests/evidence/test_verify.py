"""What somebody may do to a bundle, and that `verify` says so."""

import ast
import json
import shutil
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helper.evidence import canonical, seal
from helper.evidence.verify import Verification, verify

ROOT = Path(__file__).parents[2]
SLOW = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def failed(found: Verification) -> set[str]:
    assert found.verdict == "fail"
    return {check.name for check in found.checks if check.verdict == "fail"}


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_an_untouched_bundle_passes_as_zip_and_as_folder(written: Path, unpacked: Path, tools):
    for path in (written, unpacked):
        found = verify(path)
        assert found.verdict == "pass"
        assert found.installation == tools.installation
        assert [check.name for check in found.checks] == [
            "container", "signature", "files", "ledger", "seals", "artifacts", "stamps",
        ]  # fmt: skip
        told = {check.name: check.verdict for check in found.checks}
        assert told.pop("stamps") == "not_confirmed"  # there are none
        assert set(told.values()) == {"pass"}


@pytest.mark.parametrize(
    "bound", [{"source": None, "reason": "unreachable"}, {"source": "drand", "round": 7}]
)
def test_a_manifest_with_a_bound_passes(empty, bound: dict[str, object]):
    empty.seal(empty.add(1), "S0", not_before=bound)
    assert verify(empty.write()).verdict == "pass"


def test_without_an_expected_installation_it_says_that_none_was_compared(written: Path, tools):
    detail = next(c.detail for c in verify(written).checks if c.name == "signature")
    assert tools.installation in detail
    assert "not compared" in detail


def test_same_input_same_verdict(written: Path):
    assert verify(written) == verify(written)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_bundle_packed_again_unchanged_passes(unpacked: Path, tmp_path: Path, tools, method: int):
    found = verify(tools.pack(unpacked, tmp_path / "again.zip", compression=method))
    assert found.verdict == "pass"
    assert "packed again" in found.checks[0].detail


def positions(size: int) -> list[int]:
    """Every byte of a small file; of a larger one its ends and a byte of each region."""
    if size <= 700:
        return list(range(size))
    return sorted({0, 1, size - 2, size - 1, *range(0, size, max(size // 40, 1))})


@pytest.mark.long
def test_no_changed_byte_of_any_file_passes(unpacked: Path):
    for path in files_of(unpacked):
        data = path.read_bytes()
        for position in positions(len(data)):
            changed = bytearray(data)
            changed[position] ^= 1 << (position % 8)
            path.write_bytes(changed)
            assert verify(unpacked).verdict == "fail", (path.name, position)
        path.write_bytes(data)
    assert verify(unpacked).verdict == "pass"


def test_no_file_passes_that_was_cut_or_lengthened(unpacked: Path):
    for path in files_of(unpacked):
        data = path.read_bytes()
        for changed in (data[:-1], data + b"\0", data + b"\n", data[1:], b""):
            if changed != data:
                path.write_bytes(changed)
                assert verify(unpacked).verdict == "fail", (path.name, len(changed))
        path.write_bytes(data)


def test_no_removed_file_passes(unpacked: Path):
    for path in files_of(unpacked):
        data = path.read_bytes()
        path.unlink()
        assert verify(unpacked).verdict == "fail", path.name
        path.write_bytes(data)


def test_no_two_files_may_be_exchanged(unpacked: Path):
    files = files_of(unpacked)
    for one, two in pairwise(files):
        first, second = one.read_bytes(), two.read_bytes()
        one.write_bytes(second)
        two.write_bytes(first)
        assert verify(unpacked).verdict == "fail", (one.name, two.name)
        one.write_bytes(first)
        two.write_bytes(second)


@pytest.mark.parametrize(
    "name", ["extra.txt", ".hidden", "原始数据/extra", "seals/x/manifest.json", "a/b/c"]
)
def test_no_added_file_passes(unpacked: Path, name: str):
    (unpacked / name).parent.mkdir(parents=True, exist_ok=True)
    (unpacked / name).write_bytes(b"")
    assert "files" in failed(verify(unpacked))


@pytest.mark.long
def test_no_changed_byte_of_the_zip_passes(written: Path, tmp_path: Path):
    data = written.read_bytes()
    target = tmp_path / "changed.zip"
    ends = {*range(64), *range(len(data) - 200, len(data))}
    for position in sorted(ends | set(range(0, len(data), 17))):
        changed = bytearray(data)
        changed[position] ^= 1 << (position % 8)
        target.write_bytes(changed)
        assert verify(target).verdict == "fail", position


@SLOW
@given(st.data())
def test_no_random_change_of_the_zip_passes(written: Path, data: st.DataObject):
    original = written.read_bytes()
    position = data.draw(st.integers(0, len(original) - 1))
    cut = data.draw(st.integers(0, 5))
    put = data.draw(st.binary(max_size=5))
    changed = original[:position] + put + original[position + cut :]
    if changed == original:
        return
    target = written.with_name("changed.zip")
    target.write_bytes(changed)
    assert verify(target).verdict == "fail"


@SLOW
@given(st.integers(0, 10_000_000))
def test_no_cut_off_zip_passes(written: Path, seed: int):
    original = written.read_bytes()
    target = written.with_name("cut.zip")
    target.write_bytes(original[: seed % len(original)])
    assert "container" in failed(verify(target))


@SLOW
@given(st.binary(max_size=400))
def test_any_bytes_are_a_verdict_and_no_exception(tmp_path: Path, data: bytes):
    target = tmp_path / "any.zip"
    for content in (data, b"PK\3\4" + data, data + b"PK\5\6" + bytes(18)):
        target.write_bytes(content)
        assert verify(target).verdict == "fail"


@SLOW
@given(st.data())
def test_any_content_of_a_record_is_a_verdict_and_no_exception(unpacked: Path, tools, data):
    """Even who holds the key cannot make it stumble."""
    folder = tools.copy(unpacked)
    try:
        records = [path for path in files_of(folder) if path.suffix in {".json", ".jsonl"}]
        path = data.draw(st.sampled_from(records))
        path.write_bytes(data.draw(st.binary(max_size=50) | st.just(b"[" * 50_000)))
        if data.draw(st.booleans()) and not path.name.startswith("bundle."):
            tools.resign(folder)
        assert verify(folder).verdict == "fail"
    finally:
        shutil.rmtree(folder)


def test_what_is_not_there_fails(tmp_path: Path):
    assert failed(verify(tmp_path / "gone.zip")) == {"container"}
    assert failed(verify(tmp_path)) == {"signature"}


# --- signatures -------------------------------------------------------------------------------


def test_the_expected_installation_passes_however_it_is_written(written: Path, tools):
    plain = tools.installation
    grouped = " ".join(plain[n : n + 4] for n in range(0, 64, 4)).upper()
    for expected in (plain, grouped, plain.upper()):
        found = verify(written, expected)
        assert found.verdict == "pass"
        assert "installation" in {check.name for check in found.checks}


def test_another_installation_fails(case, tools):
    own = verify(case.write(), seal.fingerprint(seal.public_key(tools.other_key)))
    assert failed(own) == {"installation"}
    assert own.installation == tools.installation


@pytest.mark.parametrize("expected", ["", "abc", "g" * 64])
def test_what_is_no_fingerprint_fails(written: Path, expected: str):
    assert failed(verify(written, expected)) == {"installation"}


def test_the_start_of_the_fingerprint_is_not_enough(written: Path, tools):
    assert failed(verify(written, tools.installation[:16])) == {"installation"}


def test_a_case_sealed_and_signed_by_another_installation_shows_the_other(empty, tools):
    uuid = empty.add(1)
    empty.seal(uuid, "S0", key=tools.other_key)
    path = empty.write(key=tools.other_key)
    assert verify(path).verdict == "pass"
    assert failed(verify(path, tools.installation)) == {"installation"}


def test_a_bundle_signed_anew_by_another_installation_fails(unpacked: Path, tools):
    tools.resign(unpacked, tools.other_key)
    assert failed(verify(unpacked)) == {"seals"}
    assert failed(verify(unpacked, tools.installation)) == {"installation", "seals"}


@pytest.mark.parametrize(
    "name", ["bundle.sig.json", "bundle.json", "bundle.sig", "bundle.signed", "installation.pem"]
)
def test_a_stripped_signature_fails(unpacked: Path, name: str):
    (unpacked / name).unlink()
    found = verify(unpacked)
    assert failed(found) == {"signature"}
    assert found.installation is None
    assert name in next(check.detail for check in found.checks if check.verdict == "fail")


def test_a_stripped_seal_fails_even_if_the_bundle_is_signed_anew(unpacked: Path, tools):
    for path in sorted(unpacked.glob("seals/*/*/signature.json")):
        data = path.read_bytes()
        path.unlink()
        tools.resign(unpacked)
        assert failed(verify(unpacked)) == {"seals"}
        path.write_bytes(data)


def test_an_artifact_changed_under_a_new_bundle_signature_fails(unpacked: Path, tools):
    for path in sorted(unpacked.glob("原始数据/*/*")):
        data = path.read_bytes()
        path.write_bytes(data + b"x")
        tools.resign(unpacked)
        assert failed(verify(unpacked)) == {"artifacts"}
        path.write_bytes(data)


def test_an_artifact_added_or_removed_under_a_new_bundle_signature_fails(unpacked: Path, tools):
    path = next(unpacked.glob("原始数据/*/*"))
    (path.parent / "added.txt").write_bytes(b"x")
    tools.resign(unpacked)
    assert failed(verify(unpacked)) == {"artifacts"}
    (path.parent / "added.txt").unlink()
    path.unlink()
    if not any(path.parent.iterdir()):
        path.parent.rmdir()
    tools.resign(unpacked)
    assert failed(verify(unpacked)) == {"artifacts"}


def test_a_manifest_replaced_under_new_signatures_is_not_in_the_ledger(unpacked: Path, tools):
    folder = next(unpacked.glob("seals/*/*-S1"))
    text = canonical.decode((folder / "manifest.json").read_bytes())
    data = canonical.encode(text | {"title": "another"})
    (folder / "manifest.json").write_bytes(data)
    (folder / "signature.json").write_bytes(seal.sign(data, tools.key))
    tools.resign(unpacked)
    assert failed(verify(unpacked)) == {"seals"}


@pytest.mark.parametrize("name", ["manifest.signed", "manifest.sig", "entry.json"])
def test_a_file_for_openssl_that_says_otherwise_fails_even_if_signed_anew(
    unpacked: Path, tools, name: str
):
    path = next(unpacked.glob(f"seals/*/*-S1/{name}"))
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    tools.resign(unpacked)
    found = verify(unpacked)
    assert failed(found) == {"seals"}
    assert name in found.checks[-1].detail


def test_an_older_ledger_or_manifest_put_into_it_fails_and_is_named(case, tools, tmp_path: Path):
    """The older state was true once, and signed; it is not what this bundle was signed over."""
    older, newer = tmp_path / "older", tmp_path / "newer"
    with zipfile.ZipFile(case.write("older.zip")) as archive:
        archive.extractall(older)
    uuid = case.catalogue.cases()[0].captures[0].capture_id
    case.keep(uuid, "log", "later.txt", b"later")
    case.seal(uuid, "S2")
    path = case.write("newer.zip")
    for name, check in (("ledger.jsonl", "ledger"), (f"seals/{uuid}/3-S2/manifest.json", "seals")):
        with zipfile.ZipFile(path) as archive:
            archive.extractall(newer)
        old = older / (name if check == "ledger" else f"seals/{uuid}/2-S1/manifest.json")
        shutil.copy(old, newer / name)
        found = verify(newer)
        assert "files" in failed(found)
        assert name in next(c.detail for c in found.checks if c.name == "files")
        listing = json.loads((newer / "bundle.json").read_bytes())
        tools.resign(newer)
        if check == "ledger":  # the head that was signed stays
            ends = {name: listing[name] for name in ("ledger_entries", "ledger_head")}
            signed = json.loads((newer / "bundle.json").read_bytes()) | ends
            (newer / "bundle.json").write_bytes(canonical.encode(signed))
            tools.sign(newer)
        assert check in failed(verify(newer))


@pytest.mark.parametrize("left", [[1, 2], [2, 1, 0], [0, 2], []])
def test_a_ledger_with_a_gap_fails_even_if_signed_anew(unpacked: Path, tools, left: list[int]):
    lines = (unpacked / "ledger.jsonl").read_bytes().splitlines(keepends=True)
    (unpacked / "ledger.jsonl").write_bytes(b"".join(lines[n] for n in left))
    tools.resign(unpacked)
    assert "ledger" in failed(verify(unpacked))


def test_a_ledger_cut_before_a_seal_of_the_bundle_fails(unpacked: Path, tools):
    lines = (unpacked / "ledger.jsonl").read_bytes().splitlines(keepends=True)
    (unpacked / "ledger.jsonl").write_bytes(b"".join(lines[:-1]))
    tools.resign(unpacked)
    assert "seals" in failed(verify(unpacked))


def test_a_seal_that_links_to_nothing_earlier_fails(empty):
    uuid = empty.add(1)
    empty.seal(uuid, "S0", previous="9" * 64)
    assert failed(verify(empty.write())) == {"seals"}


def test_a_later_seal_without_a_link_fails(empty):
    uuid = empty.add(1)
    empty.seal(uuid, "S0")
    empty.seal(uuid, "S1", previous=None)
    assert failed(verify(empty.write())) == {"seals"}


def test_a_capture_claimed_without_a_seal_fails(unpacked: Path, tools):
    listing = json.loads((unpacked / "bundle.json").read_bytes())
    listing["captures"].append("00000000-0000-0000-0000-00000000000f")
    (unpacked / "bundle.json").write_bytes(canonical.encode(listing))
    tools.resign(unpacked)
    assert failed(verify(unpacked)) == {"seals"}


def test_a_capture_left_out_of_the_list_fails(unpacked: Path, tools):
    listing = json.loads((unpacked / "bundle.json").read_bytes())
    for left in ([], listing["captures"][:1]):
        (unpacked / "bundle.json").write_bytes(canonical.encode(listing | {"captures": left}))
        tools.resign(unpacked)
        assert failed(verify(unpacked)) == {"seals"}


# --- what it may import -----------------------------------------------------------------------


def imports_of(module: str) -> set[str]:
    """Return the modules that a module of ours imports, all the way down."""
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        path = ROOT.joinpath(*name.split(".")).with_suffix(".py")
        if name in seen:
            continue
        seen.add(name)
        if name.startswith("helper") and path.exists():
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    waiting += [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and node.module:
                    inner = [f"{node.module}.{alias.name}" for alias in node.names]
                    ours = node.module == "helper.evidence"
                    waiting += inner if ours else [node.module]
    return seen


def test_verify_needs_no_database_no_browser_and_no_network():
    found = {name.split(".")[0] for name in imports_of("helper.evidence.verify")}
    ours = {name for name in imports_of("helper.evidence.verify") if name.startswith("helper")}
    assert not found & {"sqlalchemy", "dbos", "playwright", "aiohttp", "socket", "obstore"}
    rooms = ("evidence", "errors", "messages", "settings")
    assert {name.split(".")[1] for name in ours} <= set(rooms)

"""Every attack of issue 3 on a bundle fails and is named, by the command and by the page."""

import json
import shutil
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Request

from helper.demo import timekeeper
from helper.demo.timekeeper import der_of, granted, rejected, token, tst_info
from helper.evidence import canonical, pinned, stamp
from helper.evidence.page import verifier_page
from helper.evidence.token import read_query
from helper.evidence.verify import Verification, verify
from tests.chromium import chromium
from tests.evidence.attacks import Attack, attacks
from tests.evidence.forged import forgeries, parts, zipped
from tests.evidence.judging import judged, names, same
from tests.evidence.test_redact import CONTACT, SHOWN, keep, write

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEEPER = timekeeper.create("Authority", NOON)
REPLY = "stamps/00000000-0000-0000-0000-000000000001/S1-a.tsr"


@pytest.fixture
def bundles(case, tmp_path: Path) -> tuple[Path, Path]:
    """A bundle with a time stamp, and an older one of the same case; both unpacked."""
    uuid = case.catalogue.cases()[0].captures[0].capture_id
    with zipfile.ZipFile(case.write("older.zip")) as archive:
        archive.extractall(tmp_path / "older")
    case.keep(uuid, "timestamp", "S1.tsr", b"token")
    case.keep(uuid, "timestamp-query", "S1.tsq", b"query")
    case.seal(uuid, "S2")
    with zipfile.ZipFile(case.write("newer.zip")) as archive:
        archive.extractall(tmp_path / "newer")
    return tmp_path / "newer", tmp_path / "older"


def attacked(attack: Attack, folder: Path) -> Path:
    target = folder.with_name("attacked")
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target)
    attack.apply(target)
    return target


def details(found: Verification) -> str:
    return "\n".join(check.detail for check in found.checks if check.verdict == "fail")


def test_every_attack_fails_and_names_the_member(bundles: tuple[Path, Path], tools):
    folder, older = bundles
    assert verify(folder, tools.installation).verdict == "pass"
    count = 0
    for attack in attacks(folder, older, tools):
        found = verify(attacked(attack, folder), tools.installation if attack.pinned else None)
        assert found.verdict == "fail", attack.name
        assert attack.named(details(found)), (attack.name, details(found))
        count += 1
    assert count > 120


def test_a_bundle_made_again_with_another_key_is_only_told_by_the_fingerprint(
    bundles: tuple[Path, Path], tools
):
    """Nothing in a file can say whose key it is: so the verdict names it, and pinning decides."""
    folder, older = bundles
    attack = next(one for one in attacks(folder, older, tools) if one.pinned)
    other = attacked(attack, folder)
    found = verify(other)
    assert found.verdict == "pass"
    assert found.installation != tools.installation
    assert {c.name for c in verify(other, tools.installation).checks if c.verdict == "fail"} == {
        "installation"
    }


# --- the page -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running


@pytest.fixture
async def tab(browser: Browser, tmp_path: Path) -> AsyncIterator[Page]:
    """The page from a file, in the real browser; it may not ask for anything."""
    place = tmp_path / "page" / "verify.html"
    place.parent.mkdir()
    place.write_text(verifier_page(), "utf-8")
    asked: list[str] = []
    broken: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page = await browser.new_page(locale="en-US")
    page.on("request", note)
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda said: broken.append(said.text))
    await page.goto(place.as_uri())
    yield page
    await page.close()
    assert broken == []
    assert [url for url in asked if not url.startswith("file:")] == []


async def test_the_page_passes_what_the_command_passes(
    case, bundles: tuple[Path, Path], tab: Page, tools, tmp_path: Path
):
    deflated = tools.pack(bundles[0], tmp_path / "d.zip", compression=zipfile.ZIP_DEFLATED)
    for path in (tmp_path / "newer.zip", bundles[0], deflated):
        found = await judged(tab, path, tools.installation)
        assert found["verdict"] == "pass", found
        there = verify(path, tools.installation)
        assert names(found) == same(there)
        details = {check["name"]: check["detail"] for check in found["checks"]}
        said = "1 time stamps, 0 of them for a manifest of this bundle; not judged: stamps/"
        assert details.pop("stamps").startswith(said)
        assert details == {c.name: c.detail for c in there.checks if c.name != "stamps"}


HASHED = {
    "helper": "0.1.0", "extension": "0.1.0", "extension_sha256": "ab" * 32,
    "witness_browser": None, "witness_browser_sha256": None,
    "witness_browser_sha256_unknown": "not_yet",
}  # fmt: skip


@pytest.mark.parametrize(
    ("tools_of", "verdict"),
    [(HASHED, "pass"), ({"kazheng": "0.1.0"}, "pass"), ({"helper": 1}, "fail"), ([], "fail")],
)
async def test_both_read_the_hashes_of_tools_and_refuse_other_shapes(
    case, tab: Page, monkeypatch: pytest.MonkeyPatch, tools_of: Any, verdict: str
):
    uuid = case.catalogue.cases()[0].captures[0].capture_id
    encode = canonical.encode

    def changed(value: Any) -> bytes:
        return encode(value | {"tools": tools_of} if value.get("stage") == "S2" else value)

    with monkeypatch.context() as patch:
        patch.setattr("helper.evidence.manifest.canonical.encode", changed)
        case.seal(uuid, "S2", tools={})
    path = case.write()
    assert verify(path).verdict == verdict
    assert (await judged(tab, path))["verdict"] == verdict


@pytest.mark.long
async def test_the_page_fails_every_attack_and_names_the_member(
    bundles: tuple[Path, Path], tab: Page, tools, tmp_path: Path
):
    folder, older = bundles
    for attack in attacks(folder, older, tools):
        path = tools.pack(attacked(attack, folder), tmp_path / "attacked.zip")
        pin = tools.installation if attack.pinned else ""
        found = await judged(tab, path, pin)
        assert found["verdict"] == "fail", attack.name
        said = "\n".join(c["detail"] for c in found["checks"] if c["verdict"] == "fail")
        assert attack.named(said), (attack.name, said)
        assert names(found) == same(verify(path, pin or None)), attack.name


@pytest.fixture
def redacted(empty, tmp_path: Path) -> tuple[Path, Path]:
    """A redacted copy that masks, leaves out and withholds, and an older one; both unpacked."""
    first = keep(empty, text=SHOWN)
    with zipfile.ZipFile(write(empty, "older.zip")[0]) as archive:
        archive.extractall(tmp_path / "older")
    second = empty.add(2, url=f"https://shop.example/o?contact={CONTACT}")
    empty.keep(second, "seen/text", "页面文字.txt", "订单号 A1".encode(), "text/plain")
    empty.seal(second, "S0")
    empty.keep(first, "timestamp", "S0.tsr", b"token")
    empty.keep(first, "timestamp-query", "S0.tsq", b"query")
    empty.seal(first, "S2")
    with zipfile.ZipFile(write(empty, "newer.zip")[0]) as archive:
        archive.extractall(tmp_path / "newer")
    return tmp_path / "newer", tmp_path / "older"


@pytest.mark.long
async def test_command_and_page_fail_every_attack_on_a_redacted_copy(
    redacted: tuple[Path, Path], tab: Page, tools, tmp_path: Path
):
    folder, older = redacted
    listing = json.loads((folder / "bundle.json").read_bytes())
    assert all(listing["redaction"].values())
    assert any(entry["withheld"] for entry in listing["seals"])
    whole = await judged(tab, tools.pack(folder, tmp_path / "whole.zip"), tools.installation)
    assert whole["verdict"] == "pass", whole
    assert names(whole) == same(verify(folder, tools.installation))
    count = 0
    for attack in attacks(folder, older, tools, changed="seen-text.txt"):
        path = tools.pack(attacked(attack, folder), tmp_path / "attacked.zip")
        pin = tools.installation if attack.pinned else ""
        found, there = await judged(tab, path, pin), verify(path, pin or None)
        assert (found["verdict"], there.verdict) == ("fail", "fail"), attack.name
        said = "\n".join(c["detail"] for c in found["checks"] if c["verdict"] == "fail")
        assert attack.named(said), (attack.name, said)
        assert attack.named(details(there)), (attack.name, details(there))
        assert names(found) == same(there), attack.name
        count += 1
    assert count > 100


async def test_the_page_fails_a_changed_byte_of_the_zip(
    bundles: tuple[Path, Path], tab: Page, tmp_path: Path
):
    data = (tmp_path / "newer.zip").read_bytes()
    path = tmp_path / "changed.zip"
    for position in (0, 30, len(data) // 2, len(data) - 100, len(data) - 1):
        changed = bytearray(data)
        changed[position] ^= 1
        path.write_bytes(changed)
        assert (await judged(tab, path))["verdict"] == "fail", position
    with zipfile.ZipFile(tmp_path / "newer.zip") as archive:
        member = archive.infolist()[2]
    changed = bytearray(data)
    changed[member.header_offset + 30 + len(member.filename.encode())] ^= 1
    path.write_bytes(changed)
    assert f"damaged: {member.filename}" in str(await judged(tab, path))
    for cut in (0, 10, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:cut])
        assert (await judged(tab, path))["verdict"] == "fail", cut


async def test_the_page_judges_hidden_bytes_as_the_command_does(
    bundles: tuple[Path, Path], tab: Page, tmp_path: Path
):
    path = tmp_path / "forged.zip"
    original = (tmp_path / "newer.zip").read_bytes()
    for name, data in forgeries(original):
        path.write_bytes(data)
        there = verify(path)
        found = await judged(tab, path)
        assert found["verdict"] == there.verdict == "fail", name
        assert names(found) == same(there), name
        if name != "deflated":  # each unpacker has its own words for bytes behind the end
            assert found["checks"][-1]["detail"] == there.checks[-1].detail, name
    for ours in (False, True):
        path.write_bytes(zipped(parts(original), ours=ours))
        found = await judged(tab, path)
        assert found["verdict"] == "pass", found
        assert found["checks"][0]["detail"] == verify(path).checks[0].detail


async def test_the_page_refuses_bombs_doubles_and_paths_that_lead_elsewhere(
    tab: Page, tmp_path: Path
):
    made = {
        "bomb": [("a", bytes(20_000_000))],
        "path": [("../a", b"")],
        "case": [("a", b""), ("A", b"")],
        "accents": [("é", b""), ("e\u0301", b"")],
        "device": [("nul.txt", b"")],
        "dot": [("a.", b"")],
        "sharp s": [("ß", b""), ("SS", b"")],
        "sigma": [("Σ", b""), ("ς", b"")],
    }
    for name, entries in made.items():
        path = tmp_path / f"{name}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for entry, content in entries:
                archive.writestr(entry, content)
        found = await judged(tab, path)
        assert names(found) == [("container", "fail")] == same(verify(path))


@pytest.fixture
def stamped(case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bundle with a good time stamp, unpacked; the package knows the authority's root."""
    monkeypatch.setattr(pinned, "package_roots", lambda: (KEEPER.root,))
    view = case.catalogue.cases()[0].captures[0]
    query = stamp.request(case.blobs.read(view.seals[-1].manifest))
    case.keep(view.capture_id, "timestamp-query", "S1-a.tsq", query)
    case.keep(view.capture_id, "timestamp", "S1-a.tsr", KEEPER.reply(query, NOON))
    case.keep(view.capture_id, "timestamp", "S1-a.pem", KEEPER.root_pem())
    with zipfile.ZipFile(case.write("stamped.zip")) as archive:
        archive.extractall(tmp_path / "stamped")
    return tmp_path / "stamped"


async def test_the_page_compares_what_a_stamp_is_for_and_says_what_it_does_not_check(
    stamped: Path, tab: Page, tools, tmp_path: Path
):
    found = await judged(tab, tools.pack(stamped, tmp_path / "a.zip"))
    check = next(check for check in found["checks"] if check["name"] == "stamps")
    assert (check["verdict"], found["verdict"]) == ("not_confirmed", "pass")
    said = "1 time stamps, 1 of them for a manifest of this bundle"
    seal = "seals/00000000-0000-0000-0000-000000000001/2-S1/manifest.json"
    assert check["detail"] == f"{said}; {REPLY}, for {seal}"
    sentence = await tab.inner_text("li[data-check=stamps] .sentence")
    assert "does not check the authorities' signatures" in sentence
    assert "root is not known" not in sentence

    path = stamped / REPLY
    query = path.with_suffix(".tsq").read_bytes()
    asked = read_query(query)
    assert asked.nonce is not None
    for reply, reason in (
        (tst_info(bytes(32), asked.nonce, NOON, 7), "wrong_imprint"),
        (tst_info(asked.imprint, asked.nonce + 1, NOON, 7), "wrong_nonce"),
        (tst_info(asked.imprint, None, NOON, 7), "wrong_nonce"),
        (b"no time stamp", "unreadable"),
        (rejected("busy"), "not_granted"),
    ):
        plain = reply[:1] != b"0" or reason == "not_granted"
        path.write_bytes(reply if plain else answer(reply))
        tools.resign(stamped)
        packed = tools.pack(stamped, tmp_path / "a.zip")
        found = await judged(tab, packed)
        assert names(found) == same(verify(packed)), reason
        said = f"{REPLY}: {reason}"
        assert next(c["detail"] for c in found["checks"] if c["name"] == "stamps") == said
        assert details(verify(packed)) == said


def answer(info: bytes) -> bytes:
    chain = sorted((der_of(KEEPER.leaf), der_of(KEEPER.root)))
    return granted(token(info, chain, [KEEPER.signer_info(info)]))


async def test_the_page_says_whether_a_fingerprint_was_compared(
    bundles: tuple[Path, Path], tab: Page, tmp_path: Path, tools
):
    for pin, said in (("", "was not compared"), (tools.installation, "installation you named")):
        await judged(tab, tmp_path / "newer.zip", pin)
        assert said in str(await tab.text_content("#verdict"))


async def test_without_ed25519_the_page_says_so_and_checks_all_hashes(
    bundles: tuple[Path, Path], tab: Page, tmp_path: Path, tools
):
    await tab.evaluate(
        "() => { SubtleCrypto.prototype.importKey = () => "
        "Promise.reject(new DOMException('no', 'NotSupportedError')) }"
    )
    found = await judged(tab, tmp_path / "newer.zip")
    assert found["verdict"] == "unchecked"
    states = dict(names(found))
    assert (states["signature"], states["seals"]) == ("unchecked", "unchecked")
    assert states["files"] == states["artifacts"] == "pass"
    assert "no Ed25519" in await tab.inner_text("li[data-check=signature] .sentence")
    path = next(bundles[0].rglob("seen-html.html"))
    path.write_bytes(b"changed")
    assert (await judged(tab, tools.pack(bundles[0], tmp_path / "a.zip")))["verdict"] == "fail"


async def test_the_pages_own_sha256_is_the_browsers(tab: Page):
    """Large files are hashed by pieces, which Web Crypto cannot do."""
    await tab.evaluate(
        """async () => {
          for (const size of [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000, 300001]) {
            const data = Uint8Array.from({length: size}, (_, i) => (i * 31 + size) & 255);
            const own = new Sha256();
            for (let at = 0; at < size; at += 97) own.update(data.subarray(at, at + 97));
            if (own.digest() !== await sha256(data)) throw new Error(String(size));
          }
        }"""
    )


async def test_what_a_bundle_says_is_text_and_never_page(
    bundles: tuple[Path, Path], tab: Page, tools, tmp_path: Path
):
    listing = json.loads((bundles[0] / "bundle.json").read_bytes())
    listing["format"] = "<img src=x onerror=alert(1)>\u202e"
    (bundles[0] / "bundle.json").write_bytes(canonical.encode(listing))
    tools.sign(bundles[0])
    found = await judged(tab, tools.pack(bundles[0], tmp_path / "a.zip"))
    assert found["verdict"] == "fail"
    assert "<img src=x onerror=alert(1)>\\u202e" in found["checks"][1]["detail"]
    assert await tab.query_selector("#checks img") is None


def test_the_page_allows_only_its_own_script_and_no_network():
    page = verifier_page()
    policy = page.split('Content-Security-Policy" content="')[1].split('"')[0]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert "innerHTML" not in page
    assert "http://" not in page
    assert "https://" not in page

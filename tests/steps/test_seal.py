import json

import pytest

from helper import __version__
from helper.evidence import seal as signatures
from helper.model import Missing
from helper.steps.keep import keep_parts
from helper.steps.seal import Sealer
from helper.steps.store import Store

from .conftest import Captures


def manifest_of(store: Store, sha256: str) -> dict:
    return dict(json.loads(store.blobs.read(sha256)))


def test_a_seal_binds_what_is_there_and_what_lacks(store: Store, captures: Captures) -> None:
    uuid = captures.new(("seen/html", b"<p>", {}), extension_version="1.2")
    keep_parts(store, uuid)
    store.vault.add_missing(uuid, [Missing(role="witness", reason="post")])
    entry = Sealer(store).seal(uuid, "S0")
    said = manifest_of(store, entry.manifest)
    assert [item["name"] for item in said["artifacts"]] == ["seen-html.html"]
    assert said["missing"] == [{"role": "witness", "reason": "post", "detail": None}]
    assert said["tools"]["extension"] == "1.2"
    assert captures.view(uuid).seals == (entry,)
    signature = json.loads(store.blobs.read(entry.signature))
    assert signature["manifest_sha256"] == entry.manifest


def test_a_sealed_stage_stays_as_it_is(store: Store, captures: Captures) -> None:
    uuid = captures.new(("seen/html", b"<p>", {}))
    keep_parts(store, uuid)
    sealer = Sealer(store)
    first = sealer.seal(uuid, "S0")
    store.vault.add_missing(uuid, [Missing(role="witness", reason="post")])
    assert sealer.seal(uuid, "S0") == first
    assert len(store.ledger.entries()) == 1


def test_each_seal_names_the_one_before(store: Store, captures: Captures) -> None:
    sealer = Sealer(store)
    one, two = captures.new(), captures.new()
    sealer.seal(one, "S0")
    head = store.ledger.head()
    second = sealer.seal(two, "S0")
    assert head is not None
    assert second.previous == head
    assert manifest_of(store, second.manifest)["previous"] == head


def test_every_partial_seal_lists_something_new(store: Store, captures: Captures) -> None:
    uuid = captures.new(("seen/html", b"<p>", {}))
    keep_parts(store, uuid)
    sealer = Sealer(store)
    first = sealer.seal_rest(uuid)
    assert sealer.seal_rest(uuid) is None
    captures.more(uuid, ("seen/text", b"text", {}))
    keep_parts(store, uuid)
    second = sealer.seal_rest(uuid)
    assert None not in {first, second}
    assert sealer.seal(uuid, "S0").index == 2
    assert sealer.seal_rest(uuid) is None


def keep_record(store: Store, uuid: str, said: object) -> None:
    text = json.dumps(said).encode()
    store.vault.add_artifacts(uuid, [store.keep("environment", text, "application/json")])


def test_the_manifest_names_the_tools_with_their_hashes(store: Store, captures: Captures) -> None:
    told = {"extension_sha256": "cd" * 32}
    uuid = captures.new(extension_version="1.2", user_agent="UA", extra=told)
    keep_record(store, uuid, {"browser": {"version": "Chrome/150", "sha256": "ab" * 32}})
    said = manifest_of(store, Sealer(store).seal(uuid, "S1").manifest)
    assert said["tools"] == {
        "helper": __version__,
        "extension": "1.2",
        "extension_sha256": "cd" * 32,
        "user_agent": "UA",
        "witness_browser": "Chrome/150",
        "witness_browser_sha256": "ab" * 32,
    }


@pytest.mark.parametrize("odd", [None, "x", 7, "AB" * 32])
def test_an_extension_that_tells_no_hash_has_none_and_it_is_said(
    store: Store, captures: Captures, odd: object
) -> None:
    uuid = captures.new(extension_version="1.2", extra={"extension_sha256": odd})
    said = manifest_of(store, Sealer(store).seal(uuid, "S0").manifest)["tools"]
    assert (said["extension_sha256"], said["extension_sha256_unknown"]) == (None, "not_told")


@pytest.mark.parametrize(
    ("record", "lacks", "why"),
    [
        (None, False, "not_yet"),
        (None, True, "not_recorded"),
        ([], False, "not_recorded"),
        ({}, False, "not_recorded"),
        ({"browser": {"version": None, "sha256": None}}, False, "no_browser"),
        ({"browser": {"version": "Chrome/150", "sha256": None}}, False, "unreadable"),
    ],
)
def test_an_unknown_hash_of_the_browser_is_null_with_its_reason(
    store: Store, captures: Captures, record: object, lacks: bool, why: str
) -> None:
    uuid = captures.new()
    if record is not None:
        keep_record(store, uuid, record)
    if lacks:
        gone = Missing(role="environment", reason="environment_failed")
        store.vault.add_missing(uuid, [gone])
    said = manifest_of(store, Sealer(store).seal(uuid, "S1").manifest)["tools"]
    assert said["witness_browser_sha256"] is None
    assert said["witness_browser_sha256_unknown"] == why
    assert "extension" not in said


def test_a_brought_file_names_no_browser(store: Store, captures: Captures) -> None:
    uuid = captures.new(url="", extra={"origin": "brought"})
    said = manifest_of(store, Sealer(store).seal(uuid, "S0").manifest)
    assert said["tools"] == {"helper": __version__}


def test_the_signature_is_the_same_for_the_same_manifest(store: Store) -> None:
    assert signatures.sign(b"{}", store.key) == signatures.sign(b"{}", store.key)

import json

from helper.evidence import seal as signatures
from helper.model import Missing
from helper.steps.keep import keep_parts
from helper.steps.seal import Sealer, tools
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


def test_only_known_tools_are_named() -> None:
    assert set(tools(None, None)) == {"helper"}
    assert tools("1", "UA")["user_agent"] == "UA"


def test_the_signature_is_the_same_for_the_same_manifest(store: Store) -> None:
    assert signatures.sign(b"{}", store.key) == signatures.sign(b"{}", store.key)

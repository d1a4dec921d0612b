import pytest

from helper.steps.keep import keep_parts
from helper.steps.store import Store

from .conftest import Captures, announced


def test_complete_parts_become_artifacts_under_their_role(store: Store, captures: Captures) -> None:
    uuid = captures.new(("seen/html", b"<p>", {}), ("seen/text", b"p", {}))
    keep_parts(store, uuid)
    assert captures.names(uuid) == ["seen-html.html", "seen-text.txt"]
    assert store.read_role(captures.view(uuid).artifacts, "seen/html") == b"<p>"


def test_a_part_that_is_not_all_there_waits(store: Store, captures: Captures) -> None:
    uuid = captures.new(("seen/html", b"<p>", {}))
    part = announced("seen/text", b"unfinished", {})
    store.vault.create_capture(uuid, captures.view(uuid).meta, [part])
    keep_parts(store, uuid)
    assert captures.names(uuid) == ["seen-html.html"]


def test_strips_are_numbered_as_they_say_and_repeating_adds_only_new_ones(
    store: Store, captures: Captures
) -> None:
    uuid = captures.new(("seen/strip", b"one", {"index": 1}))
    keep_parts(store, uuid)
    captures.more(uuid, ("seen/strip", b"zero", {"index": 0}))
    keep_parts(store, uuid)
    keep_parts(store, uuid)
    assert sorted(captures.names(uuid)) == ["seen-strip-00.png", "seen-strip-01.png"]


def test_an_attachment_that_comes_late_displaces_none(store: Store, captures: Captures) -> None:
    uuid = captures.new()
    meta = captures.view(uuid).meta
    late = announced("attachment", b"late", {})
    store.vault.create_capture(uuid, meta, [late])
    captures.more(uuid, ("attachment", b"early", {}))
    keep_parts(store, uuid)
    store.blobs.keep_bytes(b"late")
    store.vault.set_received(uuid, late.sha256, late.size)
    keep_parts(store, uuid)
    kept = {item.name: store.blobs.read(item.sha256) for item in captures.view(uuid).artifacts}
    assert kept == {"attachment-00.png": b"late", "attachment-01.png": b"early"}


def test_what_the_extension_says_is_missing_is_kept(store: Store, captures: Captures) -> None:
    told = {"role": "seen/page", "reason": "strips_unfit"}
    uuid = captures.new(
        ("seen/strip", b"one", {"index": 0, "missing": [told]}),
        missing=({"role": "seen/mhtml", "reason": "timeout"},),
    )
    keep_parts(store, uuid)
    assert captures.lacks(uuid) == {("seen/page", "strips_unfit"), ("seen/mhtml", "timeout")}


@pytest.mark.parametrize(
    "about",
    [
        {"index": "x"}, {"index": None}, {"index": -1}, {"index": 1e300}, {"index": [1]},
        {"index": True}, {"index": 10**30}, {"missing": "all"}, {"missing": None},
        {"missing": [1]}, {"missing": {"role": "seen"}}, {"missing": [{"role": 3}]},
    ],
)  # fmt: skip
def test_an_unusable_about_is_said_and_the_part_kept(
    store: Store, captures: Captures, about: dict
) -> None:
    good = ("seen/strip", b"good", {"index": 0})
    uuid = captures.new(good, ("seen/strip", b"odd", about))
    keep_parts(store, uuid)
    assert captures.names(uuid) == ["seen-strip-00.png", "seen-strip-01.png"]
    assert captures.lacks(uuid) == {("seen/strip", "about_unclear")}


def test_two_strips_with_one_index_are_both_kept(store: Store, captures: Captures) -> None:
    uuid = captures.new(("seen/strip", b"a", {"index": 0}), ("seen/strip", b"b", {"index": 0}))
    keep_parts(store, uuid)
    assert captures.names(uuid) == ["seen-strip-00.png", "seen-strip-01.png"]

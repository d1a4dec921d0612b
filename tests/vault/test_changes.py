"""A case's revision grows with every write that concerns it, in whatever process it happens."""

import inspect
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from helper.dealings import Contact, Edit, Shown, Walk
from helper.errors import NotFoundError
from helper.model import Artifact, Corroboration, Draft, Filing, Missing
from helper.vault.catalogue import Catalogue, open_engine
from helper.vault.deletions import Deletions
from helper.vault.digests import Digests
from helper.vault.entrances import Entrances
from helper.vault.identity import Identities
from helper.vault.indexed import Indexed
from helper.vault.ledger import Ledger
from helper.vault.pairings import Pairings
from helper.vault.stamps import StampJob
from tests.vault.conftest import Make

WRITES = ("writing(", "self._set(", "self._add(", "self._set_stamp(")
"""How a method of the vault writes."""
APART = {
    name
    for kind in (Deletions, Digests, Entrances, Identities, Indexed, Pairings)
    for name in vars(kind)
} | {"put_query"}
"""What concerns no case, what is derived from cases, what ends one, and what no page tells of."""


class Told:
    """A case with a capture, a draft, a filing, a stamp that is asked for; and what may happen."""

    def __init__(self, vault: Catalogue, make: Make) -> None:
        self.vault, self.make, self.at = vault, make, make.noon
        self.uuid, self.other = make.uuid(1), make.uuid(2)
        self.case, self.second = self._kept(self.uuid, "A1"), self._kept(self.other, "B2")
        ledger = Ledger(vault.engine)
        self.seal = ledger.append(self.uuid, "S1", "1" * 64, "2" * 64, self.at)
        vault.queue_stamps(self.seal, [("one", "rfc3161")], self.at)
        vault.put_draft(self.draft())
        self.entry = vault.add_entry(self.case, self.contact(), self.at).entry_id
        vault.add_correction(self.case, "amount", "9.00", self.at)

    def _kept(self, uuid: str, number: str) -> str:
        self.vault.create_capture(uuid, self.make.meta(), [self.make.part()])
        self.vault.set_received(uuid, self.make.part().sha256, 10)
        return self.join(uuid, number)

    def join(self, uuid: str, number: str | None = None) -> str:
        about = {"platform_key": None, "host": "shop.example", "order_no": number}
        return self.vault.join_case(uuid, **about, wanted=None, title="t", now=self.at)

    def draft(self, text: str = "t") -> Draft:
        empty: dict[str, Any] = dict.fromkeys(("sentences", "exhibits", "gaps", "lint", "law"), ())
        return Draft(draft_id="d", case_id=self.case, channel="12315", issue="other", demand="x",
                     title="t", fields={}, text=text, created_at=self.at, **empty)  # fmt: skip

    def contact(self, said: str = "x") -> Contact:
        return Contact(at=self.at, way="chat", said=said)

    @property
    def job(self) -> StampJob:
        return self.vault.stamps_of(self.uuid)[0]

    def edited(self) -> None:
        again = self.draft("again")
        self.vault.edit_draft(
            "d",
            lambda draft, _: draft.model_copy(update={"text": again.text, "edits": (EDIT,)}),
            next_id="e",
            now=self.at,
        )

    def stamped(self) -> None:
        self.vault.put_reply(self.job, [], state="stamped", reply="3" * 64, reason=None,
                             next_at=self.at)  # fmt: skip

    def reopened(self) -> None:
        self.vault.close_case(self.case, self.at)
        self.vault.reopen_case(self.case, self.at)


EDIT = Edit(key="k", text="mine", replaced="t", ours="t", at=Make.noon)
ARTIFACT = Artifact(role="log", name="a", sha256="0" * 64, bytes=1, media_type="text/plain")
FILING = Filing(draft_id="", channel="12315", number=None, capture_id=None, at=Make.noon)
LATER = Make.noon + timedelta(hours=1)
ACTS: dict[str, Callable[[Told], object]] = {
    "create_capture": lambda x: x.vault.create_capture(x.uuid, x.make.meta(), [x.make.part(9)]),
    "set_received": lambda x: x.vault.set_received(x.uuid, x.make.part().sha256, 5),
    "set_state": lambda x: x.vault.set_state(x.uuid, "sealed"),
    "mark_kept": lambda x: x.vault.mark_kept(x.uuid, x.at, final=True),
    "set_final": lambda x: x.vault.set_final(x.uuid),
    "set_session_wanted": lambda x: x.vault.set_session_wanted(x.uuid, True),
    "put_order": lambda x: x.vault.put_order(x.uuid, x.make.order()),
    "put_shown": lambda x: x.vault.put_shown(x.uuid, Shown()),
    "put_corroboration": lambda x: x.vault.put_corroboration(
        x.uuid, Corroboration(verdict="no_order")
    ),
    "add_artifacts": lambda x: x.vault.add_artifacts(x.uuid, [ARTIFACT]),
    "add_missing": lambda x: x.vault.add_missing(x.uuid, [Missing(role="r", reason="y")]),
    "add_notes": lambda x: x.vault.add_notes(x.uuid, ["n"]),
    "add_step": lambda x: x.vault.add_step(x.uuid, "s", x.at),
    "join_case": lambda x: x.join(x.uuid, "A1"),
    "add_correction": lambda x: x.vault.add_correction(x.case, "amount", "8.00", x.at),
    "undo_correction": lambda x: x.vault.undo_correction(x.case, "amount"),
    "move_capture": lambda x: x.vault.move_capture(x.other, x.case, x.at),
    "add_note": lambda x: x.vault.add_note(x.case, "n", x.at),
    "close_case": lambda x: x.vault.close_case(x.case, x.at),
    "reopen_case": Told.reopened,
    "put_draft": lambda x: x.vault.put_draft(x.draft("new")),
    "add_draft": lambda x: x.vault.add_draft(x.draft("new"), lambda draft, _: draft),
    "edit_draft": Told.edited,
    "add_entry": lambda x: x.vault.add_entry(x.case, x.contact("y"), x.at),
    "add_filing": lambda x: x.vault.add_filing(x.case, FILING),
    "undo_entry": lambda x: x.vault.undo_entry(x.case, x.entry),
    "queue_stamps": lambda x: x.vault.queue_stamps(x.seal, [("two", "rfc3161")], x.at),
    "put_off": lambda x: x.vault.put_off(x.job, x.at, "unreachable", anew=False),
    "give_up": lambda x: x.vault.give_up(x.job, "away"),
    "put_reply": Told.stamped,
    "set_listed": lambda x: x.vault.set_listed([x.job]),
    "append": lambda x: Ledger(x.vault.engine).append(x.uuid, "S2", "5" * 64, "6" * 64, x.at),
}
"""One act of every writing method."""


@pytest.fixture
def told(catalogue: Catalogue, make: Make) -> Told:
    return Told(catalogue, make)


def test_every_writing_method_has_its_act() -> None:
    found = {
        name
        for kind in (Catalogue, Ledger)
        for name, method in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_") and any(way in inspect.getsource(method) for way in WRITES)
    }
    assert found - APART == set(ACTS)


@pytest.mark.parametrize("name", ACTS)
def test_a_write_lets_the_revision_grow(told: Told, name: str) -> None:
    before = told.vault.revision(told.case)
    ACTS[name](told)
    assert told.vault.revision(told.case) > before


@pytest.mark.parametrize("name", ACTS)
def test_a_case_that_was_read_before_a_write_is_read_anew(told: Told, name: str) -> None:
    told.vault.case(told.case)
    ACTS[name](told)
    assert told.vault.case(told.case) == Catalogue(told.vault.engine).case(told.case)


def test_a_case_that_nobody_changed_is_read_once(told: Told) -> None:
    assert told.vault.case(told.case) is told.vault.case(told.case)


def test_a_case_that_another_process_deleted_is_not_kept(told: Told) -> None:
    told.vault.case(told.case)
    Catalogue(told.vault.engine).delete_case(told.case, told.at + timedelta(days=1))
    with pytest.raises(NotFoundError):
        told.vault.case(told.case)


def test_a_capture_that_moves_changes_both_cases(told: Told) -> None:
    before = told.vault.revision(told.second)
    told.vault.move_capture(told.other, told.case, told.at)
    assert told.vault.revision(told.second) > before
    assert told.vault.case(told.second).captures == ()


def test_a_write_that_fails_changes_nothing(told: Told) -> None:
    before = told.vault.revision(told.case)
    with pytest.raises(Exception, match="e-none"):
        told.vault.undo_entry(told.case, "e-none")
    assert told.vault.revision(told.case) == before


def test_another_process_sees_the_change(told: Told, settings: Any) -> None:
    before = told.vault.revision(told.case)
    engine = open_engine(settings)
    Catalogue(engine).add_note(told.case, "from a command", told.at)
    engine.dispose()
    assert told.vault.revision(told.case) == before + 1


def test_the_case_of_a_walk_that_goes_leaves_no_change_behind(
    catalogue: Catalogue, make: Make
) -> None:
    walk = Walk(session=make.uuid(7), step=1)
    catalogue.create_capture(make.uuid(1), make.meta(walk=walk), [])
    about = {"platform_key": None, "host": "shop.example", "wanted": None, "title": "t"}
    waiting = catalogue.join_case(make.uuid(1), order_no=None, now=make.noon, **about)
    assert catalogue.revision(waiting) == 1
    second = walk.model_copy(update={"step": 2})
    catalogue.create_capture(make.uuid(2), make.meta(walk=second), [])
    catalogue.create_capture(make.uuid(3), make.meta(), [])
    other = catalogue.join_case(make.uuid(3), order_no="A1", now=make.noon, **about)
    assert catalogue.join_case(make.uuid(2), order_no="A1", now=make.noon, **about) == other
    assert catalogue.revision(waiting) == 0
    assert [case.case_id for case in catalogue.cases()] == [other]

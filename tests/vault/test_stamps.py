"""The queue of stamps keeps what was reached, whatever the clock says."""

from datetime import timedelta

import pytest

from helper.model import Artifact, Seal
from helper.vault.catalogue import Catalogue
from helper.vault.ledger import Ledger
from helper.vault.stamps import StampJob

WANTED = [("one", "rfc3161"), ("two", "rfc3161")]
LONGEST = timedelta(hours=6)


@pytest.fixture
def seal(catalogue: Catalogue, ledger: Ledger, make) -> Seal:
    catalogue.create_capture(make.uuid(1), make.meta(), [])
    ledger.append(make.uuid(1), "S0", "1" * 64, "a" * 64, make.noon)
    return ledger.append(make.uuid(1), "S1", "2" * 64, "b" * 64, make.noon)


@pytest.fixture
def jobs(catalogue: Catalogue, seal: Seal, make) -> list[StampJob]:
    catalogue.queue_stamps(seal, WANTED, make.noon)
    return catalogue.due_stamps(make.noon, LONGEST)


def stamp_file(name: str) -> Artifact:
    return Artifact(
        role="timestamp", name=name, sha256="c" * 64, bytes=1, media_type="application/x"
    )


def test_only_seals_without_a_row_want_one(catalogue: Catalogue, seal: Seal, make) -> None:
    assert catalogue.unqueued_seals(-1, "brought.json") == [seal]
    assert catalogue.unqueued_seals(seal.index, "brought.json") == []
    catalogue.queue_stamps(seal, WANTED, make.noon)
    assert catalogue.unqueued_seals(-1, "brought.json") == []


def test_queueing_again_adds_nothing(
    catalogue: Catalogue, jobs: list[StampJob], seal: Seal, make
) -> None:
    catalogue.queue_stamps(seal, WANTED, make.moment(5))
    assert catalogue.due_stamps(make.moment(9), LONGEST) == jobs
    assert [job.authority for job in jobs] == ["one", "two"]


def test_a_row_put_off_is_due_when_its_time_has_come(
    catalogue: Catalogue, jobs: list[StampJob], make
) -> None:
    catalogue.put_query(jobs[0].position, "d" * 64)
    catalogue.put_off(jobs[0], make.moment(10), "unreachable", anew=False)
    assert [j.authority for j in catalogue.due_stamps(make.moment(9), LONGEST)] == ["two"]
    again = catalogue.due_stamps(make.moment(10), LONGEST)[0]
    assert (again.attempts, again.query) == (1, "d" * 64)
    catalogue.put_off(again, make.moment(20), "wrong_nonce", anew=True)
    assert catalogue.due_stamps(make.moment(20), LONGEST)[0].query is None


def test_a_row_put_off_before_the_clock_was_set_back_is_due(
    catalogue: Catalogue, jobs: list[StampJob], make
) -> None:
    catalogue.put_off(jobs[0], make.moment(10), "unreachable", anew=False)
    assert len(catalogue.due_stamps(make.moment(-60 * 24), LONGEST)) == 2


def test_a_reply_enters_its_artifacts_and_ends_the_row(
    catalogue: Catalogue, jobs: list[StampJob], make
) -> None:
    catalogue.put_reply(
        jobs[0], [stamp_file("S1-one.tsr")], state="stamped", reply="c" * 64, reason=None,
        next_at=make.noon, stamped_at=make.moment(1), root="e" * 64,
    )  # fmt: skip
    view = catalogue.capture(make.uuid(1))
    assert [item.name for item in view.artifacts] == ["S1-one.tsr"]
    assert view.stamps[0].state == "stamped"
    assert view.stamps[0].stamped_at == make.moment(1)
    assert view.stamps[1].state == "pending"
    assert [job.authority for job in catalogue.due_stamps(make.noon, LONGEST)] == ["two"]


def test_an_outcome_is_unlisted_until_a_seal_lists_it(
    catalogue: Catalogue, jobs: list[StampJob], make
) -> None:
    assert catalogue.unlisted_stamps() == []
    catalogue.give_up(jobs[0], "unreachable")
    assert catalogue.unlisted_stamps() == [make.uuid(1)]
    catalogue.set_listed(jobs)
    assert catalogue.unlisted_stamps() == [make.uuid(1)], "these rows were read before it"
    catalogue.set_listed(catalogue.stamps_of(make.uuid(1)))
    assert catalogue.unlisted_stamps() == []
    assert catalogue.capture(make.uuid(1)).stamps[0].reason == "unreachable"


def test_how_the_stamps_of_each_authority_stand(catalogue: Catalogue, make) -> None:
    assert catalogue.stamp_states() == []
    seals = [seal_of_new(catalogue, make, number) for number in range(3)]
    for seal in seals:
        catalogue.queue_stamps(seal, [("one", "rfc3161"), ("two", "rfc3161")], make.noon)
    jobs = {(job.capture_id, job.authority): job for seal in seals
            for job in catalogue.stamps_of(seal.capture_id)}  # fmt: skip
    for number in (0, 1):
        catalogue.put_reply(
            jobs[make.uuid(number), "one"], [], state="stamped", reply="7" * 64, reason=None,
            next_at=make.noon, stamped_at=make.moment(number),
        )  # fmt: skip
    catalogue.give_up(jobs[make.uuid(2), "one"], "away")
    assert catalogue.stamp_states() == [
        ("one", 2, 0, 1, make.moment(1)),
        ("two", 0, 3, 0, None),
    ]


def seal_of_new(catalogue: Catalogue, make, number: int):
    catalogue.create_capture(make.uuid(number), make.meta(), [])
    return Ledger(catalogue.engine).append(
        make.uuid(number), "S1", f"{number:064x}", "9" * 64, make.noon
    )


def test_what_comes_after_its_case_was_deleted_is_dropped(
    catalogue: Catalogue, jobs: list[StampJob], make
) -> None:
    case_id = catalogue.join_case(
        make.uuid(1), platform_key=None, host=None, order_no=None, wanted=None, title="t",
        now=make.noon,
    )  # fmt: skip
    catalogue.put_query(jobs[0].position, "d" * 64)
    catalogue.put_off(jobs[0], make.moment(10), "unreachable", anew=False)
    before = catalogue.revision(case_id)
    catalogue.put_off(jobs[0], make.moment(20), "unreachable", anew=False)
    assert catalogue.revision(case_id) == before, "no page tells of a further try"
    assert catalogue.give_up(jobs[1], "away")
    assert catalogue.revision(case_id) > before
    catalogue.set_state(make.uuid(1), "sealed")
    catalogue.delete_case(case_id, make.noon)
    catalogue.put_query(jobs[0].position, "d" * 64)
    catalogue.put_off(jobs[0], make.moment(10), "unreachable", anew=False)
    assert not catalogue.give_up(jobs[0], "away")
    catalogue.put_reply(
        jobs[0], [stamp_file("x")], state="stamped", reply="c" * 64, reason=None, next_at=make.noon
    )
    assert catalogue.stamps_of(make.uuid(1)) == []

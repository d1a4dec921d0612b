import pytest

from helper.errors import ConflictError, InvalidError, NotFoundError
from helper.model import Artifact, Corroboration, Missing
from helper.vault.catalogue import Catalogue


@pytest.fixture
def uuid(catalogue: Catalogue, make) -> str:
    catalogue.create_capture(make.uuid(), make.meta(), [make.part(1)])
    return make.uuid()


def test_a_new_capture_is_being_received(catalogue: Catalogue, make, uuid: str):
    view = catalogue.capture(uuid)
    assert (view.state, view.case_id, view.order, view.session_wanted) == (
        "receiving", None, None, False,
    )  # fmt: skip
    assert view.meta == make.meta()
    assert not catalogue.is_final(uuid)
    assert catalogue.parts(uuid) == [(make.part(1), 0)]


def test_announcing_again_changes_nothing(catalogue: Catalogue, make, uuid: str):
    catalogue.set_received(uuid, make.part(1).sha256, 7)
    catalogue.create_capture(uuid, make.meta(), [make.part(1)])
    assert catalogue.parts(uuid) == [(make.part(1), 7)]


def test_announcing_more_parts_adds_them(catalogue: Catalogue, make, uuid: str):
    catalogue.create_capture(uuid, make.meta(), [make.part(1), make.part(2)])
    assert [part for part, _ in catalogue.parts(uuid)] == [make.part(1), make.part(2)]


def test_the_same_moment_in_another_zone_is_the_same_meta(catalogue: Catalogue, make, uuid: str):
    catalogue.create_capture(uuid, make.meta(clicked_at="2026-03-01T20:00:00+08:00"), [])


def test_another_meta_is_a_conflict(catalogue: Catalogue, make, uuid: str):
    with pytest.raises(ConflictError):
        catalogue.create_capture(uuid, make.meta(title="another"), [])


def test_one_hash_with_two_sizes_is_a_conflict_and_adds_nothing(
    catalogue: Catalogue, make, uuid: str
):
    with pytest.raises(ConflictError):
        catalogue.create_capture(uuid, make.meta(), [make.part(2), make.part(1, size=11)])
    assert catalogue.parts(uuid) == [(make.part(1), 0)]


def test_equal_strips_at_two_places_are_two_parts_with_one_upload(
    catalogue: Catalogue, make, uuid: str
):
    strips = [make.part(3, role="seen/strip", about={"index": n, "y": n * 800}) for n in range(2)]
    catalogue.create_capture(uuid, make.meta(), strips[:1])
    catalogue.set_received(uuid, strips[0].sha256, 10)
    catalogue.create_capture(uuid, make.meta(), strips)
    assert catalogue.parts(uuid)[1:] == [(strip, 10) for strip in strips]


def test_received_bytes_may_start_anew_but_not_exceed_the_size(
    catalogue: Catalogue, make, uuid: str
):
    catalogue.set_received(uuid, make.part(1).sha256, 10)
    catalogue.set_received(uuid, make.part(1).sha256, 0)
    for received in (-1, 11):
        with pytest.raises(InvalidError):
            catalogue.set_received(uuid, make.part(1).sha256, received)
    assert catalogue.parts(uuid) == [(make.part(1), 0)]


def test_an_unknown_capture_is_not_found_by_any_method(catalogue: Catalogue, make):
    gone = make.uuid(99)
    for call in (
        lambda: catalogue.parts(gone),
        lambda: catalogue.capture(gone),
        lambda: catalogue.set_received(gone, "0" * 64, 0),
        lambda: catalogue.set_state(gone, "kept"),
        lambda: catalogue.set_final(gone),
        lambda: catalogue.mark_kept(gone, make.noon, final=True),
        lambda: catalogue.is_final(gone),
        lambda: catalogue.set_session_wanted(gone, True),
        lambda: catalogue.add_artifacts(gone, []),
        lambda: catalogue.add_missing(gone, []),
        lambda: catalogue.add_step(gone, "kept", make.noon),
        lambda: catalogue.put_order(gone, make.order()),
        lambda: catalogue.put_corroboration(gone, Corroboration(verdict="agree")),
    ):
        with pytest.raises(NotFoundError):
            call()


def test_a_capture_that_is_further_is_not_marked_as_only_kept(
    catalogue: Catalogue, make, uuid: str
):
    catalogue.mark_kept(uuid, make.noon, final=False)
    assert (catalogue.capture(uuid).state, catalogue.is_final(uuid)) == ("kept", False)
    catalogue.set_state(uuid, "sealed")
    catalogue.mark_kept(uuid, make.noon, final=True)
    assert (catalogue.capture(uuid).state, catalogue.is_final(uuid)) == ("sealed", True)
    assert [step.step for step in catalogue.capture(uuid).steps] == ["kept"]


def artifact(name: str, number: int = 0) -> Artifact:
    return Artifact(
        role="witness/page", name=name, sha256=f"{number:064x}", bytes=1, media_type="image/png",
        about={"scale": 1.5},
    )  # fmt: skip


def test_of_two_artifacts_with_one_name_the_first_stays(catalogue: Catalogue, uuid: str):
    catalogue.add_artifacts(uuid, [artifact("a.png", 1), artifact("b.png", 2)])
    catalogue.add_artifacts(uuid, [artifact("a.png", 3), artifact("c.png", 4)])
    found = {entry.name: int(entry.sha256, 16) for entry in catalogue.capture(uuid).artifacts}
    assert found == {"a.png": 1, "b.png": 2, "c.png": 4}
    assert catalogue.capture(uuid).artifacts[0] == artifact("a.png", 1)


def test_missing_is_listed_once_by_role_and_reason(catalogue: Catalogue, uuid: str):
    first = Missing(role="witness/tls", reason="not_https", detail="http")
    other = Missing(role="witness/tls", reason="no_certificate")
    catalogue.add_missing(uuid, [first, first, other])
    catalogue.add_missing(uuid, [first.model_copy(update={"detail": "again"})])
    assert catalogue.capture(uuid).missing == (first, other)


def test_the_first_step_of_a_name_stays(catalogue: Catalogue, make, uuid: str):
    catalogue.add_step(uuid, "kept", make.moment(1))
    catalogue.add_step(uuid, "kept", make.moment(2), "again")
    catalogue.add_step(uuid, "sealed", make.moment(3), "S0")
    assert [(s.step, s.at, s.detail) for s in catalogue.capture(uuid).steps] == [
        ("kept", make.moment(1), None),
        ("sealed", make.moment(3), "S0"),
    ]


def test_what_is_put_is_what_is_shown(catalogue: Catalogue, make, uuid: str):
    catalogue.set_state(uuid, "kept")
    catalogue.set_final(uuid)
    catalogue.set_session_wanted(uuid, True)
    catalogue.put_order(uuid, make.order("A1"))
    catalogue.put_order(uuid, make.order("A2", amount="12.50"))
    catalogue.put_corroboration(uuid, Corroboration(verdict="agree", session="lent"))
    view = catalogue.capture(uuid)
    assert catalogue.is_final(uuid)
    assert (view.state, view.session_wanted) == ("kept", True)
    assert view.order == make.order("A2", amount="12.50")
    assert view.corroboration == Corroboration(verdict="agree", session="lent")


def test_recent_shows_the_newest_first(catalogue: Catalogue, make):
    for number in range(5):
        catalogue.create_capture(make.uuid(number), make.meta(), [])
    assert [view.capture_id for view in catalogue.recent(3)] == [make.uuid(n) for n in (4, 3, 2)]


def test_unsealed_are_those_committed_and_not_sealed(catalogue: Catalogue, make):
    for number, state in enumerate(("receiving", "kept", "sealed")):
        catalogue.create_capture(make.uuid(number), make.meta(), [])
        catalogue.set_state(make.uuid(number), state)
    assert catalogue.unsealed() == [make.uuid(1)]

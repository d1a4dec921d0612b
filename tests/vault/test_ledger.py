import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from helper.errors import ConflictError, NotFoundError
from helper.evidence import canonical
from helper.vault.catalogue import Catalogue
from helper.vault.ledger import Ledger, entry_hash, entry_whole


@pytest.fixture
def uuid(catalogue: Catalogue, make) -> str:
    catalogue.create_capture(make.uuid(), make.meta(), [])
    return make.uuid()


def sha(number: int) -> str:
    return f"{number:064x}"


def test_every_entry_names_the_hash_of_the_one_before(ledger: Ledger, make, uuid: str):
    assert ledger.head() is None
    entries = []
    for number, stage in enumerate(("S0", "S1", "S2")):
        head = ledger.head()
        entries.append(ledger.append(uuid, stage, sha(number), sha(9), make.noon))
        assert entries[-1].previous == head
    assert ledger.entries() == entries
    assert [entry.index for entry in entries] == [0, 1, 2]
    assert ledger.head() == entry_hash(entries[-1])


def test_the_hash_is_that_of_the_canonical_link_to_the_body(ledger: Ledger, make, uuid: str):
    entry = ledger.append(uuid, "S0", sha(1), sha(2), make.noon)
    body = canonical.encode(entry.model_dump(mode="json", exclude={"index", "previous"}))
    link = {"index": 0, "previous": None, "body": hashlib.sha256(body).hexdigest()}
    assert entry_hash(entry) == hashlib.sha256(canonical.encode(link)).hexdigest()
    assert entry_whole(entry) == canonical.encode(entry.model_dump(mode="json"))


def test_appending_again_returns_the_entry(ledger: Ledger, make, uuid: str):
    first = ledger.append(uuid, "S0", sha(1), sha(2), make.noon)
    assert ledger.append(uuid, "S0", sha(1), sha(3), make.moment(9), after=None) == first
    assert ledger.entries() == [first]


def test_an_entry_after_another_than_the_head_is_refused(ledger: Ledger, make, uuid: str):
    ledger.append(uuid, "S0", sha(1), sha(2), make.noon)
    for after in (None, sha(7)):
        with pytest.raises(ConflictError):
            ledger.append(uuid, "S1", sha(3), sha(2), make.noon, after=after)
    ledger.append(uuid, "S1", sha(3), sha(2), make.noon, after=ledger.head())
    assert len(ledger.entries()) == 2


def test_an_unknown_capture_is_not_sealed(ledger: Ledger, make):
    with pytest.raises(NotFoundError):
        ledger.append(make.uuid(9), "S0", sha(1), sha(2), make.noon)


def test_seals_are_shown_with_their_capture(ledger: Ledger, catalogue: Catalogue, make, uuid: str):
    entry = ledger.append(uuid, "S0", sha(1), sha(2), make.noon)
    assert catalogue.capture(uuid).seals == (entry,)


def test_many_threads_make_one_chain(ledger: Ledger, make, uuid: str):
    with ThreadPoolExecutor(8) as pool:
        made = list(
            pool.map(lambda n: ledger.append(uuid, "S1", sha(n), sha(n), make.noon), range(60))
        )
    entries = ledger.entries()
    assert {entry.manifest for entry in made} == {sha(n) for n in range(60)}
    assert [entry.index for entry in entries] == list(range(60))
    assert [entry.previous for entry in entries[1:]] == [entry_hash(e) for e in entries[:-1]]

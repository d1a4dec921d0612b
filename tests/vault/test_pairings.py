from concurrent.futures import ThreadPoolExecutor

import pytest

from helper.errors import PairingError
from helper.vault.catalogue import Catalogue


def test_there_is_no_offer_at_first(catalogue: Catalogue, make):
    assert catalogue.pairing_offer(make.noon) is None


def test_an_offer_lasts_until_it_expires(catalogue: Catalogue, make):
    catalogue.offer_pairing(b"k" * 32, make.moment(2))
    offer = catalogue.pairing_offer(make.moment(1))
    assert offer is not None
    assert (offer.key, offer.tries, offer.expires_at) == (b"k" * 32, 5, make.moment(2))
    assert catalogue.pairing_offer(make.moment(2)) is None


def test_a_new_offer_ends_the_one_before(catalogue: Catalogue, make):
    catalogue.offer_pairing(b"a", make.moment(2))
    catalogue.offer_pairing(b"b", make.moment(2), tries=3)
    offer = catalogue.pairing_offer(make.noon)
    assert offer is not None
    assert (offer.key, offer.tries) == (b"b", 3)


def test_an_offer_tried_too_often_is_none(catalogue: Catalogue, make):
    catalogue.offer_pairing(b"a", make.moment(2), tries=2)
    assert catalogue.spend_try() == 1
    assert catalogue.pairing_offer(make.noon) is not None
    assert catalogue.spend_try() == 0
    assert catalogue.pairing_offer(make.noon) is None


def test_a_pairing_ends_the_offer_and_is_found(catalogue: Catalogue, make):
    catalogue.offer_pairing(b"a", make.moment(2))
    catalogue.accept_pairing("p-1", "Chromium", b"key", make.noon)
    assert catalogue.pairing_offer(make.noon) is None
    assert catalogue.pairing("p-1") == (b"key", "Chromium")
    assert [tuple(p) for p in catalogue.pairings()] == [("p-1", "Chromium", make.noon)]


def test_of_two_that_accept_at_once_one_is_refused(catalogue: Catalogue, make):
    catalogue.offer_pairing(b"a", make.moment(2))

    def accept(number: int) -> bool:
        try:
            catalogue.accept_pairing(f"p-{number}", "x", b"key", make.noon)
        except PairingError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(accept, range(8))) == 1
    assert len(catalogue.pairings()) == 1


def test_a_revoked_pairing_is_unknown(catalogue: Catalogue, make):
    catalogue.offer_pairing(b"a", make.moment(2))
    catalogue.accept_pairing("p-1", "x", b"key", make.noon)
    catalogue.revoke_pairing("p-1")
    catalogue.revoke_pairing("p-1")
    assert catalogue.pairing("p-1") is None


def test_nothing_is_accepted_without_an_offer(catalogue: Catalogue, make):
    with pytest.raises(PairingError):
        catalogue.accept_pairing("p-1", "x", b"key", make.noon)

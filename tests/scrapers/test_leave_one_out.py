"""The generic reader alone reads the pages of known platforms: precision before recall."""

from __future__ import annotations

from tests.scrapers.leave_one_out import leave_one_out


def test_what_it_reads_is_right_and_little_is_missed() -> None:
    total = leave_one_out()["*"]
    assert total.precision >= 0.99, total.wrong
    assert total.recall >= 0.95, total.missed


def test_a_number_is_never_misread() -> None:
    scores = leave_one_out()
    for field in ("order_no", "amount", "created_at", "status", "payment.trade_no"):
        assert scores[field].wrong == [], field

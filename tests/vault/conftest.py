"""A vault in a temporary folder, and short ways to make what goes into it."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from helper.model import CaptureMeta, Part
from helper.settings import Settings
from helper.vault.blobs import Blobs
from helper.vault.catalogue import Catalogue, open_engine
from helper.vault.ledger import Ledger
from scrapers.record import OrderRecord

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Make:
    """Makes records with invented data; the number tells one from another."""

    noon = NOON

    @staticmethod
    def uuid(number: int = 0) -> str:
        return str(uuid.UUID(int=number))

    @staticmethod
    def moment(minutes: int = 0) -> datetime:
        return NOON + timedelta(minutes=minutes)

    @staticmethod
    def meta(**values: object) -> CaptureMeta:
        return CaptureMeta.model_validate(
            {"url": "https://shop.example/order/1", "clicked_at": NOON} | values
        )

    @staticmethod
    def part(number: int = 0, **values: object) -> Part:
        plain = {
            "role": "seen/html",
            "sha256": f"{number:064x}",
            "size": 10,
            "media_type": "text/html",
        }
        return Part.model_validate(plain | values)

    @staticmethod
    def order(number: str = "A1", **values: object) -> OrderRecord:
        plain = {"order_no": number, "sources": {"order_no": {"text": number}}}
        return OrderRecord.model_validate(plain | values)


@pytest.fixture
def make() -> Make:
    return Make()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data")


@pytest.fixture
def catalogue(settings: Settings) -> Iterator[Catalogue]:
    engine = open_engine(settings)
    yield Catalogue(engine)
    engine.dispose()


@pytest.fixture
def ledger(catalogue: Catalogue) -> Ledger:
    return Ledger(catalogue.engine)


@pytest.fixture
def blobs(settings: Settings) -> Blobs:
    return Blobs(settings.data / "blobs")

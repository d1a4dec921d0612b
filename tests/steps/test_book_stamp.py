"""The book's signature carries a time stamp where an authority answers; else the book says so."""

import asyncio
import io
import re
import socket
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from aiohttp import web
from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from helper.capture import services
from helper.capture.services import Asking, UnansweredError
from helper.evidence import book_sign, openssl
from helper.evidence.verify import verify
from helper.exporting import BOOK, Exported, export
from helper.model import Missing
from helper.settings import Authority
from helper.steps import book_stamp
from helper.steps.read import read_order
from helper.steps.seal import Sealer
from tests.evidence.shelf import printed
from tests.loopback import Loopback, stalled

from .conftest import NOON
from .stamped import Keepers, World, away


def exported(world: World, folder: Path, *authorities: Authority) -> Exported:
    read_order(world.store, world.uuid)
    Sealer(world.store).seal_rest(world.uuid)
    settings = world.store.settings.model_copy(update={"authorities": authorities})
    store = replace(world.store, settings=settings)
    return export(store, store.vault.cases()[0].case_id, folder / "案件.zip")


def book_of(done: Exported) -> bytes:
    with zipfile.ZipFile(done.path) as archive:
        return archive.read(BOOK)


def text_of(data: bytes) -> str:
    pages = pdfium.PdfDocument(data)
    return re.sub(r"\s+", "", "".join(page.get_textpage().get_text_range() for page in pages))


async def status(data: bytes, *roots: x509.Certificate) -> PdfSignatureStatus:
    """Validate the one signature with its stamp, trusting these roots for stamps alone."""
    [signature] = PdfFileReader(io.BytesIO(data)).embedded_signatures
    own = ValidationContext(trust_roots=[signature.signer_cert], allow_fetching=False)
    stamps = ValidationContext(trust_roots=list(roots), allow_fetching=False)
    return await async_validate_pdf_signature(signature, own, ts_validation_context=stamps)


def root_of(keepers: Keepers, number: int) -> x509.Certificate:
    return x509.Certificate.load(keepers[number].keeper.root.public_bytes(Encoding.DER))


async def test_signature_and_stamp_of_an_exported_book_hold(
    world: World, keepers: Keepers, tmp_path: Path
) -> None:
    done = await asyncio.to_thread(exported, world, tmp_path, keepers[0].settings("one"))
    assert done.missing == ()
    data = book_of(done)
    found = await status(data, root_of(keepers, 0))
    assert found.intact
    assert found.valid
    stamp = found.timestamp_validity
    assert stamp is not None
    assert (stamp.intact, stamp.valid, stamp.trusted) == (True, True, True)
    other = (await status(data, root_of(keepers, 1))).timestamp_validity
    assert other is not None
    assert not other.trusted
    assert "本册的电子签名附有one出具的时间戳" in text_of(data)
    assert verify(done.path).verdict == "pass"


async def test_the_second_authority_is_asked_where_the_first_is_away(
    world: World, keepers: Keepers, tmp_path: Path
) -> None:
    two = keepers[1].settings("two")
    done = await asyncio.to_thread(exported, world, tmp_path, away("one"), two)
    assert done.missing == ()
    stamp = (await status(book_of(done), root_of(keepers, 1))).timestamp_validity
    assert stamp is not None
    assert stamp.trusted


async def test_with_every_authority_down_the_book_is_signed_without_and_says_so(
    world: World, tmp_path: Path
) -> None:
    done = await asyncio.to_thread(exported, world, tmp_path, away("one"), away("two"))
    unstamped = Missing(role="book/timestamp", reason="book_unstamped", detail="unreachable")
    assert done.missing == (unstamped,)
    data = book_of(done)
    found = await status(data)
    assert found.intact
    assert found.valid
    assert found.timestamp_validity is None
    assert "本册的电子签名不带时间戳" in text_of(data)
    assert "连不上该机构" in text_of(data)


async def test_without_any_authority_set_nothing_is_missing_and_the_book_says_it(
    world: World, tmp_path: Path
) -> None:
    done = await asyncio.to_thread(exported, world, tmp_path)
    assert done.missing == ()
    assert "没有设置时间戳机构" in text_of(book_of(done))


async def test_a_stamp_that_does_not_come_after_all_is_not_claimed(
    world: World, keepers: Keepers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = book_sign.sign

    def late(*given: object, stamper: object = None, **more: object) -> None:
        """Sign when the authority has just gone away."""
        if isinstance(stamper, book_stamp.BookStamper):
            stamper.authority = away("one")
        real(*given, stamper=stamper, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(book_sign, "sign", late)
    done = await asyncio.to_thread(exported, world, tmp_path, keepers[0].settings("one"))
    assert [(m.reason, m.detail) for m in done.missing] == [("book_unstamped", "unreachable")]
    data = book_of(done)
    assert (await status(data)).timestamp_validity is None
    assert "本册的电子签名附有" not in text_of(data)
    assert "本册的电子签名不带时间戳" in text_of(data)


async def test_an_unpinned_root_stamps_no_book(world: World, keepers: Keepers) -> None:
    unknown = Authority(key="unknown", name="Unknown", url=keepers[0].url)
    settings = world.store.settings.model_copy(update={"authorities": (unknown,)})
    found = await asyncio.to_thread(book_stamp.find, settings)
    assert (found.stamper, found.reason) == (None, "root_not_pinned")


async def test_an_authority_that_never_answers_is_not_waited_for(
    world: World, loopback: Loopback
) -> None:
    slow = Authority(key="slow", name="Slow", url=await loopback.start(stalled))
    settings = world.store.settings.model_copy(update={"authorities": (slow, slow)})
    for limits in ((0.1, 5.0), (5.0, 0.1)):
        found = await asyncio.to_thread(book_stamp.find, settings, *limits)
        assert (found.stamper, found.reason) == (None, "timed_out")


async def test_an_answer_that_is_no_stamp_is_refused(world: World, loopback: Loopback) -> None:
    async def nonsense(_: web.Request) -> web.Response:
        return web.Response(body=b"\x30\x03\x02\x01")

    odd = Authority(key="odd", name="Odd", url=await loopback.start(nonsense))
    settings = world.store.settings.model_copy(update={"authorities": (odd,)})
    found = await asyncio.to_thread(book_stamp.find, settings)
    assert (found.stamper, found.reason) == (None, "unreadable")


@pytest.fixture
def stuck() -> Iterator[Callable[..., Any]]:
    """Give a function that returns only when the test is over, and then raises."""
    over = threading.Event()

    def wait(*_: object, **__: object) -> Any:
        over.wait()
        raise OSError("the test is over")

    yield wait
    over.set()


UNRESOLVED = Authority(key="far", name="Far", url="http://authority.invalid/")


async def test_a_name_look_up_that_never_ends_is_not_waited_for(
    stuck: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    settings = world.store.settings.model_copy(update={"authorities": (UNRESOLVED,)})
    monkeypatch.setattr(socket, "getaddrinfo", stuck)
    for limits in ((0.1, 5.0), (5.0, 0.1)):
        found = await asyncio.to_thread(book_stamp.find, settings, *limits)
        assert (found.stamper, found.reason) == (None, "timed_out")


async def test_nor_is_one_when_the_book_is_signed(
    stuck: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An answer had come before, so the book is being signed; then the network goes away."""
    plain = tmp_path / "plain.pdf"
    plain.write_bytes(printed("x"))
    stamper = book_stamp.BookStamper(UNRESOLVED, Asking(seconds=0.1))
    monkeypatch.setattr(socket, "getaddrinfo", stuck)
    with pytest.raises(UnansweredError, match="timed_out"):
        book_sign.sign(plain, tmp_path / "out.pdf", key=bytes(32), at=NOON, stamper=stamper)


async def test_an_openssl_that_never_ends_is_not_waited_for(
    stuck: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, world: World, keepers: Keepers
) -> None:
    monkeypatch.setattr(openssl, "find", stuck)
    authorities = (keepers[0].settings("one"),)
    settings = world.store.settings.model_copy(update={"authorities": authorities})
    found = await asyncio.to_thread(book_stamp.find, settings, 5.0, 1.0)
    assert (found.stamper, found.reason) == (None, "timed_out")


async def test_what_holds_up_the_loop_itself_is_left_behind(
    stuck: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    """A file with a password on a drive that is gone."""
    monkeypatch.setattr(services, "credentials", stuck)
    settings = world.store.settings.model_copy(update={"authorities": (UNRESOLVED,)})
    found = await asyncio.to_thread(book_stamp.find, settings, 0.1, 0.1)
    assert (found.stamper, found.reason) == (None, "timed_out")

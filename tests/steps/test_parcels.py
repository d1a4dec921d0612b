"""The files that are really made for an upload: within its limits, originals untouched."""

import hashlib
import io
import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from helper.evidence import book_pictures
from helper.filling import FillFile, Limits, Stays
from helper.model import CaseView, Draft, Exhibit
from helper.steps import parcels
from helper.steps.keep import keep_parts
from helper.steps.store import Store

from .conftest import NOON, Captures

Kept = tuple[bytes, str, dict[str, Any]]
Given = Callable[..., tuple[CaseView, Draft]]
PRIVATE = b"13800138000"


def drawn(
    width: int, height: int, kind: str = "PNG", *, step: int = 24, grain: int = 0, **how: Any
) -> bytes:
    """Draw lines like those of a page."""
    image = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(image)
    for y in range(0, height, step):
        for x in range((y * 7) % 13, width, 13):
            pen.rectangle((x, y, x + 6, y + 11), fill=(x % 256, y % 256, 90))
    noise = random.Random(1).randbytes(grain * grain * 3)
    image.paste(
        Image.frombytes("RGB", (grain, grain), noise) if grain else "white", (0, 0, grain, grain)
    )
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def told(kind: str) -> Any:
    image = Image.Exif()
    image[0x010E] = PRIVATE.decode()  # ImageDescription
    return {"exif": image} | ({"comment": PRIVATE} if kind == "JPEG" else {})


LONG = drawn(1000, 40_000, step=400)
TALL = drawn(400, 8_000)
SHOT = drawn(1200, 900, grain=300)
COVERED = drawn(640, 400, "JPEG", **told("JPEG"))
BROKEN = SHOT[: len(SHOT) // 2]
PDF = b"%PDF-1.7\n%%EOF\n"
KEPT: dict[str, Kept] = {
    "long": (LONG, "image/png", {}),
    "tall": (TALL, "image/png", {}),
    "shot": (SHOT, "image/png", {}),
    "covered": (COVERED, "image/jpeg", {"kind": "redacted", "label": "张三的截图"}),
    "broken": (BROKEN, "image/png", {}),
    "bill": (PDF, "application/pdf", {"kind": "payment"}),
}


@pytest.fixture
def made(store: Store, captures: Captures) -> Given:
    """Make a case with these files of the user, and a draft that cites them."""

    def make(*names: str, channel: str = "merchant_platform") -> tuple[CaseView, Draft]:
        uuid = captures.new(("seen/html", b"<p>order", {}))
        keep_parts(store, uuid)
        exhibits = []
        for number, name in enumerate(names, 1):
            data, media_type, about = KEPT[name]
            item = store.keep("attachment", data, media_type, name=f"{number}-{name}", about=about)
            store.vault.add_artifacts(uuid, [item])
            exhibits.append(
                Exhibit(
                    number=number, label=f"证据{number} {about.get('label', name)}",
                    name=item.name, role="attachment", capture_id=uuid, sha256=item.sha256,
                    media_type=media_type, bytes=len(data),
                )
            )  # fmt: skip
        store.vault.join_case(
            uuid, platform_key=None, host="shop.example", order_no="1", wanted=None, title="t",
            now=NOON,
        )  # fmt: skip
        case = store.vault.case(captures.view(uuid).case_id or "")
        draft = Draft(
            draft_id="d-1", case_id=case.case_id, channel=channel, issue="other", demand="refund",
            title="t", fields={}, text="x", sentences=(), exhibits=tuple(exhibits), gaps=(),
            lint=(), law=(), created_at=NOON,
        )  # fmt: skip
        return case, draft

    return make


def prepare(
    store: Store, case: CaseView, draft: Draft, **limits: Any
) -> tuple[list[FillFile], dict[int, str]]:
    files, stays = parcels.prepare(store, case, draft, Limits(**limits), "zh_CN")
    return list(files), {one.number: one.reason for one in stays}


def read(store: Store, draft: Draft, file: FillFile) -> bytes:
    path = parcels.prepared(store, draft.draft_id, file.sha256)
    data = path.read_bytes() if path else store.blobs.read(file.sha256)
    assert hashlib.sha256(data).hexdigest() == file.sha256
    assert len(data) == file.bytes
    return data


def test_a_long_picture_comes_in_parts_that_join_to_all_of_it(store: Store, made: Given) -> None:
    case, draft = made("long", "shot")
    files, stays = prepare(store, case, draft, files=15)
    assert stays == {}
    *parts, shot = files
    assert (shot.of, shot.said) == ((), None)
    sizes = [Image.open(io.BytesIO(read(store, draft, one))).size for one in parts]
    assert {width for width, _ in sizes} == {1000}
    assert sum(height for _, height in sizes) == 40_000
    assert parts[0].name == f"证据1-long-第1张共{len(parts)}张.jpg"
    assert parts[0].said == f"长图切成 {len(parts)} 张，这是第 1 张，转成 JPEG"
    assert {one.of for one in parts} == {(hashlib.sha256(LONG).hexdigest(),)}
    assert hashlib.sha256(LONG).hexdigest().encode() in read(store, draft, parts[0])


def test_one_pdf_of_several_pictures_is_read_by_another_reader(store: Store, made: Given) -> None:
    case, draft = made("shot", "tall", "covered")
    (file,), stays = prepare(store, case, draft, files=1, file_bytes=9_000_000)
    assert (file.name, file.numbers, stays) == ("证据1-3.pdf", (1, 2, 3), {})
    document = pypdfium2.PdfDocument(read(store, draft, file))
    assert len(document) > 4
    assert file.said == f"3 张图片合成一个 PDF，共 {len(document)} 页"
    marks = [mark.get_title() for mark in document.get_toc()]
    assert marks[1] == f"证据2 SHA-256 {hashlib.sha256(TALL).hexdigest()}"
    document.close()


def test_png_becomes_jpeg_where_only_that_is_taken(store: Store, made: Given) -> None:
    case, draft = made("shot")
    (file,), _ = prepare(store, case, draft, kinds=((".jpg", ".jpeg"),))
    assert (file.name, file.media_type, file.said) == ("证据1-shot.jpg", "image/jpeg", "转成 JPEG")
    assert Image.open(io.BytesIO(read(store, draft, file))).format == "JPEG"


def test_a_picture_is_made_smaller_but_not_unreadable(store: Store, made: Given) -> None:
    case, draft = made("shot")
    (file,), _ = prepare(store, case, draft, file_bytes=150_000)
    assert Image.open(io.BytesIO(read(store, draft, file))).width >= 480
    assert "缩小到" in (file.said or "")
    assert prepare(store, case, draft, file_bytes=1_000) == ([], {1: "too_large"})


@pytest.mark.parametrize(
    ("names", "limits", "reasons"),
    [
        (("shot", "bill"), {"kinds": ((".doc",),)}, {1: "kind", 2: "kind"}),
        (("shot", "bill"), {"files": 0}, {1: "too_many", 2: "too_many"}),
        (("broken",), {}, {1: "unreadable"}),
        (("shot",) * 3, {"file_bytes": 0}, {1: "too_large", 2: "too_large", 3: "too_large"}),
    ],
)
def test_what_cannot_go_stays_with_its_reason(
    names: tuple[str, ...], limits: dict[str, Any], reasons: dict[int, str], store: Store,
    made: Given,
) -> None:  # fmt: skip
    case, draft = made(*names)
    assert prepare(store, case, draft, **limits) == ([], reasons)


def test_a_pdf_that_is_too_large_gives_up_the_least_important(store: Store, made: Given) -> None:
    case, draft = made("shot", "covered", "tall")
    (file,), stays = prepare(store, case, draft, files=1, file_bytes=700_000)
    assert (file.numbers, stays) == ((1, 2), {3: "too_large"})
    assert file.bytes <= 700_000


def test_a_pdf_that_is_far_too_large_is_not_drawn_once_for_each_picture(
    store: Store, made: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, draft = made("shot")
    (one,) = draft.exhibits
    many = tuple(one.model_copy(update={"number": n}) for n in range(1, 13))
    draft = draft.model_copy(update={"exhibits": many})
    drawn_pictures: list[Path] = []
    write = book_pictures.write_pieces
    monkeypatch.setattr(
        book_pictures, "write_pieces",
        lambda path, *given, **how: (drawn_pictures.append(path), write(path, *given, **how))[1],
    )  # fmt: skip
    (file,), stays = prepare(store, case, draft, files=1, file_bytes=400_000)
    assert (len(file.numbers) + len(stays), min(file.numbers)) == (12, 1)
    assert len(drawn_pictures) <= 2 * len(many) + len(file.numbers) * 3


def test_a_public_form_gets_covered_pictures_only_and_nothing_else_of_them(
    store: Store, made: Given
) -> None:
    case, draft = made("shot", "covered", "bill", "tall", channel="heimao")
    assert PRIVATE in COVERED
    (file,), stays = prepare(store, case, draft)
    assert (file.name, file.numbers) == ("证据2.jpg", (2,))
    assert stays == {1: "not_covered", 3: "not_covered", 4: "not_covered"}
    assert PRIVATE not in read(store, draft, file)
    (joined,), _ = prepare(store, case, draft, kinds=((".pdf",),))
    assert PRIVATE not in read(store, draft, joined)


def test_another_preview_keeps_originals_and_what_one_in_another_tab_shows(
    store: Store, made: Given
) -> None:
    case, draft = made("shot", "covered")
    before = {name: store.blobs.read(hashlib.sha256(KEPT[name][0]).hexdigest()) for name in KEPT
              if name in {"shot", "covered"}}  # fmt: skip
    (first, *_), _ = prepare(store, case, draft, file_bytes=150_000)
    prepare(store, case, draft)
    path = parcels.prepared(store, "d-1", first.sha256)
    assert path is not None
    os.utime(path, (1, 1))
    prepare(store, case, draft)
    assert parcels.prepared(store, "d-1", first.sha256) is None, "left for good"
    assert all(store.blobs.read(hashlib.sha256(data).hexdigest()) == data
               for data in before.values())  # fmt: skip


def test_of_200_exhibits_only_those_that_go_are_decoded(
    store: Store, made: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, draft = made("covered", "broken")
    one, broken = draft.exhibits
    many = [one.model_copy(update={"number": n, "sha256": one.sha256}) for n in range(3, 201)]
    draft = draft.model_copy(update={"exhibits": (one, broken, *many)})
    decoded: list[Path] = []
    opened = book_pictures.opened
    monkeypatch.setattr(
        book_pictures, "opened", lambda path: (decoded.append(path), opened(path))[1]
    )
    files, stays = prepare(store, case, draft)
    assert [file.numbers for file in files[:19]] == [(1,), *((n,) for n in range(3, 21))]
    assert [file.numbers for file in files[19:]] == [tuple(range(21, 61))]
    assert stays == {2: "unreadable"} | dict.fromkeys(range(61, 201), "too_many")
    assert len(decoded) < 100, "the others were not looked at"


NAMES = st.lists(st.sampled_from(["shot", "covered", "broken", "bill"]), max_size=5)
SIZES = st.none() | st.integers(0, 400_000)
GROUPS = st.sampled_from([(), ((".jpg",),), (("image/*", ".pdf"),), ((".pdf",),), ((".png",),)])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(
    names=NAMES, files=st.none() | st.integers(0, 4), file_bytes=SIZES, all_bytes=SIZES,
    kinds=GROUPS, channel=st.sampled_from(["merchant_platform", "heimao"]),
)  # fmt: skip
def test_no_file_breaks_a_limit(
    store: Store, made: Given, names: list[str], files: int | None, file_bytes: int | None,
    all_bytes: int | None, kinds: tuple[tuple[str, ...], ...], channel: str,
) -> None:  # fmt: skip
    case, draft = made(*dict.fromkeys(names), channel=channel)
    limits = Limits(files=files, file_bytes=file_bytes, all_bytes=all_bytes, kinds=kinds)
    found, stays = parcels.prepare(store, case, draft, limits, "en")
    datas = [read(store, draft, one) for one in found]
    assert files is None or len(found) <= files
    assert file_bytes is None or all(len(data) <= file_bytes for data in datas)
    assert all_bytes is None or sum(map(len, datas)) <= all_bytes
    assert all(limits.take(one.name, one.media_type) for one in found)
    numbers = [number for one in found for number in one.numbers]
    assert {*numbers, *(one.number for one in stays)} == {one.number for one in draft.exhibits}
    assert numbers == sorted(numbers)
    assert all(isinstance(one, Stays) and one.said for one in stays)
    if channel == "heimao":
        covered = {one.number for one in draft.exhibits if one.name.endswith("covered")}
        assert set(numbers) <= covered
        assert not any(PRIVATE in data for data in datas)
        assert "张三" not in json.dumps([one.name for one in found], ensure_ascii=False)

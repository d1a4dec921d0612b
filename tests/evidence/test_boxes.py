"""Sources turned into places on the page, and on its pictures."""

import io
import json
from typing import Any

import pytest
from PIL import Image, ImageDraw

from helper.evidence.boxes import boxes
from helper.evidence.marked import mark
from scrapers.cards import read_box
from scrapers.dom import selector_of
from scrapers.page import load
from scrapers.record import OrderRecord, Source
from tests.evidence.shelf import NOON, Shelf

OWN = (40, 20, 100, 16)
OTHER = (40, 60, 100, 16)


def piece(text: str, selector: str, area: tuple[int, ...] = OWN, **more: Any) -> dict[str, Any]:
    x, y, width, height = area
    return {"x": x, "y": y, "width": width, "height": height, "text": text, "selector": selector,
            **more}  # fmt: skip


def told(*texts: dict[str, Any], **more: Any) -> bytes:
    """Return a context; without more it is one of an older extension, which knows no fields."""
    page = {"text_rectangles": texts, "text_rectangles_cut": False, "scroll": {"x": 0, "y": 0},
            "viewport": {"width": 400, "height": 200}, "page": {"width": 400, "height": 300},
            **more}  # fmt: skip
    return json.dumps({"page": page}).encode()


def order_of(html: str, css: str, text: str, field: str = "order_no", **more: Any) -> OrderRecord:
    tag = load(html.encode(), url="").soup.select_one(css)
    assert tag is not None
    selector = selector_of(tag)
    source = Source(artifact="seen/html", selector=selector, text=text)
    return OrderRecord(sources={field: source}, **more)


def found(html: str, css: str, text: str, *texts: dict[str, Any], **more: Any) -> Any:
    places = boxes(order_of(html, css, text), told(*texts, **more), html.encode())
    return places.get("order_no")


HTML = "html:nth-of-type(1) > body:nth-of-type(1) > "
P = HTML + "p:nth-of-type({})"


@pytest.mark.parametrize(("css", "area"), [("p.own", OWN), ("p.other", OTHER)])
def test_of_two_same_texts_the_one_of_the_element_is_taken(css: str, area: tuple[int, ...]) -> None:
    html = "<p class=own>A1</p><p class=other>A1</p>"
    texts = piece("A1", P.format(1)), piece("A1", P.format(2), OTHER)
    assert found(html, css, "A1", *texts) == (area,)


def test_a_hidden_twin_of_a_shown_text_has_no_place() -> None:
    html = "<p class=own>A1</p><p class=other>A1</p>"
    assert found(html, "p.own", "A1", piece("A1", P.format(2), OTHER)) is None


def test_a_text_that_stands_twice_in_its_element_has_no_place() -> None:
    html = "<p>A1 <b>到</b> A1</p>"
    texts = piece("A1", P.format(1)), piece("到", P.format(1) + " > b:nth-of-type(1)")
    assert found(html, "p", "A1", *texts, piece("A1", P.format(1), OTHER)) is None
    assert found(html, "p", "A1到A1", *texts, piece("A1", P.format(1), OTHER)) is not None


def test_a_whole_text_goes_before_one_that_only_contains_it() -> None:
    html = "<p>共 12 件，<b>2</b></p>"
    texts = piece("共 12 件，", P.format(1)), piece("2", P.format(1) + " > b:nth-of-type(1)", OTHER)
    assert found(html, "p", "2", *texts) == (OTHER,)


def test_nodes_that_the_kept_page_joins_keep_their_own_places() -> None:
    html = "<p>金额：88.00</p>"
    texts = piece("金额：", P.format(1)), piece("88.00", P.format(1), OTHER)
    assert found(html, "p", "88.00", *texts) == (OTHER,)


def test_an_element_inside_a_shadow_root_and_one_with_an_id_are_found() -> None:
    html = ("<div id=host><template shadowrootmode=open><p>A1</p><p id=in>B2</p></template></div>"
            "<p id=in>C3</p>")  # fmt: skip
    texts = (
        piece("A1", "#host >>> p:nth-of-type(1)"),
        piece("B2", "#host >>> #in", OTHER),
        piece("C3", "#in", (9, 9, 9, 9)),
    )
    assert found(html, "shadow-root p", "A1", *texts) == (OWN,)
    assert found(html, "shadow-root p:nth-of-type(2)", "B2", *texts) == (OTHER,)
    assert found(html, "body > p", "C3", *texts) == ((9, 9, 9, 9),)


def test_where_the_parsers_differ_only_a_text_that_stands_once_is_taken() -> None:
    html = "<p><i>x<div>A1</div><div>B2</div><div>B2</div></i></p>"  # a browser's script made it
    way = P.format(1) + " > i:nth-of-type(1)"
    texts = [
        piece("x", way),
        *(piece(text, f"{way} > section:nth-of-type({at})", OTHER)
          for at, text in enumerate(("A1", "B2", "B2"), 1)),
    ]  # fmt: skip
    assert found(html, "div", "A1", *texts) == (OTHER,)
    assert found(html, "div:last-of-type", "B2", *texts) is None


def test_texts_of_frames_are_none_of_the_page() -> None:
    html = "<iframe></iframe><p>A1</p>"
    frame = HTML + "iframe:nth-of-type(1)"
    texts = piece("A1", P.format(1)), piece("A1", f"{frame} >>> #a", OTHER)
    assert found(html, "p", "A1", *texts, frames=[{"selector": frame}]) == (OWN,)


def test_a_covered_text_has_no_place_and_a_clipped_one_what_is_left() -> None:
    html = "<p>A1</p>"
    assert found(html, "p", "A1", piece("A1", P.format(1), visible=None)) is None
    part = {"x": 1, "y": 2, "width": 3, "height": 4}
    assert found(html, "p", "A1", piece("A1", P.format(1), visible=part)) == ((1, 2, 3, 4),)


def test_a_value_of_a_field_has_the_fields_place_and_an_older_record_tells_none() -> None:
    html = "<input value=A1>"
    field = piece("", HTML + "input:nth-of-type(1)")
    assert found(html, "input", "A1", field_rectangles=[field]) == (OWN,)
    assert found(html, "input", "A1") is None


def test_a_card_code_is_found_by_its_hash_and_not_by_its_mask() -> None:
    html = "<pre>卡密：ABCD-EFGH-0001</pre><p>ABC****001</p>"
    [secret] = read_box("ABCD-EFGH-0001").secrets
    order = order_of(html, "pre", secret.masked, "delivery.secrets.0",
                     delivery={"secrets": [secret]})  # fmt: skip
    texts = (
        piece("卡密：ABCD-EFGH-0001", HTML + "pre:nth-of-type(1)"),
        piece("ABC****001", P.format(1), OTHER),
    )
    assert boxes(order, told(*texts), html.encode()) == {"delivery.secrets.0": (OWN,)}


def test_of_two_codes_with_one_mask_none_is_framed_for_the_other() -> None:
    apart = "<pre>ABCD-EFGH-0001</pre><pre>ABCX-EFGH-9001</pre>"
    html = f"{apart}<div><i>ABCD-EFGH-0001</i> ABCX-EFGH-9001</div>"
    secrets = read_box("ABCD-EFGH-0001\nABCX-EFGH-9001").secrets
    assert len({one.masked for one in secrets}) == 1
    texts = [piece(text, f"{HTML}pre:nth-of-type({at})") for at, text in
             enumerate(("ABCD-EFGH-0001", "ABCX-EFGH-9001"), 1)]  # fmt: skip
    texts += [piece("ABCD-EFGH-0001", HTML + "div:nth-of-type(1) > i:nth-of-type(1)"),
              piece("ABCX-EFGH-9001", HTML + "div:nth-of-type(1)")]  # fmt: skip
    for css, known in (("pre", True), ("div", False)):
        order = order_of(html, css, secrets[0].masked, "delivery.secrets.0",
                         delivery={"secrets": secrets})  # fmt: skip
        assert bool(boxes(order, told(*texts), html.encode())) is known


def test_a_text_longer_than_what_is_recorded_of_it_has_its_place() -> None:
    text = "甲" * 700
    html = f"<p>{text}</p>"
    assert found(html, "p", text, piece(text[:500], P.format(1))) == (OWN,)


@pytest.mark.parametrize(
    "context",
    [b"", b"{}", b'{"page": null}', b'{"page": {"text_rectangles": [1]}}', b"[" * 100_000,
     told(piece("A1", P.format(1))).replace(b"40", b'"wide"'),
     told(piece("A1", P.format(1))).replace(b"40", b"9" * 400)],
)  # fmt: skip
def test_a_context_that_tells_nothing_gives_no_place(context: bytes) -> None:
    html = "<p>A1</p>"
    assert boxes(order_of(html, "p", "A1"), context, html.encode()) == {}


def test_a_hostile_page_ends_in_no_place() -> None:
    html = "<div>" * 10_000 + "<p>A1</p>"
    order = order_of("<p>A1</p>", "p", "A1")
    assert boxes(order, told(piece("A1", P.format(1))), html.encode()) == {}
    assert boxes(order, told(), b"<p>" * 8_000_000) == {}


WORDS = "<p>A1</p><p>B2</p>"
AWAY = (40, 240, 100, 16)


def drawn(height: int, *areas: tuple[int, int, int, int], scale: int = 1) -> bytes:
    """Draw a picture 400 CSS pixels wide, with something like text in some areas."""
    image = Image.new("RGB", (400 * scale, height * scale), "white")
    pen = ImageDraw.Draw(image)
    for x, y, width, tall in areas:
        for at in range(x, x + width, 8):
            box = at, y, at + 4, y + tall - 1
            pen.rectangle([side * scale for side in box], fill="black")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def marked(empty: Any) -> Any:
    """Mark the two fields of a page of which A1 is in the window and B2 is below it."""

    def of(viewport: bytes, page: bytes | None, **more: Any) -> Any:
        shelf = Shelf(empty)
        texts = piece("A1", P.format(1)), piece("B2", P.format(2), AWAY)
        files = [
            ("seen/viewport", "v.png", viewport), ("seen/html", "h.html", WORDS.encode()),
            ("seen/context", "c.json", told(*texts, **more)),
            *([("seen/page", "p.png", page)] if page else []),
        ]  # fmt: skip
        uuid = shelf.add(*files, clicked_at=NOON)
        view = next(v for v in empty.catalogue.cases()[0].captures if v.capture_id == uuid)
        fields = ("p", "A1", "order_no"), ("p + p", "B2", "amount")
        orders = [order_of(WORDS, *field) for field in fields]
        sources = {name: source for order in orders for name, source in order.sources.items()}
        return mark(view, OrderRecord(sources=sources), empty.blobs.read)

    return of


def test_the_stitched_page_shows_what_the_window_did_not(marked: Any) -> None:
    found = marked(drawn(200, OWN), drawn(300, OWN, AWAY))
    assert found.artifact.role == "seen/page"
    assert found.boxes == {"order_no": ((40, 20, 140, 36),), "amount": ((40, 240, 140, 256),)}


def test_without_a_stitched_page_the_window_shows_what_it_holds(marked: Any) -> None:
    found = marked(drawn(200, OWN), None)
    assert (found.artifact.role, set(found.boxes)) == ("seen/viewport", {"order_no"})


def test_a_picture_of_a_scaled_screen_has_the_boxes_scaled(marked: Any) -> None:
    found = marked(drawn(200, OWN, scale=2), drawn(300, OWN, AWAY, scale=2))
    assert (found.scale, found.boxes["amount"]) == (2, ((80, 480, 280, 512),))


MOVED = (40, 28, 100, 16)


@pytest.mark.parametrize(
    ("page", "fields"),
    [
        (drawn(340, OWN, AWAY), {"order_no"}),  # 40 pixels taller than at the click
        (drawn(300, MOVED, AWAY), {"amount"}),  # what stood in the window stands elsewhere
        (drawn(300, OWN), {"order_no"}),  # nothing is drawn where B2 stood
    ],
)
def test_what_does_not_stand_where_it_stood_is_not_framed(
    marked: Any, page: bytes, fields: set[str]
) -> None:
    found = marked(drawn(200, OWN), page)
    assert (found.artifact.role, set(found.boxes)) == ("seen/page", fields)


def test_a_picture_with_nothing_on_it_has_no_frames(marked: Any) -> None:
    assert marked(drawn(200), drawn(300)) is None

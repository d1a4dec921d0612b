"""A redacted copy shows no card code, contact or account, says so, and is tied to the original."""

import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image, ImageChops, ImageDraw

from helper.capture import sheet
from helper.complaints.exhibits import numbered
from helper.dealings import Contact, Party
from helper.evidence import canonical, redact
from helper.evidence.verify import verify
from helper.model import Artifact, CaptureMeta
from scrapers.record import Delivery, OrderRecord, Seller
from scrapers.text import mask

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CODE, CONTACT, ACCOUNT, SELLER = "KXPD-7745-QWTR-9921", "xiaoyu@example.com", "xiaoyu88", "shop_wx9"
PRIVATE = (CODE, CONTACT, ACCOUNT, SELLER, "13812345678", "lao-wang")
TEXT = (
    f"欢迎您，lao-wang\n订单号 A1\n1. {CODE}\n联系方式 {CONTACT}\n充值账号\t{ACCOUNT}\n"
    f"商家 {SELLER}\n客服 138-1234-5678 或 13812345678\n"
)
SIZE = (400, 300)
BOXES = {CODE: (20, 40, 150, 16), CONTACT: (20, 80, 150, 16), "A1": (20, 120, 30, 16)}


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def picture(height: int = SIZE[1], shift: int = 0) -> bytes:
    """A page that shows the texts of BOXES where they are, at two pixels to a CSS pixel."""
    image = Image.new("RGB", (SIZE[0] * 2, height * 2), (255, 255, 255))
    pen = ImageDraw.Draw(image)
    for text, (x, y, _, _) in BOXES.items():
        pen.text((x * 2, (y + shift) * 2), text, fill=(0, 0, 0), font_size=20)
    return png(image)


def context(texts: dict[str, tuple[int, int, int, int]] = BOXES, **values: object) -> bytes:
    rectangles = [
        {"x": x, "y": y, "width": w, "height": h, "text": text, "selector": "p"}
        for text, (x, y, w, h) in texts.items()
    ]
    page = {
        "text_rectangles": rectangles, "text_rectangles_cut": False, "scroll": {"x": 0, "y": 0},
        "viewport": {"width": SIZE[0], "height": SIZE[1], "scale": 2},
    }  # fmt: skip
    return json.dumps({"page": page | values}).encode()


ORDER = OrderRecord(
    order_no="A1", recharge_account=ACCOUNT, buyer_contact=CONTACT,
    seller=Seller(contact=SELLER), delivery=Delivery(secrets=(mask(CODE),)),
)  # fmt: skip
SHOWN = f"订单号 A1\n{CODE}\n{CONTACT}\n"


def keep(case, *, text: str = TEXT, page: str = "", told: bytes | None = None, **more: bytes):
    """Add a capture that shows the order, sealed; return its id."""
    uuid = case.add(1)
    parts = {
        "seen/viewport": picture(), "seen/text": text.encode(), "seen/html": page.encode(),
        "seen/context": told or context(), "order": ORDER.model_dump_json().encode(),
        "witness/warc": CODE.encode(), "witness/page": picture(),
    } | {name.replace("_", "/"): data for name, data in more.items()}  # fmt: skip
    for role, data in parts.items():
        ending = (
            "png" if data[1:4] == b"PNG" else "json" if role in {"seen/context", "order"} else "txt"
        )
        case.keep(uuid, role, f"{role.replace('/', '-')}.{ending}", data, MEDIA[ending])
    case.catalogue.put_order(uuid, ORDER)
    case.seal(uuid, "S0")
    return uuid


MEDIA = {"png": "image/png", "json": "application/json", "txt": "text/plain; charset=utf-8"}


def write(
    case, name: str = "redacted.zip", **values
) -> tuple[Path, dict[str, bytes], dict[str, str]]:
    """Write the redacted copy; return it, its files and why each artifact was left out."""
    view = case.catalogue.cases()[0]
    path = case.write(name, redaction=redact.of_case(view, case.blobs.read), **values)
    with zipfile.ZipFile(path) as archive:
        files = {item: archive.read(item) for item in archive.namelist()}
    redaction = json.loads(files["bundle.json"])["redaction"]
    return path, files, {item["name"]: item["reason"] for item in redaction["left_out"]}


def named(files: dict[str, bytes], end: str) -> bytes:
    return next(data for name, data in files.items() if name.endswith(end))


def test_nothing_private_is_in_any_file_and_the_copy_says_what_it_is(empty):
    keep(empty)
    path, files, left = write(empty)
    for name, data in files.items():
        for value in PRIVATE:
            assert value.encode() not in data, (name, value)
    assert mask(CODE).sha256.encode() not in named(files, "order.json")
    assert left == {
        "seen-html.txt": "kind",
        "witness-warc.txt": "kind",
        "witness-page.png": "no_rectangles",
        "seen-viewport.png": "unplaced",
    }
    assert "订单号 A1" in named(files, "seen-text.txt").decode()
    assert "遮盖副本" in files["README.txt"].decode()
    found = verify(path)
    assert (found.verdict, found.redacted) == ("pass", True)
    assert "4 left out" in found.checks[-1].detail
    assert verify(empty.write("plain.zip")).redacted is False


def test_whom_the_user_told_of_is_not_shown_and_a_company_stays_readable(empty):
    keep(
        empty,
        text=TEXT + "客服小王 电话 021-55555555\n收款人 张三丰\n示例网络科技有限公司\n客服 08\n",
    )
    [case] = empty.catalogue.cases()
    for what in (
        Contact(at=NOON, way="phone", who="客服小王", said="x"),
        Contact(at=NOON, way="chat", who="客服", said="x"),
        Party(name="张三丰", role="payee"),
        Party(name="示例网络科技有限公司", phone="021-55555555"),
    ):
        empty.catalogue.add_entry(case.case_id, what, NOON)
    _, files, _ = write(empty)
    for value in ("小王", "55555555", "张三丰"):
        assert not [name for name, data in files.items() if value.encode() in data], value
    text = named(files, "seen-text.txt").decode()
    assert "示例网络科技有限公司" in text
    assert "客服 08" in text


def test_it_is_tied_to_the_sealed_original_by_hash(empty):
    keep(empty)
    _, files, _ = write(empty)
    original = {
        item["name"]: item["sha256"]
        for item in json.loads(named(files, "manifest.json"))["artifacts"]
    }
    redaction = json.loads(files["bundle.json"])["redaction"]
    assert {
        item["name"]: item["sha256"] for item in redaction["masked"] + redaction["left_out"]
    } == (original)


def test_a_picture_is_covered_where_the_rectangles_are_and_nowhere_else(empty):
    keep(empty, text=SHOWN)
    _, files, left = write(empty)
    assert "seen-viewport.png" not in left
    masked = Image.open(io.BytesIO(named(files, "seen-viewport.png"))).convert("RGB")
    plain = Image.open(io.BytesIO(picture())).convert("RGB")
    for text in (CODE, CONTACT):
        x, y, width, height = (value * 2 for value in BOXES[text])
        assert masked.crop((x, y, x + width, y + height)).getcolors(1) is not None
        plain.paste((0, 0, 0), (x - 8, y - 8, x + width + 8, y + height + 8))
        masked.paste((0, 0, 0), (x - 8, y - 8, x + width + 8, y + height + 8))
    assert ImageChops.difference(masked, plain).getbbox() is None


def test_page_and_sheet_are_covered_where_they_show_the_same(empty):
    page = picture(height=500)
    caption = sheet.Caption(
        url="https://shop.example/",
        title="订单",
        captured_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
        timezone=None,
        kind="seen",
        capture_id="x",
    )
    keep(empty, text=SHOWN, seen_page=page, seen_sheet=sheet.compose(picture(), caption))
    path, files, left = write(empty)
    assert not {"seen-page.png", "seen-sheet.png"} & left.keys()
    whole = Image.open(io.BytesIO(named(files, "seen-sheet.png"))).convert("RGB")
    below = whole.crop((0, whole.height - SIZE[1] * 2, SIZE[0] * 2, whole.height))
    masked = Image.open(io.BytesIO(named(files, "seen-viewport.png"))).convert("RGB")
    assert ImageChops.difference(below, masked).getbbox() is None
    assert verify(path).verdict == "pass"


OWN, NOTE = "张三13800138000.png", "收货人张三 电话13800138000"


def bring(case, name: str = OWN, number: int = 7) -> str:
    """Add a file of the user as `helper.steps.attach` does, with its name and a note."""
    uuid = str(UUID(int=number))
    about = {"origin": "brought", "file_name": name, "label": name, "note": NOTE}
    meta = CaptureMeta(url="", title=name, clicked_at=NOON, extra=about)
    case.catalogue.create_capture(uuid, meta, [])
    case.catalogue.join_case(
        uuid, platform_key=None, host="shop.example", order_no="A1", wanted=None, title="订单",
        now=NOON,
    )  # fmt: skip
    own = picture()
    artifact = Artifact(
        role="attachment", name=f"attachment-{name}", sha256=case.blobs.keep_bytes(own),
        bytes=len(own), media_type="image/png", about=about,
    )  # fmt: skip
    case.catalogue.add_artifacts(uuid, [artifact])
    case.keep(uuid, "log", "brought.json", json.dumps(about).encode(), MEDIA["json"])
    case.seal(uuid, "S0", title=name)
    return uuid


def test_a_file_of_the_user_leaves_neither_its_name_nor_its_note(empty):
    keep(empty)
    uuid = bring(empty)
    bring(empty, "李四.身份证", 8)
    exhibits = numbered(empty.catalogue.cases()[0], None)
    path, files, _ = write(empty, exhibits=exhibits)
    for name, data in files.items():
        for value in ("张三", "李四", "身份证", "13800138000", "收货人"):
            assert value not in name
            assert value.encode() not in data, (name, value)
    left = json.loads(files["bundle.json"])["redaction"]["left_out"]
    assert {(item["name"], item["reason"]) for item in left if item["capture_id"] == uuid} == {
        ("自带材料-1.png", "kind"), ("brought.json", "own_words"),
    }  # fmt: skip
    original = empty.catalogue.capture(uuid).artifacts
    assert {item["sha256"] for item in left if item["capture_id"] == uuid} == {
        item.sha256 for item in original
    }
    assert "自带材料-2<" in files["证据目录.html"].decode()
    assert verify(path).verdict == "pass"
    with zipfile.ZipFile(empty.write("plain.zip", exhibits=exhibits)) as plain:
        assert OWN.encode() in plain.read("证据目录.html")


def test_half_a_character_in_a_record_is_no_obstacle(empty):
    keep(empty, text=SHOWN, told=context(BOXES | {"\ud800": (20, 160, 30, 16)}))
    path, files, left = write(empty)
    assert "seen-context.json" not in left
    assert CONTACT.encode() not in named(files, "seen-context.json")
    assert verify(path).verdict == "pass"


def test_the_text_of_the_second_visit_is_masked(empty):
    said = "登录账号\txiaoyu_other\n订单号 A1\n"
    keep(empty, witness_text=said.encode(), corroboration=json.dumps({"witness": said}).encode())
    _, files, left = write(empty)
    assert "witness-text.txt" not in left
    assert named(files, "witness-text.txt").decode() == "登录账号\t████\n订单号 A1\n"
    assert all(b"xiaoyu_other" not in data for data in files.values())


LOST = {text: box for text, box in BOXES.items() if text != CODE}
HIDDEN = dict(BOXES) | {CODE: (250, 200, 100, 16)}
BELOW = dict(BOXES) | {CODE: (20, 400, 150, 16)}


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"told": b"{}"}, "no_rectangles"),
        ({"told": context(text_rectangles_cut=True)}, "no_rectangles"),
        ({"told": context(viewport={"width": 400, "height": 100})}, "unverified"),
        ({"told": context({"A1": BOXES["A1"]})}, "unplaced"),
        ({"told": context(HIDDEN)}, "unverified"),
        ({"page": f'<input name="c" value="{CONTACT}">'}, "unplaced"),
        ({"text": SHOWN.replace(CODE, "订单"), "told": context(LOST)}, "unplaced"),
        ({"seen_viewport": b"\x89PNG\r\n\x1a\nbroken"}, "unreadable"),
    ],
)
def test_a_picture_without_certain_places_is_left_out(empty, values, reason: str):
    keep(empty, **({"text": SHOWN} | values))
    path, _, left = write(empty)
    assert left["seen-viewport.png"] == reason
    assert verify(path).verdict == "pass"


def test_what_may_show_values_beyond_the_bound_is_left_out(empty):
    many = SHOWN + "".join(f"登录账号：user_{number}\n" for number in range(2_000))
    keep(empty, text=many)
    path, files, left = write(empty)
    for name in ("seen-viewport.png", "seen-text.txt", "seen-context.json"):
        assert left[name] == "unplaced"
    assert all(b"user_" not in data for data in files.values())
    assert verify(path).verdict == "pass"


@pytest.mark.parametrize(
    "values",
    [
        {"seen_page": picture(height=500, shift=30)},
        {"seen_page": picture(height=500), "told": context(BELOW)},
    ],
)
def test_a_long_picture_whose_places_cannot_be_confirmed_is_left_out(empty, values):
    keep(empty, **({"text": SHOWN} | values))
    assert write(empty)[2]["seen-page.png"] == "unverified"


def test_a_manifest_whose_address_shows_a_contact_is_withheld_and_the_rest_verifies(empty):
    uuid = empty.add(1, url="https://shop.example/o?contact=xiaoyu%40example.com")
    empty.keep(uuid, "seen/text", "seen-text.txt", SHOWN.encode(), MEDIA["txt"])
    empty.catalogue.put_order(uuid, ORDER)
    empty.seal(uuid, "S0")
    path, files, _ = write(empty)
    assert not [name for name in files if name.endswith("manifest.json")]
    assert all(b"xiaoyu" not in data for data in files.values())
    found = verify(path)
    assert found.verdict == "pass"
    assert "1 withheld" in next(c.detail for c in found.checks if c.name == "seals")


def test_a_plain_bundle_may_withhold_nothing(unpacked: Path, tools):
    listing = json.loads((unpacked / "bundle.json").read_bytes())
    listing["seals"][-1]["withheld"] = True
    for path in unpacked.glob("seals/*/2-S1/*"):
        if path.name != "entry.json":
            path.unlink()
    (unpacked / "bundle.json").write_bytes(canonical.encode(listing))
    tools.resign(unpacked)
    assert [c.name for c in verify(unpacked).checks if c.verdict == "fail"] == ["seals"]


def test_a_redacted_copy_that_names_another_original_fails(empty, tmp_path: Path, tools):
    keep(empty)
    path, _, _ = write(empty)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "r")
    listing = json.loads((tmp_path / "r/bundle.json").read_bytes())
    listing["redaction"]["masked"][0]["sha256"] = "0" * 64
    (tmp_path / "r/bundle.json").write_bytes(canonical.encode(listing))
    tools.resign(tmp_path / "r")
    failed = [c.name for c in verify(tmp_path / "r").checks if c.verdict == "fail"]
    assert failed == ["artifacts", "redaction"]

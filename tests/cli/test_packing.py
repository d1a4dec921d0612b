"""The folder for the phone as it lies on the disk; its QR codes are read by another program."""

import base64
import io
import re
from html import unescape
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from helper.complaints.drafts.packet import CODE_BYTES, Block, Packet, parts
from helper.errors import InvalidError
from helper.filling import FillFile
from helper.messages import Language
from helper.packing import PAGE, TEXT, qr_png, write

TEXT_LINES = (
    "订单号 A1：我于 2026-11-20 14:23 付款购买“星穹纪元”（数量 1）😀；杏石甘口服液。\n" * 20
)


def read_code(png: bytes) -> str:
    [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(png)))
    assert found.symbology_identifier == "]Q1"  # byte mode without ECI
    return str(found.text)


def picture(side: int = 60) -> bytes:
    drawn = io.BytesIO()
    Image.effect_noise((side, side * 3), 90).save(drawn, "PNG")
    return drawn.getvalue()


PICTURES = {"a" * 64: picture(), "b" * 64: picture(300)}


def made(text: str = TEXT_LINES, pictures: int = 2, file_bytes: int | None = None) -> Packet:
    blocks = {
        "title": ("标题", "没有收到商品"),
        "text": ("正文", text),
        "amount": ("金额", "98.00"),
    }
    return Packet(
        draft_id="d-1",
        channel="wechat_pay",
        blocks=tuple(
            Block(key=key, name=name, text=said, parts=parts(said))
            for key, (name, said) in blocks.items()
        ),
        files=tuple(
            FillFile(
                name=f"证据{place}-订单页 截图.png", sha256=sha256, bytes=9, media_type="image/png"
            )
            for place, sha256 in enumerate(list(PICTURES)[:pictures], 1)
        ),
        file_bytes=file_bytes,
        remarks=("先看这里 <b>",),
    )


@pytest.mark.parametrize("part", ["1234567890", "ABC", "杏石甘口服", "字" * 222, "x" * CODE_BYTES])
def test_a_code_says_its_part_to_another_reader(part: str) -> None:
    assert read_code(qr_png(part)) == part


def test_the_codes_of_a_long_text_say_it_all_in_order() -> None:
    codes = [read_code(qr_png(part)) for part in parts(TEXT_LINES)]
    assert len(codes) > 2
    assert "".join(codes) == TEXT_LINES


def test_the_folder_holds_texts_pictures_and_the_page(tmp_path: Path) -> None:
    done = write(made(), tmp_path / "给 手机", PICTURES.__getitem__)
    found = {
        path.relative_to(done.folder).as_posix()
        for path in done.folder.rglob("*")
        if path.is_file()
    }
    assert found == set(done.names)
    assert found == {
        PAGE, TEXT, "复制/1-标题.txt", "复制/2-正文.txt", "复制/3-金额.txt",
        "证据1-订单页 截图.png", "证据2-订单页 截图.png",
    }  # fmt: skip
    raw = (done.folder / TEXT).read_bytes()
    assert raw.decode("utf-8-sig") == TEXT_LINES.replace("\n", "\r\n")
    assert raw.startswith(b"\xef\xbb\xbf")
    assert (done.folder / "证据2-订单页 截图.png").read_bytes() == PICTURES["b" * 64]
    assert [path.name for path in tmp_path.iterdir()] == ["给 手机"]


def test_the_page_asks_nobody_and_its_codes_give_every_block(tmp_path: Path) -> None:
    done = write(made(), tmp_path / "p", PICTURES.__getitem__)
    page = (done.folder / PAGE).read_text("utf-8")
    assert "default-src 'none'" in page
    assert not re.search(r"<script|https?:|url\(|//[a-z]", page)
    shown = re.findall(r"<pre>(.*?)</pre>", page, re.DOTALL)
    assert [unescape(one) for one in shown] == [one.text for one in made().blocks]
    codes = re.findall(r'src="data:image/png;base64,([^"]+)"', page)
    read = [read_code(base64.b64decode(code)) for code in codes]
    assert read == [part for one in made().blocks for part in one.parts]
    assert "先看这里 &lt;b&gt;" in page


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_names_are_valid_on_ntfs(tmp_path: Path, language: Language) -> None:
    done = write(made(), tmp_path / "p", PICTURES.__getitem__, language=language)
    for name in done.names:
        assert not re.search(r'[<>:"\\|?*]|[. ]$', name)


def test_only_a_picture_over_the_limit_is_made_smaller(tmp_path: Path) -> None:
    most = len(PICTURES["a" * 64]) + 1
    done = write(made(file_bytes=most), tmp_path / "p", PICTURES.__getitem__)
    assert (done.folder / "证据1-订单页 截图.png").read_bytes() == PICTURES["a" * 64]
    small = (done.folder / "证据2-订单页 截图.jpg").read_bytes()
    assert len(small) <= most
    opened = Image.open(io.BytesIO(small))
    assert (opened.format, round(opened.height / opened.width)) == ("JPEG", 3)


def test_a_picture_that_cannot_be_made_small_enough_is_named(tmp_path: Path) -> None:
    for read, most in ((PICTURES.__getitem__, 10), (lambda _: b"no picture", 5)):
        done = write(made(pictures=1, file_bytes=most), tmp_path / str(most), read)
        assert not [name for name in done.names if name.startswith("证据")]
        assert any("证据1" in remark for remark in done.remarks)


def test_a_second_click_changes_nothing_and_says_so(tmp_path: Path) -> None:
    out = tmp_path / "p"
    write(made(), out, PICTURES.__getitem__)
    (out / "我的笔记.txt").write_text("x", "utf-8")
    before = {path: path.read_bytes() for path in out.rglob("*.*")}
    with pytest.raises(InvalidError) as refused:
        write(made("另一份"), out, PICTURES.__getitem__)
    assert refused.value.details["reason"] == "packet_out"
    assert {path: path.read_bytes() for path in out.rglob("*.*")} == before


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    assert (write(made(), tmp_path / "p", PICTURES.__getitem__).folder / PAGE).exists()


def test_what_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    def fail(_sha256: str) -> bytes:
        raise OSError(5, "broken disk")

    with pytest.raises(InvalidError) as refused:
        write(made(), tmp_path / "p", fail)
    assert "broken disk" in str(refused.value.details["cause"])
    assert list(tmp_path.iterdir()) == []

"""Write what a channel in the phone gets as a folder: texts, pictures, a page with QR codes."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final

import segno

from helper.complaints.drafts.packet import Block, Packet
from helper.complaints.ladder.channels import channel
from helper.errors import InvalidError
from helper.filling import FillFile
from helper.messages import Language, text
from helper.pictures import PictureError, decode, smaller
from helper.vault.files import room_on_disk

PAGE: Final = "手机填写.html"
TEXT: Final = "正文.txt"
BLOCKS: Final = "复制"
Read = Callable[[str], bytes]
"""Gives kept bytes by their SHA-256."""

_QUIET = 4
"""Modules of white around a code (ISO/IEC 18004, 6.3.8)."""
_SCALE = 4
"""Pixels of a module, on paper and on screen."""
_MOST_PIXELS = 200_000_000
_STYLE: Final = """
body{font:16px/1.6 "Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif;color:#1c1c1c;
 background:#fff;max-width:60rem;margin:0 auto;padding:1rem}
h1{font-size:1.4rem;margin:.2rem 0}h2{font-size:1.1rem;margin:1.6rem 0 .4rem}
p,li{margin:.3rem 0;overflow-wrap:anywhere}.aside{color:#555}
pre{font:inherit;white-space:pre-wrap;overflow-wrap:anywhere;user-select:all;margin:0 0 .6rem;
 padding:.6rem .8rem;background:#f5f3ec;border:1px solid #d9d4c3;border-radius:6px}
.codes{display:flex;flex-wrap:wrap;gap:1rem 3rem}
figure{margin:0;break-inside:avoid;max-width:100%}figcaption{color:#555;font-size:.9rem}
img{display:block;max-width:100%;height:auto;image-rendering:pixelated}
@media print{body{padding:0}section{break-inside:avoid-page}}
"""


@dataclass(frozen=True)
class Packed:
    """The folder that was written: the names in it, and what the user should know."""

    folder: Path
    names: tuple[str, ...]
    remarks: tuple[str, ...]


def qr_png(part: str) -> bytes:
    """Return the QR code of a text of at most `packet.CODE_BYTES` as PNG.

    Always bytes of UTF-8: readers take the shorter Kanji mode, which many Chinese signs fit into,
    for Shift JIS or GBK (zxing issue 708).
    """
    code = segno.make_qr(part, error="m", mode="byte", encoding="utf-8", boost_error=False)
    drawn = io.BytesIO()
    code.save(drawn, kind="png", scale=_SCALE, border=_QUIET)
    return drawn.getvalue()


def page(packet: Packet, pictures: tuple[str, ...], language: Language) -> bytes:
    """Return the page that shows texts and QR codes; it runs nothing and asks nobody.

    `pictures` are the names of the files beside it, `packet.remarks` stand on top.
    """
    title = text("phone.page.title", language, channel=channel(packet.channel, language).name)
    steps = (text(f"phone.page.step_{step}", language) for step in (1, 2, 3))
    blocks = "\n".join(
        _section(place, block, language) for place, block in enumerate(packet.blocks, 1)
    )
    return (
        f'<!doctype html>\n<html lang="{language.replace("_", "-")}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
        "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">"
        f"<title>{escape(title)}</title><style>{_STYLE}</style>\n"
        f"<h1>{escape(title)}</h1>\n<ol>{_list(steps)}</ol>\n"
        f'<ul class="aside">{_list(packet.remarks)}</ul>\n{blocks}\n'
        f"{_pictures(pictures, language)}</html>\n"
    ).encode()


def write(packet: Packet, out: Path, read: Read, *, language: Language = "zh_CN") -> Packed:
    """Write the folder, whole or not at all. The kept pictures stay as they are.

    Raises InvalidError(packet_out) where something is there already, InvalidError(out) where it
    cannot be written, DiskFullError.
    """
    try:
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise InvalidError(reason="packet_out", what=str(out))
        with room_on_disk(out):
            out.parent.mkdir(parents=True, exist_ok=True)
            with TemporaryDirectory(
                prefix=f".{out.name}-", dir=out.parent, ignore_cleanup_errors=True
            ) as work:
                folder = Path(work) / "packet"
                packed = _fill(packet, folder, read, language)
                if out.exists():
                    out.rmdir()  # empty; Windows renames onto nothing that is there
                folder.rename(out)
    except OSError as error:
        cause = f"（{error.strerror}）" if error.strerror else ""
        raise InvalidError(reason="out", what=str(out), cause=cause) from error
    return Packed(out, packed.names, packed.remarks)


def _fill(packet: Packet, folder: Path, read: Read, language: Language) -> Packed:
    (folder / BLOCKS).mkdir(parents=True)
    texts = {one.key: one.text for one in packet.blocks}
    files = {TEXT: _words(texts["text"])} if "text" in texts else {}
    for place, block in enumerate(packet.blocks, 1):
        files[f"{BLOCKS}/{place}-{block.name}.txt"] = _words(block.text)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    pictures, remarks = [], list(packet.remarks)
    for one in packet.files:
        small = _fitted(one, read(one.sha256), packet.file_bytes)
        if small is None:
            remarks.append(text("phone.picture_left", language, name=one.name))
            continue
        name, data = small
        (folder / name).write_bytes(data)
        pictures.append(name)
    shown = packet.model_copy(update={"remarks": tuple(remarks)})
    (folder / PAGE).write_bytes(page(shown, tuple(pictures), language))
    return Packed(folder, (PAGE, *files, *pictures), tuple(remarks))


def _words(said: str) -> bytes:
    """Return a text for Notepad and for viewers in phones: both know UTF-8 surely by its mark."""
    return b"\xef\xbb\xbf" + said.replace("\n", "\r\n").encode()


def _fitted(file: FillFile, data: bytes, most: int | None) -> tuple[str, bytes] | None:
    """Return a picture as it is, a smaller JPEG where it has more than `most` bytes, or None."""
    if most is None or len(data) <= most:
        return file.name, data
    try:
        picture = decode(io.BytesIO(data), most_pixels=_MOST_PIXELS).convert("RGB")
    except PictureError:
        return None
    found = smaller(picture, most)
    return (PurePosixPath(file.name).stem + ".jpg", found[0]) if found else None


def _section(place: int, block: Block, language: Language) -> str:
    count = len(block.parts)
    codes = ""
    for number, part in enumerate(block.parts, 1):
        told = {"name": block.name, "number": number, "count": count}
        said = escape(text("phone.page.part", language, **told)) if count > 1 else ""
        codes += f"<figure>{_code(part)}<figcaption>{said}</figcaption></figure>"
    return (
        f"<section><h2>{place}. {escape(block.name)}</h2>\n<pre>{escape(block.text)}</pre>\n"
        f'<div class="codes">{codes}</div></section>'
    )


def _code(part: str) -> str:
    drawn = b64encode(qr_png(part)).decode()
    return f'<img alt="" src="data:image/png;base64,{drawn}">'


def _pictures(names: tuple[str, ...], language: Language) -> str:
    if not names:
        return ""
    title = escape(text("phone.page.pictures", language))
    return f"<section><h2>{title}</h2><ol>{_list(names)}</ol></section>"


def _list(items: Iterator[str] | tuple[str, ...]) -> str:
    return "".join(f"<li>{escape(item)}</li>" for item in items)

"""Pictures of the demo shops, drawn at request: nothing but invented goods."""

from __future__ import annotations

import html
import io
from functools import lru_cache

from PIL import Image, ImageDraw

_ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 180" width="480" height="360">
<defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1">
<stop offset="0" stop-color="hsl({hue} 72% 58%)"/>
<stop offset="1" stop-color="hsl({second} 70% 34%)"/></linearGradient></defs>
<rect width="240" height="180" fill="url(#g)"/>
<g fill="#fff" fill-opacity=".13"><circle cx="205" cy="22" r="62"/><circle cx="28" cy="164" r="74"/>
<path d="M0 120 L240 40 L240 62 L0 142z"/></g>
<rect x="34" y="38" width="172" height="104" rx="12" fill="#fff" fill-opacity=".17"
 stroke="#fff" stroke-opacity=".55"/>
<rect x="50" y="56" width="30" height="22" rx="4" fill="#ffd76a"/>
<text x="120" y="106" fill="#fff" font-size="46" font-weight="700" text-anchor="middle"
 font-family="Noto Sans CJK SC,Microsoft YaHei,PingFang SC,sans-serif">{glyph}</text>
<text x="192" y="132" fill="#fff" fill-opacity=".85" font-size="13" text-anchor="end"
 font-family="monospace">{caption}</text></svg>"""


def icon(hue: int, glyph: str, caption: str = "GAME CARD") -> bytes:
    """Return a card picture as SVG; hue in degrees."""
    return _ICON.format(
        hue=hue, second=(hue + 42) % 360, glyph=html.escape(glyph), caption=html.escape(caption)
    ).encode()


@lru_cache(maxsize=64)
def banner(hue: int, width: int = 1200, height: int = 300) -> bytes:
    """Return a wide soft picture as PNG; hue in degrees."""
    image = Image.new("HSV", (width, 1))
    for x in range(width):
        shade = int(x / width * 70)
        image.putpixel((x, 0), ((hue + shade // 3) * 255 // 360 % 256, 170 - shade, 150 + shade))
    wide = image.convert("RGB").resize((width, height))
    draw = ImageDraw.Draw(wide, "RGBA")
    for step in range(9):
        left = width * step // 8 - 120
        radius = 40 + step * 23 % 110
        top = (step * 97) % height - radius
        draw.ellipse(
            (left, top, left + 2 * radius, top + 2 * radius), fill=(255, 255, 255, 16 + step * 3)
        )
    for step in range(6):
        x = width * 55 // 100 + step * 90
        draw.rounded_rectangle(
            (x, 60 + step % 3 * 34, x + 130, 150 + step % 3 * 34), 12, fill=(255, 255, 255, 60)
        )
    out = io.BytesIO()
    wide.save(out, "PNG")
    return out.getvalue()

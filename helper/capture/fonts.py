"""Find a font that draws Chinese on this computer."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

_NAMES = (
    ("NotoSansCJK-Regular.ttc", 2), ("NotoSansCJKsc-Regular.otf", 0), ("NotoSansSC-Regular.otf", 0),
    ("NotoSansSC-VF.ttf", 0), ("NotoSansSC[wght].ttf", 0), ("SourceHanSansSC-Regular.otf", 0),
    ("SourceHanSansCN-Regular.otf", 0), ("msyh.ttc", 0), ("msyh.ttf", 0), ("Deng.ttf", 0),
    ("simhei.ttf", 0), ("simsun.ttc", 0), ("PingFang.ttc", 0), ("Hiragino Sans GB.ttc", 0),
    ("STHeiti Light.ttc", 0), ("wqy-microhei.ttc", 0), ("wqy-zenhei.ttc", 0),
    ("DroidSansFallbackFull.ttf", 0), ("DroidSansFallback.ttf", 0), ("uming.ttc", 0),
)  # fmt: skip
"""File names with the face inside a collection that is Simplified Chinese, best first."""


def cjk_font() -> tuple[Path, int] | None:
    """Return file and face index of a Chinese font, None where there is none."""
    found = _search()
    if found is None:
        _search.cache_clear()  # one may be installed while we run
    return found


@cache
def _search() -> tuple[Path, int] | None:
    found: dict[str, Path] = {}
    for folder in _folders():
        for path in folder.rglob("*.[to]t[cf]"):
            found.setdefault(path.name, path)
    return next(((found[name], face) for name, face in _NAMES if name in found), None)


def _folders() -> list[Path]:
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA", "")
        places = [
            Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts",
            Path(local) / "Microsoft/Windows/Fonts",
        ]
    elif sys.platform == "darwin":
        places = [
            Path("/System/Library/Fonts"),
            Path("/Library/Fonts"),
            Path.home() / "Library/Fonts",
        ]
    else:
        places = [
            Path("/usr/share/fonts"),
            Path("/usr/local/share/fonts"),
            Path.home() / ".local/share/fonts",
            Path.home() / ".fonts",
        ]
    return [place for place in places if place.is_dir()]

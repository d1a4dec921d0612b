"""Picture every state of the extension's pages: python -m tests.extension.pictures FOLDER.

In Chinese and English, light and dark, at 390 pixels, pages that stand in a tab also at 1,280. Each
state is one picture, `NAME-WIDTH.png`, with all four forms side by side; `--only TEXT` takes those
whose name has it.
"""

import argparse
import asyncio
import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from tests.extension.conftest import Pages, pages_served
from tests.extension.states import PAGES, POPUP

FORMS = [(language, scheme) for language in ("zh_CN", "en") for scheme in ("light", "dark")]
GROUND = "#888888"


async def states(folder: Path, only: list[str]) -> None:
    """Write the pictures into a folder."""
    async with pages_served() as pages:
        for name, show in (POPUP | PAGES).items():
            for width in (390, 1280) if name in PAGES else (390,):
                if only and not any(word in name for word in only):
                    continue
                shots = await asyncio.gather(*(shot(pages, show, width, *form) for form in FORMS))
                await pages.clear()
                beside(shots).save(folder / f"{name}-{width}.png")


async def shot(pages: Pages, show, width: int, language: str, scheme: str) -> Image.Image:
    """Return the whole page in one form."""
    page = await show(pages, language=language, scheme=scheme, width=width)
    await page.wait_for_function("document.title")
    data = await page.screenshot(full_page=True, animations="disabled")
    return Image.open(io.BytesIO(data))


def beside(shots: Sequence[Image.Image]) -> Image.Image:
    """Return pictures in one row."""
    size = (sum(one.width + 10 for one in shots) - 10, max(one.height for one in shots))
    row = Image.new("RGB", size, GROUND)
    left = 0
    for one in shots:
        row.paste(one, (left, 0))
        left += one.width + 10
    return row


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.extension.pictures")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", default=[], help="what names have in them")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(states(given.folder, given.only))

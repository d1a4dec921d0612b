"""A chat of 2,000 messages of which only what is in sight is in the page: how whole, how fast."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Final

from tests.extension.background.chats import scroller, virtual, words
from tests.extension.background.world import World, build
from tests.extension.corpus import libraries

MESSAGES: Final = 2_000


async def whole(folder: Path) -> None:
    """Print what is kept of such lists, in which order, and how long that takes."""
    libraries.fetch()
    async with build(folder) as made:
        await made.pair()
        await _walk(made, "own list", virtual(MESSAGES))
        await _walk(made, "vue-virtual-scroller", scroller(MESSAGES))


async def _walk(made: World, name: str, drawn: str) -> None:
    made.shop.pages["/chat"] = drawn
    page = await made.open("/chat")
    start = time.perf_counter()
    uuid = await made.capture(page, chat={})
    state = await made.reached(uuid, "sent", seconds=600)
    seconds = time.perf_counter() - start
    html = made.helper.bytes(uuid, "seen/chat")
    said = re.findall(r"<p>(.*?)</p>", html.decode())
    right = said == [words(n) for n in range(MESSAGES)]
    pictures = made.helper.parts(uuid, "seen/chat-strip")
    print(f"chat, {name}: {len(said)} of {MESSAGES} messages, in order and none twice: {right}")
    print(
        f"chat, {name}: {seconds:.1f} s, {state['chat']['screens']} screens,"
        f" {len(pictures)} pictured, {len(html) / 2**20:.2f} MiB"
    )

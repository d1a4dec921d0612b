"""Wait until a page is complete: bounded, without a fixed pause, deaf to the page's own scripts."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from playwright.async_api import CDPSession

QUIET = 0.12
"""Seconds without a change in the page after which it rests."""
QUIET_AGAIN = 0.06
"""The same for the network, and for the page after the network had to be waited for."""
_CALM = 0.03
"""Seconds without a change after which what lies below is scrolled through."""
SETTLE_SECONDS = 2.5
LOAD_SECONDS = 10.0
_MOST_PASSES = 2
"""The first scroll shows a page its own end; the second what was put into it only then."""
_PATIENCE = 1.5
"""Seconds for pictures that do not come."""
_NAME = "kazheng"
_NO_CONTEXT = "uniqueContextId not found"
"""What Chromium says of a script world whose document is gone."""

_LOADED = """
new Promise(done => {
  if (document.readyState === 'complete') { done(true); return; }
  addEventListener('load', () => done(true), {once: true});
  setTimeout(() => done(false), LIMIT);
})
"""
_REST = """
new Promise(done => {
  const begun = performance.now(), end = begun + LIMIT;
  let last = begun, changed = false, moving = false, passes = 0;
  const every = document.getElementsByTagName('*');
  let fresh = every.length !== KNOWN;
  const busy = /加载中|正在加载|载入中|请稍候|请稍等|loading|please wait/i;
  const empty = () => {
    const text = (document.body?.innerText ?? '').trim();
    return text.length < 30 ? document.images.length === 0 : text.length < 2000 && busy.test(text);
  };
  let hollow = empty();
  const watch = new MutationObserver(records => {
    last = performance.now(); changed = true;
    if (!moving && records.some(record => record.addedNodes.length)) fresh = true;
  });
  watch.observe(document, {subtree: true, childList: true, characterData: true, attributes: true});
  document.fonts.ready.then(() => 0);
  const finish = () => { watch.disconnect(); done(every.length); };
  const frame = () => new Promise(r => {
    const wait = setTimeout(r, 60);
    requestAnimationFrame(() => requestAnimationFrame(() => { clearTimeout(wait); r(); }));
  });
  const height = () => (document.scrollingElement ?? document.documentElement)?.scrollHeight ?? 0;
  const scroll = async () => {
    const x = scrollX, y = scrollY;
    fresh = false; moving = true; passes += 1;
    for (let at = innerHeight; at < height() && performance.now() < end; at += innerHeight) {
      scrollTo({left: x, top: at, behavior: 'instant'});
      await frame();
    }
    scrollTo({left: x, top: y, behavior: 'instant'});
    moving = false;
    last = Math.max(last, performance.now() - QUIET + AGAIN);
  };
  const coming = now => now - begun < PATIENCE
    && [...document.images].some(i => !i.complete && i.loading !== 'lazy');
  const look = async () => {
    const now = performance.now();
    if (changed) { hollow = empty(); changed = false; }
    if (now >= end) return finish();
    const below = fresh && passes < MOST && height() > innerHeight + 1;
    if (below && now - last >= CALM && (!hollow || end - now < PATIENCE / 2)) await scroll();
    else if (!hollow && now - last >= QUIET && document.fonts.status === 'loaded' && !coming(now)) {
      return finish();
    }
    setTimeout(() => look().catch(finish), 15);
  };
  look().catch(finish);
})
"""


class Traffic(Protocol):
    """Whoever knows what the page still waits for."""

    def idle(self) -> float:
        """Return for how many seconds nothing has been in flight."""


class World:
    """An isolated script world of the page's main frame: page scripts cannot tamper with it."""

    def __init__(self, cdp: CDPSession) -> None:
        self._cdp = cdp
        self._known: str | None = None
        self._unique: dict[int, str] = {}
        """Numbers of contexts are given anew by each renderer process; these names never are."""
        cdp.on("Runtime.executionContextCreated", self._on_context)

    async def run(self, script: str, seconds: float, **values: float) -> Any:
        """Evaluate a script (promises awaited), its capital words replaced by numbers.

        Raise TimeoutError after the given seconds plus one, for a page that blocks its thread.
        """
        for word, number in values.items():
            script = script.replace(word, str(number))
        async with asyncio.timeout(seconds + 1.0):
            return await self._run(script)

    async def _run(self, script: str) -> Any:
        from playwright.async_api import Error  # noqa: PLC0415  # 165 MB, loaded on use

        if self._known is not None:
            try:
                return await self._evaluate(script, self._known)
            except Error as error:
                self._known = None
                if _NO_CONTEXT not in str(error):
                    raise  # the page went elsewhere while the script ran
        else:
            await self._cdp.send("Runtime.enable")
        self._known = await self._enter()
        return await self._evaluate(script, self._known)

    def _on_context(self, event: dict[str, Any]) -> None:
        context = event["context"]
        if context["name"] == _NAME:
            self._unique[context["id"]] = context["uniqueId"]

    async def _enter(self) -> str:
        """Return the context of this world in the document that the main frame has now."""
        from playwright.async_api import Error  # noqa: PLC0415  # 165 MB, loaded on use

        tree = await self._cdp.send("Page.getFrameTree")
        world = await self._cdp.send(
            "Page.createIsolatedWorld",
            {"frameId": tree["frameTree"]["frame"]["id"], "worldName": _NAME},
        )
        found = self._unique.get(world["executionContextId"])
        if found is None:
            raise Error("no script world")
        return found

    async def _evaluate(self, script: str, context: str) -> Any:
        found = await self._cdp.send(
            "Runtime.evaluate",
            {
                "expression": script,
                "uniqueContextId": context,
                "awaitPromise": True,
                "returnByValue": True,
            },
        )
        return found["result"].get("value")


async def settle(world: World, log: Traffic, load_seconds: float) -> list[str]:
    """Wait for load, quiet and lazy pictures; return notes on what did not come to rest."""
    from playwright.async_api import Error  # noqa: PLC0415  # 165 MB, loaded on use

    notes: list[str] = []
    try:
        if not await world.run(_LOADED, load_seconds, LIMIT=load_seconds * 1000):
            notes.append("load_unfinished")
        end = time.monotonic() + SETTLE_SECONDS
        await _rest(world, log, end)
        if time.monotonic() >= end:
            notes.append("settle_unfinished")
    except TimeoutError:
        notes.append("page_blocked")
    except Error:
        # the page went elsewhere meanwhile; what it is now is captured
        notes.append("page_moved")
        await _quiet(log, QUIET, time.monotonic() + SETTLE_SECONDS)
    return notes


async def _rest(world: World, log: Traffic, end: float) -> None:
    """Wait until page and network rest, all of the page having been in view once."""
    known = -1
    for still in (QUIET, QUIET_AGAIN):
        left = end - time.monotonic()
        if left <= 0:
            return
        milliseconds = {"LIMIT": left, "QUIET": still, "AGAIN": QUIET_AGAIN, "CALM": _CALM,
                        "PATIENCE": _PATIENCE}  # fmt: skip
        values = {word: seconds * 1000 for word, seconds in milliseconds.items()}
        known = await world.run(_REST, left, **values, KNOWN=known, MOST=_MOST_PASSES) or -1
        if await _quiet(log, QUIET_AGAIN, end):
            return  # else what came late may have changed the page


async def _quiet(log: Traffic, still: float, end: float) -> bool:
    """Wait until the network rests; tell whether it did so at once."""
    waited = False
    while log.idle() < still and time.monotonic() < end:
        waited = True
        await asyncio.sleep(0.01)
    return not waited

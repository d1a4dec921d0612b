"""Write what the network log of a visit has, also after a deadline or a crash."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Iterator
from importlib.metadata import version

from helper.capture import archive
from helper.capture.gate import Gate
from helper.capture.network import Exchange
from helper.capture.run import Run
from helper.capture.visits import Produced, Taken, every
from helper.vault.files import room_on_disk

_COOKIE_SECONDS = 2.0
_MOST_SOCKETS = 5


async def write_records(run: Run) -> None:
    """Write WARC, HAR and DNS answers; note what the gate refused and what had no body."""
    from playwright.async_api import Error  # noqa: PLC0415  # 165 MB, loaded on use

    if run.log is None:
        return
    await run.log.stop()
    taken, gate = run.taken, run.gate
    if run.browser.alive:
        with contextlib.suppress(TimeoutError, Error):
            async with asyncio.timeout(_COOKIE_SECONDS):
                taken.masks.add_cookies(await run.context.cookies())
    text = taken.masks.text
    about = archive.About(
        software=f"kazheng/{version('kazheng')}",
        user_agent=run.agent or run.request.user_agent or "",
        peers={f"{text(host)}:{port}": ip for (host, port), ip in gate.peers.items()},
        refused=[vars(refusal) | {"host": text(refusal.host)} for refusal in gate.refused],
    )
    loaded = run.log.exchanges()
    taken.masks.add_cookies(cookie for exchange in loaded for cookie in _set_by(exchange))
    exchanges = archive.masked(loaded, taken.masks)
    _note(taken, gate, exchanges)
    for url in run.log.sockets[:_MOST_SOCKETS]:
        taken.note(f"websocket_not_recorded: {text(url)[:200]}")
    if not run.browser.sandboxed:
        taken.note("no_sandbox")
    answers = {text(host): list(found) for host, found in gate.answers.items()}

    async def warc() -> None:
        path = taken.folder / "witness-network.warc.gz"
        with room_on_disk(path):
            await asyncio.to_thread(archive.write_warc, path, exchanges, about)
        taken.files.append(Produced("witness/warc", path.name, "application/warc", path))

    async def har() -> None:
        data = await asyncio.to_thread(archive.har, exchanges, about, taken.title)
        await taken.keep("witness/har", "witness-network.har", "application/json", data)

    async def dns() -> None:
        data = json.dumps({"answers": answers, "peers": about.peers}, indent=1).encode()
        await taken.keep("witness/dns", "witness-dns.json", "application/json", data)

    await every(
        taken,
        (
            ("witness/warc", warc),
            ("witness/har", har),
            ("witness/dns", dns),
        ),
    )


def _set_by(exchange: Exchange) -> Iterator[dict[str, object]]:
    """Give the cookies of a response: the browser may be dead, or have other ones by now."""
    for name, line in exchange.headers:
        if name.lower() == "set-cookie":
            pair, _, attributes = line.partition(";")
            key, _, value = pair.partition("=")
            http_only = "httponly" in attributes.lower()
            yield {"name": key.strip(), "value": value.strip(), "httpOnly": http_only}


def _note(taken: Taken, gate: Gate, exchanges: list[Exchange]) -> None:
    text = taken.masks.text
    for refusal in gate.refused:
        taken.note(f"address_refused: {refusal.reason} {text(refusal.host)}:{refusal.port}")
    if gate.fake_ip:
        taken.note("fake_ip")
    if gate.upstream is not None:
        taken.note("system_proxy")
    for host in sorted(gate.unchecked):
        taken.note(f"proxy_unchecked: {text(host)}")
    for exchange in exchanges:
        if exchange.body_reason is not None:
            taken.note(f"body_not_kept: {exchange.body_reason} {exchange.url[:200]}")

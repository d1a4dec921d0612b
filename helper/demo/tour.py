"""What a buyer does in the demonstration, step by step, with the extension's own pages."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlsplit

from helper.app import Helper
from helper.demo.driver import Person, Popup, until
from helper.demo.platform import Demo
from helper.errors import BrowserFailedError, RefusedError
from helper.exporting import export_case
from helper.model import CaptureView
from helper.result import capture_result

_NEWEST = (
    "chrome.runtime.sendMessage({type: 'recent'})"
    ".then(r => (r.captures && r.captures[0] && r.captures[0].uuid) || '')"
)
_REPORT = """({
  fields: [...document.querySelectorAll("#report tr[data-field]")].map(row => ({
    name: row.dataset.field,
    ok: !!row.querySelector(".chip.good"),
    read_back: row.querySelector(".value").textContent,
  })),
  attached: Number(document.querySelector("#report").dataset.attached),
})"""
TELL_CONTACT = """
document.querySelector("#preview [data-field=contact] input:not(:checked):not(:disabled)")?.click()
"""
"""The person ticks that this shop may have the contact data again."""
_SEALED_SECONDS = 120
_CLICK_SECONDS = 30


async def log_in(person: Person, demo: Demo) -> None:
    """Log in at the member shop."""
    page = await person.open(demo.login.url)
    await page.fill("[name=username]", demo.login.user)
    await page.fill("[name=password]", demo.login.password)
    await page.press("[name=password]", "Enter")
    await page.wait_for_url(lambda url: "/login" not in url)
    await page.close()


async def once(
    helper: Helper, demo: Demo, person: Person, *, shop: str, lend: bool
) -> dict[str, Any]:
    """Click on an order page, draft, fill the complaint form; nothing is submitted."""
    order = demo.orders[f"{shop}:not_delivered"]
    if shop == "wangzi":
        await log_in(person, demo)
    view = await _keep(helper, person, order.url, lend=lend)
    if view.case_id is None:
        raise BrowserFailedError(reason="demo", cause="the capture joined no case")
    draft = await helper.desk.make_draft(view.case_id, channel="merchant_platform")
    filled = await _fill(person, order.complaint_url)
    stamped = await asyncio.to_thread(helper.store.vault.capture, view.capture_id)
    evidence = await asyncio.to_thread(
        export_case,
        helper.store,
        view.case_id,
        helper.settings.data / f"evidence-{view.case_id}.zip",
    )
    return {
        **capture_result(helper.store, stamped),
        "draft": draft.model_dump(mode="json"),
        "filled": {**filled, "submitted": submitted(demo)},
        "evidence": str(evidence),
    }


def submitted(demo: Demo) -> bool:
    """Tell whether a complaint form reached a shop: it must not, only the user submits."""
    return any("login" not in form.path for form in demo.submissions)


async def _keep(helper: Helper, person: Person, url: str, *, lend: bool) -> CaptureView:
    page = await person.open(url)
    await page.wait_for_load_state("networkidle")
    if lend:
        await _lend(person, url)
    popup = await person.click_toolbar(page)
    before = await popup.evaluate(_NEWEST)
    await popup.click("#keep")

    async def fresh() -> str | None:
        newest = await popup.evaluate(_NEWEST)
        return str(newest) if newest not in {before, ""} else None

    uuid = await until(fresh, "the click began no capture", _CLICK_SECONDS)
    view = await _sealed(helper, uuid)
    await popup.close()
    return view


async def _sealed(helper: Helper, uuid: str) -> CaptureView:
    vault = helper.store.vault

    async def arrived() -> bool:
        return uuid in {view.capture_id for view in await asyncio.to_thread(vault.recent, 5)}

    await until(arrived, "the capture did not reach the helper", _SEALED_SECONDS)
    if not await helper.sealed(uuid, _SEALED_SECONDS):
        raise RefusedError(reason="not_sealed", capture_id=uuid)
    return await asyncio.to_thread(vault.capture, uuid)


async def _lend(person: Person, url: str) -> None:
    """Say that the session may be lent for this site, as the popup's checkbox does."""
    parts = urlsplit(url)
    page = await person.extension_page("pages/options.html")
    await page.evaluate(
        "origin => chrome.runtime.sendMessage({type: 'lend', origin, allowed: true})",
        f"{parts.scheme}://{parts.netloc}",
    )
    await page.close()


async def _fill(person: Person, url: str) -> dict[str, Any]:
    """Preview, fill, read the report; the form stays as it is, not submitted."""
    page = await person.open(url)
    popup: Popup = await person.click_toolbar(page)
    await popup.click("#fill-preview")
    await popup.wait_for("!!document.querySelector('#preview')", seconds=30)
    await popup.evaluate(TELL_CONTACT)
    await popup.click("#fill-apply")
    await popup.wait_for("!!document.querySelector('#report')", seconds=30)
    report = dict(await popup.evaluate(_REPORT))
    await popup.close()
    return report

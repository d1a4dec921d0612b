"""What the verifier page says of a bundle, beside what the command says."""

from pathlib import Path
from typing import Any

from playwright.async_api import Page

from helper.evidence.verify import Verification

READ = """() => ({
  verdict: document.getElementById("verdict").dataset.verdict,
  checks: [...document.querySelectorAll("#checks li")].map(row => ({
    name: row.dataset.check, verdict: row.dataset.verdict,
    detail: row.querySelector(".detail").textContent })) })"""


async def judged(page: Page, path: Path, installation: str = "") -> Any:
    await page.fill("#expected", installation)
    picker = "#zip" if path.suffix == ".zip" else "#folder"
    if picker == "#zip":  # the same path again would be no change
        await page.set_input_files(picker, [])
    await page.set_input_files(picker, path)
    await page.wait_for_selector("body[data-busy=false] #verdict:not([hidden])")
    found = await page.evaluate(READ)
    await page.evaluate("document.getElementById('verdict').hidden = true")
    return found


def names(found: Any) -> list[tuple[str, str]]:
    return [(check["name"], check["verdict"]) for check in found["checks"]]


def same(found: Verification) -> list[tuple[str, str]]:
    return [(check.name, check.verdict) for check in found.checks]

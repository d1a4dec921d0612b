"""How exactly forms of the real libraries are filled, one by one; those held out apart."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from aiohttp import web

from helper.capture.browser import find_browser
from helper.settings import Settings
from tests.extension.conftest import launched
from tests.extension.corpus import libraries, measure
from tests.extension.corpus.held_out import FRESH, HELD_OUT


def accuracy() -> None:
    """Print the table of all forms, then what is not right field by field."""
    libraries.fetch()
    results = asyncio.run(_filled())
    held = {form.key for form in (*HELD_OUT, *FRESH)}
    print(measure.table([one for one in results if one.form.key not in held]))
    print("held out until first seen:")
    print(measure.table([one for one in results if one.form.key in held]))
    for line in measure.misses(results):
        print(f"  {line}")
    print("all:", measure.table(results).splitlines()[-1])


async def _filled() -> list[measure.Result]:
    posts: list[str] = []
    runner = web.AppRunner(measure.application(posts))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    with tempfile.TemporaryDirectory(prefix="kazheng bench ", ignore_cleanup_errors=True) as name:
        async with launched(Path(name), find_browser(Settings())) as (context, worker):
            results = await measure.run(measure.Person(context, worker, origin))
    await runner.cleanup()
    assert posts == [], f"a form was sent: {posts}"
    return results

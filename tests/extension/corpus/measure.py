"""Draws the forms of the corpus, fills them through the real background code, and compares.

The libraries' own state is what counts: a value that only the page shows is not filled.
"""

from __future__ import annotations

import asyncio
import base64
import mimetypes
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.extension.corpus import demo, libraries, odd
from tests.extension.corpus.held_out import FRESH, HELD_OUT
from tests.extension.corpus.table import PICTURES, Form, verdict
from tests.extension.corpus.tuned import TUNED

DRAWING = Path(__file__).parent / "pages"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(500)
STANDS = """() => Promise.all(document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().endTime < Infinity)
  .map((one) => one.finished.catch(() => null)))"""
SURE = 0.6
"""What the popup ticks by itself."""
CORPUS: tuple[Form, ...] = (*TUNED, *demo.DEMO, *HELD_OUT, *FRESH, *odd.ODD)

QUICK = frozenset(
    {
        "antd-complaint", "element-ticket", "arco-complaint", "tdesign-ticket", "vant-feedback",
        "layui-ticket", "plain-frame", "plain-shadow", "plain-limits", "demo-12315",
        "odd-three-forms", "odd-no-form", "odd-unseen",
    }
)  # fmt: skip
"""What a plain `make test` draws: every library once; long tests and bench draw them all."""
AGAIN = frozenset({"antd-complaint", "element-ticket", "vant-feedback"})
"""Forms that are filled a second time, and then put back."""

_FILES = {
    "plain": ("plain.js",),
    "antd": ("react/umd/react.production.min.js", "react-dom/umd/react-dom.production.min.js",
             "dayjs/dayjs.min.js", "antd/dist/antd.min.js", "antd/dist/reset.css", "antd.js"),
    "element": ("vue/dist/vue.global.prod.js", "element-plus/dist/index.full.min.js",
                "element-plus/dist/index.css", "vue.js", "element.js"),
    "arco": ("vue/dist/vue.global.prod.js", "arco-design-web-vue/dist/arco-vue.min.js",
             "arco-design-web-vue/dist/arco.min.css", "vue.js", "arco.js"),
    "tdesign": ("vue/dist/vue.global.prod.js", "tdesign-vue-next/dist/tdesign.min.js",
                "tdesign-vue-next/dist/tdesign.min.css", "vue.js", "tdesign.js"),
    "vant": ("vue/dist/vue.global.prod.js", "vant/lib/vant.min.js", "vant/lib/index.css",
             "vue.js", "vant.js"),
    "layui": ("layui/dist/layui.js", "layui/dist/css/layui.css", "layui.js"),
}  # fmt: skip


@dataclass
class Result:
    """What became of one form."""

    form: Form
    model: dict[str, str] = field(default_factory=dict)
    told: dict[str, bool] = field(default_factory=dict)
    refused: str | None = None
    again: dict[str, str] | None = None
    undone: dict[str, str] | None = None
    kept: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def verdicts(self) -> dict[str, str]:
        """Return right, wrong or left by field."""
        found = {}
        for number, one in enumerate(self.form.fields):
            key = one.name or f"f{number}"
            found[key] = verdict(one, self.form.draft, self.model.get(key, ""))
        return found

    def count(self, what: str) -> int:
        """Return how many fields are right, wrong or left."""
        return sum(1 for one in self.verdicts.values() if one == what)

    @property
    def uploads(self) -> tuple[int, int]:
        """Return how many upload fields took the files, and how many there are."""
        verdicts = [
            v
            for v, one in zip(self.verdicts.values(), self.form.fields, strict=True)
            if one.kind == "upload"
        ]
        return verdicts.count("right"), len(verdicts)


def shell(library: str) -> str:
    """Return the page a library draws its forms on."""
    tags = []
    for name in _FILES[library]:
        where = f"/drawing/{name}" if "/" not in name else f"/library/{name}"
        if name.endswith(".css"):
            tags.append(f'<link rel="stylesheet" href="{where}">')
        else:
            tags.append(f'<script src="{where}"></script>')
    return (
        '<!doctype html><html lang="zh"><meta charset="utf-8"><title>投诉</title>'
        '<meta name="viewport" content="width=device-width"><style>body{margin:16px}'
        f"</style><body><div id=root></div>{''.join(tags)}</body></html>"
    )


def application(posts: list[str]) -> web.Application:
    """Return the server of libraries and drawing pages; a POST to it is remembered."""

    async def page(request: web.Request) -> web.Response:
        return web.Response(text=shell(request.match_info["library"]), content_type="text/html")

    async def file(request: web.Request) -> web.Response:
        home = libraries.HOME if request.path.startswith("/library/") else DRAWING
        path = home / request.match_info["name"]
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        if not path.is_file():
            return web.Response(status=404)
        return web.Response(body=path.read_bytes(), content_type=kind)

    async def post(request: web.Request) -> web.Response:
        posts.append(request.path)
        return web.Response(text="received")

    app = web.Application()
    app.router.add_get("/forms/{library}", page)
    app.router.add_get("/library/{name:.+}", file)
    app.router.add_get("/drawing/{name:.+}", file)
    app.router.add_post("/{name:.*}", post)
    return app


def drawn(form: Form) -> dict[str, Any]:
    """Return what the drawing script is given."""
    given = form.drawn()
    if form.layout.startswith("html "):
        given["html"] = demo.page(form.layout.removeprefix("html "))
    if form.layout.startswith("odd "):
        given["html"] = odd.page(form.layout.removeprefix("odd "))
    return given


class Person:
    """Someone with a draft a form, and a tab a library."""

    def __init__(self, context: Any, worker: Any, origin: str) -> None:
        self.context, self.worker, self.origin = context, worker, origin

    async def page_of(self, library: str) -> tuple[Any, int]:
        """Open the page a library draws on; return it and the number of its tab."""
        page = await self.context.new_page()
        await page.goto(f"{self.origin}/forms/{library}")
        tab = await self.worker.evaluate(
            "async (url) => (await chrome.tabs.query({})).find((t) => t.url === url).id", page.url
        )
        return page, tab

    async def give(self, form: Form) -> None:
        """Let the helper's answer for a form be its draft and the pictures."""
        names = [f"证据{n + 1}-订单页.png" for n in range(PICTURES)]
        files = [
            {"name": name, "sha256": f"f{n}", "bytes": len(PICTURE), "media_type": "image/png"}
            for n, name in enumerate(names)
        ]
        plan = {
            "draft_id": form.key, "case_id": "c1", "platform": None, "origins": [self.origin],
            "values": form.draft, "files": files,
        }  # fmt: skip
        data = base64.b64encode(PICTURE).decode()
        await self.worker.evaluate(
            "([key, plan, data]) => { plans[key] = plan; Object.assign(fileBytes, data); }",
            [form.key, plan, {file["sha256"]: data for file in files}],
        )

    async def run(self, tab: int, name: str, **message: Any) -> Any:
        """Send a message to the background as the popup does."""
        return await self.worker.evaluate(
            """async ([name, message]) => {
                try { return await filling[name](message); }
                catch (error) { return { refused: error.code ?? String(error.stack) }; }
            }""",
            [name, {"tabId": tab, **message}],
        )


async def run(person: Person, forms: Iterable[Form] = CORPUS) -> list[Result]:
    """Fill all forms, one tab a library, in turn: a tab that is filled is in front."""
    ordered = sorted(forms, key=lambda form: form.library)
    results = []
    for _, group in groupby(ordered, key=lambda form: form.library):
        results += await _of_library(person, list(group))
    return results


async def _of_library(person: Person, forms: Sequence[Form]) -> list[Result]:
    results = []
    page, tab = await person.page_of(forms[0].library)
    for form in forms:
        began = asyncio.get_running_loop().time()
        result = await _of_form(person, page, tab, form)
        result.seconds = asyncio.get_running_loop().time() - began
        results.append(result)
    await page.close()
    return results


async def _of_form(person: Person, page: Any, tab: int, form: Form) -> Result:
    await page.evaluate("form => window.show(form)", drawn(form))
    await page.evaluate(STANDS)  # as it does before a person has read the preview
    await person.give(form)
    result = Result(form)
    report = await _fill(person, tab, form)
    result.model = await page.evaluate("window.model()")
    if "refused" in report:
        result.refused = report["refused"]
        return result
    result.told = {row["name"]: row["ok"] for row in report["fields"]}
    if form.key in AGAIN:
        await _fill(person, tab, form)
        result.again = await page.evaluate("window.model()")
        result.kept = tuple((await person.run(tab, "undo")).get("kept", ()))
        result.undone = await page.evaluate("window.model()")
    return result


async def _fill(person: Person, tab: int, form: Form) -> Any:
    """Preview and fill what the popup ticks by itself."""
    plan = await person.run(tab, "preview", draft_id=form.key)
    if "refused" in plan:
        return plan
    names = [row["name"] for row in plan["fields"] if row["found"] and row["confidence"] >= SURE]
    return await person.run(tab, "apply", token=plan["token"], names=names, files=True)


def table(results: Sequence[Result]) -> str:
    """Return the per-form table."""
    lines = [
        f"{'form':20} {'fields':>6} {'right':>6} {'wrong':>6} {'left':>6} {'files':>6} {'s':>5}"
    ]
    for one in results:
        files = "/".join(map(str, one.uploads)) if one.uploads[1] else ""
        lines.append(
            f"{one.form.key:20} {len(one.form.fields):6} {one.count('right'):6} "
            f"{one.count('wrong'):6} {one.count('left'):6} {files:>6} {one.seconds:5.1f}"
            + (f"  {one.refused}" if one.refused else "")
        )
    fields = sum(len(one.form.fields) for one in results)
    right = sum(one.count("right") for one in results)
    lines.append(
        f"{len(results)} forms, {fields} fields: {100 * right / fields:.1f} % right, "
        f"{sum(one.count('wrong') for one in results)} wrong, "
        f"{sum(one.count('left') for one in results)} left for the user"
    )
    return "\n".join(lines)


def misses(results: Sequence[Result]) -> list[str]:
    """Return what is not right, one line a field, for whoever mends it."""
    lines = []
    for one in results:
        for (key, how), field_ in zip(one.verdicts.items(), one.form.fields, strict=True):
            if how != "right":
                held = one.model.get(key, "")[:40]
                lines.append(f"{one.form.key}.{key} {field_.label} {field_.right} {how}: {held!r}")
    return lines

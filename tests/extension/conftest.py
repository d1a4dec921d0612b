"""A real Chromium with the real fill code; only the helper's answers are given by the test."""

import base64
import json
import shutil
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from aiohttp import web

from helper.settings import Settings
from tests.chromium import QUICK, driver
from tests.chromium import chromium as plain_chromium

EXTENSION = Path(__file__).resolve().parents[2] / "extension"
PAGES = Path(__file__).parent / "forms"
MAIN = """
import * as filling from "./filling.js";
import { recall } from "./fill_memory.js";
Object.assign(globalThis, { filling, recall });
"""
HELPER = """
import { Refusal } from "./api.js";
globalThis.failing = {};
globalThis.plans = {};
globalThis.filings = [];
globalThis.closed = {};
globalThis.fileBytes = {};
globalThis.told = [];
globalThis.uploads = [];
export async function ask(method, path, body) {
  if (path.endsWith("/files")) {
    globalThis.uploads.push(body);
    const plan = globalThis.plans[path.split("/")[3]];
    const files = body.multiple ? plan.files : plan.files.slice(0, 1);
    return { ...plan, files, stays: [], takes: null, ...plan.fitted };
  }
  if (method === "POST") { globalThis.told.push({ path, body }); return null; }
  if (path === "/v1/cases") {
    const of = Object.groupBy(Object.values(globalThis.plans), (plan) => plan.case_id);
    const cases = Object.entries(of).map(([case_id, plans]) => ({
      host: "127.0.0.1",
      drafts: plans.map((plan) => plan.draft_id),
      filings: globalThis.filings,
      closed_at: globalThis.closed[case_id] ?? null,
    }));
    return { cases };
  }
  const id = path.split("/")[3];
  if (globalThis.failing[id]) throw new Refusal("failed", { status: globalThis.failing[id] });
  return globalThis.plans[id];
}
export async function bytes(path) {
  const text = atob(globalThis.fileBytes[path.split("/").pop()]);
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0)).buffer;
}
"""
VALUES = {
    "issue": "not_delivered",
    "order_no": "WZ20260711083012",
    "product": "游戏点卡 100 元",
    "amount": "99.50",
    "paid_at": "2026-07-11T08:31:05+08:00",
    "trade_no": "4200002026071112345678",
    "title": "订单 WZ20260711083012 付款后未发货",
    "description": "2026年7月11日付款99.50元，至今未收到卡密（证据1）。\n证据1 订单页截图。",
    "demand": "请在24小时内退款99.50元。",
    "demand_kind": "refund",
    "contact": "13800000000",
}
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"kazheng" * 500_000).decode()


def build_extension(folder: Path, rules: dict) -> Path:
    """Put the real fill code into an extension whose helper is the test."""
    (folder / "background").mkdir(parents=True)
    shutil.copytree(EXTENSION / "content", folder / "content")
    for name in (
        "api.js",
        "filling.js",
        "fill_choice.js",
        "fill_memory.js",
        "fill_scripts.js",
        "form_words.js",
        "rules.js",
        "session.js",
    ):
        shutil.copy(EXTENSION / "background" / name, folder / "background" / name)
    (folder / "background" / "helper.js").write_text(HELPER, "utf-8")
    (folder / "background" / "main.js").write_text(MAIN, "utf-8")
    (folder / "rules.json").write_text(json.dumps(rules), "utf-8")
    manifest = {
        "manifest_version": 3,
        "name": "fill",
        "version": "1",
        "permissions": ["scripting", "storage", "tabs"],
        # not localhost: a frame from there is one of a site that nobody allowed to read
        "host_permissions": [
            f"*://{host}/*" for host in ("127.0.0.1", "shop.localhost", "other.localhost", "*.test")
        ],
        "background": {"service_worker": "background/main.js", "type": "module"},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder


RULES = {
    "version": 1,
    "platforms": [
        {
            "key": "known",
            "name": "已知店",
            "hosts": [],
            "path": {},
            "fingerprint": ["#known"],
            "order_no": None,
            "complaint_form": {
                "path": "^/known",
                "selector": "form#known",
                "entry": None,
                "receipt_no": None,
                "receipt_pattern": None,
                "fields": [
                    {
                        "name": "issue",
                        "selector": "[name=t]",
                        "kind": "select",
                        "required": True,
                        "options": {"not_delivered": "7"},
                        "max_length": None,
                    },
                    {
                        "name": "demand_kind",
                        "selector": "[name=want]",
                        "kind": "radio",
                        "required": True,
                        "options": {"refund": "money"},
                        "max_length": None,
                    },
                    {
                        "name": "order_no",
                        "selector": "[name=a]",
                        "kind": "text",
                        "required": True,
                        "options": {},
                        "max_length": None,
                    },
                    {
                        "name": "description",
                        "selector": "[name=b]",
                        "kind": "textarea",
                        "required": True,
                        "options": {},
                        "max_length": 40,
                    },
                    {
                        "name": "contact",
                        "selector": "[name=pin]",
                        "kind": "text",
                        "required": False,
                        "options": {},
                        "max_length": None,
                    },
                    {
                        "name": "attachments",
                        "selector": "[name=c]",
                        "kind": "file",
                        "required": True,
                        "options": {},
                        "max_length": None,
                    },
                ],
            },
        }
    ],
}


@pytest.fixture(scope="session")
def chromium():
    """Path of the browser of this machine."""
    from helper.capture.browser import find_browser  # noqa: PLC0415  # needs the browser room

    return find_browser(Settings())


@pytest.fixture
async def site():
    """A shop on loopback; every POST to it is recorded."""
    async with serving() as shop:
        yield shop


@asynccontextmanager
async def serving():
    """Serve the pages of `forms` on loopback."""
    posts = []

    async def page(request):
        path = PAGES / f"{request.match_info['name']}.html"
        return web.Response(text=path.read_text("utf-8"), content_type="text/html")

    async def post(request):
        posts.append(str(request.rel_url))
        return web.Response(text="received")

    app = web.Application()
    app.router.add_get("/{name}", page)
    app.router.add_post("/{name:.*}", post)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    yield SimpleNamespace(port=port, origin=f"http://127.0.0.1:{port}", posts=posts)
    await runner.cleanup()


@pytest.fixture(scope="module")
async def browser(tmp_path_factory, chromium):
    """One browser with the fill code for all tests of a module: (context, worker)."""
    async with launched(tmp_path_factory.mktemp("fill"), chromium) as pair:
        yield pair


@asynccontextmanager
async def launched(folder, chromium):
    """Run a browser with the fill code: (context, worker)."""
    extension = build_extension(folder / "extension", RULES)
    arguments = [f"--disable-extensions-except={extension}", f"--load-extension={extension}"]
    arguments += ["--host-resolver-rules=MAP *.test 127.0.0.1", *QUICK]
    async with driver() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            folder / "profile",
            executable_path=chromium,
            headless=True,
            args=arguments,
            ignore_default_args=["--disable-extensions"],
        )
        workers = context.service_workers
        yield context, workers[0] if workers else await context.wait_for_event("serviceworker")
        await context.close()


@pytest.fixture
async def filler(browser, site):
    """Open pages, preview, apply and undo through the real background code."""
    person = Filler(*browser, site)
    yield person
    if person.page:
        await person.page.close()


@pytest.fixture(scope="module")
async def served_pages():
    """The extension's pages served on loopback."""
    async with pages_served() as pages:
        yield pages


@asynccontextmanager
async def pages_served():
    """Serve the extension's pages on loopback, with a browser."""
    app = web.Application()
    app.router.add_static("/", EXTENSION)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with plain_chromium() as chrome:
        yield Pages(chrome, f"http://127.0.0.1:{runner.addresses[0][1]}")
    await runner.cleanup()


@pytest.fixture
async def extension_pages(served_pages):
    """Open the extension's pages, with the browser's API given by the test."""
    yield served_pages
    await served_pages.clear()


class Pages:
    """Opens a page of the extension with given answers of the background.

    Pages of the same form share what the browser has read already, and what they store.
    """

    def __init__(self, chrome, origin):
        self.chrome, self.origin = chrome, origin
        self.contexts = {}

    async def open(
        self, path, answers, *, session=None, language="zh_CN", width=390, scheme="light"
    ):
        form = (language, width, scheme)
        if form not in self.contexts:
            # A zone that is not the shop's: times of an order must not be moved into it.
            self.contexts[form] = await self.chrome.new_context(
                viewport={"width": width, "height": 700},
                timezone_id="America/New_York",
                color_scheme=scheme,
            )
        texts = json.loads((EXTENSION / "_locales" / language / "messages.json").read_text("utf-8"))
        stub = Path(__file__).with_name("stub.js").read_text("utf-8")
        given = json.dumps([texts, language.replace("_", "-"), answers, session])
        page = await self.contexts[form].new_page()
        await page.add_init_script(f"{stub}\nboot(...{given});")
        await page.goto(f"{self.origin}/pages/{path}")
        return page

    async def clear(self):
        """Close all pages, and forget what they stored and were allowed."""
        for context in self.contexts.values():
            for page in context.pages[1:]:
                await page.close()
            for page in context.pages:
                session = await context.new_cdp_session(page)
                every = {"origin": self.origin, "storageTypes": "all"}
                await page.goto("about:blank")
                await session.send("Storage.clearDataForOrigin", every)
                await page.close()
            await context.clear_permissions()


class Filler:
    """A person with a draft, a tab and the extension."""

    def __init__(self, context, worker, site):
        self.context, self.worker, self.site = context, worker, site
        self.page = None
        self.tab = 0

    async def open(
        self, name, *, origin=None, values=VALUES, files=1, platform=None, origins=None, **more
    ):
        await self.worker.evaluate(
            """([plan, data]) => {
                plans = { d1: plan };
                fileBytes = data;
                filings = [];
                closed = {};
                failing = {};
            }""",
            [
                {
                    "draft_id": "d1",
                    "case_id": "c1",
                    "platform": platform,
                    "origins": origins or [origin or self.site.origin],
                    "values": values,
                    "files": [
                        {
                            "name": f"证据{n + 1}-订单页.png",
                            "sha256": f"f{n}",
                            "bytes": 3_500_008,
                            "media_type": "image/png",
                        }
                        for n in range(files)
                    ],
                    **more,
                },
                {f"f{n}": PNG for n in range(files)},
            ],
        )
        await self.worker.evaluate("() => { told.length = 0; uploads.length = 0; }")
        self.page = await self.context.new_page()
        await self.page.goto(f"{origin or self.site.origin}/{name}")
        self.tab = await self.worker.evaluate(
            "async (url) => (await chrome.tabs.query({})).find((t) => t.url === url).id",
            self.page.url,
        )
        return self.page

    async def run(self, name, **message):
        return await self.worker.evaluate(
            """async ([name, message]) => {
                try { return await filling[name](message); }
                catch (error) {
                    return { refused: error.code ?? String(error.stack), ...error.more };
                }
            }""",
            [name, {"tabId": self.tab, **message}],
        )

    async def preview(self):
        return await self.run("preview")

    async def apply(self, plan, names=None, *, files=True, **more):
        chosen = names or [field["name"] for field in plan["fields"] if field["found"]]
        return await self.run("apply", token=plan["token"], names=chosen, files=files, **more)

    async def undo(self):
        return await self.run("undo")

    async def value(self, selector):
        return await self.page.eval_on_selector(selector, "(e) => e.value")

"""Start and stop all demo sites on loopback; `python -m helper.demo.platform` does it by hand."""

from __future__ import annotations

import asyncio
import secrets
import socket
import ssl
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from helper.demo import (
    authority,
    bills,
    hostile,
    lechuang,
    outside,
    wangzi,
    wangzi_complaints,
    weijie,
    weijie_tickets,
)
from helper.demo.desk import Desk
from helper.demo.journal import Journal, Submission, Visit
from helper.demo.ports import bind_pair
from helper.demo.site import Shop, Site
from helper.demo.stock import Order, load
from helper.demo.wangzi_shell import COOKIE, Member

HOSTS = {
    "wangzi": "wangzi.localhost",
    "lechuang": "lechuang.localhost",
    "weijie": "weijie.localhost",
    "bills": "bills.localhost",
    "12315": "12315.localhost",
    "heimao": "heimao.localhost",
    "hostile": "hostile.localhost",
}
SECURE = frozenset({"wangzi"})
_PATHS = {
    "wangzi": ("/member/orders/{}", "/member/complaints/new?order_no={}", "/goods/{}"),
    "lechuang": ("/order/{}", "/ticket/new?order_no={}", "/item/{}"),
    "weijie": ("/trade/{}", "/ticket/new?trade={}", "/goods/{}"),
}
"""Order, complaint form and product page of each shop."""


@dataclass(frozen=True)
class DemoOrder:
    """What a test may expect of an order; `amount` in yuan, `status` a word of the record."""

    shop: str
    state: str
    order_no: str
    amount: Decimal
    status: str
    status_text: str
    product: str
    url: str
    complaint_url: str
    product_url: str
    bill_url: str | None
    paid_at: datetime | None


@dataclass(frozen=True)
class Login:
    """How to become the member of 王子: fill `username` and `password` of the form at `url`."""

    url: str
    user: str
    password: str
    cookie_name: str
    cookie: str


@dataclass
class Demo:
    """The running demo. `origins` by site key, `orders` by `<shop>:<state>`."""

    origins: Mapping[str, str]
    spki: str
    authority: Path
    orders: Mapping[str, DemoOrder]
    login: Login
    now: datetime
    journal: Journal
    desks: Mapping[str, Desk]
    _runners: list[web.AppRunner] = field(default_factory=list)

    @property
    def secret_cookie(self) -> str:
        """Return the value of the member's session cookie."""
        return self.login.cookie

    @property
    def submissions(self) -> list[Submission]:
        """Return every form that was sent to a site."""
        return self.journal.submissions

    @property
    def visits(self) -> list[Visit]:
        """Return every request that reached a site."""
        return self.journal.visits

    async def stop(self) -> None:
        """Stop all sites; connections that still run are cut."""
        while self._runners:
            await self._runners.pop().cleanup()


async def start(folder: Path, now: datetime | None = None) -> Demo:
    """Start every site on free loopback ports; certificates go to `folder`.

    All order dates are counted back from `now` (aware, default: the present), so that the
    complaint windows are open. Raises OSError when no port is free.
    """
    begun = now or datetime.now(UTC)
    certificates = await asyncio.to_thread(
        authority.issue, folder, [HOSTS[key] for key in sorted(SECURE)], datetime.now(UTC)
    )
    sockets = {key: bind_pair() for key in HOSTS}
    origins = {
        key: f"{'https' if key in SECURE else 'http'}://{host}:{sockets[key][0]}"
        for key, host in HOSTS.items()
    }
    building = _Building(origins, begun, _running_clock(begun), Journal())
    demo = Demo(
        origins=origins,
        spki=certificates.spki,
        authority=certificates.authority,
        orders=building.orders(),
        login=building.login(),
        now=begun,
        journal=building.journal,
        desks=building.desks,
    )
    try:
        for key, app in building.applications().items():
            tls = certificates.server_context() if key in SECURE else None
            demo._runners.append(await _serve(app, sockets[key][1], tls))  # noqa: SLF001
    except BaseException:
        await demo.stop()
        for bound in (one for _, pair in sockets.values() for one in pair):
            bound.close()
        raise
    return demo


class _Building:
    """Everything that exists before the first socket listens."""

    def __init__(
        self,
        origins: Mapping[str, str],
        begun: datetime,
        clock: Callable[[], datetime],
        journal: Journal,
    ) -> None:
        self.origins = origins
        self.clock = clock
        self.journal = journal
        self.stocks = {shop: load(shop, begun) for shop in _PATHS}
        self.member = Member("xiaoyu", "demo-password", secrets.token_hex(20))
        self.desks = {
            "wangzi": Desk("TS", wangzi_complaints.STEPS, clock),
            "lechuang": Desk("GD", lechuang.STEPS, clock),
            "weijie": Desk("SH", weijie_tickets.STEPS, clock),
        }

    def applications(self) -> dict[str, web.Application]:
        """Return one application per site."""
        apps = {
            "wangzi": wangzi.application(self._shop("wangzi"), self.member, self.desks["wangzi"]),
            "lechuang": lechuang.application(self._shop("lechuang"), self.desks["lechuang"]),
            "weijie": weijie.application(self._shop("weijie"), self.desks["weijie"]),
            "bills": bills.application(self._site("bills"), self.stocks),
            "12315": outside.regulator(self._site("12315")),
            "heimao": outside.public_complaints(self._site("heimao")),
            "hostile": hostile.application(self._site("hostile"), self.stocks["wangzi"]),
        }
        for key, app in apps.items():
            app.middlewares.append(_journal(key, self.journal))
        return apps

    def login(self) -> Login:
        """Return how to log in."""
        url = self.origins["wangzi"] + "/login"
        return Login(url, self.member.user, self.member.password, COOKIE, self.member.cookie)

    def orders(self) -> dict[str, DemoOrder]:
        """Return all orders of all shops."""
        return {
            f"{shop}:{state}": self._order(order)
            for shop, stock in self.stocks.items()
            for state, order in stock.orders.items()
        }

    def _order(self, order: Order) -> DemoOrder:
        origin = self.origins[order.shop]
        page, form, goods = _PATHS[order.shop]
        bill = bills.path_of(order)
        return DemoOrder(
            shop=order.shop,
            state=order.state,
            order_no=order.order_no,
            amount=order.amount,
            status=order.status,
            status_text=order.status_text,
            product=order.product.title,
            url=origin + page.format(order.order_no),
            complaint_url=origin + form.format(order.order_no),
            product_url=origin + goods.format(order.product.key),
            bill_url=self.origins["bills"] + bill if bill else None,
            paid_at=order.paid_at,
        )

    def _shop(self, key: str) -> Shop:
        return Shop(key, self.origins[key], self.journal, self.clock, self.stocks[key])

    def _site(self, key: str) -> Site:
        return Site(key, self.origins[key], self.journal, self.clock)


def _running_clock(begun: datetime) -> Callable[[], datetime]:
    started = time.monotonic()
    return lambda: begun + timedelta(seconds=time.monotonic() - started)


def _journal(site: str, journal: Journal) -> Middleware:
    @web.middleware
    async def remember(request: web.Request, handler: Handler) -> web.StreamResponse:
        journal.visits.append(
            Visit(site, request.method, request.path_qs, COOKIE in request.cookies)
        )
        answer = await handler(request)
        if not answer.prepared:
            answer.headers.setdefault("Cache-Control", "no-cache")
        return answer

    return remember


async def _serve(
    app: web.Application, sockets: list[socket.socket], tls: ssl.SSLContext | None
) -> web.AppRunner:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    for bound in sockets:
        await web.SockSite(runner, bound, ssl_context=tls).start()
    return runner


async def _run_by_hand() -> None:
    with tempfile.TemporaryDirectory(prefix="kazheng-demo-") as folder:
        demo = await start(Path(folder))
        lines = [f"{key:9} {origin}" for key, origin in demo.origins.items()]
        lines += [f"{key:24} {order.url}" for key, order in demo.orders.items()]
        lines.append(f"login: {demo.login.user} / {demo.login.password}  spki: {demo.spki}")
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()
        try:
            await asyncio.Event().wait()
        finally:
            await demo.stop()


def main() -> None:
    """Run the demo sites until Ctrl+C, and print their addresses."""
    try:
        asyncio.run(_run_by_hand())
    except KeyboardInterrupt:
        sys.stdout.write("stopped\n")


if __name__ == "__main__":
    main()

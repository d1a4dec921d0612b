"""What all demo sites share: their context, static files, pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from aiohttp import web

from helper.demo import pictures
from helper.demo.journal import Journal
from helper.demo.markup import FOLDER, Markup, join, render
from helper.demo.stock import Order, Product, Stock

_TYPES = {".css": "text/css", ".js": "text/javascript"}


@dataclass(frozen=True)
class Site:
    """One site of the demo: `key` names its templates, `clock` gives the demo's time (aware)."""

    key: str
    origin: str
    journal: Journal
    clock: Callable[[], datetime]


@dataclass(frozen=True)
class Shop(Site):
    """A site that sells."""

    stock: Stock

    def order(self, order_no: str) -> Order:
        """Return an order or answer 404."""
        found = self.stock.order(order_no)
        if found is None:
            raise web.HTTPNotFound(text="订单不存在")
        return found

    def product(self, key: str) -> Product:
        """Return a product or answer 404."""
        found = self.stock.products.get(key)
        if found is None:
            raise web.HTTPNotFound(text="商品不存在")
        return found

    def cards(self, *, without: str = "", most: int = 99) -> Markup:
        """Return the product grid; every second picture is loaded by script when it is near."""
        shown = [product for product in self.stock.products.values() if product.key != without]
        shown = shown[:most]
        return join(self.card(product, index % 2 == 1) for index, product in enumerate(shown))

    def card(self, product: Product, observed: bool = False) -> Markup:
        """Return one product as the shop's grid shows it."""
        return render(
            self.key,
            "card",
            key=product.key,
            title=product.title,
            price=product.price,
            sku=product.sku,
            category=product.category,
            merchant=self.stock.merchants.get(product.merchant, {}).get("name", ""),
            sold=product.sold,
            picture=lazy(f"/pic/{product.key}.svg", product.title, observed=observed),
        )


def lazy(source: str, alternative: str, *, observed: bool) -> Markup:
    """Return a picture that loads late: by the browser, or by the page's IntersectionObserver."""
    return render(
        "shared", "observed" if observed else "lazy", source=source, alternative=alternative
    )


def yuan(amount: Decimal | None) -> str:
    """Write an amount with two decimals, no sign."""
    return f"{amount:.2f}" if amount is not None else "-"


def html_page(text: Markup, status: int = 200) -> web.Response:
    """Answer with a UTF-8 page."""
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")


def rows(template: str, lines: Iterable[dict[str, object]], site: str) -> Markup:
    """Fill one template of a site once per line."""
    return join(render(site, template, **line) for line in lines)


def add_static(app: web.Application, site: Site, prefix: str) -> None:
    """Serve the site's style and script under its own prefix."""

    async def asset(request: web.Request) -> web.Response:
        path = FOLDER / site.key / request.match_info["name"]
        if path.suffix not in _TYPES or not path.is_file():
            raise web.HTTPNotFound
        return web.Response(
            body=path.read_bytes(), content_type=_TYPES[path.suffix], charset="utf-8"
        )

    async def wide(request: web.Request) -> web.Response:
        data = pictures.banner(int(request.match_info["hue"]) % 360)
        return web.Response(body=data, content_type="image/png")

    app.router.add_get(f"/assets/{prefix}/{{name:[a-z]+\\.(?:css|js)}}", asset)
    app.router.add_get("/banner/{hue:\\d{1,3}}.png", wide)


def add_pictures(app: web.Application, shop: Shop) -> None:
    """Serve a picture for every product."""

    async def picture(request: web.Request) -> web.Response:
        product = shop.product(request.match_info["key"])
        data = pictures.icon(product.hue, product.glyph, product.sku)
        return web.Response(body=data, content_type="image/svg+xml")

    app.router.add_get("/pic/{key}.svg", picture)

"""One click on an order page, for each shop: kept, read, compared, sealed, exported, verified."""

from urllib.parse import urlsplit

import pytest

from tests.e2e.world import World

SEEN = {
    "seen/viewport",
    "seen/sheet",
    "seen/page",
    "seen/mhtml",
    "seen/html",
    "seen/text",
    "seen/context",
}
WITNESS = {
    "witness/page",
    "witness/sheet",
    "witness/window",
    "witness/pdf",
    "witness/warc",
    "witness/html",
}

DISPLAY = True
"""The pictures of the real window are looked for here."""


OTHERS = [pytest.param(shop, marks=pytest.mark.long) for shop in ("lechuang", "weijie")]


@pytest.mark.parametrize("shop", ["wangzi", *OTHERS])
async def test_the_whole_way(common: World, shop: str) -> None:
    order = common.demo.orders[f"{shop}:not_delivered"]
    if shop == "wangzi":
        await common.log_in()
    view = await common.sealed(await common.one_click(order.url, lend=True))

    assert view.order is not None
    assert (view.order.order_no, view.order.amount) == (order.order_no, order.amount)
    assert view.order.status == order.status
    assert view.order.items[0].title == order.product
    assert {item.role for item in view.artifacts} >= SEEN | WITNESS, view.missing
    assert ("witness/tls" in {item.role for item in view.artifacts}) == order.url.startswith(
        "https"
    )
    assert view.corroboration is not None
    assert view.corroboration.verdict == "agree", view.corroboration
    # both pages are laid out alike, whether a scroll bar takes its part of the width or not
    assert view.corroboration.picture is not None
    assert view.corroboration.picture.reason is None
    assert view.missing == ()

    code, exported = await common.command(
        "export", view.case_id or "", "--out", str(common.folder / "e.zip")
    )
    assert code == 0
    code, verified = await common.command("verify", exported["evidence"])
    assert (code, verified["verdict"]) == (0, "pass"), verified


async def test_a_session_that_was_not_lent_never_agrees(common: World) -> None:
    await common.log_in()
    order = common.demo.orders["wangzi:not_delivered"]
    parts = urlsplit(order.url)
    await common.message(type="lend", origin=f"{parts.scheme}://{parts.netloc}", allowed=False)
    view = await common.sealed(await common.one_click(order.url))
    assert view.corroboration is not None
    assert (view.corroboration.verdict, view.corroboration.reason) == (
        "not_comparable",
        "session_not_lent",
    )

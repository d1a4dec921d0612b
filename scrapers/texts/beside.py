"""Join the order of a page with the chat or agreement beside it; neither takes from the other."""

from __future__ import annotations

from itertools import takewhile

from scrapers.record import Extraction, OrderRecord, Source, without
from scrapers.texts import Texts
from scrapers.texts.chats import MAX_MESSAGES


def beside(found: Extraction, shown: Texts, *, sure_of_kind: bool) -> Extraction:
    """Return the extraction with chat or terms; `sure_of_kind`: the address tells the kind."""
    warnings = list(found.warnings)
    if shown.chat and len(shown.chat.messages) >= MAX_MESSAGES:
        warnings.append("chat_cut")
    spoken = {one.source.selector for one in shown.chat.messages} - {None} if shown.chat else set()
    log = _common_path([path for path in spoken if path])
    orders = tuple(_outside(order, log) for order in found.orders if not _is_spoken(order, spoken))
    kind: str = found.page_kind if orders or not found.orders else "other"
    if shown.chat and kind in {"complaint", "receipt", "other"} and not sure_of_kind:
        kind = "chat"
    elif shown.terms and kind == "other":
        kind = "terms"
    if kind in {"chat", "terms"}:
        warnings = [code for code in warnings if code != "no_order"]
    update = {"orders": orders, "chat": shown.chat, "terms": shown.terms, "page_kind": kind,
              "warnings": tuple(warnings)}  # fmt: skip
    return found.model_copy(update=update)


def _is_spoken(order: OrderRecord, spoken: set[str | None]) -> bool:
    """Say whether something of an order was read in the words of a chat: told, not shown."""
    return any(source.selector in spoken for source in order.sources.values())


def _common_path(paths: list[str]) -> str:
    """Return the path of the element around all, with ` > ` at its end; empty of none."""
    levels = zip(*(path.split(" > ")[:-1] for path in paths), strict=False)
    steps = [level[0] for level in takewhile(lambda level: len(set(level)) == 1, levels)]
    return " > ".join([*steps, ""]) if steps else ""


def _outside(order: OrderRecord, log: str) -> OrderRecord:
    """Return the order without what was read in a chat's log, such as the time of a message."""
    number = (order.sources.get("order_no") or Source()).selector or ""
    if not log or number.startswith(log):  # the order's card is a message
        return order
    told = order.sources.items()
    return without(order, {path for path, one in told if (one.selector or "").startswith(log)})

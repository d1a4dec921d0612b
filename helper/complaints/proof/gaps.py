"""Proof that is missing for an issue and a channel: what may vanish first, then what counts most.

What is asked where is `data/proof.json`, what a case holds `held`. Adding an exhibit never adds a
missing proof; only a newer page of the order can bring a doubt of its own: its second visit
differs, or what is quoted is folded away on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from helper import messages
from helper.complaints import exhibits as choosing
from helper.complaints import packaged
from helper.complaints.citing import citing
from helper.complaints.due import deadlines
from helper.complaints.figures import Figures
from helper.complaints.held import holds, nature
from helper.complaints.visible import QUOTED
from helper.complaints.wording import clean, quoted
from helper.messages import Language
from helper.model import CaseView, Gap
from scrapers.read import platform_of

_LATEST = datetime.max.replace(tzinfo=UTC)
_WINDOW = "_entry"
"""How the deadline of a platform file is named until which the shop's own form is open."""
_DOUBT_LAW = {"user_value": ("proof_90",)}
_GOODS = 30


def find(
    case: CaseView,
    issue: str,
    seen: Figures,
    *,
    facts: bool,
    channel: str = "merchant_platform",
    language: Language = "zh_CN",
) -> tuple[Gap, ...]:
    """Return what is missing, then what is in doubt.

    `facts` says that the user has described the matter in own words. `until` is the end of the
    shop's own complaint window, for what its form needs. A channel that takes no draft asks
    nothing.
    """
    rows: Mapping[str, Mapping[str, Any]] = packaged.data("proof")["rows"]
    has, is_so = holds(case, seen, facts=facts), nature(seen)
    missing = [
        key
        for key, row in rows.items()
        if _asked(row, issue, channel)
        and is_so.get(row.get("when", ""), True)
        and not any(has[word] for word in row["met_by"])
    ]
    closes = _closes(case, seen) if channel == "merchant_platform" else None
    doubts = tuple(_doubts(case, seen)) if _takes_pages(channel) else ()
    values = _values(case, seen, language)
    gaps = [_gap(key, rows[key]["action"], values, closes, language) for key in missing]
    fleeting = {key for key in missing if rows[key].get("fleeting")}
    gaps.sort(key=lambda gap: (gap.key not in fleeting, gap.until or _LATEST))
    return (*gaps, *(_gap(key, action, values, None, language) for key, action in doubts))


def may_vanish(gap: Gap) -> bool:
    """Tell whether what is missing stands on a page that may change or go."""
    return bool(packaged.data("proof")["rows"].get(gap.key, {}).get("fleeting"))


def channels_in(names: Sequence[str]) -> frozenset[str]:
    """Return the channels that names of groups and channels stand for."""
    groups: Mapping[str, Sequence[str]] = packaged.data("proof")["groups"]
    return frozenset(channel for name in names for channel in groups.get(name, (name,)))


def _asked(row: Mapping[str, Any], issue: str, channel: str) -> bool:
    return any(
        (one["issues"] == "all" or issue in one["issues"])
        and channel in channels_in(one["channels"])
        for one in row["asked"]
    )


def _takes_pages(channel: str) -> bool:
    return channel not in channels_in(("content", "preserve", "nothing"))


def _closes(case: CaseView, seen: Figures) -> datetime | None:
    """Return when the shop's own complaint window closes, None where it had when the page was."""
    platform = platform_of(case.platform_key)
    rules = platform.deadlines if platform else ()
    entries = (deadlines.window(seen.order, one)[1] for one in rules if one.key.endswith(_WINDOW))
    ends = (end.at for end in entries if end and end.at)
    return next((at for at in ends if at >= seen.seen_at), None)


def _values(case: CaseView, seen: Figures, language: Language) -> dict[str, str]:
    """Return what the sentences name: the shop, the goods, where to find the bill."""
    order = seen.order
    # The address comes first: a platform's name may be that of the software many shops run.
    shop = clean(case.host) or clean(order.platform.host) or clean(order.platform.name)
    titles = [quoted(item.title, _GOODS) for item in seen.items]
    return {
        "shop": shop or messages.text("proof.shop", language),
        "goods": messages.text("proof.goods", language, title=titles[0]) if titles else "",
        "bill": messages.text(f"proof.bill.{order.payment.method}", language),
    }


def _gap(
    key: str,
    action: str,
    values: Mapping[str, str],
    closes: datetime | None,
    language: Language,
) -> Gap:
    law = packaged.data("proof")["rows"].get(key, {}).get("law", _DOUBT_LAW.get(key, ()))
    return Gap(
        key=key,
        text=messages.text(f"complaints.gap.{key}", language, **values),
        why=messages.text(f"complaints.gap_why.{key}", language, law=citing(law, language)),
        action=action,
        until=closes if action.startswith(("attach:", "capture:")) else None,
    )


def _doubts(case: CaseView, seen: Figures) -> Iterator[tuple[str, str]]:
    """Yield what is there and cannot be relied on yet, with its action."""
    order = seen.order
    if any(seen.is_hidden(path) for path in QUOTED):
        yield "hidden", "capture:order"
    doubted = (code.partition(":") for code in order.warnings)
    fields = [p for name, _, p in doubted if name == "json_disagrees" and not seen.by_user(p)]
    if fields:
        yield "json_disagrees", f"correct:{fields[0]}"
    if any(seen.unproven(path) for path in order.sources):
        yield "user_value", "capture:order"
    capture = choosing.main_capture(case)
    compared = capture.corroboration if capture else None
    if compared and any(field.state == "differs" for field in compared.fields):
        yield "witness_differs", "capture:order"

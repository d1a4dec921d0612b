"""Read who runs a site: from its foot and its page about itself; null rather than wrong.

A page that only credits its shop software, a payment company or a friend's link names no operator.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrapers.contract import Page
from scrapers.dom import Found, Selectors
from scrapers.operators import names, numbers, payees
from scrapers.operators.lines import Line, of_operator, shown
from scrapers.record import Operator

_SIGNS = re.compile(
    rf"ICP|信用代码|[AB]\d-\s?(?:19|20)\d{{6}}|{names.KINDS}|客服(?:电话|热线|邮箱)|联系电话|服务热线"
    rf"|经营地址|公司地址|{payees.SIGNS}",
    re.IGNORECASE,
)
_PAYEES = re.compile(payees.SIGNS, re.IGNORECASE)


def read(page: Page) -> Operator | None:
    """Return what the page says of its operator; most pages are seen to say nothing at a glance."""
    text = "\n".join(page.index.strings)
    if not _SIGNS.search(text):
        return None
    found = {name: one for name, one in _fields(of_operator(page)) if one is not None}
    asked = shown(page.walked, page.walked.tokens) if _PAYEES.search(text) else ()
    payee = next((one for line in asked if (one := payees.demanded(line))), None)
    if not found and payee is None:
        return None
    selectors = Selectors()
    sources = {name: selectors.source(one) for name, one in found.items()}
    if payee is not None:
        sources["personal_payee"] = selectors.source(payee)
    return Operator(
        **{name: numbers.plain(one.text) if name in numbers.FOLDED else one.text
           for name, one in found.items()},
        personal_payee=payee is not None,
        sources=dict(sorted(sources.items())),
    )  # fmt: skip


def _fields(lines: list[Line]) -> Iterator[tuple[str, Found | None]]:
    yield "name", names.operator(lines)
    yield "icp", numbers.icp(lines)
    yield "licence", numbers.licence(lines)
    yield "code", numbers.credit_code(lines)
    yield "address", numbers.address(lines)
    yield "phone", numbers.phone(lines)
    yield "email", numbers.email(lines)

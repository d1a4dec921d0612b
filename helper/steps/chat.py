"""Read the chat that was kept whole: what the shop's side said in it, promises first.

`seen/chat` holds the rows of the page in their order, as the extension found them. Where no class
or name tells whose a row is, it says on which side of the list the words stood.
"""

from __future__ import annotations

import re

from helper.complaints.exhibits import CHAT
from helper.dealings import Shown
from helper.model import CaptureId, CaptureView, Missing
from helper.steps.read import HTML, shown
from helper.steps.store import Store
from scrapers.page import load
from scrapers.read import read
from scrapers.record import Extraction

_SIDE = re.compile(rb'(<[\w-]+ data-kazheng-n="\d+") data-kazheng-side=')
"""The first attributes of a row: no text can look like it, for `<` is escaped there."""


def read_chat(store: Store, capture_id: CaptureId) -> None:
    """Put what the kept chat says in place of what the page alone showed of it."""
    view = store.vault.capture(capture_id)
    html = store.read_role(view.artifacts, CHAT)
    if html is None:
        return
    try:
        found = _read(html, view)
    except Exception as error:  # noqa: BLE001  # the reason is kept; a seal must not wait for it
        detail = (str(error) or type(error).__name__)[:200]
        lack = Missing(role=CHAT, reason="chat_reading_failed", detail=detail)
        store.vault.add_missing(capture_id, [lack])
        return
    if found is None:
        store.vault.add_missing(capture_id, [Missing(role=CHAT, reason="chat_unread")])
        return
    before = view.shown or Shown()
    kind = before.page_kind if before.page_kind != "other" else found.page_kind
    chat = shown(found).chat
    store.vault.put_shown(capture_id, before.model_copy(update={"chat": chat, "page_kind": kind}))
    store.note(capture_id, "chat_read", str(len(found.chat.messages) if found.chat else 0))


def _read(html: bytes, view: CaptureView) -> Extraction | None:
    """Return the reading by the page's own marks, else by the sides that words stood on."""
    for text in (html, _SIDE.sub(rb"\1 data-side=", html)):
        page = load(text, url=view.meta.url, captured_at=view.meta.clicked_at, media_type=HTML)
        found = read(page)
        if found.chat and any(one.side == "agent" for one in found.chat.messages):
            return found
    return None

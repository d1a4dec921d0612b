"""The second source of an order: what the page got by XHR, out of the visit's WARC."""

from __future__ import annotations

from helper.capture.answers import json_answers
from helper.model import Artifact, CaptureId, Missing
from helper.steps.store import Store
from scrapers.read import json_words
from scrapers.record import OrderRecord
from scrapers.second.json_orders import Document, confirm
from scrapers.second.json_orders import read as read_json

WARC = "witness/warc"
NAME = "order-compared.json"


def compare_json(store: Store, capture_id: CaptureId) -> None:
    """Compare the order with the JSON of the second visit; what that changes is kept."""
    view = store.vault.capture(capture_id)
    warc = next((item for item in view.artifacts if item.role == WARC), None)
    if view.order is None or warc is None:
        return
    try:
        order = _confirmed(store, view.order, warc)
    except Exception as error:  # noqa: BLE001  # the reason is kept; a seal must not wait for it
        missing = Missing(role="order", reason="json_not_read", detail=type(error).__name__)
        store.vault.add_missing(capture_id, [missing])
        return
    if order != view.order:
        text = order.model_dump_json(indent=1).encode()
        kept = store.keep("order", text, "application/json", name=NAME)
        store.vault.add_artifacts(capture_id, [kept])
        store.vault.put_order(capture_id, order)  # last: a crash before it makes the step anew


def _confirmed(store: Store, order: OrderRecord, warc: Artifact) -> OrderRecord:
    seen = any(source.artifact == "seen/html" for source in order.sources.values())
    answers = json_answers(store.blobs.path(warc.sha256))
    documents = (Document(text, url, WARC) for url, text in answers)
    return confirm(order, read_json(documents, json_words(order.platform.key)), later=seen)

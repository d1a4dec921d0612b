"""Why a complaint brought nothing: thin evidence, the wrong channel, or a gap at the other side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from helper.complaints.exhibits import main_capture
from helper.complaints.held import party_named
from helper.complaints.ladder.channels import channels
from helper.complaints.ladder.standing import Standing
from helper.complaints.ladder.tried import SHOP
from helper.messages import Language, text
from scrapers.record import Frozen

Cause = Literal["thin_evidence", "wrong_channel", "process_gap"]
_PROOF = {"dead_code": "redeem_error", "not_as_described": "received"}
"""The one file of the user's own without which these complaints are mostly refused."""


class Diagnosis(Frozen):
    """One cause and what mends it, in the user's language."""

    cause: Cause
    text: str
    mend: str


def diagnose(look: Standing, language: Language = "zh_CN") -> tuple[Diagnosis, ...]:
    """Return the likely causes, where a complaint was made and did not settle it."""
    if all(one.outcome == "resolved" for one in look.tries):
        return ()
    found: list[tuple[Cause, str, str]] = [("thin_evidence", code, "") for code in _thin(look)]
    names = {one.id: one.name for one in channels(language) if not one.settles}
    tried = [one.channel for one in look.tries if one.channel in names]
    found += [("wrong_channel", "settles_nothing", key) for key in tried]
    found += [("process_gap", code, "") for code in _process(look)]
    return tuple(
        Diagnosis.model_validate({
            "cause": cause,
            "text": text(f"ladder.failed.{code}", language, name=names.get(key, "")),
            "mend": text(f"ladder.failed.{code}.mend", language),
        })
        for cause, code, key in dict.fromkeys(found)
    )  # fmt: skip


def _thin(look: Standing) -> Iterator[str]:
    case = look.case
    capture = main_capture(case)
    if capture is None or capture.order is None:
        yield "no_page"
    if case.order is None or not case.order.order_no:
        yield "no_order_no"
    files = [item for _, item in case.attached]
    kinds = {item.about.get("kind") for item in files}
    if "payment" not in kinds:
        yield "no_bill"
    if not party_named(case):
        yield "no_party"
    if look.issue in _PROOF and _PROOF[look.issue] not in kinds:
        yield f"no_{_PROOF[look.issue]}"


def _process(look: Standing) -> Iterator[str]:
    for one in look.at(SHOP)[-1:]:
        answer = one.answer
        if one.outcome in {None, "silent"}:
            yield "no_answer"
        elif answer and answer.promised_by and answer.promised_by <= look.now:
            yield "promise_broken"
        elif one.outcome in {"refused", "ended"} and answer and not answer.said.strip():
            yield "no_reason"

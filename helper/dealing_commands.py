"""`kazheng case contact|filed|answer|refund|party|answers|undo|timeline`: what happened besides."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from helper.case_commands import app, change, one_of
from helper.dealings import Answer, Answers, Contact, Dealing, Outcome, Party, Refund, Side
from helper.given import moment, money, record
from helper.options import Case, Data, Json, command, kept_store, told
from helper.printing import emit, timeline_lines

if TYPE_CHECKING:
    from helper.messages import Language
    from helper.steps.dealing import Told
    from helper.steps.store import Store

__all__ = ["app"]

At = Annotated[str | None, typer.Option(help=told("told_at"))]
PromisedBy = Annotated[str | None, typer.Option(help=told("promised_by"))]
Proof = Annotated[str | None, typer.Option("--capture", help=told("told_capture"))]
Said = Annotated[str, typer.Option(help=told("told_said"))]
Channel = Annotated[str, typer.Option(help=told("told_channel"))]
Number = Annotated[str | None, typer.Option(help=told("told_number"))]
_YES = {"true": True, "yes": True, "是": True, "false": False, "no": False, "否": False}


@app.command("contact", help=told("case_contact"))
def contact(
    case: Case,
    way: Annotated[str, typer.Option(help=told("contact_way"))],
    said: Said = "",
    promised: Annotated[str | None, typer.Option(help=told("contact_promised"))] = None,
    promised_by: PromisedBy = None,
    agent: Annotated[str | None, typer.Option(help=told("contact_agent"))] = None,
    who: Annotated[str | None, typer.Option(help=told("contact_who"))] = None,
    side: Annotated[str, typer.Option(help=told("contact_side"))] = "merchant",
    at: At = None,
    capture: Proof = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Note a talk with the other side: what was said, what was promised."""
    one_of(way, _choices(Contact, "way"), "--way")
    one_of(side, get_args(Side), "--side")
    values = {"way": way, "side": side, "said": said, "promised": promised, "who": who}
    values |= {"agent_no": agent, "capture_id": capture}
    _tell(data, as_json, case, Contact, values, at=at, promised_by=promised_by)


@app.command("filed", help=told("case_filed"))
def filed(
    case: Case,
    channel: Channel,
    number: Number = None,
    draft: Annotated[str, typer.Option(help=told("filed_draft"))] = "",
    at: At = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Note that a complaint was submitted, on a phone for instance."""

    def keep(store: Store, _language: Language) -> dict[str, Any]:
        from helper.model import Filing  # noqa: PLC0415
        from helper.steps import dealing  # noqa: PLC0415
        from helper.web.bodies import FilingRequest  # noqa: PLC0415

        values = {"draft_id": draft, "channel": channel, "number": number, "at": _at(at, store)}
        filing = Filing(capture_id=None, **dict(record(FilingRequest, values)))
        return _said(dealing.file(store.vault, case, filing, store.now()))

    change(data, as_json, case, keep)


@app.command("answer", help=told("case_answer"))
def answer(
    case: Case,
    channel: Channel,
    outcome: Annotated[str, typer.Option(help=told("answer_outcome"))],
    said: Said = "",
    offered: Annotated[str | None, typer.Option(help=told("answer_offered"))] = None,
    promised_by: PromisedBy = None,
    number: Number = None,
    by: Annotated[str, typer.Option(help=told("answer_by"))] = "other",
    at: At = None,
    capture: Proof = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Note what a channel answered."""
    one_of(outcome, get_args(Outcome), "--outcome")
    one_of(by, _choices(Answer, "by"), "--by")
    values = {"channel": channel, "outcome": outcome, "number": number, "by": by, "said": said}
    values |= {"capture_id": capture}
    _tell(data, as_json, case, Answer, values, at=at, promised_by=promised_by, offered=offered)


@app.command("refund", help=told("case_refund"))
def refund(
    case: Case,
    amount: Annotated[str, typer.Option(help=told("refund_amount"))],
    currency: Annotated[str, typer.Option(help=told("refund_currency"))] = "CNY",
    at: At = None,
    capture: Proof = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Note money that came back."""
    values = {"currency": currency.upper(), "capture_id": capture}
    _tell(data, as_json, case, Refund, values, at=at, amount=amount)


@app.command("party", help=told("case_party"))
def party(
    case: Case,
    name: Annotated[str, typer.Option(help=told("party_name"))],
    role: Annotated[str, typer.Option(help=told("party_role"))] = "seller",
    code: Annotated[str | None, typer.Option(help=told("party_code"))] = None,
    address: Annotated[str | None, typer.Option(help=told("party_address"))] = None,
    phone: Annotated[str | None, typer.Option(help=told("party_phone"))] = None,
    registry: Annotated[str | None, typer.Option(help=told("party_registry"))] = None,
    found_in: Annotated[str, typer.Option(help=told("party_found_in"))] = "user",
    capture: Proof = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Note who is complained of."""
    one_of(role, _choices(Party, "role"), "--role")
    one_of(found_in, _choices(Party, "found_in"), "--found-in")
    values = {"role": role, "name": name, "code": code, "address": address, "phone": phone}
    values |= {"registry": registry, "found_in": found_in, "capture_id": capture}
    _tell(data, as_json, case, Party, values)


@app.command("answers", help=told("case_answers"))
def answers(
    case: Case,
    issue: Annotated[str, typer.Option(help=told("issue"))],
    pairs: Annotated[list[str], typer.Argument(help=told("answers_pairs"), metavar="KEY=VALUE…")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Note the answers to the questions of an issue."""
    given: dict[str, bool | str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not key.strip() or not equals:
            raise typer.BadParameter(f"{told('answers_pairs')} ({pair})", param_hint="KEY=VALUE")
        given[key.strip()] = _YES.get(value.strip().lower(), value.strip())
    _tell(data, as_json, case, Answers, {"issue": issue, "answers": given})


@app.command("undo", help=told("case_undo"))
def undo(
    case: Case,
    entry: Annotated[str, typer.Argument(help=told("entry_id"))],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Take back what was told."""
    change(data, as_json, case, lambda store, _: store.vault.undo_entry(case, entry))


@app.command("timeline", help=told("case_timeline"))
def timeline(case: Case, data: Data = None, as_json: Json = False) -> None:
    """Show what happened in the order of time."""
    from helper.complaints.course.timeline import timeline as course  # noqa: PLC0415

    with command(data, as_json) as chosen:
        store = kept_store(chosen)
        found, drafts = store.vault.case(case), store.vault.drafts_of(case)
        events = course(found, drafts, now=store.now(), language=chosen.language)
        lines = timeline_lines(events, chosen.language)
        emit({"case_id": case, "events": events}, as_json=as_json, lines=lines)


def _tell(
    data: Path | None,
    as_json: bool,
    case: str,
    kind: type[Contact | Answer | Refund | Party | Answers],
    values: dict[str, Any],
    *,
    at: str | None = None,
    promised_by: str | None = None,
    **sums: str | None,
) -> None:
    def keep(store: Store, language: Language) -> dict[str, Any]:
        from helper.steps import dealing  # noqa: PLC0415

        given = values | {name: money(written) for name, written in sums.items() if written}
        if "at" in kind.model_fields:
            given["at"] = _at(at, store)
        if promised_by is not None:
            given["promised_by"] = moment(promised_by)
        what: Dealing = record(kind, given)
        return _said(dealing.tell(store.vault, case, what, store.now(), language))

    change(data, as_json, case, keep)


def _at(told_at: str | None, store: Store) -> datetime:
    """Return when it happened; what is told of now is exact to the minute, as people are."""
    return moment(told_at) if told_at else store.now().replace(second=0, microsecond=0)


def _said(kept: Told) -> dict[str, Any]:
    return {"entry_id": kept.entry_id, "warnings": list(kept.warnings)}


def _choices(kind: type[Contact | Answer | Party], field: str) -> tuple[str, ...]:
    return get_args(kind.model_fields[field].annotation)

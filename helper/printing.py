"""What commands print: one JSON document on stdout, or sentences; logs go to stderr."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer
from pydantic import BaseModel

from helper.complaints.course.closing import amount
from helper.complaints.wording import moment
from helper.errors import KazhengError
from helper.messages import Language, coded, explain, named, text, warned
from helper.model import Draft

if TYPE_CHECKING:
    from helper.complaints.advice import Advice
    from helper.complaints.course.statistics import Statistics
    from helper.complaints.course.timeline import Event
    from helper.evidence.clocks import Row
    from helper.evidence.verify import Verification


def emit(value: Any, *, as_json: bool, lines: list[str]) -> None:
    """Print the value as JSON, or the lines for a person; whoever stops reading has seen enough."""
    try:
        if as_json:
            sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, indent=1) + "\n")
        else:
            for line in lines:
                typer.echo(line)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for Python's own flush
        raise typer.Exit(1) from None


def plain(value: Any) -> Any:
    """Turn records into what JSON can hold."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def missing_lines(missing: Iterable[Mapping[str, Any]], language: Language) -> list[str]:
    """Return one sentence for everything that could not be captured."""
    return [
        text(
            "cli.missing",
            language,
            role=named("cli.role", item["role"], language),
            sentence=coded("missing", item["reason"], language),
        )
        for item in missing
    ]


def stamp_lines(stamps: Iterable[Mapping[str, Any]], language: Language) -> list[str]:
    """Return one sentence for every time stamp: by whom, when, or why not yet."""
    lines = []
    for item in stamps:
        confirmed = item["root"] is not None or item["kind"] != "rfc3161"
        state = item["state"] if confirmed or item["state"] != "stamped" else "not_confirmed"
        reason = coded("stamps.reason", item["reason"], language) if item["reason"] else ""
        partial = item["stage"] == "partial"
        stage = text("book.stage.partial", language) if partial else item["stage"]
        values = {"stage": stage, "authority": item["authority"], "reason": reason}
        key = f"cli.stamp.{state}"
        lines.append(text(key, language, at=item["stamped_at"] or "-", **values).strip())
    return lines


def environment_lines(capture: Mapping[str, Any], language: Language) -> list[str]:
    """Return how many lines of the environment record warn; nothing where none does."""
    count = len(capture["environment_warnings"] or ())
    return [text("cli.environment_warnings", language, count=count)] if count else []


def case_lines(case: Mapping[str, Any], language: Language) -> list[str]:
    """Return a case in sentences: order, doubts, due dates, gaps, notes, captures and drafts."""
    lines = [f"{case['case_id']}  {case['order_no'] or '-'}  {case['title']}"]
    if case.get("closed_at"):
        lines.append("    " + text("cli.case.closed", language, at=_china(case["closed_at"])))
    lines += [
        "    " + text("cli.case.doubt", language, sentence=warned(code, language))
        for code in (case["order"] or {}).get("warnings", ())
    ]
    clocks = () if case.get("closed_at") else case["due"]
    lines += ["    " + line for line in due_lines(clocks, language)]
    lines += ["    " + text("cli.case.gap", language, sentence=gap["text"]) for gap in case["gaps"]]
    for capture in case["captures"]:
        lines += ["    " + line for line in stamp_lines(capture["stamps"], language)]
    for one in case["corrections"]:
        read = one["read"] or text("cli.case.not_read", language)
        said = {"field": one["field"], "value": one["value"], "read": read}
        key = "cli.case.from_bill" if one["origin"] == "attachment" else "cli.case.corrected"
        lines.append("    " + text(key, language, **said))
    for one in case.get("dealings", ()):
        own = f" [{one['entry_id']}]" if one["entry_id"] else ""
        lines.append(f"    {_told_at(one)}  {one['text']}{own}")
    lines += [_noted(note, language) for note in case.get("notes", ())]
    if case.get("closing"):
        lines.append("    " + text("cli.case.closing", language, sentence=case["closing"]))
    pages = [one for one in case["captures"] if one["meta"]["extra"].get("origin") != "brought"]
    captures = [
        f"{one['capture_id']} ({named('cli.state', one['state'], language)})" for one in pages
    ]
    files = [_brought(one["meta"]) for one in case["captures"] if one not in pages]
    lists = (("captures", captures), ("attachments", files), ("drafts", case["drafts"]))
    for key, names in lists:
        if names:
            lines.append("    " + text(f"cli.case.{key}", language, names=", ".join(names)))
    return lines


def due_lines(clocks: Iterable[Mapping[str, Any]], language: Language) -> list[str]:
    """Return every deadline with its state, its end, whose rule it is, and what to do."""
    lines = []
    for one in clocks:
        at = text("due.at", language, at=_china(one["at"])) if one["at"] else ""
        state, whose = (text(f"due.{part}.{one[part]}", language) for part in ("state", "whose"))
        lines.append(text("due.line", language, name=one["name"], state=state, at=at, whose=whose))
        lines.append(f"    {one['todo']}")
    return lines


def _brought(meta: Mapping[str, Any]) -> str:
    note = meta["extra"].get("note")
    return f"{meta['title']} ({note})" if note else str(meta["title"])


def _told_at(one: Mapping[str, Any]) -> str:
    return _china(one["at"])[:10] if one["day_only"] else _china(one["at"])


def _noted(note: Mapping[str, Any], language: Language) -> str:
    step = note["step"] if note["step"] in {"filled", "moved", "closed", "reopened"} else "note"
    words = note["detail"]
    if step == "closed":
        words = named("closing.reason", words or "none", language)
    return "    " + text(f"cli.case.{'ended' if step == 'closed' else step}", language,
                         at=_china(note["at"]), words=words)  # fmt: skip


def timeline_lines(events: Sequence[Event], language: Language) -> list[str]:
    """Return the course of a case: a heading for each phase, a line for each event, its doubts."""
    lines: list[str] = []
    phase: str | None = ""
    for one in events:
        if one.phase != phase:
            phase = one.phase
            lines.append(text(f"cli.timeline.{phase or 'none'}", language))
        unknown = text("cli.timeline.unknown", language)
        at = unknown if one.at is None else moment(one.at)[: 10 if one.day_only else None]
        source = text(f"cli.timeline.source.{one.source}", language)
        id_ = f" [{one.entry_id}]" if one.entry_id and one.key != "promise_over" else ""
        said = text("cli.timeline.event", language, text=one.text, source=source)
        lines.append(f"  {at}  {said}{id_}")
        lines += [f"      {text('cli.told.warning', language, sentence=x)}" for x in one.doubts]
    return lines or [text("cli.timeline.empty", language)]


def statistics_lines(found: Statistics) -> list[str]:
    """Return the figures of one's own cases in sentences, by shop."""
    lines = list(found.sentences)
    for one in found.shops:
        lines.append(one.shop if one.shop == one.host else f"{one.shop} ({one.host})")
        lines += [f"    {said}" for said in one.sentences]
    return lines


def _china(at: str) -> str:
    return moment(datetime.fromisoformat(at))


def draft_lines(draft: Draft, language: Language) -> list[str]:
    """Return a draft for a person: title, text, what is missing, what to change, remarks."""
    gaps = [text("cli.draft.gap", language, sentence=gap.text) for gap in draft.gaps]
    lint = [text("cli.draft.lint", language, words=x.text, advice=x.advice) for x in draft.lint]
    told = [*gaps, *lint, *draft.remarks]
    return [draft.title, "", draft.text, *(["", *told] if told else [])]


def advice_lines(advice: Advice, language: Language) -> list[str]:
    """Return the advice for a person: the next step first, then what is due and missing."""
    ladder, decision = advice.ladder, advice.decision
    told = [ladder.why]
    if ladder.next is not None:
        values = {"channel": ladder.next.name, "document": ladder.next.document_name}
        told.append(text("cli.advice.next", language, **values))
    told += [said.text for said in (decision.stop, *decision.warnings, decision.lowered) if said]
    told += [one.todo for one in advice.clocks if one.state in {"due_soon", "passed"}]
    doubts = [*advice.contradictions, *advice.gaps]
    told += [text("cli.draft.gap", language, sentence=gap.text) for gap in doubts]
    if advice.total:
        total = amount(advice.total, advice.claims[0].currency, language)
        told.append(text("cli.advice.total", language, total=total))
    return [*told, *ladder.hints, "", advice.notice]


def verdict_lines(found: Verification, language: Language) -> list[str]:
    """Return the checks as sentences; what failed, and stamps, with their technical detail."""
    lines = []
    for item in found.checks:
        key = f"verify.{item.name}"
        mark = text(f"cli.verify.mark.{item.verdict}", language)
        sentence = text(f"{key}.{item.verdict}", language)
        lines.append(f"{mark} {text(f'{key}.title', language)}: {sentence}")
        if item.verdict != "pass" or item.name == "stamps":  # which roots confirmed them
            lines.append(f"    {item.detail}")
        if item.verdict != "pass":
            continue
        for word in ("proves", "limits"):
            said = text(f"{key}.{word}", language)
            lines.append(f"    {text(f'verify.{word}', language)}{said}")
    lines += clock_lines(found.clocks, language)
    if found.redacted:
        lines.append(text("verify.redacted", language))
    failed = {item.name for item in found.checks if item.verdict == "fail"}
    whole = {"container": "cli.verify.unreadable", "installation": "cli.verify.other_installation"}
    only = failed.pop() if len(failed) == 1 else ""
    compared = any(item.name == "installation" for item in found.checks)
    passed = "verify.pass_redacted" if found.redacted else "verify.pass"
    passed += "" if compared else "_not_compared"
    closing = passed if found.verdict == "pass" else "cli.verify.changed"
    lines.append(text(whole.get(only, closing), language))
    if found.installation is not None:
        key = "cli.verify.installation" if compared else "verify.not_compared"
        lines.append(text(key, language, installation=found.installation))
    return lines


def clock_lines(clocks: Iterable[Row], language: Language) -> list[str]:
    """Return the table of clocks, one line for each."""
    rows = [one.cells(language) for one in clocks]
    lines = [f"    {' · '.join(row[1:])} ({row[0]})" for row in rows]
    return [text("clocks.title", language), *lines] if lines else []


def used_wrongly(app: typer.Typer, *, as_json: bool, language: Language) -> int:
    """Run the commands; return the exit code, 2 with its reason where they were used wrongly."""
    try:
        code = app(standalone_mode=False)
    except typer.Abort:
        return 1
    except Exception as error:
        # typer brings its own copy of click in some versions: the classes have no stable name
        told = getattr(error, "format_message", None)
        if told is None or getattr(error, "exit_code", None) != 2:
            raise
        if type(error).__name__ == "NoArgsIsHelpError" and not as_json:
            error.show()  # type: ignore[attr-defined]
            return 2
        _fail(_usage(error, told(), language), as_json=as_json)
        return 2
    return code if isinstance(code, int) else 0


def _usage(error: Exception, told: str, language: Language) -> dict[str, str]:
    """Return code, message and next step for wrong usage, in the reader's language."""
    kind = type(error).__name__
    parameter = getattr(error, "param", None)
    told = getattr(error, "message", "") if kind == "BadParameter" else told
    hint = getattr(error, "param_hint", None) or (parameter and parameter.opts[0])
    what = getattr(error, "option_name", None) or hint or ""
    key = "cli.usage.command" if told.startswith("No such command") else f"cli.usage.{kind}"
    message = text(key, language, what=str(what).strip("'"), told=told)
    path = getattr(getattr(error, "ctx", None), "command_path", None) or "kazheng"
    return {
        "code": "usage",
        "message": text("cli.usage.other", language, told=told) if message == key else message,
        "next_step": text("cli.usage.next_step", language, command=f"{path} --help"),
    }


@contextmanager
def explained(*, as_json: bool, language: Language) -> Iterator[None]:
    """End the command with exit code 1 and an explained error when the block fails."""
    try:
        yield
    except (typer.Exit, typer.Abort, typer.BadParameter):
        raise
    except KazhengError as error:
        _fail(explain(error, language), as_json=as_json)
        raise typer.Exit(1) from error
    except Exception as error:
        # The last resort: whoever reads stdout gets one document and a sentence even for a
        # mistake of ours; the traceback goes to stderr, where the next step sends its reader.
        traceback.print_exc(file=sys.stderr)
        _fail(explain(KazhengError(), language), as_json=as_json)
        raise typer.Exit(1) from error


def _fail(said: dict[str, str], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps({"error": said}, ensure_ascii=False) + "\n")
    else:
        typer.echo(f"{said['message']}\n{said['next_step']}", err=True)

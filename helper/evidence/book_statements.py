"""The statements at the end of the 证据册: environment, integrity, what is missing, the limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from helper.evidence import book_stamps, clock_table, clocks
from helper.evidence.book_exhibits import Read, is_brought, load
from helper.evidence.book_flow import Flow
from helper.evidence.clocks import moment
from helper.messages import LANGUAGES, text
from helper.model import CaptureView, Seal

_MOST_LINES = 200
_LONGEST_VALUE = 600


def both(key: str) -> str:
    """Return the text in both languages, for headings."""
    return " / ".join(text(key, language) for language in LANGUAGES)


def clipped(value: str, limit: int) -> str:
    """Return a text of at most `limit` characters; says how long it was if that is not all."""
    if len(value) <= limit:
        return value
    return text("book.clipped", text=value[:limit], count=len(value))


def environment(flow: Flow, captures: Sequence[CaptureView], read: Read) -> None:
    """Say with what the newest capture was made; the others' records are named."""
    flow.heading(both("book.environment"))
    _environment(flow, captures, read)
    rows = clock_table.table(captures, read)
    flow.space(6)
    flow.text(both("clocks.title"), 11, bold=True)
    flow.text(text("clocks.words" if rows else "clocks.none"), 8.5, grey=0.3)
    flow.space(4)
    if rows:
        heads = [text(f"clocks.{column}") for column in clocks.COLUMNS]
        flow.table((23, 28, 20, 16, 13), heads, [row.cells() for row in rows[:_MOST_LINES]], 7.2)
    if len(rows) > _MOST_LINES:
        more = text("book.clocks.more", count=len(rows) - _MOST_LINES, page=clock_table.NAME)
        flow.text(more, 8.5, grey=0.3)


def _environment(flow: Flow, captures: Sequence[CaptureView], read: Read) -> None:
    having = [view for view in captures if any(a.role == "environment" for a in view.artifacts)]
    if not having:
        pages = any(not is_brought(view) for view in captures)
        flow.text(text("book.environment.none" if pages else "book.environment.no_page"))
        return
    newest = max(having, key=lambda view: view.meta.clicked_at)
    artifact = next(item for item in newest.artifacts if item.role == "environment")
    rows = list(lines(load(artifact.sha256, read)))
    flow.text(text("book.environment.of", capture_id=newest.capture_id, name=artifact.name), 9)
    flow.space(4)
    if rows:
        heads = [text(f"book.environment.{column}") for column in ("state", "line", "value")]
        flow.table((12, 46, 42), heads, rows[:_MOST_LINES])
    else:
        flow.text(text("book.environment.unreadable"))
    if len(having) > 1:
        flow.text(text("book.environment.others", count=len(having) - 1), 9, grey=0.3)


def lines(found: object) -> Iterator[tuple[str, str, str]]:
    """Yield state, words and value of an environment record, whatever its version.

    Known: a list of `{key, state, value, text}`, the same under `lines`, and plain nested values.
    """
    if isinstance(found, Mapping) and isinstance(found.get("lines"), list):
        found = found["lines"]
    if isinstance(found, list):
        for item in found:
            if isinstance(item, Mapping):
                yield _line(item)
    elif isinstance(found, Mapping):
        for key, value in _flat(found):
            yield "-", key, clipped(value, _LONGEST_VALUE)


def _line(item: Mapping[str, object]) -> tuple[str, str, str]:
    state = str(item.get("state", ""))
    known = text(f"book.state.{state}")
    said = item.get("text")
    if isinstance(said, Mapping):
        said = said.get("zh_CN") or said.get("zh") or next(iter(said.values()), None)
    words = str(said or item.get("key", ""))
    values = item.get("value")
    value = "; ".join(f"{k}: {v}" for k, v in _flat({"": values})) if values is not None else ""
    return (
        state if known.startswith("book.") else known,
        clipped(words, _LONGEST_VALUE),
        clipped(value.removeprefix(": "), _LONGEST_VALUE),
    )


def _flat(
    values: Mapping[str, object], before: str = "", depth: int = 0
) -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        name = f"{before}.{key}" if before else str(key)
        if isinstance(value, Mapping) and depth < 4:
            yield from _flat(value, name, depth + 1)
        elif isinstance(value, list | tuple):
            yield name, ", ".join(str(one) for one in value) or "-"
        else:
            yield name, _shown(value)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return text("book.yes" if value else "book.no")
    return "-" if value is None else str(value)


def integrity(
    flow: Flow, captures: Sequence[CaptureView], installation: str, signature: str
) -> None:
    """Say which seals bind the files, who signed, and how to check it.

    `signature` says whether the book's own signature gets a time stamp.
    """
    flow.heading(both("book.integrity"))
    flow.text(text("book.integrity.how"))
    flow.space(4)
    flow.facts([(text("book.installation"), installation)])
    flow.space(4)
    heads = [text(f"book.integrity.{name}") for name in ("capture", "stage", "at", "hashes")]
    rows = [
        (
            seal.capture_id,
            f"#{seal.index} {_stage(view, seal)}",
            moment(seal.sealed_at),
            text("book.integrity.hash", manifest=seal.manifest, signature=seal.signature),
        )
        for view in captures
        for seal in view.seals
    ]
    flow.table((23, 17, 16, 44), heads, rows, 7)
    flow.text(text("book.stamps"), bold=True)
    for line in book_stamps.sentences(captures) or [text("book.stamps.none")]:
        flow.text(clipped(line, _LONGEST_VALUE), 9)
    flow.text(text("book.stamps.words"), 9, grey=0.3)
    flow.space(4)
    flow.text(text("book.signature"), bold=True)
    flow.text(text("book.signature.words"), 9)
    flow.text(signature, 9)


def missing(flow: Flow, captures: Sequence[CaptureView]) -> None:
    """List what was not captured, each with its reason."""
    flow.heading(both("book.missing"))
    rows = [
        (
            view.capture_id,
            _role(entry.role),
            _reason(entry.reason),
            clipped(entry.detail or "", 300),
        )
        for view in captures
        for entry in view.missing
        if entry.reason != "brought_by_user"
    ]
    brought = sum(1 for view in captures if is_brought(view))
    if rows:
        heads = [text(f"book.missing.{name}") for name in ("capture", "role", "reason", "detail")]
        flow.table((23, 17, 40, 20), heads, rows)
    else:
        flow.text(text("book.missing.none"))
    if brought:
        flow.text(text("book.missing.brought", count=brought), 9)


def _stage(view: CaptureView, seal: Seal) -> str:
    alone = is_brought(view) and seal.stage == "S0"
    return text("book.stage.brought" if alone else f"book.stage.{seal.stage}")


def _role(role: str) -> str:
    """Return what is missing in words, with the code that the manifest has."""
    for key in (f"book.name.{role}", f"book.side.{role.partition('/')[0]}"):
        words = text(key)
        if words != key:
            return f"{words}\n{clipped(role, 80)}"
    return clipped(role, 80)


def _reason(code: str) -> str:
    words = text(f"missing.{code}")
    return clipped(code, 100) if words.startswith("missing.") else words


def limits(flow: Flow) -> None:
    """Print what this book does not prove."""
    flow.heading(both("book.limits"))
    for number in range(1, 8):
        flow.text(text(f"book.limit.{number}"), 10, indent=16, mark=f"{number}.")
        flow.text(text(f"book.limit.{number}", "en"), 8, indent=16, grey=0.4)
        flow.space(4)

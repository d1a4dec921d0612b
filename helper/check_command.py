"""`kazheng check`: look at a page before paying; an address is visited once and kept."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from helper.given import has_vault, page_file, web_address
from helper.messages import Language, text
from helper.options import Data, Json, command, told
from helper.printing import emit, plain

if TYPE_CHECKING:
    from helper.complaints.before.prevention import Check, Prevention
    from helper.settings import Settings


def check(
    what: Annotated[str, typer.Argument(help=told("check_what"))],
    url: Annotated[str | None, typer.Option(help=told("check_url"))] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Look at a page before paying: an address, a saved file, a kept page, a case."""
    with command(data, as_json) as chosen:
        found, capture_id, case_id = _look(chosen, what, web_address(url) if url else "")
        ids = {"capture_id": capture_id, "case_id": case_id}
        lines = list(_lines(found, chosen.language))
        if "://" in what:
            lines += ["", text("prevention.line.kept", chosen.language, **ids)]
        emit({**plain(found), **ids}, as_json=as_json, lines=lines)


def _look(settings: Settings, what: str, url: str) -> tuple[Prevention, str | None, str | None]:
    """Return what was found, and the ids of the capture and the case where there are such.

    Raises NotFoundError(check) for what is nothing of these, and what capturing raises.
    """
    from helper.errors import NotFoundError  # noqa: PLC0415
    from helper.steps import before  # noqa: PLC0415
    from helper.steps.store import open_store  # noqa: PLC0415

    language = settings.language
    if "://" in what:
        capture_id = _capture(settings, what)
    elif Path(what).is_file():
        seen = before.seen_in(page_file(Path(what), url), url=url)
        return before.check_page(seen, datetime.now(UTC), language), None, None
    elif not has_vault(settings):
        raise NotFoundError(reason="check", what=what)
    else:
        capture_id = what
    store = open_store(settings)
    try:
        if what.startswith("c-"):
            return before.check_case(store, store.vault.case(what), language), None, what
        view = store.vault.capture(capture_id)
    except NotFoundError as error:
        raise NotFoundError(reason="check", what=what) from error
    return before.check_capture(store, view, language), capture_id, view.case_id


def _capture(settings: Settings, address: str) -> str:
    from helper.visiting import capture_address  # noqa: PLC0415

    found = asyncio.run(capture_address(settings, address, None))
    return str(found["capture_id"])


def _lines(found: Prevention, language: Language) -> Iterator[str]:
    yield found.summary
    for one in found.checks:
        yield ""
        yield from _told(one, language)
    for key, sentences in (("advice", found.advice), ("unseen", found.unseen)):
        yield from ("", text(f"prevention.line.{key}", language))
        yield from (f"  - {sentence}" for sentence in sentences)


def _told(one: Check, language: Language) -> Iterator[str]:
    """Yield a check in sentences; of what is well the reason is left out."""
    state = text(f"prevention.state.{one.state}", language)
    name = text(f"prevention.{one.key}.name", language)
    values = {"state": state, "name": name, "sentence": one.sentence}
    yield text("prevention.line.check", language, **values)
    law = [text("prevention.law_sign", language, law=x.law, article=x.article) for x in one.law]
    said = {"why": one.why if one.state != "ok" or law else "", "todo": one.todo}
    said["law"] = text("prevention.line.and", language).join(law)
    for part, words in said.items():
        if words:
            yield "    " + text(f"prevention.line.{part}", language, words=words)

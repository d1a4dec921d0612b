"""`kazheng import-captures`: bring what the extension wrote into a file."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from helper.messages import Language, text
from helper.options import Data, Json, command, told
from helper.printing import emit

if TYPE_CHECKING:
    from helper.steps.bring_captures import ImportedCaptures


def import_captures(
    file: Annotated[Path, typer.Argument(help=told("outbox_file"))],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Bring waiting captures from a file that the extension wrote."""
    from helper.capture.intake import Intake, IntakeLimits  # noqa: PLC0415
    from helper.steps.bring_captures import bring  # noqa: PLC0415
    from helper.steps.store import open_store  # noqa: PLC0415
    from helper.web.services import Limits  # noqa: PLC0415

    with command(data, as_json) as chosen:
        store = open_store(chosen)
        try:
            limits = Limits()
            most = IntakeLimits(limits.part_bytes, limits.capture_bytes, limits.parts)
            intake = Intake(chosen.data / "incoming", store.vault, store.blobs, most)
            found = asyncio.run(bring(store, intake, file))
        finally:
            store.close()
        emit(found, as_json=as_json, lines=_lines(found, chosen.language))


def _lines(found: ImportedCaptures, language: Language) -> list[str]:
    lines = []
    for one in found.captures:
        key, title = f"cli.import_captures.{one.state}", one.title or one.url
        lines.append(text(key, language, id=one.capture_id, title=title, url=one.url))
    added, already = (
        sum(one.state == state for one in found.captures) for state in ("added", "already")
    )
    counts = {"added": added, "already": already}
    lines.append(text("cli.import_captures.done", language, **counts))
    if added:
        lines.append(text("cli.import_captures.next", language))
    return lines

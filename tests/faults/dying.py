"""`kazheng` that kills itself at a named step: `python -m tests.faults.dying STEP serve …`."""

from __future__ import annotations

import functools
import itertools
import os
import signal
import sys
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from helper import pipeline
from helper.capture import intake
from helper.cli import main
from helper.steps import read, sheets
from helper.steps.visit import Visitor
from helper.vault.blobs import Blobs
from helper.vault.catalogue import Catalogue
from helper.vault.ledger import Ledger


class Step(NamedTuple):
    """Before or after which call, by its number, of which function."""

    place: Any
    name: str
    when: Literal["before", "after"]
    call: int = 1


STEPS = {
    "chunk_written": Step(intake, "_append", "after"),
    "part_complete": Step(Blobs, "keep_file", "before"),
    "part_in_place": Step(Blobs, "keep_file", "after"),
    "third_part_in_place": Step(Blobs, "keep_file", "after", 3),
    "marked_kept": Step(Catalogue, "mark_kept", "after"),
    "parts_entered": Step(pipeline, "keep_parts", "after"),
    "sheet_drawn": Step(sheets, "draw_viewport_sheet", "after"),
    "s0_manifest_kept": Step(Ledger, "append", "before"),
    "s0_in_ledger": Step(Ledger, "append", "after"),
    "order_read": Step(read, "read_order", "after"),
    "strips_stitched": Step(sheets, "stitch_page", "after"),
    "visit_made": Step(Visitor, "_keep", "before"),
    "visit_kept": Step(Visitor, "_keep", "after"),
    "compared": Step(read, "compare_witness", "after"),
    "s1_manifest_kept": Step(Ledger, "append", "before", 2),
    "s1_in_ledger": Step(Ledger, "append", "after", 2),
    "marked_sealed": Step(Catalogue, "set_state", "after"),
}


def arm(step: Step) -> None:
    """Let the process die, as by a power cut, at the step."""
    real: Callable[..., Any] = getattr(step.place, step.name)
    counted = itertools.count(1)  # calls come from several threads at once

    @functools.wraps(real)
    def deadly(*given: Any, **named: Any) -> Any:
        due = next(counted) == step.call
        if due and step.when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*given, **named)
        if due:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(step.place, step.name, deadly)


if __name__ == "__main__":
    named = sys.argv.pop(1)
    if named:
        arm(STEPS[named])
    main()

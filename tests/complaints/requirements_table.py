"""The requirements that the source articles hold, each with what shows it, as a table.

`python -m tests.complaints.requirements_table` prints it; `requirements.json` is its data.
"""

import json
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Literal

from scrapers.record import Frozen

DATA = Path(__file__).with_name("requirements.json")
State = Literal["implemented", "partly", "left out"]


class Row(Frozen):
    """A requirement with where it is met and which tests show that.

    `golden` names documents whose golden files show it. `limits` says what of it is not done.
    `left_out` says why it is not met; modules and tests then show what is done instead.
    """

    no: int
    area: str
    requirement: str
    modules: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    golden: tuple[str, ...] = ()
    limits: str | None = None
    left_out: str | None = None

    @property
    def state(self) -> State:
        """Tell how far it is met."""
        if self.left_out:
            return "left out"
        return "partly" if self.limits else "implemented"


@cache
def rows() -> tuple[Row, ...]:
    """Return all requirements in their order."""
    return tuple(Row.model_validate(one) for one in json.loads(DATA.read_text("utf-8"))["rows"])


@cache
def areas() -> dict[str, str]:
    """Return the letter of each area with its name."""
    found: dict[str, str] = json.loads(DATA.read_text("utf-8"))["areas"]
    return found


def table() -> str:
    """Return the counts and one line for every requirement, as Markdown."""
    counts = Counter(one.state for one in rows())
    states: tuple[State, ...] = ("implemented", "partly", "left out")
    told = ", ".join(f"{counts[state]} {state}" for state in states)
    lines = [f"{len(rows())} requirements: {told}.", ""]
    for letter, name in areas().items():
        lines += [f"## {letter}. {name}", "", "| no | requirement | state | where | shown by |"]
        lines += ["|---|---|---|---|---|"]
        lines += [_line(one) for one in rows() if one.area == letter]
        lines.append("")
    return "\n".join(lines)


def _line(row: Row) -> str:
    said = row.left_out or row.limits
    state = f"{row.state}: {said}" if said else row.state
    shown = [f"`{one}`" for one in (*row.tests, *(f"golden/{name}" for name in row.golden))]
    cells = (str(row.no), row.requirement, state, _code(row.modules), "<br>".join(shown))
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _code(names: tuple[str, ...]) -> str:
    return "<br>".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(table())

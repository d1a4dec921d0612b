"""Every requirement of the source articles is met, which a test shows, or says why it is not."""

import ast
import hashlib
import re
from functools import cache
from pathlib import Path

import pytest

from tests.complaints.golden import FOLDER
from tests.complaints.requirements_table import Row, areas, rows, table

ROOT = Path(__file__).parents[2]
FILED = "a45bb1b308f3cd3c2c9ea8c7439beb603f215a41ee0f60911947d0db64a2c3a2"
"""SHA-256 of the requirements as they were drawn from the articles, a line each."""


@cache
def collected(path: Path) -> frozenset[str]:
    """Return the names of the tests in a file."""
    body = ast.parse(path.read_text("utf-8")).body
    functions = [one for one in body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    return frozenset(one.name for one in functions if one.name.startswith("test_"))


def test_every_requirement_is_there_once_in_its_words() -> None:
    assert [row.no for row in rows()] == list(range(1, 206))
    lines = "".join(f"{row.no} {row.area} {row.requirement}\n" for row in rows())
    assert hashlib.sha256(lines.encode()).hexdigest() == FILED


@pytest.mark.parametrize("row", rows(), ids=lambda row: str(row.no))
def test_a_requirement_is_shown_by_a_test_or_says_why_not(row: Row) -> None:
    assert row.left_out or (row.modules and row.tests)
    for said in filter(None, (row.limits, row.left_out)):
        assert re.fullmatch(r"[A-Z0-9“].{20,}[.]", said), said
    assert not (row.limits and row.left_out)
    for module in row.modules:
        assert (ROOT / module).is_file(), module
    for name in row.tests:
        path, _, function = name.partition("::")
        assert function in collected(ROOT / path), name
    for document in row.golden:
        assert list(FOLDER.glob(f"{document}.*.txt")), document


def test_the_table_has_a_line_for_every_requirement() -> None:
    lines = table().splitlines()
    assert len([one for one in lines if re.match(r"\| \d+ \|", one)]) == len(rows())
    assert {row.area for row in rows()} == set(areas())
    said = [int(count) for count in re.findall(r"(\d+) (?:implemented|partly|left out)", lines[0])]
    assert sum(said) == len(rows())

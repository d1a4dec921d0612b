"""Every document for the six main issues of the demo shops, as read and approved."""

import pytest

from helper.complaints.documents import Document, documents
from tests.complaints.golden import CASES, FOLDER, FULL, path_of, render

PAIRS = [(of, issue) for of in documents() for issue in (*CASES, FULL)]


@pytest.mark.parametrize(("of", "issue"), PAIRS, ids=[path_of(*pair).stem for pair in PAIRS])
def test_the_draft_is_the_one_that_was_read(of: Document, issue: str) -> None:
    assert render(of, issue) == path_of(of, issue).read_text("utf-8")


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {path_of(*pair).name for pair in PAIRS}

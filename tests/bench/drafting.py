"""How long twenty drafts of a case with a hundred exhibits take to compose."""

import statistics
import time
from datetime import timedelta

from helper.complaints.documents import Document, documents
from helper.complaints.drafts.compose import compose
from helper.complaints.exhibits import choose
from helper.model import CaseView, Exhibit
from tests.complaints.conftest import artifact
from tests.complaints.golden import answers_for, case_for, demo_case

EXHIBITS = 100
DRAFTS = 20


def speed(runs: int) -> None:
    """Print milliseconds for twenty documents, min, median and max of `runs`."""
    case, exhibits = large()
    took = sorted(once(case, exhibits) for _ in range(runs))
    print(
        f"20 drafts, {len(exhibits)} exhibits: "
        f"{took[0]:.0f} / {statistics.median(took):.0f} / {took[-1]:.0f} ms"
    )


def large() -> tuple[CaseView, tuple[Exhibit, ...]]:
    """Return a case with a hundred files of the user's, all of them cited."""
    case = demo_case("not_delivered")
    kept = case.captures[0]
    own = tuple(artifact("attachment", f"own{n}", kind="chat") for n in range(EXHIBITS))
    case = case.model_copy(
        update={"captures": (kept.model_copy(update={"artifacts": (*kept.artifacts, *own)}),)}
    )
    chosen = list(choose(case, channel="12315"))
    spare = [e for e in chosen if e.role == "attachment"]
    for number in range(len(chosen) + 1, EXHIBITS + 1):
        like = spare[number % len(spare)]
        label = like.label.replace(f"证据{like.number}", f"证据{number}", 1)
        chosen.append(like.model_copy(update={"number": number, "label": label}))
    return case, tuple(chosen)


def once(case: CaseView, exhibits: tuple[Exhibit, ...]) -> float:
    """Return the milliseconds of one round of twenty documents."""
    chosen = [(of, _as_needed(case, of)) for of in documents()[:DRAFTS]]
    began = time.perf_counter()
    for of, fitting in chosen:
        compose(
            fitting, channel=of.channel, document=of.key, issue="not_delivered",
            demand="refund", exhibits=exhibits, now=case.created_at + timedelta(days=2),
            draft_id="d", answers=answers_for(of),
        )  # fmt: skip
    return (time.perf_counter() - began) * 1000


def _as_needed(case: CaseView, of: Document) -> CaseView:
    like = case_for(of, "not_delivered")
    told = {"order": like.order, "filings": like.filings, "entries": like.entries}
    return case.model_copy(update=told)


if __name__ == "__main__":
    speed(9)

"""Write the sentences that a part of a document names: functions of the case, or lines of its own.

Every sentence rests on exhibits or says that it is the user's own word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from helper.complaints.documents import Line, Part
from helper.complaints.drafts import around, brief, leads, reporting, telling
from helper.complaints.drafts.demanding import demanded, grounds, records
from helper.complaints.drafts.listing import evidence
from helper.complaints.drafts.matter import Writing
from helper.complaints.wording import clean, exhibits, moment, quoted, tidy
from helper.dealings import Contact
from helper.model import Sentence

Writer = Callable[[Writing], Iterable[Sentence]]


def written(this: Writing) -> tuple[Sentence, ...]:
    """Return all sentences of the document, each with its part in its key."""
    return tuple(sentence for part in this.of.parts for sentence in _part(this, part))


def _part(this: Writing, part: Part) -> Iterator[Sentence]:
    used: dict[str, int] = {}
    for name in part.sentences:
        for sentence in _named(this, name):
            own = sentence.key or name
            used[own] = used.get(own, 0) + 1
            count = f".{used[own]}" if used[own] > 1 else ""
            yield sentence.model_copy(update={"key": f"{part.key}.{own}{count}"})


def _named(this: Writing, name: str) -> Iterable[Sentence]:
    line = this.of.lines.get(f"{name}.{this.issue}") or this.of.lines.get(name)
    return WRITERS[name](this) if line is None else _line(this, name, line)


def _line(this: Writing, name: str, line: Line) -> Iterator[Sentence]:
    missing = [need for need in line.needs if not this.values[need]]
    text = line.otherwise if missing else line.text
    if text is None:
        return
    numbers = this.seen.main[:1] if missing and not line.stated else this.numbers(line)
    stated = line.stated or (line.cite in {"party", "before"} and not numbers)
    mark = str(this.seen.words["stated"]) if stated else f"（{exhibits(numbers)}）"
    told = tidy(text.format(**{**this.values, "cite": mark}))
    yield Sentence(text=told, exhibits=numbers, key=name, stated=stated)


def _articles(this: Writing) -> Iterator[Sentence]:
    main = this.seen.main[:1]
    for one in this.cited:
        text = this.seen.words["articles"].format(
            short=one.article.short,
            article=one.article.article,
            quote=one.quote,
        )
        yield Sentence(text=text, exhibits=main, key=one.article.key)


def _tried(this: Writing) -> Iterator[Sentence]:
    contacts = [e.what for e in this.case.entries if isinstance(e.what, Contact)]
    words = this.seen.words["brief"]
    if contacts:
        last = max(contacts, key=lambda one: one.at)
        number = around.number_of(this.seen, last.capture_id) if last.capture_id else None
        mark = f"（{exhibits((number,))}）" if number is not None else this.seen.words["stated"]
        said = quoted(last.promised or last.said, 30)
        form = "tried_said" if said else "tried"
        text = words[form].format(at=moment(last.at), said=said, mark=mark)
        numbers = (number,) if number is not None else ()
        yield Sentence(text=text, exhibits=numbers, key="tried", stated=not numbers)


def _pages(this: Writing) -> Iterator[Sentence]:
    told: set[str] = set()
    for view in this.case.captures:
        number = around.number_of(this.seen, view.capture_id)
        if number is None or not view.meta.url or view.meta.url in told:
            continue
        told.add(view.meta.url)
        text = this.seen.words["pages"].format(
            url=clean(view.meta.url), at=moment(view.meta.clicked_at), cite=exhibits((number,))
        )
        yield Sentence(text=text, exhibits=(number,), key="page")


def _hashes(this: Writing) -> Iterator[Sentence]:
    for one in this.seen.exhibits:
        text = this.seen.words["hashes"].format(label=one.label, sha256=one.sha256)
        yield Sentence(text=text, exhibits=(one.number,), key="hash")


def _demand(this: Writing) -> Sentence:
    return demanded(
        this.of.to, this.issue, this.demand, this.seen, term=this.values["term"], rest=this.rest
    )


WRITERS: Mapping[str, Writer] = {
    "core": lambda this: [telling.core(this.issue, this.seen, stated=this.stated)],
    "rule": lambda this: telling.rule(this.issue, this.seen),
    "rules": lambda this: around.rules(this.case, this.issue, this.seen),
    "overdue": lambda this: telling.overdue(this.issue, this.seen),
    "page_says": lambda this: telling.page_says(this.issue, this.seen),
    "payment": lambda this: telling.payment(this.seen),
    "dealings": lambda this: [told.sentence for told in around.dealings(this.case, this.seen)],
    "said": lambda this: telling.said(this.facts, this.seen),
    "evidence": lambda this: evidence(this.seen),
    "demand": lambda this: [_demand(this)],
    "brief_demand": lambda this: [_demand(this)],
    "records": lambda this: [records(this.issue, this.demand, this.seen)],
    "law": lambda this: [grounds(this.seen, this.cited)],
    "articles": _articles,
    "brief": lambda this: [brief.core(this.issue, this.seen, this.drop, stated=this.stated)],
    "brief_rule": lambda this: telling.overdue(this.issue, this.seen),
    "brief_tried": _tried,
    "reason": lambda this: [reporting.reason(this)],
    "diagnosis": reporting.diagnosis,
    "added": reporting.added,
    "leads": leads.leads,
    "claims": reporting.claims,
    "pages": _pages,
    "hashes": _hashes,
}
"""Name of a sentence to what writes it."""

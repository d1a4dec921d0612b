"""What the helper says of a demo case, as the panel gets it: real records, not copies of them."""

import json
from datetime import timedelta

from helper.complaints.advice import advise
from helper.complaints.course.timeline import timeline
from helper.complaints.dispute.issues import guess
from helper.complaints.drafts.compose import compose
from helper.complaints.exhibits import choose
from helper.complaints.ladder.replies import reply
from helper.dealings import Entry
from helper.errors import RefusedError
from helper.messages import explain
from helper.model import Filing
from scrapers.read import platform_of
from tests.complaints.golden import CASES, demo_case
from tests.extension.given import answers, sent

MADE = demo_case("not_delivered").created_at
FILED = Filing(draft_id="", channel="merchant_platform", number="T1", capture_id=None,
               at=MADE + timedelta(hours=1))  # fmt: skip


def told(issue="not_delivered", *, language="zh_CN", after=timedelta(days=2), now=None, **changes):
    """Return the answers of the background for a case with these changes, `after` it was made."""
    case = demo_case(issue).model_copy(update={"title": "月卡", **changes})
    now = now or case.created_at + after
    platform = platform_of(CASES[issue][0])
    kept = {}
    for entry in case.entries:
        kept |= entry.what.answers if entry.what.kind == "answers" else {}
    given = {"now": now, "language": language}
    advice = advise(case, issue, kept, rules=platform.deadlines if platform else (), **given)
    suggestion = guess(case.order, **given)
    answer = {"ok": True, "case": plain(case), "suggestion": plain(suggestion)}
    events = timeline(case, now=now, language=language)
    return {
        "case": answer,
        "advice": {"ok": True, "advice": plain(advice)},
        "tell": answer | {"entry_id": "e-1", "warnings": []},
        "file": answer | {"entry_id": "f-1", "warnings": []},
        "undo": answer,
        "timeline": {"ok": True, "events": [plain(one) for one in events]},
        "reply": answered(case, issue, **given),
        "draft": draft(case, issue, kept, now, language),
    }


def answered(case, issue, *, now, language):
    try:
        return {"ok": True, "reply": plain(reply(case, "delay", issue, now=now, language=language))}
    except RefusedError as error:
        return {"ok": False, "error": explain(error, language)}


def draft(case, issue, answers, now, language):
    try:
        made = compose(
            case,
            channel="merchant_platform",
            issue=issue,
            demand="refund",
            exhibits=choose(case, channel="merchant_platform"),
            now=now,
            draft_id="d-1",
            answers=answers,
            language=language,
        )
    except RefusedError as error:
        return {"ok": False, "error": explain(error, language)}
    return {"ok": True, "draft": plain(made)}


def plain(record):
    return json.loads(record.model_dump_json())


def entry(what, number=1):
    return Entry(entry_id=f"e-{number}", added_at=MADE, what=what)


def changed(given, **advice):
    """Return the answers with parts of the advice put otherwise."""
    given["advice"]["advice"] |= advice
    return given


async def opened(pages, given=None, *, part=None, query="", **how):
    page = await pages.open(f"panel.html?case=c-1{query}", answers(**(given or told())), **how)
    await page.wait_for_selector("#case:not([hidden])")
    if part:
        await page.evaluate("(id) => { document.getElementById(id).open = true; }", f"part-{part}")
    return page


async def waited(page, kind, count=1):
    await page.wait_for_function(
        "([kind, count]) => window.sent.filter((m) => m.type === kind).length >= count",
        arg=[kind, count],
    )
    return await sent(page, kind)

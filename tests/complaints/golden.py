"""The demo shops' own cases as drafts of every document: `python -m tests.complaints.golden`."""

import json
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from helper.complaints.dispute.issues import default_demand
from helper.complaints.documents import Document, documents
from helper.complaints.drafts.compose import compose
from helper.complaints.exhibits import choose
from helper.dealings import Answer, Contact, Entry, Party, Shown
from helper.errors import KazhengError
from helper.messages import explain
from helper.model import CaptureMeta, CaptureView, CaseView, Filing
from scrapers.read import extract_bytes
from scrapers.record import (
    Chat,
    Clause,
    Message,
    Operator,
    PaymentMethod,
    Pledge,
    Product,
    Promise,
    Terms,
)
from tests.complaints.conftest import agreeing, artifact, capture, case_of

FOLDER = Path(__file__).parent / "golden"
PAGES = Path(__file__).parents[1] / "pages"
CASES = {
    "not_delivered": ("lechuang", "not-delivered"),
    "dead_code": ("weijie", "dead-code"),
    "failed_no_refund": ("wangzi", "failed"),
    "refund_missing": ("lechuang", "refunded"),
    "duplicate_charge": ("wangzi", "double-charged"),
    "not_as_described": ("weijie", "dead-code"),
}
"""The six main issues, each with a page of a demo shop that shows it."""
FULL = "full"
"""The case of `not_delivered` with all that a case can hold besides its order page."""
PENALTY = {
    "penalty_rate": "10%",
    "penalty_clause": "逾期按订单金额的10%支付违约金",
    "penalty_exhibit": "证据5",
    "facts": "我核对过账号，没有填错",
}
_METHODS: dict[str, PaymentMethod] = {
    "wechat_pay": "wechat", "wechat_mini": "wechat", "alipay": "alipay", "card_bank": "bank",
}  # fmt: skip
_LATER = frozenset({"recomplaint", "review", "escalation"})


def answers_for(of: Document) -> dict[str, Any]:
    """Return answers with which the channel takes a case."""
    own: dict[str, dict[str, Any]] = {
        "police": {"fraud_signs": ["店铺失联", "客服账号已注销"]},
        "12377": {"illegal_content": "页面仿冒他人网站收款"},
        "mps_12321": {"spam": "推广该网站的短信"},
        "wechat_mini": {"mini_program": True},
        "internet_court": {"court_confirmed": True},
        "arbitration": {
            "arbitration_clause": True,
            "arbitration_words": "《用户协议》约定由仲裁委员会仲裁",
        },
    }
    return {"resale": False, **own.get(of.channel, {})}


def case_for(of: Document, issue: str) -> CaseView:
    """Return the demo case as a document needs it: paid this way, complained of before."""
    case = demo_case(issue)
    method = _METHODS.get(of.channel)
    if method is not None and case.order is not None:
        words = {"wechat": "微信支付", "alipay": "支付宝", "bank": "银行卡"}[method]
        paid = case.order.payment.model_copy(update={"method": method, "method_text": words})
        case = case.model_copy(update={"order": case.order.model_copy(update={"payment": paid})})
    if of.key in _LATER and issue != FULL:
        before = case.created_at - timedelta(hours=5)
        refused = Answer(at=before + timedelta(hours=2), channel="merchant_platform",
                         outcome="refused", said="虚拟商品不退不换")  # fmt: skip
        filed = Filing(draft_id="", channel="merchant_platform", number="TS20260818001",
                       capture_id=None, at=before)  # fmt: skip
        told = Entry(entry_id="e-1", added_at=before, what=refused)
        case = case.model_copy(update={"filings": (filed,), "entries": (told,)})
    return case


@cache
def demo_case(issue: str) -> CaseView:
    """Return the case of a demo shop for an issue, as one click makes it."""
    if issue == FULL:
        return full_case()
    shop, name = CASES[issue]
    told = json.loads((PAGES / shop / f"{name}.json").read_text("utf-8"))
    at = datetime.fromisoformat(told["captured_at"])
    page = (PAGES / shop / f"{name}.html").read_bytes()
    order = extract_bytes(page, url=told["url"], captured_at=at).orders[0]
    meta = CaptureMeta(url=told["url"], title=f"{shop} 订单", clicked_at=at)
    kept = capture(order, meta=meta, corroboration=agreeing(order, witness_at=at))
    if issue == "dead_code":
        own = artifact("attachment", "own", kind="redeem_error")
        kept = kept.model_copy(update={"artifacts": (*kept.artifacts, own)})
    return case_of(order, kept, host=meta.host, created_at=at)


def full_case() -> CaseView:
    """Return a case with chat, terms, product page, bill, contact, and a registered respondent."""
    case = demo_case("not_delivered")
    order_page = case.captures[0]
    at = case.created_at
    own = artifact("attachment", "own", kind="payment")
    order_page = order_page.model_copy(update={"artifacts": (*order_page.artifacts, own)})

    def page(number: int, kind: str, hours: int, **shown: Any) -> CaptureView:
        names = {
            "chat": "在线客服",
            "terms": "用户协议",
            "product": "能量块",
            "register": "登记信息查询",
        }
        meta = CaptureMeta(url=f"http://lechuang.localhost:17702/{kind}", title=names[kind],
                           clicked_at=at - timedelta(hours=hours))  # fmt: skip
        return capture(None, number=number, meta=meta, shown=Shown(page_kind=kind, **shown))

    said = (
        Message(at=at - timedelta(hours=26), side="agent", agent_no="8021", speaker="小美",
                text="24小时内给您补发", promise=Pledge(what="reissue", within="PT24H",
                                                text="24小时内给您补发")),
        Message(at=at - timedelta(hours=2), side="agent", agent_no="8021", speaker="小美",
                text="上游维护，虚拟商品不退不换"),
    )  # fmt: skip
    clauses = (
        Clause(number="4.2", topics=("delivery",),
               text="虚拟商品支付成功后，商家需在24小时内完成发货，逾期按订单金额的10%支付违约金"),
        Clause(number="5.1", topics=("refund",), text="虚拟商品一律不退不换"),
    )  # fmt: skip
    goods = Product(title="能量块", description="官方直充，下单即发",
                    delivery=Promise(promised_text="付款后10分钟内发货"))  # fmt: skip
    company = Party(name="乐创（杭州）网络科技有限公司", code="91330106MA2KCH0008", role="seller",
                    address="杭州市西湖区文一路1号", found_in="register",
                    capture_id=page(5, "register", 1).capture_id)  # fmt: skip
    footer = Operator(name="乐创（杭州）网络科技有限公司", icp="浙ICP备2026000001号-1")
    told = (
        Contact(at=at - timedelta(hours=20), way="phone", side="platform", agent_no="03",
                who="王丽",
                said="催发货，对方说系统维护", promised="当天处理"),
        Answer(at=at - timedelta(hours=2), channel="merchant_platform", outcome="refused",
               said="上游维护，虚拟商品不退不换"),
        company,
    )  # fmt: skip
    filed = Filing(draft_id="", channel="merchant_platform", number="TS001", capture_id=None,
                   at=at - timedelta(hours=22))  # fmt: skip
    pages = (
        page(2, "chat", 1, chat=Chat(messages=said)),
        page(3, "terms", 1, terms=Terms(name="乐创卡盟用户协议", clauses=clauses), operator=footer),
        page(4, "product", 60, product=goods),
        page(5, "register", 1),
    )
    return case.model_copy(
        update={
            "captures": (order_page, *pages),
            "filings": (filed,),
            "entries": tuple(
                Entry(entry_id=f"e-{n}", added_at=at, what=one) for n, one in enumerate(told)
            ),
        }
    )


def render(of: Document, issue: str) -> str:
    """Return the draft as a file: title, text, fields, gaps, lint and remarks."""
    case = case_for(of, issue)
    kind = "not_delivered" if issue == FULL else issue
    more = PENALTY if issue == FULL else {}
    try:
        draft = compose(
            case,
            channel=of.channel,
            document=of.key,
            issue=kind,
            demand=default_demand(kind),
            exhibits=choose(case, channel=of.channel),
            now=case.created_at + timedelta(days=2),
            draft_id="d-golden",
            answers={**answers_for(of), **more},
        )
    except KazhengError as error:
        told = explain(error)
        return f"{told['message']}\n{told['next_step']}\n"
    short = {"description", "evidence", "demand", "title"}
    fields = [f"{name}: {value}" for name, value in draft.fields.items() if name not in short]
    law = [f"{one.law} {one.article} ({one.effective})" for one in draft.law]
    gaps = [f"缺：{gap.text}" for gap in draft.gaps]
    lint = [f"改：{one.text}：{one.advice}" for one in draft.lint]
    parts = [[f"# {draft.title}"], [draft.text], fields, law, gaps, lint, list(draft.remarks)]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def path_of(of: Document, issue: str) -> Path:
    """Return where the golden file of a document and an issue stands."""
    return FOLDER / f"{of.channel}.{of.key}.{issue}.txt"


def main() -> None:
    """Write all golden files anew; read the difference before you commit it."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.txt"):
        old.unlink()
    for of in documents():
        for issue in (*CASES, FULL):
            path_of(of, issue).write_text(render(of, issue), "utf-8", newline="\n")


if __name__ == "__main__":
    main()

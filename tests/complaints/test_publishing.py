"""What anybody may read holds no private value, whatever was read, told or demanded."""

import hashlib
import string
from collections.abc import Callable
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helper.complaints.wording import clean
from helper.dealings import Contact, Entry, Shown
from helper.errors import RefusedError
from helper.model import CaptureMeta, Draft
from scrapers.record import Chat, Delivery, Message, OrderRecord, Payment, Pledge, Secret
from tests.complaints.conftest import CLICKED, capture, case_of

Make = Callable[..., Draft]
VALUES = st.text(string.ascii_letters + string.digits, min_size=6, max_size=32)
NAMES = st.text("张王李赵欧阳建国小美丽芳", min_size=2, max_size=4)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    numbers=st.lists(VALUES, min_size=6, max_size=6, unique=True),
    name=NAMES,
    facts=st.text(max_size=40),
)
def test_a_public_draft_holds_no_private_value(
    draft_for: Make, full: OrderRecord, numbers: list[str], name: str, facts: str
) -> None:
    order_no, trade_no, account, contact, code, agent = numbers
    digest = hashlib.sha256(code.encode()).hexdigest()
    secrets = (Secret(masked=f"{code[:2]}****{code[-2:]}", sha256=digest),)
    order = full.model_copy(
        update={
            "order_no": order_no,
            "status": "delivered",
            "payment": Payment(method="wechat", trade_no=trade_no, paid_at=full.payment.paid_at),
            "recharge_account": account,
            "buyer_contact": contact,
            "delivery": Delivery(kind="card_secret", secrets=secrets, message="卡密见下"),
        }
    )
    pledge = Pledge(what="reissue", text=f"{name}答应补发")
    said = Message(at=CLICKED, side="agent", agent_no=agent, speaker=name, text="", promise=pledge)
    chat = capture(
        None,
        number=2,
        meta=CaptureMeta(url="https://wangzi.localhost/chat", clicked_at=CLICKED),
        shown=Shown(page_kind="chat", chat=Chat(messages=(said,))),
    )
    told = Contact(at=CLICKED - timedelta(days=1), way="phone", who=name, agent_no=agent,
                   said=f"{name}说等 {trade_no} 到账")  # fmt: skip
    case = case_of(order, capture(order), chat,
                   entries=(Entry(entry_id="e-1", added_at=CLICKED, what=told),))  # fmt: skip
    demand = f"请在 48 小时内退到 {account}，联系 {contact}，或重发 {code}"
    own = f"{facts} 我的账号 {account}，电话 13812345678，收到的是 {code}"
    try:
        draft = draft_for(
            case, "dead_code", channel="heimao", demand=demand, answers={"facts": own}
        )
    except RefusedError:
        return
    public = {key: value for key, value in draft.fields.items() if key != "order_no"}
    whole = "\n".join([draft.title, draft.text, draft.demand, *public.values()])
    for value in (*numbers, name, "13812345678"):
        assert clean(value) not in whole

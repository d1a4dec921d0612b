"""Only law that was read and is in force is cited, in its own words; other citations are named."""

from datetime import UTC, datetime

import pytest

from helper.complaints import packaged
from helper.complaints.law import article
from helper.complaints.lint import check, cited
from helper.messages import LANGUAGES
from helper.model import LawRef, LintFinding, Sentence

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ROWS = packaged.data("law")


def findings(
    text: str, now: datetime | None = NOW, law: tuple[LawRef, ...] = ()
) -> list[LintFinding]:
    sentence = Sentence(text=text, exhibits=(), stated=True, key="s1")
    found = check([sentence], demand="", exhibits=[], known=text, now=now, law=law)
    return [finding for finding in found if finding.rule.startswith("law_")]


@pytest.mark.parametrize("key", ROWS)
def test_every_row_may_be_cited_in_its_own_words(key: str) -> None:
    row = article(key)
    assert row is not None
    quote = row.text.split("\n")[0].split("“")[0][:80]
    assert findings(f"依据《{row.short}》{row.article}“{quote}”", law=(row.ref(),)) == []
    assert findings(f"依据《{row.law}》{row.article}规定：“{quote}”") == []
    [citation] = cited.citations(f"《{row.short}》{row.article}")
    assert len(citation.numbers) == 1


@pytest.mark.parametrize(
    "text",
    [
        "依据消保法55条", "依据消法第五十五条第一款", "民法典第577条", "民法典577",
        "《电子商务法》第二十条、第四十九条", "电商法第20条和第62条", "民诉法解释第二十条",
        "《中华人民共和国民法典》第五百六十三条第一款第（三）项",
        "《中华人民共和国消费者权益保护法（2013修正）》第五十五条",
        "依照投诉举报处理办法第十六条第（二）项", "《乐创卡盟用户协议》第4.2条",
        "《本店售后规定》第三条", "请取消法务费", "合同法律关系清楚", "劳动合同法",
        "《治安管理处罚法》", "依据条例第五条", "法释〔2022〕8号第四条",
    ],
)  # fmt: skip
def test_short_forms_of_law_in_force_and_what_is_no_law_are_fine(text: str) -> None:
    assert findings(text) == []


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("《合同法》第一百零七条", "《民法典》第五百七十七条"),
        ("根据合同法第94条、第97条", "《民法典》第五百六十三条、《民法典》第五百六十六条"),
        ("《中华人民共和国民法总则》第一百八十八条", "《民法典》第一百八十八条"),
        (
            "《市场监督管理投诉举报处理暂行办法》第十四条",
            "《市场监督管理投诉举报处理办法》第十五条",
        ),
        ("投诉举报处理暂行办法第21条", "《市场监督管理投诉举报处理办法》第二十三条"),
        ("依据侵权责任法", None),
        ("《民法通则》第一百零六条", None),
        ("《网络交易管理办法》第十条", None),
        ("《最高人民法院关于适用〈中华人民共和国合同法〉若干问题的解释（二）》第二十九条", None),
        ("《欺诈消费者行为处罚办法》", None),
    ],
)
def test_repealed_law_is_named_with_what_holds_now(text: str, better: str | None) -> None:
    [finding] = findings(text)
    assert finding.rule == "law_repealed"
    assert finding.better == better
    assert finding.place == "s1"
    assert "不再有效" in finding.advice


def test_a_repealed_law_was_law_on_its_days() -> None:
    text = "《市场监督管理投诉举报处理暂行办法》第十四条"
    before = datetime(2026, 4, 14, 12, 0, tzinfo=UTC)
    assert [f.rule for f in findings(text, before)] == ["law_unknown"]
    assert [f.rule for f in findings(text, None)] == ["law_repealed"]


def test_the_successor_of_a_repealed_article_is_in_force_and_everything_named_is_known() -> None:
    citing = packaged.data("citing")
    shorts = {row["short"] for row in ROWS.values()}
    assert set(citing["names"]) == shorts
    for row in citing["repealed"]:
        assert row["instead"] in shorts
        assert [key for key in row["articles"].values() if article(key) is None] == []
        assert {article(key).short for key in row["articles"].values()} <= {row["instead"]}  # type: ignore[union-attr]
    assert all(article(row["instead"]) for row in citing["unread"] if row.get("instead"))


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("《网络交易平台规则监督管理办法》第十二条", "《电子商务法》第六十三条"),
        ("《网络购买商品七日无理由退货暂行办法》", "《消费者权益保护法》第二十五条"),
        ("治安管理处罚法第四十九条", None),
        ("《产品质量法》第四十条", None),
        (
            "互联网法院规定第二条",
            "《最高人民法院关于适用〈中华人民共和国民事诉讼法〉的解释》第二十条",
        ),
    ],
)
def test_law_whose_text_was_not_read_is_not_cited(text: str, better: str | None) -> None:
    [finding] = findings(text)
    assert (finding.rule, finding.better) == ("law_unread", better)


@pytest.mark.parametrize(
    "text", ["民法典第一千条", "《电子商务法》第二十条、第九十九条", "《某某管理条例》第三条"]
)
def test_an_article_that_was_not_checked_is_named(text: str) -> None:
    assert [f.rule for f in findings(text)] == ["law_unknown"]


def test_law_that_is_not_yet_in_force_is_not_cited() -> None:
    before = datetime(2026, 2, 28, 15, 59, tzinfo=UTC)
    text = "《仲裁法》第二十七条"
    [finding] = findings(text, before)
    assert finding.rule == "law_not_yet"
    assert "2026-03-01" in finding.advice
    assert findings(text, datetime(2026, 2, 28, 16, 0, tzinfo=UTC)) == []  # midnight in Shanghai


def test_other_words_in_quotation_marks_are_no_quote() -> None:
    [finding] = findings("《消费者权益保护法》第五十五条规定：“商家不发货的，应当赔偿价款的三倍”")
    assert finding.rule == "law_misquoted"
    assert finding.better is None
    assert findings("《消费者权益保护法》第五十五条，页面承诺“付款成功后十分钟内一定到账”") == []


def test_marks_inside_a_quote_are_inner_ones() -> None:
    quote = "应当分别认定为刑法第二百六十六条规定的‘数额较大’、‘数额巨大’"
    assert findings(f"《{ROWS['fraud_1']['short']}》第一条“{quote}”") == []


def test_a_quote_may_be_cut_but_not_turned() -> None:
    law = "《消费者权益保护法》第五十五条"
    assert (
        findings(f"{law}“经营者提供商品或者服务有欺诈行为的……价款或者接受服务的费用的三倍”") == []
    )
    turned = findings(f"{law}“费用的三倍……经营者提供商品或者服务有欺诈行为的”")
    assert [f.rule for f in turned] == ["law_misquoted"]


def test_the_right_words_under_the_wrong_number_get_their_article() -> None:
    quote = "电子商务经营者应当提供原始合同和交易记录"
    [finding] = findings(f"《电子商务法》第六十条“{quote}”")
    assert (finding.rule, finding.better) == (
        "law_misquoted", f"《电子商务法》第六十二条“{quote}”",
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_references_of_a_draft_are_checked_too(language: str) -> None:
    dead = LawRef(law="市场监督管理投诉举报处理暂行办法", article="第十四条")
    [finding] = findings("订单没有到账", law=(dead,))
    assert (finding.rule, finding.place) == ("law_repealed", None)

"""Why this visit, and why not another: the words for a decision in both languages."""

from server.domain.policy.attribute import explain
from server.domain.policy.explanations import Language, handbook_sentence, tell
from server.domain.policy.wire import read_placement
from tests.policy.world import Facts, book, letter_visit, paid, placement, referral, visit


def _told(facts: Facts, language: Language, policy: str = "") -> list[str]:
    (decision,) = explain(read_placement(facts), book(policy))
    return tell(decision.trace, language)


FACTS = placement(
    [visit(), letter_visit("V2", "2026-03-20"), visit("V3", "2026-03-26", present=["Lin"])],
    [paid("2026-03-28")],
    police_referrals=[referral("2026-03-01")],
)


def test_in_english() -> None:
    assert _told(FACTS, "en") == [
        "credited to visit V1 (A1)",
        "referred to the police on 2026-03-01, before the visit: the commission goes to the team (A3)",
        "visit V3 of 2026-03-26; 1 present where 2 are needed (X2)",
        "visit V2 of 2026-03-20; covers 2026-03-20 to 2026-03-25; a counted letter, with the calls and the"
        " message made: 5 days are open (C4); paid on 2026-03-28, after the last covered day 2026-03-25 (W2)",
        "visit V1 of 2026-03-10; covers 2026-03-10 to 2026-04-09; the borrower or a direct relative was met"
        " and spoken to (C1); 500.00 came back within the month, 0.50 of 10000.00 is not reached (W3);"
        " the repayment is covered (A1)",
    ]


def test_in_chinese() -> None:
    assert _told(FACTS, "zh-CN") == [
        "计入外访 V1（A1）",
        "外访前已于 2026-03-01 报经侦，法务提成归外访（A3）",
        "外访 V3（2026-03-26）；到场 1 人，应到 2 人（X2）",
        "外访 V2（2026-03-20）；有效期 2026-03-20 至 2026-03-25；"
        "有效留函，电话和短信均已完成，5 天内回款计入（C4）；回款日 2026-03-28 晚于有效期末日 2026-03-25（W2）",
        "外访 V1（2026-03-10）；有效期 2026-03-10 至 2026-04-09；"
        "当面见到借款人或其直系亲属，并有沟通（C1）；"
        "一个月内回款 500.00，未达到 10000.00 的 0.50（W3）；回款在有效期内（A1）",
    ]


def test_a_visit_that_a_nearer_one_outdid_names_it() -> None:
    facts = placement([visit(), visit("V2", "2026-03-20")], [paid("2026-03-25")])
    assert _told(facts, "en")[-1].endswith("the nearer visit V2 covers the repayment (A1)")


def test_a_visit_that_was_not_asked_says_so() -> None:
    facts = placement([visit(), letter_visit("V2", "2026-03-12")], [paid("2026-03-20")])
    assert "only the nearest visit is asked" in _told(facts, "en", "nearest_must_cover = false")[-1]


def test_the_trace_shows_what_cut_the_window_and_under_which_edition() -> None:
    facts = placement(
        [visit()], [paid("2026-03-12")], recall_on="2026-03-20", police_referrals=[referral("2026-03-20")]
    )
    (decision,) = explain(read_placement(facts), book())
    (seen,) = decision.trace["visits"]
    assert seen["edition"] == "2019-12-20"
    assert (seen["window"]["own_last"], seen["window"]["last"]) == ("2026-04-09", "2026-03-20")
    assert seen["window"]["cut_by"] == ["W4", "W6"]


def test_the_tests_of_a_visit_show_each_clause_and_the_facts_it_looked_at() -> None:
    (decision,) = explain(read_placement(placement([letter_visit()], [paid("2026-03-12")])), book())
    (seen,) = decision.trace["visits"]
    tests = {test["clause"]: test for test in seen["tests"]}
    assert list(tests) == ["C1", "C2", "C3", "C5", "C4"]
    assert [test["holds"] for test in tests.values()] == [False, False, False, False, True]
    assert seen["facts"]["relay_until"] == "2026-03-17"
    assert seen["facts"]["letter"]["counterfoil_returned"] is True


def test_a_clause_gives_the_sentence_of_the_handbook() -> None:
    assert handbook_sentence("A1") == "多次外访，按离还款最近的一次外访计入业绩"
    assert handbook_sentence("A2") == ""
    assert handbook_sentence("S14") == ""

"""The words of notices, and S15: what a text for a group may hold."""

from __future__ import annotations

import pytest

from server.domain.group_texts import case_number, guard
from server.domain.notices import CODES, NOTICES, complete, group_text, words
from server.domain.placements import HoldReason
from server.domain.problems import Problem
from server.domain.visits import AddressOutcome
from tests.support.builders import identity_number

PLAN = "08:30–17:00 陈磊、王强（实习 徐彤）\n1. AJ00000001 原阳县\n2. 2026-03-0007 元氏县\n3. AJ3 万柏林区"


@pytest.mark.parametrize(
    "personal",
    [
        identity_number(7),
        f"证{identity_number(7)[:6]} {identity_number(7)[6:14]} {identity_number(7)[14:]}",
        f"张晓1{identity_number(7)}2",
        "410725700501123",
        "13800001234",
        "1３８０００01234",
        "138-0000-1234",
        "0371-66001234",
        "6222021234567894",
        "6222 0212 3456 7894",
        "欠款5000元",
        "欠 12,000",
        "¥300",
        "￥ 300",
        "还款300.50",
        "3万元整",
        "建设路7号楼",
        "2单元301室",
        "秘密花园",
        "阳光小区",
    ],
)
def test_a_group_text_with_personal_data_in_it_is_refused(personal: str) -> None:
    with pytest.raises(Problem) as refused:
        guard(f"AJ00000001 {personal}")
    assert refused.value.kind.code == "group_text_refused"
    assert refused.value.kind.clause == "S15"


@pytest.mark.parametrize(
    "harmless",
    [PLAN, "【计划外访】2026年3月10日 共 48 件", "12. AJ2026031000001 下花园区", "10:00–12:00 高元"],
)
def test_what_groups_are_told_passes(harmless: str) -> None:
    assert guard(harmless) == harmless


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("AJ00000001", "AJ00000001"),
        ("豫信 2026-001", "豫信 2026-001"),
        ("13800001234", "****1234"),
        ("6222021234567894", "****7894"),
        (identity_number(7), f"****{identity_number(7)[-4:]}"),
        ("张晓明 建设路7号楼", "****"),
        ("<at user_id=all>", "＜at user_id=all＞"),
    ],
)
def test_a_case_number_that_looks_personal_shows_its_tail_alone(number: str, shown: str) -> None:
    assert case_number(number) == shown


def test_a_list_that_holds_something_else_than_visits_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from server.domain.notices import Notice

    monkeypatch.setitem(NOTICES, "list_for_this_test", Notice("{list}", "{list}", group="{day}\n{list}"))
    for line in ("1. AJ00000001 原阳县建设路", "张晓明 欠款", "1. AJ00000001 张晓明", ""):
        with pytest.raises(Problem):
            group_text("list_for_this_test", {"day": "2026-03-10", "list": f"08:30–17:00 陈磊\n{line}"})
    sent = group_text("list_for_this_test", {"day": "2026-03-10", "list": PLAN, "debtor": "张晓明"})
    assert sent == f"2026年3月10日\n{PLAN}"


def test_a_kind_without_words_for_a_group_and_a_param_without_a_type_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from server.domain.notices import Notice

    with pytest.raises(ValueError, match="no words for a group"):
        group_text("visit_held", {"case_number": "AJ1", "reason": "complaint"})
    monkeypatch.setitem(NOTICES, "name_for_this_test", Notice("{debtor}", "{debtor}", group="{debtor}"))
    with pytest.raises(ValueError, match="debtor"):
        group_text("name_for_this_test", {"debtor": "张晓明"})


def test_a_notice_is_complete_or_is_not_written() -> None:
    with pytest.raises(ValueError, match="no words"):
        complete("no_such_kind", {})
    with pytest.raises(ValueError, match="reason"):
        complete("visit_held", {"case_number": "AJ1"})
    complete("visit_held", {"case_number": "AJ1", "reason": "complaint"})


def test_codes_and_days_are_shown_in_the_readers_form() -> None:
    assert set(HoldReason) | set(AddressOutcome) <= CODES.keys()
    params = {"case_number": "AJ1", "reason": "complaint"}
    assert words("visit_held", params) == "外访暂停：案件 AJ1（投诉倾向）"
    assert words("visit_held", params, "en") == "Visit on hold: case AJ1 (complaint)"
    assert words("visit_outcome", {"case_number": "AJ1", "outcome": "nobody"}, "en").endswith("what was said")
    assert (
        words("visit_held", {"case_number": "AJ1", "reason": "客户来电"}) == "外访暂停：案件 AJ1（客户来电）"
    )


def test_a_message_of_a_kind_or_params_no_longer_known_can_still_be_read() -> None:
    assert words("forgotten_kind", {}) == "forgotten_kind"
    assert words("visit_held", {"case_number": "AJ1"}) == "外访暂停：案件 AJ1（{reason}）"

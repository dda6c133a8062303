"""V4, V6 to V10, V12 to V15, V17, V19 as rules: what refuses, what is told, what counts."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from server.domain.adverse import FINDING_WORDS, v17_adverse
from server.domain.calendar import SHANGHAI
from server.domain.calls import (
    call_day,
    counts_as_called,
    hours_findings,
    v9_call_findings,
    v12_line_findings,
    v13_block_findings,
)
from server.domain.disclosure import TOPIC_WORDS, Topic, v10_total_debt_visible, v14_talk_rules
from server.domain.letters import (
    counterfoil_escalates_at,
    counterfoil_findings,
    letter_findings,
    v6_letter_counts,
)
from server.domain.missing import MISSING_WORDS, LetterNeeds, VisitNeeds, missing_for_credit
from server.domain.new_information import v19_same_phone
from server.domain.placements import CallLine, CallNote, ContactBlock, Direction, Phone, PhoneOwner, Source
from server.domain.policy.editions import HANDBOOK
from server.domain.policy.facts import PhoneFacts
from server.domain.visit_rules import supersedes_parent, v7_follow_up_findings, v8_void_findings
from server.domain.visits import (
    ContactChannel,
    ContactWho,
    Letter,
    LetterPlace,
    MessageTemplate,
    Visit,
    VisitAnswers,
    VisitContact,
    VisitState,
)
from server.domain.wording import (
    filled,
    placeholder_findings,
    sending_findings,
    tells_debt,
    v15_word_findings,
)

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)


def local(hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 3, 10, hour, minute, second, tzinfo=SHANGHAI)


def phone(id_: str = "p", owner: PhoneOwner = PhoneOwner.DEBTOR, number: str = "13900000001") -> Phone:
    return Phone(id_, "debtor", number, owner, "张晓明", "", False, Source.IMPORT, None, None, NOON, None, 1)


def call(
    answered: bool = False, direction: Direction = Direction.OUT, phone_id: str = "p", **changes: object
) -> CallNote:
    row = CallNote("c", "pl", phone_id, NOON, answered, direction, 0, "a", "v", 0, Source.VISIT, NOON)
    return replace(row, **changes)  # type: ignore[arg-type]


def contact(who: ContactWho, *, knew: bool = False, offered: bool = False) -> VisitContact:
    return VisitContact(
        "c", "v", who, ContactChannel.IN_PERSON, "张某", "", True, knew, offered, False, False, None, None, None,
        NOON, 1,
    )  # fmt: skip


ANSWERS = VisitAnswers(
    "a", "v", NOON, False, None, False, None, False, False, False, False, False, False, "", NOON, "lead"
)
LETTER = Letter("l", "v", LetterPlace.VISITED_ADDRESS, "信箱", date(2026, 3, 10), *[None] * 6, 1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("at", "refused"),
    [
        (local(7, 59), True),
        (local(7, 59, 59), True),
        (local(8), False),
        (local(22), False),
        (local(22, 0, 1), True),
        (local(22, 1), True),
        (datetime(2026, 3, 10, 0, 0, tzinfo=UTC), False),  # 08:00 in Shanghai
    ],
)
def test_v9_the_hours_are_those_of_shanghai_both_ends_included(at: datetime, refused: bool) -> None:
    found = [finding.kind.code for finding in hours_findings(at, HANDBOOK)]
    assert found == (["outside_hours"] if refused else [])


@pytest.mark.parametrize(
    ("made", "answered", "refused"),
    [(2, True, False), (3, True, True), (3, False, False), (4, False, False), (5, False, True)],
)
def test_v9_three_calls_when_reached_five_when_not(made: int, answered: bool, refused: bool) -> None:
    notes = [call(answered=answered and n == 0) for n in range(made)]
    day = call_day(notes, {"p": PhoneOwner.DEBTOR}, HANDBOOK)
    found = [f.kind.code for f in v9_call_findings(NOON, PhoneOwner.DEBTOR, day, HANDBOOK)]
    assert found == (["call_limit_reached"] if refused else [])
    assert v9_call_findings(NOON, PhoneOwner.RELATIVE, day, HANDBOOK) == []


def test_v9_incoming_calls_and_those_of_others_do_not_count() -> None:
    notes = [call(True, Direction.IN), call(True, phone_id="relative"), call()]
    day = call_day(notes, {"p": PhoneOwner.DEBTOR, "relative": PhoneOwner.RELATIVE}, HANDBOOK)
    assert (day.made, day.reached, day.left) == (1, False, 4)


def test_v12_only_a_recorded_line_counts() -> None:
    assert [f.kind.code for f in v12_line_findings(CallLine.OTHER)] == ["line_not_recorded"]
    assert v12_line_findings(CallLine.RECORDED_LINE) == v12_line_findings(CallLine.COMPANY_DEVICE) == []
    assert not counts_as_called(call(line=CallLine.OTHER), "v")
    assert counts_as_called(call(line=CallLine.COMPANY_DEVICE), "v")
    assert not counts_as_called(call(direction=Direction.IN), "v")
    assert not counts_as_called(call(), "another visit")


def test_v13_a_blocked_number_and_a_blocked_person() -> None:
    number = ContactBlock("b", "13900000001", None, "", NOON, None, None, 1)
    person = ContactBlock("b", None, "debtor", "", NOON, None, None, 1)
    relative = phone("r", PhoneOwner.RELATIVE, "13900000002")
    assert [f.kind.code for f in v13_block_findings(phone(), [number])] == ["contact_blocked"]
    assert v13_block_findings(phone(), [person])
    assert v13_block_findings(relative, [number, person]) == []
    assert v13_block_findings(phone(), [replace(number, lifted_at=NOON)]) == []


@pytest.mark.parametrize(
    ("met", "visible"),
    [
        (contact(ContactWho.DEBTOR), True),
        (contact(ContactWho.DIRECT_RELATIVE), False),
        (contact(ContactWho.DIRECT_RELATIVE, knew=True), False),
        (contact(ContactWho.DIRECT_RELATIVE, offered=True), False),
        (contact(ContactWho.DIRECT_RELATIVE, knew=True, offered=True), True),
        (contact(ContactWho.OTHER_CONTACT, knew=True, offered=True), True),
        (contact(ContactWho.STRANGER), False),
    ],
)
def test_v10_the_total_debt_shows_to_the_debtor_or_to_who_knew_and_offered(
    met: VisitContact, visible: bool
) -> None:
    assert v10_total_debt_visible([met]) is visible
    rules = v14_talk_rules(met.who, knew_of_debt=met.knew_of_debt, offered_to_repay=met.offered_to_repay)
    assert (Topic.TOTAL_DEBT in rules.may_say) is visible


def test_v14_a_contact_is_asked_for_whereabouts_and_a_relay_alone() -> None:
    assert set(v14_talk_rules(ContactWho.OTHER_CONTACT).may_ask) == {Topic.WHEREABOUTS, Topic.RELAY}
    assert set(TOPIC_WORDS) == set(Topic)


@pytest.mark.parametrize(
    ("changes", "codes", "incidents"),
    [
        ({}, [], []),
        ({"entered": True}, ["entered_without_consent"], ["entered_without_consent"]),
        ({"entered": True, "entry_consent_by": "本人"}, [], []),
        ({"vulnerable_person": True}, ["vulnerable_person"], []),
        ({"benefits_offered": True}, ["benefits_offered"], ["benefits_offered"]),
        ({"cash_offered": True}, ["cash_offered"], ["cash_offered"]),
        ({"identity_shown_at": None}, ["identity_not_shown"], []),
        ({"relief_requested": True}, [], []),
    ],
)
def test_v17_adverse_answers(changes: dict[str, object], codes: list[str], incidents: list[str]) -> None:
    found = v17_adverse(replace(ANSWERS, **changes))  # type: ignore[arg-type]
    assert [one.code for one in found] == codes
    assert [one.code for one in found if one.incident] == incidents
    assert {one.code for one in found} <= FINDING_WORDS.keys()


def test_v6_a_letter_counts_with_both_photos_and_the_counterfoil() -> None:
    returned = replace(LETTER, counterfoil_returned_at=NOON)
    cases = [(True, True, LETTER), (False, True, returned), (True, False, returned), (True, True, returned)]
    counts = [v6_letter_counts(address_photographed=a, manner_photographed=m, letter=x) for a, m, x in cases]
    assert counts == [False, False, False, True]
    assert [f.kind.code for f in letter_findings([LETTER])] == ["letter_exists"]
    assert [f.kind.code for f in counterfoil_findings(returned)] == ["counterfoil_received"]
    assert letter_findings([]) == counterfoil_findings(LETTER) == []


def test_v6_the_manager_hears_of_a_counterfoil_after_three_whole_days() -> None:
    at = counterfoil_escalates_at(date(2026, 3, 10), HANDBOOK)
    assert at == datetime(2026, 3, 14, tzinfo=SHANGHAI)
    assert at - timedelta(seconds=1) < datetime(2026, 3, 13, 23, 59, 59, 1, tzinfo=SHANGHAI)


@pytest.mark.parametrize("body", ["请速联系，否则移交公安处理", "法 院将传票送达", "上黑-名单", "检察机关"])
def test_v15_words_of_the_organs_and_threats_are_refused_however_spaced(body: str) -> None:
    assert [f.kind.code for f in v15_word_findings(body)] == ["word_forbidden"]


def test_v15_a_template_of_plain_words_passes_and_is_filled() -> None:
    body = "{debtor_name}您好，我们受{client}委托，请回电{agent_name}。"
    assert v15_word_findings(body) == placeholder_findings(body) == []
    assert not tells_debt(body)
    assert tells_debt("您的欠款{balance}元")
    assert (
        filled("{client}：{debtor_name}", {"client": "示例银行", "debtor_name": "张*明"}) == "示例银行：张*明"
    )


def test_v15_only_an_approved_template_is_sent_and_the_debt_is_told_to_the_debtor_alone() -> None:
    draft = MessageTemplate("t", "催告", "您的欠款{balance}元", None, None, None, 1)
    approved = replace(draft, approved_by="m", approved_at=NOON)
    retired = replace(approved, retired_at=NOON)

    def against(template: MessageTemplate, owner: PhoneOwner) -> list[str]:
        return [finding.kind.code for finding in sending_findings(template, owner)]

    assert (
        against(draft, PhoneOwner.DEBTOR) == against(retired, PhoneOwner.DEBTOR) == ["template_not_approved"]
    )
    assert against(approved, PhoneOwner.DEBTOR) == []
    assert against(approved, PhoneOwner.RELATIVE) == ["template_tells_debt"]
    assert against(replace(approved, body="请回电"), PhoneOwner.RELATIVE) == []


@pytest.mark.parametrize("body", ["{amount}", "{ }", "{", "}", "{client.__class__}"])
def test_a_placeholder_that_nothing_fills_is_refused(body: str) -> None:
    assert [f.kind.code for f in placeholder_findings(body)] == ["placeholder_unknown"]


def test_v19_a_number_on_file_is_found_again_but_not_through_a_hidden_one() -> None:
    first = phone()
    hidden = replace(phone("q"), duplicate_of_id="p")
    assert v19_same_phone("13900000001", [hidden, first]) is first
    assert v19_same_phone("13900000001", [hidden]) is None
    assert v19_same_phone("13900000009", [first]) is None


def needs(**changes: object) -> VisitNeeds:
    whole = VisitNeeds(2, 2, "photo_and_recording", 1, 1, None, ())
    return replace(whole, **changes)  # type: ignore[arg-type]


def test_what_is_missing_is_named_with_its_clause() -> None:
    letter = LetterNeeds(False, False, False)
    phones = (
        PhoneFacts("T1", "debtor", True, False, False),
        PhoneFacts("T2", "relative", False, False, False),
    )
    found = missing_for_credit(needs(present=1, photos=0, recordings=0, letter=letter, phones=phones))
    assert [(m.code, m.clause) for m in found] == [
        ("second_agent", "V1"),
        ("photo", "X3"),
        ("recording", "X3"),
        ("letter_address_photo", "V6"),
        ("letter_manner_photo", "V6"),
        ("counterfoil", "V6"),
        ("phones_not_called", "X8"),
        ("message_not_sent", "X8"),
    ]
    assert found[6].ids == ("T1",)
    assert {m.code for m in found} == MISSING_WORDS.keys()
    assert all(re.search("[\u4e00-\u9fff]", zh) and en.isascii() for zh, en in MISSING_WORDS.values())


def test_a_whole_visit_lacks_nothing_and_either_evidence_is_enough_where_the_policy_says_so() -> None:
    assert missing_for_credit(needs()) == []
    assert [m.code for m in missing_for_credit(needs(photos=0))] == ["photo"]
    assert missing_for_credit(needs(photos=0, evidence_required="either")) == []
    called = (PhoneFacts("T1", "debtor", True, True, True),)
    assert missing_for_credit(needs(letter=LetterNeeds(True, True, True), phones=called)) == []


def visit_of(**changes: object) -> Visit:
    values: dict[str, object] = {
        "id": "v", "placement_id": "pl", "address_id": "old", "address_version": 1, "request_id": None,
        "plan_id": None, "team_id": None, "parent_id": None, "position": 0, "state": VisitState.PUBLISHED,
        "lead_id": "lead", "partner_id": "partner", "trainee_id": None, "valid_from": None, "valid_until": None,
        "promise_due_on": None, "promise_explained": False, "hold_id": None, "started_at": None, "ended_at": None,
        "outcome": None, "outcome_note": "", "debtor_gone": False, "superseded_by": None, "voided_at": None,
        "voided_by": None, "void_reason": None, "desk_confirmed_by": None, "ended_reason": None, "version": 1,
    }  # fmt: skip
    return Visit(**values | changes)  # type: ignore[arg-type]


def test_v7_a_follow_up_goes_from_a_visit_that_has_begun_to_another_address() -> None:
    begun = visit_of(started_at=NOON)

    def against(parent: Visit, address_id: str) -> list[str]:
        return [finding.kind.code for finding in v7_follow_up_findings(parent, address_id)]

    assert against(visit_of(), "new") == ["follow_up_not_open"]
    assert against(begun, "old") == ["follow_up_same_address"]
    assert against(begun, "new") == []


def test_x6_only_a_follow_up_that_has_taken_place_supersedes() -> None:
    done = visit_of(parent_id="p", started_at=NOON, state=VisitState.COMPLETED)
    assert supersedes_parent(done)
    for short in ({"parent_id": None}, {"started_at": None}, {"state": VisitState.IN_PROGRESS}):
        assert not supersedes_parent(replace(done, **short))


def test_v8_evidence_is_voided_once() -> None:
    assert v8_void_findings(visit_of()) == []
    assert [f.kind.code for f in v8_void_findings(visit_of(voided_at=NOON))] == ["visit_already_voided"]

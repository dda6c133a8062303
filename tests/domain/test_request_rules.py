"""The clauses before filing, each at its boundary: refusals first, then what is let through."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from server.domain.address_errors import r13_address_error_fine
from server.domain.addresses import AddressVerdict, Verdict, check_address
from server.domain.placements import (
    Address,
    AddressKind,
    AddressStanding,
    Hold,
    HoldReason,
    Placement,
    Promise,
    Source,
)
from server.domain.policy.editions import HANDBOOK
from server.domain.request_facts import AskedAddress, KnownAddress, OpenDivision, RequestFacts
from server.domain.request_rules import check_request, request_findings
from server.domain.requests import DemolitionAnswer, DemolitionCheck, Waiver, WaiverKind
from server.geo.gazetteer import gazetteer

TODAY = date(2026, 3, 10)
NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)
PLACEMENT = Placement(
    "placement", "AJ1", "client", "project", "branch", "2026-01", "debtor", "collector", 1_000_000, None,
    date(2026, 1, 5), date(2026, 6, 30), None, None, None, NOON, 1,
)  # fmt: skip


def verdict_of(text: str) -> AddressVerdict:
    return check_address(text, gazetteer())


def an_address(id: str, kind: AddressKind = AddressKind.HOUSEHOLD, **changes: Any) -> Address:
    text = changes.pop("text", "河南省新乡市原阳县建设路12号")
    address = Address(
        id, "debtor", kind, text, text, "", "", "", "", "", "", False, AddressStanding.UNKNOWN, None,
        Source.IMPORT, None, None, NOON, None, 1,
    )  # fmt: skip
    return dataclasses.replace(address, **changes)


def asked(address: Address, **changes: Any) -> AskedAddress:
    verdict = verdict_of(address.text)
    found = AskedAddress(
        KnownAddress(address, address.standing, visited=False), verdict, verdict.message, None, False, ()
    )
    return dataclasses.replace(found, **changes)


def facts(*addresses: AskedAddress, **changes: Any) -> RequestFacts:
    chosen = addresses or (asked(an_address("household")),)
    whole = RequestFacts(
        placement=PLACEMENT,
        requested_on=TODAY,
        edition=HANDBOOK,
        asked=chosen,
        known=tuple(one.known for one in chosen),
        open_divisions=(),
        waivers=(),
        promises=(),
        holds=(),
        person_blocked=False,
    )
    return dataclasses.replace(whole, **changes)


def codes(asked_facts: RequestFacts) -> list[str]:
    return [finding.kind.code for finding in request_findings(asked_facts)]


def waiver(kind: WaiverKind, address_id: str | None = None, *, granted: bool | None = True) -> Waiver:
    decided = None if granted is None else NOON
    return Waiver(
        "waiver",
        "request",
        kind,
        address_id,
        "理由",
        "collector",
        NOON,
        granted,
        "dispatcher",
        decided,
        "同意",
        2,
    )


def test_a_request_in_order_passes_every_clause() -> None:
    checks = check_request(facts())
    assert [check.clause for check in checks] == [
        "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R11", "V13",
    ]  # fmt: skip
    assert [check.clause for check in checks if not check.ok] == []
    assert checks[0].sentence == "需在开案以后"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"opened_on": date(2026, 3, 11)}, ["request_before_opening"]),
        ({"opened_on": date(2026, 3, 10)}, []),
        ({"opened_on": date(2026, 3, 9)}, []),
        ({"ended_on": date(2026, 3, 9)}, ["request_after_end", "recall_too_near"]),
        ({"ended_on": date(2026, 3, 10)}, ["request_after_end", "recall_too_near"]),
        ({"recall_on": date(2026, 3, 9)}, ["request_after_end", "recall_too_near"]),
        ({"recall_on": date(2026, 3, 10)}, ["recall_too_near"]),
    ],
)
def test_r1_within_the_placement(changes: dict[str, Any], expected: list[str]) -> None:
    assert codes(facts(placement=dataclasses.replace(PLACEMENT, **changes))) == expected


@pytest.mark.parametrize(
    ("days_left", "expected"), [(14, ["recall_too_near"]), (15, ["recall_too_near"]), (16, [])]
)
def test_r4_fifteen_days_before_the_recall(days_left: int, expected: list[str]) -> None:
    near = dataclasses.replace(PLACEMENT, recall_on=TODAY + timedelta(days=days_left))
    assert codes(facts(placement=near)) == expected


def test_r4_a_retention_moves_the_end() -> None:
    near = dataclasses.replace(PLACEMENT, recall_on=TODAY, retained_until=TODAY + timedelta(days=16))
    assert codes(facts(placement=near)) == []


@pytest.mark.parametrize(("granted", "expected"), [(None, 1), (False, 1), (True, 0)])
def test_r4_only_a_granted_exception_opens_it(granted: bool | None, expected: int) -> None:
    near = dataclasses.replace(PLACEMENT, recall_on=TODAY + timedelta(days=5))
    exception = waiver(WaiverKind.RECALL_BLACKOUT, granted=granted)
    assert len(codes(facts(placement=near, waivers=(exception,)))) == expected


def test_r2_a_request_names_an_address() -> None:
    assert codes(dataclasses.replace(facts(), asked=())) == ["request_without_address"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("河南省郑州市高新区科学大道100号", ["address_incomplete"]),
        ("河南省郑州市建设路1号", ["address_incomplete"]),
        ("香港特别行政区九龙弥敦道1号", ["address_incomplete"]),
        ("河南省郑州市金水区", ["address_detail_missing"]),
        ("原阳县建设路12号", ["address_to_accept"]),
        ("郑州市原阳县建设路12号", ["address_divisions_wrong"]),
        ("河南省洛阳市吉利区中原路1号", ["address_renamed"]),
        ("河南省新乡市原阳县建设路12号", []),
    ],
)
def test_r2_and_r3_on_the_words_of_an_address(text: str, expected: list[str]) -> None:
    assert codes(facts(asked(an_address("household", text=text)))) == expected


def test_r3_suggests_the_true_parent() -> None:
    (finding,) = request_findings(facts(asked(an_address("household", text="郑州市原阳县建设路12号"))))
    assert "河南省新乡市原阳县建设路12号" in finding.remedy_zh()
    assert finding.field == "addresses[0]"


@pytest.mark.parametrize("text", ["原阳县建设路12号", "河南省洛阳市吉利区中原路1号"])
def test_r2_and_r3_what_was_filled_in_or_renamed_passes_once_accepted(text: str) -> None:
    address = an_address("household", text=text)
    normalized = verdict_of(text).normalized
    assert codes(facts(asked(address, accepted_text=normalized))) == []
    assert len(codes(facts(asked(address, accepted_text=normalized + "1")))) == 1


def home(standing: AddressStanding = AddressStanding.UNKNOWN, **changes: Any) -> AskedAddress:
    address = an_address("home", AddressKind.HOME, standing=standing)
    return asked(address, **({"confirmed": True} | changes))


def with_household(chosen: AskedAddress, household: Address, *, visited: bool = False) -> RequestFacts:
    return facts(chosen, known=(chosen.known, KnownAddress(household, household.standing, visited)))


def test_r5_a_home_waits_for_the_household_registration() -> None:
    (finding,) = request_findings(with_household(home(), an_address("household")))
    assert finding.kind.code == "higher_address_open"
    assert finding.params["higher_ids"] == ["household"]


def test_r5_the_household_waits_for_a_valid_address() -> None:
    valid = an_address("valid", AddressKind.WORK, standing=AddressStanding.VALID)
    household = asked(an_address("household"))
    whole = facts(household, known=(household.known, KnownAddress(valid, valid.standing, visited=False)))
    assert codes(whole) == ["higher_address_open"]


def test_r5_a_higher_address_visited_invalid_or_in_the_same_request_is_out_of_the_way() -> None:
    household = an_address("household")
    assert codes(with_household(home(), household, visited=True)) == []
    gone = dataclasses.replace(household, standing=AddressStanding.INVALID)
    assert codes(with_household(home(), gone)) == []
    assert codes(facts(asked(household), home())) == []


def test_r5_a_reason_that_the_dispatcher_accepted_opens_it_for_that_address_alone() -> None:
    whole = with_household(home(), an_address("household"))
    accepted = waiver(WaiverKind.ADDRESS_ORDER, "home")
    assert codes(dataclasses.replace(whole, waivers=(accepted,))) == []
    other = waiver(WaiverKind.ADDRESS_ORDER, "another")
    assert codes(dataclasses.replace(whole, waivers=(other,))) == ["higher_address_open"]


def test_r6_every_address_but_the_household_needs_a_confirmation() -> None:
    assert codes(facts(home(confirmed=False))) == ["address_not_confirmed"]
    assert codes(facts(home(AddressStanding.INVALID))) == ["address_recorded_invalid"]
    for reason, said in (("moved", "已搬离"), ("withdrawn: 债务人来电更正", "债务人来电更正"), (None, "—")):
        gone = home(AddressStanding.INVALID)
        address = dataclasses.replace(gone.known.address, standing_reason=reason)
        known = dataclasses.replace(gone.known, address=address)
        (finding,) = request_findings(facts(dataclasses.replace(gone, known=known)))
        assert finding.zh().endswith(f"已记为无效（{said}）"), reason
    assert codes(facts(home())) == []
    assert codes(facts(asked(an_address("household"), confirmed=False))) == []


def test_r7_the_addresses_of_a_request_share_one_county() -> None:
    elsewhere = asked(an_address("other", text="河南省郑州市金水区花园路88号"))
    assert codes(facts(asked(an_address("household")), elsewhere)) == ["counties_differ"]
    assert codes(facts(asked(an_address("household")), asked(an_address("second")))) == []


def test_r7_an_open_request_of_the_debtor_in_another_county() -> None:
    jinshui = OpenDivision("410105", "郑州市金水区", TODAY)
    yuanyang = OpenDivision("410725", "新乡市原阳县", TODAY)
    assert codes(facts(open_divisions=(jinshui, jinshui))) == ["other_request_open"]
    assert codes(facts(open_divisions=(yuanyang,))) == []


def village(*answers: tuple[DemolitionAnswer, int]) -> AskedAddress:
    address = an_address("village", text="河南省郑州市金水区张庄村12号", urban_village=True)
    checks = tuple(
        DemolitionCheck(
            f"check {hour}", "village", "街道办事处", "0371-1234567", NOON + timedelta(hours=hour), "limin", answer,
            "", NOON,
        )
        for answer, hour in answers
    )  # fmt: skip
    return asked(address, demolition_checks=checks, accepted_text=verdict_of(address.text).normalized)


def test_r8_an_urban_village_is_asked_about_before() -> None:
    assert codes(facts(village())) == ["demolition_unchecked"]
    assert codes(facts(village((DemolitionAnswer.NO_ANSWER, 1)))) == ["demolition_unchecked"]
    assert codes(facts(village((DemolitionAnswer.STANDING, 1)))) == []
    assert codes(facts(village((DemolitionAnswer.STANDING, 1), (DemolitionAnswer.NO_ANSWER, 2)))) == []


def test_r8_the_newest_answer_holds() -> None:
    gone = ((DemolitionAnswer.STANDING, 1), (DemolitionAnswer.DEMOLISHED, 2))
    assert codes(facts(village(*gone))) == ["address_demolished"]
    assert codes(facts(village((DemolitionAnswer.DEMOLISHED, 1), (DemolitionAnswer.STANDING, 2)))) == []


def test_r8_a_dispatcher_lets_a_demolished_one_pass_or_says_that_it_is_none() -> None:
    gone = village((DemolitionAnswer.DEMOLISHED, 1))
    assert codes(facts(gone, waivers=(waiver(WaiverKind.DEMOLISHED, "village"),))) == []
    assert codes(facts(village(), waivers=(waiver(WaiverKind.DEMOLISHED, "village"),))) == [
        "demolition_unchecked"
    ]
    assert codes(facts(village(), waivers=(waiver(WaiverKind.NO_URBAN_VILLAGE, "village"),))) == []


def promise(due_on: date, **changes: Any) -> Promise:
    made = Promise("promise", "placement", date(2026, 3, 1), due_on, 50_000, True, True, NOON, "limin")
    return dataclasses.replace(made, **changes)


@pytest.mark.parametrize(("days", "expected"), [(-1, []), (0, ["promise_not_due"]), (1, ["promise_not_due"])])
def test_r11_on_or_before_the_promised_day(days: int, expected: list[str]) -> None:
    assert codes(facts(promises=(promise(TODAY + timedelta(days=days)),))) == expected


def test_r11_only_a_promise_by_phone_that_was_judged_able() -> None:
    assert codes(facts(promises=(promise(TODAY, by_phone=False),))) == []
    assert codes(facts(promises=(promise(TODAY, judged_able=False),))) == []


def test_r11_an_accepted_explanation_covers_the_promises_known_then() -> None:
    explained = waiver(WaiverKind.PROMISE)
    known = promise(TODAY)
    later = promise(TODAY, recorded_at=NOON + timedelta(seconds=1))
    assert codes(facts(promises=(known,), waivers=(explained,))) == []
    assert codes(facts(promises=(known, later), waivers=(explained,))) == ["promise_not_due"]


def test_v13_nothing_is_asked_for_while_the_case_stands_still() -> None:
    hold = Hold(
        "hold", "placement", HoldReason.COMPLAINT, "", NOON, None, None, None, None, None, None, 1, None
    )
    assert codes(facts(holds=(hold,))) == ["request_on_hold"]
    assert codes(facts(holds=(dataclasses.replace(hold, address_id="household"),))) == ["request_on_hold"]
    assert codes(facts(holds=(dataclasses.replace(hold, address_id="another"),))) == []
    assert codes(facts(person_blocked=True)) == ["request_on_hold"]


@pytest.mark.parametrize(("count", "fine"), [(0, 0), (2, 0), (3, 0), (4, 2000), (5, 4000)])
def test_r13_three_a_month_are_free(count: int, fine: int) -> None:
    assert r13_address_error_fine(count, HANDBOOK) == fine


def test_a_verdict_may_be_historical_and_lead_nowhere() -> None:
    nowhere = AddressVerdict("某县", Verdict.HISTORICAL)
    unknown = asked(an_address("household"), verdict=nowhere)
    assert codes(facts(unknown)) == ["address_divisions_wrong"]

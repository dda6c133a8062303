"""报外访 at the desk: refusals first, checked while one types, exceptions, sent, returned and sent again, own cases."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from admin_ui.words import Words
from server.domain.calendar import local_day
from server.domain.case_steps import NextStep
from server.domain.placements import Address, AddressKind, Placement
from server.domain.requests import RequestState, VisitRequest, WaiverKind
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.desk.test_pages import proper
from tests.support import builders, case_builders
from tests.support.cast import AGENT, COLLEAGUE, COLLECTOR, DISPATCHER, OTHER_COLLECTOR, PARTNER, TEAM_LEAD
from tests.support.requests import fresh
from tests.support.statements import statements_of

_NEXT = re.compile(
    r'class="open"[^>]*>([^<]+)</a>.*?<span class="badge[^>]*>.*?</svg>([^<]+)</span>', re.DOTALL
)


@pytest.fixture
def collector(desk: Desk) -> Browser:
    return Browser(desk, COLLECTOR)


def one(request: VisitRequest, verb: str = "edit") -> str:
    return f"/desk/requests/{request.id}/{verb}"


def drafted(desk: Desk, *details: str) -> tuple[Placement, list[Address], VisitRequest]:
    placement = builders.make_placement(desk)
    addresses = [
        builders.make_address(desk, placement, detail=detail) for detail in details or ("建设路1号",)
    ]
    return placement, addresses, builders.make_request(desk, placement, [], state=RequestState.DRAFT)


def now(desk: Desk, request: VisitRequest) -> VisitRequest:
    with desk.installation.house.units.read() as uow:
        return uow.visit_requests.need(request.id)


def choice(*addresses: Address, version: int = 1, accept: bool = False, note: str = "") -> dict[str, str]:
    fields = {"choosing": "1", "version": str(version), "note": note}
    for address in addresses:
        fields[f"choose.{address.id}"] = "1"
        if accept:
            fields[f"accept.{address.id}"] = "1"
    return fields


def test_nobody_writes_on_another_ones_draft(desk: Desk) -> None:
    placement, (address,), request = drafted(desk)
    for member in (COLLEAGUE, OTHER_COLLECTOR):
        other = Browser(desk, member)
        assert other.get(one(request)).status_code == 404
        assert other.post(f"/desk/cases/{placement.id}/requests", {"id": fresh()}).status_code == 404
        for verb in ("check", "save", "file", "waivers", "addresses"):
            assert other.post(one(request, verb), choice(address), part=True).status_code == 404, verb
    assert Browser(desk, DISPATCHER).get(one(request)).status_code == 403
    assert now(desk, request).version == 1


def test_what_is_missing_is_refused_and_nothing_is_kept(desk: Desk, collector: Browser) -> None:
    _, (address,), request = drafted(desk)
    answer = collector.post(one(request, "file"), choice(), part=True)
    assert answer.status_code == 422
    assert "请选择至少一个地址" in seen(answer.text)
    for fields in ({"choose.x": "1"}, {f"choose.{fresh()}": "1"}, {"note": "长" * 1001}):
        assert collector.post(one(request, "save"), choice() | fields, part=True).status_code == 422, fields
    assert collector.post(one(request, "save"), choice(address, version=2), part=True).status_code == 412
    assert collector.post(one(request, "save"), {"choosing": "1"}, part=True).status_code == 428
    with desk.installation.house.units.read() as uow:
        assert uow.request_addresses.having(request_id=request.id) == []


def test_one_draft_a_case_is_begun_and_gone_on_with(desk: Desk, collector: Browser) -> None:
    placement = builders.make_placement(desk)
    case = collector.page(f"/desk/cases/{placement.id}")
    assert f'action="/desk/cases/{placement.id}/requests"' in case
    first = collector.post(f"/desk/cases/{placement.id}/requests", {"id": fresh()})
    again = collector.post(f"/desk/cases/{placement.id}/requests", {"id": fresh()})
    assert first.headers["Location"] == again.headers["Location"]
    page = collector.get(first.headers["Location"])
    assert "此债务人还没有地址" in seen(page.text)
    proper(page.text, page.headers["Content-Security-Policy"], "draft")


def test_each_address_has_its_rank_and_what_stands_against_it(desk: Desk, collector: Browser) -> None:
    placement, (registered,), request = drafted(desk)
    home = builders.make_address(desk, placement, AddressKind.HOME, county="河南省郑州市金水区")
    page = collector.page(one(request))
    assert page.index(f"choose-{registered.id}") < page.index(f"choose-{home.id}")
    text = seen(page)
    assert "第二顺位：户籍地址" in text
    assert "第三顺位：家庭、单位" in text
    assert "不是户籍地址，且没有确认记录" in text
    proper(page, collector.get(one(request)).headers["Content-Security-Policy"], "draft")


def test_ticking_says_what_each_clause_would_say_and_stores_nothing(desk: Desk, collector: Browser) -> None:
    placement, (registered,), request = drafted(desk)
    far = builders.make_address(desk, placement, county="河南省郑州市金水区")
    fine = collector.done(one(request, "check"), choice(registered))
    assert "可以提交" in seen(fine)
    both = seen(collector.done(one(request, "check"), choice(registered, far)))
    assert "一次只能提报同一区县的地址" in both
    assert "还不能提交" in both
    assert now(desk, request).version == 1
    with desk.installation.house.units.read() as uow:
        assert uow.request_addresses.having(request_id=request.id) == []


@pytest.mark.parametrize(
    ("text", "says", "takes"),
    [
        ("", "", None),
        ("新乡市原阳县建设路1号", "还不能提交", "河南省新乡市原阳县建设路1号"),
        ("郑州市原阳县建设路1号", "还不能提交", "新乡市原阳县"),
        ("河南省新乡市原阳县建设路1号", "地址完整", None),
        ("<script>window.hurt=1</script>", "还不能提交", None),
    ],
)
def test_an_address_is_checked_while_it_is_typed(
    collector: Browser, text: str, says: str, takes: str | None
) -> None:
    shown = collector.done("/desk/addresses/check", {"text": text})
    assert says in seen(shown)
    assert "<script>window" not in shown
    assert (takes is None) or any(takes in found for found in re.findall(r'data-takes="([^"]+)"', shown))


def test_a_new_address_is_added_once_and_ticked_beside_the_others(desk: Desk, collector: Browser) -> None:
    placement, (registered,), request = drafted(desk)
    new = {"id": fresh(), "kind": "home", "text": "河南省新乡市原阳县人民路8号"}
    for wrong in ({"kind": "cave"}, {"text": ""}, {"text": "长" * 301}, {"id": "x"}, {"colour": "red"}):
        answer = collector.post(one(request, "addresses"), choice(registered) | new | wrong, part=True)
        assert answer.status_code == 422, wrong
    shown = collector.done(one(request, "addresses"), choice(registered) | new)
    assert f'name="choose.{new["id"]}" value="1" checked' in shown
    assert f'name="choose.{registered.id}" value="1" checked' in shown
    repeated = new | {"id": fresh()}
    shown = collector.done(one(request, "addresses"), choice() | repeated)
    assert f'name="choose.{new["id"]}" value="1" checked' in shown
    with desk.installation.house.units.read() as uow:
        kept = uow.addresses.having(debtor_id=placement.debtor_id, duplicate_of_id=None)
    assert {address.id for address in kept} == {registered.id, new["id"]}


def test_an_address_is_corrected_confirmed_and_asked_about(desk: Desk, collector: Browser) -> None:
    placement, _, request = drafted(desk)
    home = builders.make_address(desk, placement, AddressKind.HOME, county="郑州市原阳县")
    path = one(request, f"addresses/{home.id}")
    right = {"text": "河南省新乡市原阳县柳林村3组", "address_version": "1"}
    assert collector.post(f"{path}/text", right | {"address_version": "2"}, part=True).status_code == 412
    assert "地址已更正" in seen(collector.done(f"{path}/text", choice(home) | right))
    who = {"id": fresh(), "confirmed_by": "配偶", "confirmed_on": "2026-03-10", "how": "电话"}
    late = who | {"confirmed_on": "2026-03-11"}
    assert collector.post(f"{path}/confirmations", late, part=True).status_code == 422
    assert "配偶" in seen(collector.done(f"{path}/confirmations", choice(home) | who))
    call = {
        "id": fresh(), "office": "柳林乡政府", "telephone": "0373-7281234", "called_at": "2026-03-10T09:30",
        "answer": "standing",
    }  # fmt: skip
    assert collector.post(f"{path}/office-call", call | {"office": ""}, part=True).status_code == 422
    shown = collector.done(f"{path}/office-call", choice(home) | call)
    assert "柳林乡政府" in seen(shown)
    assert f'name="choose.{home.id}" value="1" checked' in shown


def test_an_exception_is_asked_for_granted_and_the_request_is_sent(desk: Desk, collector: Browser) -> None:
    today = local_day(desk.clock.now())
    placement = builders.make_placement(desk, recall_on=today + timedelta(days=15))
    address = builders.make_address(desk, placement)
    request = builders.make_request(desk, placement, [], state=RequestState.DRAFT)
    checks = collector.done(one(request, "check"), choice(address))
    assert 'value="recall_blackout"' in checks
    asked = {"id": fresh(), "what": "recall_blackout", "reason": "客户约定当面还款"}
    for wrong in ({"what": "a_wish"}, {"what": "recall_blackout:x"}, {"reason": ""}):
        assert (
            collector.post(one(request, "waivers"), choice(address) | asked | wrong, part=True).status_code
            == 422
        )
    assert "例外已提交" in seen(collector.done(one(request, "waivers"), choice(address) | asked))
    again = choice(address, version=2) | asked | {"id": fresh()}
    assert collector.post(one(request, "waivers"), again, part=True).status_code == 409
    assert collector.post(one(request, "file"), choice(address, version=2), part=True).status_code == 422
    Browser(desk, DISPATCHER).done(
        one(request, f"waivers/{asked['id']}"), {"answer": "grant", "reason": "同意"}
    )
    answer = collector.post(one(request, "file"), choice(address, version=2), part=True)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, f"/desk/requests/{request.id}")
    assert now(desk, request).state is RequestState.FILED


def test_an_exception_for_one_address_names_it(desk: Desk, collector: Browser) -> None:
    placement, _, request = drafted(desk)
    home = builders.make_address(desk, placement, AddressKind.HOME)
    builders.make_confirmation(desk, home)
    work = builders.make_address(desk, placement, AddressKind.WORK)
    builders.make_confirmation(desk, work, by="同事")
    checks = collector.done(one(request, "check"), choice(work))
    assert f'value="address_order:{work.id}"' in checks
    asked = {"id": fresh(), "what": f"address_order:{work.id}", "reason": "户籍地无人居住"}
    collector.done(one(request, "waivers"), choice(work) | asked)
    with desk.installation.house.units.read() as uow:
        (waiver,) = uow.waivers.having(request_id=request.id)
    assert (waiver.kind, waiver.address_id) == (WaiverKind.ADDRESS_ORDER, work.id)


def test_a_returned_request_shows_why_and_is_sent_again(desk: Desk, collector: Browser) -> None:
    _, (address,), request = drafted(desk)
    collector.done(one(request, "file"), choice(address, note="请外访"))
    version = now(desk, request).version
    Browser(desk, DISPATCHER).done(one(request, "return"), {"version": str(version), "reason": "请补充楼栋"})
    assert f"/desk/requests/{request.id}/edit" in collector.page(f"/desk/requests/{request.id}")
    page = collector.page(one(request))
    assert "请补充楼栋" in seen(page)
    assert f'name="choose.{address.id}" value="1" checked' in page
    fields = choice(address, version=version + 1, note="已补充")
    answer = collector.post(one(request, "file"), fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/desk/requests/{request.id}")
    sent = now(desk, request)
    assert (sent.state, sent.note) == (RequestState.FILED, "已补充")
    assert "不能再修改" in seen(collector.page(one(request)))


def test_what_was_not_changed_is_not_said_to_be(desk: Desk, collector: Browser) -> None:
    _, (address,), request = drafted(desk)
    collector.done(one(request, "save"), choice(address))
    collector.done(one(request, "save"), choice(address, version=2))
    assert now(desk, request).version == 2
    assert f'name="choose.{address.id}" value="1" checked' in collector.page(one(request))


def test_what_is_filled_in_is_accepted_by_a_person(desk: Desk, collector: Browser) -> None:
    placement = builders.make_placement(desk)
    address = builders.make_address(desk, placement, county="新乡市原阳县")
    request = builders.make_request(desk, placement, [], state=RequestState.DRAFT)
    assert "河南省新乡市原阳县" in seen(collector.page(one(request)))
    assert collector.post(one(request, "file"), choice(address), part=True).status_code == 422
    collector.done(one(request, "file"), choice(address, accept=True))
    assert now(desk, request).state is RequestState.FILED


def test_the_own_cases_say_what_comes_next(desk: Desk, collector: Browser) -> None:
    today = local_day(desk.clock.now())
    builders.make_placement(desk, COLLEAGUE, case_number="OTHER-1")
    steps: dict[str, NextStep] = {}

    def case(step: NextStep, **changes: object) -> Placement:
        placement = builders.make_placement(desk, **changes)
        steps[placement.case_number] = step
        return placement

    case(NextStep.CALL)
    case_builders.make_hold(desk, case(NextStep.ON_HOLD))
    builders.make_request(desk, case(NextStep.CORRECT_REQUEST), [], state=RequestState.RETURNED)
    builders.make_request(desk, case(NextStep.FINISH_DRAFT), [], state=RequestState.DRAFT)
    builders.make_request(desk, case(NextStep.WAITS_FOR_DECISION), [], state=RequestState.FILED)
    builders.make_promise(desk, case(NextStep.PROMISE_PENDING), today)
    builders.make_promise(desk, case(NextStep.PROMISE_BROKEN), today - timedelta(days=1))
    kept = case(NextStep.CALL)
    builders.make_promise(desk, kept, today - timedelta(days=1))
    builders.make_repayment(desk, kept, date(2026, 3, 2), 10_000)
    to_visit = case(NextStep.VISIT_TO_COME)
    builders.make_visit(desk, to_visit, builders.make_address(desk, to_visit), lead=AGENT, partner=PARTNER)
    page = collector.page("/desk/cases")
    rows = dict(_NEXT.findall(page))
    assert rows == {number: Words("zh").of(step) for number, step in steps.items()}
    assert "OTHER-1" not in page
    assert "OTHER-1" in Browser(desk, TEAM_LEAD).page("/desk/cases")


def test_more_cases_and_more_addresses_ask_no_more_queries(desk: Desk, collector: Browser) -> None:
    placement, _, request = drafted(desk)
    pages = ("/desk/cases", one(request))
    for path in pages:
        collector.page(path)
    few = []
    for path in pages:
        with statements_of(desk) as asked:
            collector.page(path)
        few.append(len(asked))
    for _ in range(6):
        other, _, _ = drafted(desk)
        builders.make_promise(desk, other, date(2026, 4, 1))
        builders.make_confirmation(desk, builders.make_address(desk, placement, AddressKind.HOME))
    many = []
    for path in pages:
        with statements_of(desk) as asked:
            collector.page(path)
        many.append(len(asked))
    assert many == few

"""Loads the demo branch into an empty installation, telling its progress; refuses one that has accounts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from server.bootstrap import build
from server.clock import FixedClock, SystemClock
from server.demo import month_end, registers
from server.demo.bringing import bring
from server.demo.cases import Case, CaseMaker
from server.demo.course import Course
from server.demo.evidence import Studio
from server.demo.firm import Firm
from server.demo.names import Inventor
from server.demo.people import open_firm
from server.demo.points import bring_points
from server.demo.staff import Member, staff
from server.domain.access import Post
from server.domain.calendar import SHANGHAI, local_day
from server.domain.imports import ImportKind
from server.geo.gazetteer import gazetteer
from server.settings import Settings

SEED = 20191220
DAYS = 92
PLACEMENTS, VISITS = 2_000, 480
SMALL_PLACEMENTS, SMALL_VISITS = 160, 60

Tell = Callable[[str], None]


class DemoRefused(Exception):
    """The installation is not empty: a demo never mixes with a firm's own data."""


def load_demo(
    settings: Settings, *, seed: int, today: date, small: bool, tell: Tell, begun: Callable[[], None]
) -> None:
    """Make the branch; `today` is the day on which the desk finds it, `begun` is called once it is sure to begin."""
    begin = datetime.combine(today - timedelta(days=DAYS), time(8), SHANGHAI)
    clock = FixedClock(begin)
    installation = build(settings, clock=clock, wake=lambda: None)
    with installation.house.units.read() as uow:
        if uow.accounts.with_post(Post.IT):
            raise DemoRefused("the database has accounts already")
    begun()
    inventor = Inventor(seed)
    firm = Firm(installation, clock, inventor, today)
    members = staff(inventor)
    tell("人员、岗位、设备 / people, posts, devices")
    open_firm(firm, members)
    month_end.begin(firm)
    cases = _bring_cases(firm, members, SMALL_PLACEMENTS if small else PLACEMENTS, tell)
    _pay_unvisited(firm, cases)
    _play(firm, cases, begin.date() + timedelta(days=1), SMALL_VISITS if small else VISITS, tell)
    installation.engine.dispose()


def open_empty(settings: Settings) -> None:
    """The branch's people and nothing else, in an installation that is up: what each finds on the first day."""
    clock = FixedClock(SystemClock().now() - timedelta(hours=1))
    installation = build(settings, clock=clock, wake=lambda: None)
    inventor = Inventor(SEED)
    open_firm(Firm(installation, clock, inventor, local_day(clock.now())), staff(inventor))
    installation.engine.dispose()


def _bring_cases(firm: Firm, members: list[Member], count: int, tell: Tell) -> list[Case]:
    collectors = [member for member in members if member.post is Post.COLLECTOR]
    cases = CaseMaker(firm.inventor, gazetteer(), collectors, firm.today).cases(count)
    tell(f"{count} 件委案导入 / placements by file")
    bring(firm, ImportKind.PLACEMENTS, (case.row for case in cases))
    tell("联系人、地址确认、催记 / contacts, confirmations, call notes")
    contacts = [{"case_number": case.case_number, **contact} for case in cases for contact in case.contacts]
    bring(firm, ImportKind.PHONES, contacts)
    confirmed = [
        {
            "case_number": case.case_number,
            "kind": "home",
            "text": case.row["home_address"],
            "confirmed_by": "本人",
            "confirmed_on": (firm.now.astimezone(UTC).date() - timedelta(days=1)).isoformat(),
            "confirmed_how": "电话核实",
        }
        for case in cases
        if case.confirmed_home and "home_address" in case.row
    ]
    bring(firm, ImportKind.ADDRESSES, confirmed)
    return cases


def _pay_unvisited(firm: Firm, cases: list[Case]) -> None:
    """Some pay without ever being visited: their lines say `no_visit`."""
    rows = [
        {
            "case_number": case.case_number,
            "client": case.row["client"],
            "reference": f"HK9{number:06d}",
            "paid_on": firm.now.astimezone(SHANGHAI).date().isoformat(),
            "amount": f"{case.placed_fen // 2500 + 1}.00",
        }
        for number, case in enumerate(cases[::25])
        if case.opened_on <= firm.now.astimezone(SHANGHAI).date()
    ]
    bring(firm, ImportKind.REPAYMENTS, rows)


def _play(firm: Firm, cases: list[Case], first: date, visits: int, tell: Tell) -> None:
    with Studio(firm) as studio:
        course = Course(firm, studio, cases, visits)
        for number, day in enumerate(course.days(first)):
            if number % 10 == 9:
                tell(f"{day} · {course.visited}/{visits} 次外访 / visits")
        tell("今天 / today")
        course.today()
    month_end.end(firm)
    registers.end(firm)
    tell("地址坐标 / where addresses lie")
    bring_points(firm)
    tell("回款归属计算 / scoring")
    firm.run_jobs()
    month_end.gather_facts(firm)
    tell("完成 / done")

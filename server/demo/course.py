"""The three months of the demo: what happens on each day, in the order of the firm's day.

Morning: papers and news of the days before, repayments in by file, the plan published. Day: visits. Evening: requests
for the next day. What takes days (a relay, a counterfoil, a repayment) is put on the calendar when its cause happens.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial

from server.demo.bringing import bring
from server.demo.cases import Case
from server.demo.evidence import Studio, send
from server.demo.firm import Firm
from server.demo.month_course import MonthCourse
from server.demo.planning import Crew, plan_day
from server.demo.registers import bring_papers_back, complain, take_papers
from server.demo.requesting import Requested, leave_undecided, placement_of, request_visit
from server.demo.scripts import SCRIPTS, Script
from server.demo.visiting import Happened, Stop, arrive, follow_later, go_on, play, prepare
from server.domain.calendar import SHANGHAI, local_day
from server.domain.imports import ImportKind
from server.domain.messages import SentReport
from server.domain.money import format_fen
from server.domain.placements import HoldReason
from server.domain.visits import MessageState
from server.services import (
    case_records,
    holds,
    letters,
    placements,
    publication,
    text_messages,
    visit_contacts,
    visit_outcomes,
)

FULL_LENGTH = 30  # the last so many visits have recordings of full length
_SHORT_SECONDS = (20, 60)
_FULL_SECONDS = (900, 2400)

HOLD_EVERY, FAIL_EVERY = 13, 17  # working days between two complaints, two days of bad weather
LATE_EVERY, LATE_DAYS = 60, 3  # visits between two whose phone had no network for so many days (V2)
PAPER_DAYS = 4  # whose papers are on the desk's list
LONGEST_STORY = 30  # days that a case should still have, so that R4 does not refuse its request

CLOSING = next(script for script in SCRIPTS if script.shows == "C1 unpaid")  # what a follow-up finds

Act = Callable[[], None]


class Course:
    """Plays the days one after the other; `cases` are used up from the front."""

    def __init__(self, firm: Firm, studio: Studio, cases: list[Case], visits: int) -> None:
        self._firm = firm
        self._studio = studio
        self._cases = cases  # those that were not reported yet
        self._left = visits
        self._calendar: defaultdict[date, list[Act]] = defaultdict(list)
        self._rows: defaultdict[date, dict[ImportKind, list[dict[str, str]]]] = defaultdict(dict)
        self._scripts = self._deck()
        self._again: list[Script] = []  # those whose request was refused
        self._waiting: list[Requested] = []
        self._paid = 0
        self._months = MonthCourse(firm, self._on)
        self._ended = 0
        self.visited = 0

    def days(self, first: date) -> Iterator[date]:
        """Play up to yesterday, a working day at a time; yields each day when it is over."""
        yesterday = self._firm.today - timedelta(days=1)
        days = list(self._firm.inventor.working_days(first, yesterday))
        for number, day in enumerate(days):
            self._morning(day)
            self._visit(day, self._crews(day), fails=number % FAIL_EVERY == FAIL_EVERY - 1)
            self._send_messages(day)
            if number % HOLD_EVERY == HOLD_EVERY - 1 and self._waiting:
                self._hold_one(day)
            if number < len(days) - 1:
                remaining = len(days) - 1 - number
                self._report(day, -(-self._left // remaining))
            yield day

    def today(self) -> None:
        """How the desk finds the day: a visit begun, others to come, requests to decide, tomorrow's plan a draft."""
        firm, day = self._firm, self._firm.today
        evening = day - timedelta(days=1)
        self._left = 8
        self._report(evening, 8, only=("C1",))
        tomorrow, self._waiting = self._waiting[5:], self._waiting[:5]
        firm.at(day, 8, 30)
        self._bring(day)
        crews = self._crews(day)
        leave_undecided(firm, [self._case(day) for _ in range(16)])
        plan_day(firm, day + timedelta(days=1), tomorrow, publish=False)
        accepted = [request_visit(firm, self._case(day), SCRIPTS[0]) for _ in range(6)]
        complain(firm, next(one for one in accepted if one is not None))
        stops = self._stops(day, crews)
        if stops:
            arrive(firm, stops[0])

    def _deck(self) -> Iterator[Script]:
        """Each script as often as it weighs, shuffled; the first deck begins with one of each."""
        dice = self._firm.inventor.dice
        deck = list(SCRIPTS)
        while True:
            yield from deck
            deck = [script for script in SCRIPTS for _ in range(script.weight)]
            dice.shuffle(deck)

    def _case(self, day: date) -> Case:
        """The next case that may be reported on that day (R1, R4) and stays with the firm for its story."""
        for number, case in enumerate(self._cases):
            if case.opened_on <= day and case.recall_on > day + timedelta(days=LONGEST_STORY):
                return self._cases.pop(number)
        raise LookupError("the demo has run out of cases: make more, or fewer visits")

    # the parts of a day
    def _morning(self, day: date) -> None:
        self._firm.at(day, 8, 10)
        for due in sorted(d for d in self._calendar if d <= day):
            for act in self._calendar.pop(due):
                act()
        self._bring(day)
        self._months.morning(day)

    def _bring(self, day: date) -> None:
        for due in sorted(d for d in self._rows if d <= day):
            for kind, rows in self._rows.pop(due).items():
                bring(self._firm, kind, rows)

    def _crews(self, day: date) -> list[Crew]:
        if not self._waiting:
            return []
        self._firm.at(day, 8, 40)
        waiting, self._waiting = self._waiting, []
        crews = plan_day(self._firm, day, waiting)
        if day >= self._firm.today - timedelta(days=PAPER_DAYS):
            self._on(day, 1, partial(bring_papers_back, self._firm, take_papers(self._firm, crews, day)))
        return crews

    def _visit(self, day: date, crews: list[Crew], *, fails: bool) -> None:
        """Arrivals and departures of all crews in the order of the clock; on some days one does not get there."""
        agenda: list[tuple[datetime, int, Act]] = []
        for number, stop in enumerate(self._stops(day, crews)):
            if fails and number == 0:
                agenda.append((stop.begins, 0, partial(self._fail_one, stop)))
                continue
            agenda.append((stop.begins, 2 * number, partial(arrive, self._firm, stop)))
            agenda.append((stop.ends, 2 * number + 1, partial(self._end, stop)))
        for moment, _, act in sorted(agenda, key=lambda item: item[:2]):
            self._firm.until(moment)
            act()

    def _stops(self, day: date, crews: list[Crew]) -> list[Stop]:
        stops = []
        for crew in crews:
            begins = datetime.combine(day, time(9, 30), SHANGHAI)
            for requested in crew.requested:
                for visit in requested.visits:
                    stops.append(self._stop(crew, requested, visit.id, begins))
                    begins = stops[-1].ends + timedelta(minutes=50)
        return stops

    def _stop(self, crew: Crew, requested: Requested, visit_id: str, begins: datetime) -> Stop:
        self.visited += 1
        dice = self._firm.inventor.dice
        seconds = dice.randint(*(_FULL_SECONDS if self._left < FULL_LENGTH else _SHORT_SECONDS))
        visit = next(visit for visit in requested.visits if visit.id == visit_id)
        return prepare(self._firm, self._studio, crew, requested, visit, begins, seconds)

    def _end(self, stop: Stop) -> None:
        self._ended += 1
        self._months.visited(local_day(stop.begins))
        late = self._ended % LATE_EVERY == LATE_EVERY - 1
        happened = play(self._firm, stop, sends=not late)
        if late:
            sending = partial(send, self._firm, stop.sender(self._firm), stop.visit_id, stop.drawings)
            self._on(local_day(stop.begins), LATE_DAYS, sending)
        self._afterwards(stop.requested, happened, local_day(stop.begins))
        follow_up = stop.requested.script.follow_up
        if follow_up == "planned":
            self._waiting.append(follow_later(self._firm, stop, CLOSING))
        elif follow_up == "learnt":
            second = go_on(self._firm, self._studio, stop, CLOSING)
            arrive(self._firm, second)
            self._afterwards(second.requested, play(self._firm, second), local_day(second.begins))

    def _send_messages(self, day: date) -> None:
        """The day's text messages go to the firm's channel as a batch, which says that they went out (V12)."""
        self._firm.at(day, 18, 30)
        with self._firm.acting("dispatcher1") as (uow, actor):
            if not uow.text_messages.having(state=MessageState.QUEUED):
                return
            batch = text_messages.make_batch(uow, actor, self._firm.new_id(), None, 500)
            going = text_messages.take_file(uow, actor, batch)
            taken = uow.text_message_batches.need(batch.id)
            reports = [
                SentReport(message.id, uow.now, None, number) for number, message in enumerate(going, 2)
            ]
            text_messages.record_reports(uow, taken, reports)

    def _report(self, day: date, count: int, only: tuple[str, ...] = ()) -> None:
        """Collectors report visits for tomorrow until so many were accepted."""
        self._firm.at(day, 19, 0)
        accepted = 0
        while accepted < min(count, self._left):
            script = self._next_script(only)
            case = self._case(day)
            self._before(case, script, day)
            requested = request_visit(self._firm, case, script)
            if requested is not None:
                self._waiting.append(requested)
                accepted += len(requested.visits)
                self._heard_since(requested, day)
            elif not only:
                self._again.append(script)
        self._left -= accepted

    def _next_script(self, only: tuple[str, ...]) -> Script:
        if only:
            return next(script for script in SCRIPTS if script.shows in only)
        return self._again.pop() if self._again else next(self._scripts)

    # what takes days
    def _before(self, case: Case, script: Script, day: date) -> None:
        """Facts that stand before the request: calls that make phones reachable, a referral (A3)."""
        if script.calls != "none":
            bring(self._firm, ImportKind.CALL_NOTES, self._calls_before(case, day))
        if script.referred_before is not None:
            referred_on = day - timedelta(days=script.referred_before)
            bring(
                self._firm,
                ImportKind.POLICE_REFERRALS,
                [{"case_number": case.case_number, "referred_on": referred_on.isoformat()}],
            )

    def _calls_before(self, case: Case, day: date) -> list[dict[str, str]]:
        """Calls of the weeks before, answered, so that the phones are reachable on the day (X8)."""
        numbers = [case.row["debtor_phone"], *(contact["number"] for contact in case.contacts)]
        return [
            {
                "case_number": case.case_number,
                "number": number,
                "called_at": f"{day - timedelta(days=6 + place)} 10:{20 + place}",
                "answered": "是",
                "seconds": "45",
                "caller": case.collector.employee_number,
            }
            for place, number in enumerate(numbers)
        ]

    def _heard_since(self, requested: Requested, day: date) -> None:
        """A promise by phone that came between the filing and the plan: nobody explained it (X4)."""
        after = requested.script.promise_after
        if after is None:
            return
        row = {
            "case_number": requested.case.case_number,
            "made_on": day.isoformat(),
            "due_on": (day + timedelta(days=after)).isoformat(),
            "amount": "1000.00",
            "by_phone": "是",
            "judged_able": "是",
        }
        bring(self._firm, ImportKind.PROMISES, [row])

    def _afterwards(self, requested: Requested, happened: Happened, day: date) -> None:
        script, case = requested.script, requested.case
        for contact_id, after in happened.relays:
            self._on(day, after, partial(self._relay, case, contact_id))
        if happened.letter_id is not None:
            self._letter(script, case, happened.letter_id, day)
        if script.voided_after is not None:
            self._on(day, script.voided_after, lambda: self._void(happened.visit_id))
        if script.recalled_after is not None:
            self._on(day, script.recalled_after, lambda: self._recall(requested))
        if script.restored_after is not None:
            self._on(day, script.restored_after, lambda: self._restore(case))
        if script.referred_after is not None:
            referred_on = day + timedelta(days=script.referred_after)
            row = {"case_number": case.case_number, "referred_on": referred_on.isoformat()}
            self._row(referred_on, ImportKind.POLICE_REFERRALS, row)
        self._pay(requested, day)

    def _letter(self, script: Script, case: Case, letter_id: str, day: date) -> None:
        if script.counterfoil_after is not None:
            self._on(day, script.counterfoil_after + 1, lambda: self._counterfoil(letter_id))
        if script.acknowledged_after is not None:
            self._on(day, script.acknowledged_after, lambda: self._acknowledge(case, letter_id))

    def _pay(self, requested: Requested, day: date) -> None:
        for paid in requested.script.paid:
            self._paid += 1
            reference = f"HK{self._paid:07d}"
            fen = max(100, int(requested.case.placed_fen * paid.share))
            paid_on = day + timedelta(days=paid.after)
            self._repayment(requested.case, reference, paid_on, fen, None)
            if paid.reversed_after is not None:
                back_on = paid_on + timedelta(days=paid.reversed_after)
                self._repayment(requested.case, f"{reference}R", back_on, -(fen // 3), reference)

    def _repayment(self, case: Case, reference: str, paid_on: date, fen: int, reverses: str | None) -> None:
        row = {
            "case_number": case.case_number,
            "client": case.row["client"],
            "reference": reference,
            "paid_on": paid_on.isoformat(),
            "amount": format_fen(fen),
        }
        if reverses is not None:
            row["reverses"] = reverses
        # the client reports a day's repayments the morning after
        self._row(paid_on + timedelta(days=1), ImportKind.REPAYMENTS, row)

    def _on(self, day: date, after: int, act: Act) -> None:
        self._calendar[day + timedelta(days=after)].append(act)

    def _row(self, day: date, kind: ImportKind, row: dict[str, str]) -> None:
        if day <= self._firm.today:
            self._rows[day].setdefault(kind, []).append(row)

    def _relay(self, case: Case, contact_id: str) -> None:
        with self._firm.acting(case.collector.username) as (uow, actor):
            visit_contacts.relay(uow, actor, contact_id, local_day(uow.now))

    def _counterfoil(self, letter_id: str) -> None:
        with self._firm.acting("dispatcher2") as (uow, actor):
            letters.receive_counterfoil(uow, actor, letter_id)

    def _acknowledge(self, case: Case, letter_id: str) -> None:
        with self._firm.acting(case.collector.username) as (uow, actor):
            letters.acknowledge(uow, actor, letter_id, local_day(uow.now), "本人")

    def _void(self, visit_id: str) -> None:
        with self._firm.acting("manager1") as (uow, actor):
            visit_outcomes.void(uow, actor, visit_id, "录音与现场不符，经核实为翻录")

    def _recall(self, requested: Requested) -> None:
        with self._firm.acting("dispatcher1") as (uow, _actor):
            placement = uow.placements.need(requested.placement.id)
            if placement.ended_on is None:  # a request with two addresses is two visits, and one recall
                placements.recall(uow, placement, local_day(uow.now), "委托方提前退案")

    def _restore(self, case: Case) -> None:
        with self._firm.acting(case.collector.username) as (uow, actor):
            case_records.restore_contact(
                uow,
                actor,
                placement_of(uow, case),
                local_day(uow.now),
                "网络搜索查得新号码",
                self._firm.new_id(),
            )

    def _hold_one(self, day: date) -> None:
        """V13: a complaint stops a case that was to be visited tomorrow; released when it was looked into."""
        requested = self._waiting.pop()
        with self._firm.acting("dispatcher1") as (uow, actor):
            placement = uow.placements.need(requested.placement.id)
            hold = holds.place_hold(uow, placement, HoldReason.COMPLAINT, "来电投诉，先停催核实", by=actor)
        self._on(day, 4, partial(self._release, requested, hold.id))

    def _release(self, requested: Requested, hold_id: str) -> None:
        with self._firm.acting("manager1") as (uow, actor):
            placement = uow.placements.need(requested.placement.id)
            holds.release_hold(uow, placement, uow.holds.need(hold_id), "已安抚，恢复外访", by=actor)
        self._waiting.append(requested)

    def _fail_one(self, stop: Stop) -> None:
        """Nobody got through on the day: the visit waits again, as a new one of the same request."""
        with self._firm.acting(stop.crew.lead) as (uow, actor):
            visit_outcomes.fail(uow, actor, stop.visit_id, "暴雨封路，当日未能到达")
        with self._firm.acting("dispatcher1") as (uow, _actor):
            visit = publication.plan_again(uow, uow.visits.need(stop.visit_id))
        self._waiting.append(replace(stop.requested, visits=[visit]))

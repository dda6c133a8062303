"""The lists that a plan yields: R9's to the collectors, V5's to the branch group, R15's for the gate and attendance.

Pure. What leaves for a group carries case numbers, districts, agents, times and nothing more (S15); the agents' work
telephones of R9 are a text of their own, which stays in the product.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.domain.calendar import SHANGHAI
from server.domain.policy.registry import clause
from server.domain.problems import Category, Finding, kind

NOTHING_TO_SEND = kind(
    "nothing_to_send",
    Category.REFUSED,
    "{day} 没有已发布的外访可发送",
    "There is no published visit on {day} to send",
    remedy=("请先发布计划，或换一天。", "Publish the plan first, or choose the other day."),
    clause="V5",
)
NO_GROUP = kind(
    "no_group",
    Category.REFUSED,
    "本分公司没有启用的工作群机器人",
    "The branch has no group robot that is switched on",
    remedy=("请由 IT 登记群机器人。", "Have IT register one."),
    clause="V5",
)
# WeCom takes 2,048 bytes of text, the least of the three robots; the rest is left for the heading.
GROUP_BYTES = 1_600


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """Somebody on a list, by name and number; `telephone` is the person's own at work."""

    account_id: str
    name: str
    employee_number: str
    telephone: str | None


@dataclass(frozen=True, slots=True)
class ListedVisit:
    case_number: str
    district: str


@dataclass(frozen=True, slots=True)
class ListedTeam:
    """A team of a published plan, the lead first, with its visits in order."""

    team_id: str
    starts_at: datetime
    ends_at: datetime
    agents: tuple[ListedPerson, ...]
    trainee: ListedPerson | None
    visits: tuple[ListedVisit, ...]


@dataclass(frozen=True, slots=True)
class AttendanceLine:
    """One person who is out on a day: from when to when, where to, in which role."""

    account_id: str
    name: str
    employee_number: str
    role: str
    starts_at: datetime
    ends_at: datetime
    districts: str
    team_id: str


@clause("R9")
def published_list(teams: Sequence[ListedTeam]) -> tuple[list[str], str]:
    """The lines of a published plan for all collectors, and the telephones of its agents.

    「外访前，外访客服将计划外访名单、负责外访员电话通过即时信息向全部法务发送」
    """
    people = {person.account_id: person for team in teams for person in team.agents}
    telephones = [f"{person.name} {person.telephone or '无登记电话'}" for person in people.values()]
    return [line for team in teams for line in _lines(team)], "\n".join(telephones)


@clause("V5", codes=("nothing_to_send", "no_group"))
def group_list_findings(teams: Sequence[ListedTeam], *, robots: int, day: str) -> list[Finding]:
    """A list that would reach nobody, or says nothing, is refused instead of being sent in silence.

    「外访人员每天将预访名单发送分公司工作群中」
    """
    if not any(team.visits for team in teams):
        return [Finding(NOTHING_TO_SEND, "day", {"day": day})]
    return [] if robots else [Finding(NO_GROUP)]


@clause("R15")
def attendance(teams: Iterable[ListedTeam]) -> list[AttendanceLine]:
    """Who is out on the day, by time and name: the published plan is the application.

    「员工上班时间外访催收时，需提前进行外访申请」
    """
    lines = []
    for team in teams:
        districts = "、".join(dict.fromkeys(visit.district for visit in team.visits))
        people = [("lead" if n == 0 else "partner", person) for n, person in enumerate(team.agents)]
        if team.trainee is not None:
            people.append(("trainee", team.trainee))
        lines += [
            AttendanceLine(
                person.account_id,
                person.name,
                person.employee_number,
                role,
                team.starts_at,
                team.ends_at,
                districts,
                team.team_id,
            )
            for role, person in people
        ]
    return sorted(lines, key=lambda line: (line.starts_at, line.ends_at, line.employee_number))


def group_parts(teams: Sequence[ListedTeam], limit: int = GROUP_BYTES) -> list[str]:
    """The list cut into texts that a group robot takes, never within a line."""
    parts: list[list[str]] = [[]]
    size = 0
    for line in (line for team in teams for line in _lines(team)):
        length = len(line.encode()) + 1
        if parts[-1] and size + length > limit:
            parts.append([])
            size = 0
        parts[-1].append(line)
        size += length
    return ["\n".join(part) for part in parts if part]


def _lines(team: ListedTeam) -> list[str]:
    names = "、".join(person.name for person in team.agents)
    if team.trainee is not None:
        names += f"（实习 {team.trainee.name}）"
    heading = f"{_clock(team.starts_at)}–{_clock(team.ends_at)} {names}"
    visits = [f"{n}. {v.case_number} {v.district}".rstrip() for n, v in enumerate(team.visits, start=1)]
    return [heading, *visits]


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%H:%M}"

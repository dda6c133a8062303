"""The lists of a published plan (R9, V5, R15): what they say, and how a long one is cut for a robot."""

from __future__ import annotations

from datetime import UTC, datetime

from server.domain.visit_lists import (
    ListedPerson,
    ListedTeam,
    ListedVisit,
    attendance,
    group_list_findings,
    group_parts,
    published_list,
)

LEAD = ListedPerson("a", "陈磊", "N-1", "13800005678")
PARTNER = ListedPerson("b", "王强", "N-2", None)
TRAINEE = ListedPerson("c", "徐彤", "N-3", "13800001111")


def team(visits: int, hour: int = 1, trainee: ListedPerson | None = None) -> ListedTeam:
    listed = tuple(ListedVisit(f"AJ{number:08d}", "金水区") for number in range(visits))
    start, end = datetime(2026, 3, 11, hour, tzinfo=UTC), datetime(2026, 3, 11, hour + 3, tzinfo=UTC)
    return ListedTeam(f"team {hour}", start, end, (LEAD, PARTNER), trainee, listed)


def test_r9_lines_and_telephones_stand_apart() -> None:
    lines, telephones = published_list([team(2, trainee=TRAINEE)])
    assert lines == [
        "09:00–12:00 陈磊、王强（实习 徐彤）",
        "1. AJ00000000 金水区",
        "2. AJ00000001 金水区",
    ]
    assert telephones == "陈磊 13800005678\n王强 无登记电话"


def test_v5_an_empty_list_and_a_branch_without_a_group_are_refused() -> None:
    def codes(*teams: ListedTeam, robots: int) -> list[str]:
        return [f.kind.code for f in group_list_findings(teams, robots=robots, day="2026-03-11")]

    assert codes(robots=1) == ["nothing_to_send"]
    assert codes(team(0), robots=1) == ["nothing_to_send"]
    assert codes(team(1), robots=0) == ["no_group"]
    assert codes(team(1), robots=1) == []


def test_a_long_list_is_cut_between_lines_into_what_a_robot_takes() -> None:
    teams = [team(60), team(60, hour=5)]
    parts = group_parts(teams)
    assert len(parts) > 1
    assert max(len(part.encode()) for part in parts) <= 1_600
    assert "\n".join(parts).split("\n") == published_list(teams)[0]


def test_a_line_alone_is_never_cut() -> None:
    assert group_parts([team(2)], limit=1) == [
        "09:00–12:00 陈磊、王强",
        "1. AJ00000000 金水区",
        "2. AJ00000001 金水区",
    ]


def test_r15_attendance_names_each_person_with_hours_and_districts() -> None:
    lines = attendance([team(1, hour=5), team(2, trainee=TRAINEE)])
    assert [(line.name, line.role, line.starts_at.hour) for line in lines] == [
        ("陈磊", "lead", 1),
        ("王强", "partner", 1),
        ("徐彤", "trainee", 1),
        ("陈磊", "lead", 5),
        ("王强", "partner", 5),
    ]
    assert lines[0].districts == "金水区"

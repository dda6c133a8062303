"""The cases of the demo branch as the client's file would bring them: rows of an import, invented."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from server.demo.names import Inventor
from server.demo.staff import BRANCH, CLIENTS, Member
from server.geo.gazetteer import Gazetteer

# County codes around 郑州 by how often a debtor lives there: in the branch's own city, next to it, far away (R16).
_OWN_CITY = (
    "410102",
    "410103",
    "410104",
    "410105",
    "410106",
    "410108",
    "410122",
    "410181",
    "410182",
    "410183",
)
_NEXT = ("410725", "410726", "410203", "410212", "410222", "411002", "411024", "410811")
_FAR = ("411303", "411502", "410303", "410523")


@dataclass(frozen=True, slots=True)
class Case:
    """One placement to come: the row of its import and what the course of the demo needs to know of it."""

    row: dict[str, str]
    county_code: str
    opened_on: date
    recall_on: date
    placed_fen: int
    collector: Member
    confirmed_home: bool
    contacts: list[dict[str, str]] = field(default_factory=list)

    division: str = ""

    @property
    def case_number(self) -> str:
        return self.row["case_number"]


class CaseMaker:
    """Makes cases from one seed, opened from five months before `today` on."""

    def __init__(
        self, inventor: Inventor, gazetteer: Gazetteer, collectors: list[Member], today: date
    ) -> None:
        self._inventor = inventor
        self._gazetteer = gazetteer
        self._collectors = collectors
        self._today = today
        self._projects = [(client, project) for client, projects in CLIENTS.items() for project in projects]

    def cases(self, count: int) -> list[Case]:
        return [self._case(number) for number in range(1, count + 1)]

    def _case(self, number: int) -> Case:
        dice = self._inventor.dice
        client, project = dice.choice(self._projects)
        collector = self._collectors[(number - 1) % len(self._collectors)]
        opened_on = self._today - timedelta(days=dice.randint(70, 150))
        recall_on = opened_on + timedelta(days=dice.choice((150, 180, 240)))
        placed_fen = self._inventor.amount_fen(2_000, 60_000)
        code = self._county()
        confirmed_home = self._inventor.chance(0.5)
        row = {
            "case_number": f"E-{number:05d}",
            "client": client,
            "project": project,
            "branch": BRANCH[0],
            "batch": f"{opened_on:%Y-%m}",
            "debtor_name": self._inventor.name(),
            "id_number": self._inventor.identity_number(code, self._today),
            "card_number": self._inventor.card_number(),
            "placed_amount": f"{placed_fen / 100:.2f}",
            "opened_on": opened_on.isoformat(),
            "recall_on": recall_on.isoformat(),
            "collector": collector.employee_number,
            "household_address": self._division(code) + self._inventor.detail(),
            "debtor_phone": self._inventor.mobile(),
        }
        if confirmed_home or self._inventor.chance(0.3):
            # a home in the same county, so that both may stand in one request (R7)
            row["home_address"] = self._division(code) + self._inventor.detail()
        if self._inventor.chance(0.3):
            row["work_address"] = self._division(dice.choice(_OWN_CITY)) + self._inventor.employer()
        return Case(
            row,
            code,
            opened_on,
            recall_on,
            placed_fen,
            collector,
            confirmed_home,
            self._contacts(),
            self._division(code),
        )

    def _county(self) -> str:
        draw = self._inventor.dice.random()
        return self._inventor.dice.choice(_OWN_CITY if draw < 0.78 else _NEXT if draw < 0.96 else _FAR)

    def _division(self, code: str) -> str:
        """Province, city and county in full, as R2 wants them."""
        division = self._gazetteer.division(code)
        if division is None:
            raise LookupError(f"the demo names a county that the gazetteer does not have: {code}")
        return f"{division.province}{division.city}{division.county}"

    def _contacts(self) -> list[dict[str, str]]:
        """Other phones on file: a relative, a friend as emergency contact (V14)."""
        relative = {
            "number": self._inventor.mobile(),
            "owner": "relative",
            "owner_name": self._inventor.name(),
            "relation": self._inventor.dice.choice(("配偶", "父亲", "母亲", "兄弟")),
        }
        friend = {
            "number": self._inventor.mobile(),
            "owner": "other",
            "owner_name": self._inventor.name(),
            "relation": self._inventor.dice.choice(("朋友", "同事", "前妻", "前夫")),
            "emergency_contact": "是",
        }
        drawn = [relative, friend]
        return drawn[: self._inventor.dice.randint(0, 2)]

"""Whose case it is: the people on it, where it belongs, and the words that mark it. Three sides that must not meet.

李敏's case is of 法务一组 and of the project of 示例银行; 周航's is next door, of the same branch but of another team,
other agents and another client's project; 罗帆's is away, of another branch.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.support import builders, cast
from tests.support.cast import Member


@dataclass(frozen=True)
class Side:
    """The people of a case. `bystander` is of the collector's team and has no case; `number` tells sides apart."""

    name: str
    number: int
    collector: Member
    bystander: Member
    lead: Member
    partner: Member
    dispatcher: Member
    client_id: str
    project_id: str
    marks: tuple[str, str, str, str]
    words: str

    @property
    def debtor_name(self) -> str:
        return self.marks[0]

    @property
    def case_number(self) -> str:
        return self.marks[1]

    @property
    def telephone(self) -> str:
        return self.marks[2]

    @property
    def place(self) -> str:
        return self.marks[3]

    @property
    def identity_number(self) -> str:
        return builders.identity_number(19_999 - self.number)

    @property
    def card_number(self) -> str:
        return f"622202123456789{self.number:04d}"

    @property
    def sealed(self) -> tuple[str, ...]:
        """What must stand nowhere in clear but in its own sealed column: not in the trail, not in the log (S6, S8)."""
        return (self.debtor_name, self.identity_number, self.card_number, self.telephone)


HOME = Side(
    "home", 0, cast.COLLECTOR, cast.COLLEAGUE, cast.AGENT, cast.PARTNER, cast.DISPATCHER,
    cast.CLIENT_ID, cast.PROJECT_ID, ("欧阳守静", "AJ-SECRET-0001", "13912345678", "秘密花园7号楼"), "暗号青竹",
)  # fmt: skip
NEXT_DOOR = Side(
    "next door", 1, cast.OTHER_COLLECTOR, cast.OTHER_TEAM_LEAD, cast.OTHER_AGENT, cast.TRAINEE, cast.DISPATCHER,
    cast.OTHER_CLIENT_ID, cast.OTHER_PROJECT_ID,
    ("司徒望舒", "AJ-SECRET-0002", "13912345679", "隐秘家园8号楼"), "暗号白梅",
)  # fmt: skip
AWAY = Side(
    "away", 2, cast.OUTSIDE_COLLECTOR, cast.OUTSIDE_TEAM_LEAD, cast.OUTSIDE_AGENT, cast.OUTSIDE_PARTNER,
    cast.OUTSIDE_DISPATCHER, cast.OTHER_CLIENT_ID, cast.OTHER_PROJECT_ID,
    ("诸葛听雨", "AJ-SECRET-0003", "13912345670", "静谧小区9号楼"), "暗号红枫",
)  # fmt: skip
SIDES = (HOME, NEXT_DOOR, AWAY)

_OF_HOME = (cast.COLLECTOR, cast.TEAM_LEAD, cast.AGENT, cast.PARTNER, cast.PROJECT_LEAD)
_OF_NEXT_DOOR = (cast.OTHER_COLLECTOR, cast.OTHER_TEAM_LEAD, cast.OTHER_AGENT, cast.TRAINEE)
_OF_AWAY = (
    cast.OUTSIDE_COLLECTOR, cast.OUTSIDE_TEAM_LEAD, cast.OUTSIDE_AGENT, cast.OUTSIDE_PARTNER,
    cast.OUTSIDE_DISPATCHER, cast.OUTSIDE_MANAGER,
)  # fmt: skip

# Who may reach nothing of which side. The desk of 郑州 reaches both cases of its branch; 秦朗's project is in two.
STRANGERS: dict[Member, tuple[Side, ...]] = {
    **dict.fromkeys(_OF_HOME, (NEXT_DOOR, AWAY)),
    **dict.fromkeys(_OF_NEXT_DOOR, (HOME, AWAY)),
    **dict.fromkeys(_OF_AWAY, (HOME, NEXT_DOOR)),
    cast.COLLEAGUE: (HOME, NEXT_DOOR, AWAY),
    cast.OTHER_PROJECT_LEAD: (HOME,),
    cast.DISPATCHER: (AWAY,),
    cast.MANAGER: (AWAY,),
}


def own_side(member: Member) -> Side:
    """The side whose objects a member names when the question is what else comes with them."""
    if member in _OF_AWAY:
        return AWAY
    return NEXT_DOOR if member in (*_OF_NEXT_DOOR, cast.OTHER_PROJECT_LEAD) else HOME

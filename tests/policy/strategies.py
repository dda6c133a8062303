"""Owns random placements for the property tests: small and crowded, so that windows meet and cut."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.policy.world import Facts

FIRST = date(2028, 1, 20)
DAYS = st.integers(0, 50).map(lambda step: (FIRST + timedelta(days=step)).isoformat())
MAYBE_DAY = st.none() | DAYS
FLAGS = st.booleans()
MOSTLY = st.sampled_from([True, True, True, True, False])
TIMES = st.sampled_from(["08:00:00", "10:00:00", "10:00:01", "23:30:00"])
OFFSETS = st.sampled_from(["+08:00", "+08:00", "Z", "-05:00"])
AGENTS = ["Lin", "Zhao", "Sun"]


def _record(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Facts]:
    return st.fixed_dictionaries(fields)


REFERRALS = _record(referred_on=DAYS, early_explained=FLAGS)
CONTACTS = _record(
    who=st.sampled_from(["debtor", "direct_relative", "other_contact", "village_committee", "stranger"]),
    channel=st.sampled_from(["in_person", "phone_on_site"]),
    communicated=FLAGS,
    will_relay=MOSTLY,
    can_relay=MOSTLY,
    relayed_on=MAYBE_DAY,
)
LETTERS = _record(
    left_at=st.sampled_from(["visited_address", "village_committee"]),
    photographed=MOSTLY,
    counterfoil_returned=MOSTLY,
    acknowledged_on=st.none() | st.none() | DAYS,
)
PHONES = _record(
    id=st.sampled_from(["T1", "T2", "T3"]),
    owner=st.sampled_from(["debtor", "debtor", "relative", "other"]),
    reachable=FLAGS,
    called=MOSTLY,
    messaged=MOSTLY,
)


@st.composite
def _visits(draw: st.DrawFn) -> Facts:
    agents = draw(st.permutations(AGENTS)) if draw(FLAGS) else AGENTS[:2]
    present = agents if draw(MOSTLY) else draw(st.lists(st.sampled_from(agents), unique=True))
    return {
        "id": draw(st.sampled_from(["V1", "V2", "V3", "v", "é"])),
        "started_at": f"{draw(DAYS)}T{draw(TIMES)}{draw(OFFSETS)}",
        "agents": list(agents),
        "present": list(present),
        "photos": draw(st.sampled_from([1, 2, 3, 0])),
        "recordings": draw(st.sampled_from([1, 1, 1, 0])),
        "voided": not draw(MOSTLY),
        "address": {
            "kind": draw(st.sampled_from(["household", "home", "work", "other"])),
            "confirmed": draw(MOSTLY),
        },
        "contacts": draw(st.lists(CONTACTS, max_size=2)),
        "letter": draw(st.none() | LETTERS),
        "phones": draw(st.lists(PHONES, max_size=3, unique_by=lambda phone: phone["id"])),
        "debtor_gone": not draw(MOSTLY),
        "promise_due_on": None if draw(MOSTLY) else draw(DAYS),
        "promise_explained": draw(FLAGS),
        "superseded_by": None if draw(MOSTLY) else "V9",
        "contact_restored_on": None if draw(MOSTLY) else draw(DAYS),
    }


@st.composite
def _repayments(draw: st.DrawFn) -> list[Facts]:
    amounts = draw(st.lists(st.integers(1, 120), max_size=4))
    repayments: list[Facts] = []
    for number, fen in enumerate(amounts):
        repayments.append(_repayment(draw, f"P{number}", fen, None))
        left = fen
        for part in range(draw(st.integers(0, 2))):
            if left == 0:
                break
            taken = draw(st.integers(1, left))
            left -= taken
            repayments.append(_repayment(draw, f"R{number}{part}", -taken, f"P{number}"))
    return draw(st.permutations(repayments))


def _repayment(draw: st.DrawFn, number: str, fen: int, reverses: str | None) -> Facts:
    day = draw(DAYS)
    time = f"{day}T{draw(TIMES)}+08:00" if draw(FLAGS) else None
    amount = f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"
    return {"id": number, "paid_on": day, "paid_at": time, "amount": amount, "reverses": reverses}


@st.composite
def placements(draw: st.DrawFn) -> Facts:
    """A placement in the scoring format."""
    return {
        "id": "E-1",
        "placed_amount": f"{draw(st.integers(1, 2))}.{draw(st.integers(1, 99)):02d}",
        "opened_on": FIRST.isoformat(),
        "recall_on": (FIRST + timedelta(days=draw(st.integers(0, 80)))).isoformat(),
        "retained_until": draw(MAYBE_DAY),
        "promising_from": None if draw(MOSTLY) else draw(DAYS),
        "police_referrals": draw(
            st.lists(_record(referred_on=DAYS, early_explained=FLAGS), max_size=2)
            if draw(FLAGS)
            else st.just([])
        ),
        "visits": draw(st.lists(_visits(), max_size=4, unique_by=lambda visit: visit["id"])),
        "repayments": draw(_repayments()),
    }


@st.composite
def policies(draw: st.DrawFn) -> str:
    """A policy document of one or two editions with any of the other readings."""
    if draw(FLAGS):
        return _parameters(draw)
    later = (FIRST + timedelta(days=25)).isoformat()
    first, second = _parameters(draw), _parameters(draw)
    editions = [("2020-01-01", first), (later, second)]
    return "\n".join(f"[[edition]]\neffective_from = {day}\n{parameters}" for day, parameters in editions)


_READINGS: dict[str, list[str]] = {
    "relay_days": ["7", "2"],
    "letter_days": ["5", "12"],
    "half_ratio": ['"0.50"', '"0.333"', '"0"'],
    "police_referral_wait_days": ["7", "0"],
    "team_size": ["2", "3", "0"],
    "month_end": ['"same_day"'],
    "half_base": ['"outstanding_at_visit"'],
    "c4_needs": ['"letter"', '"either"'],
    "letter_opens_month": ["true"],
    "nearest_must_cover": ["false"],
    "window_stops_at_placement_end": ["false"],
    "promise_excludes_visit": ["false"],
    "relay_must_be_confirmed": ["false"],
    "evidence_required": ['"either"'],
    "supersede_keeps_contact": ["true"],
}


def _parameters(draw: st.DrawFn) -> str:
    names = draw(st.lists(st.sampled_from(sorted(_READINGS)), unique=True))
    return "\n".join(f"{name} = {draw(st.sampled_from(_READINGS[name]))}" for name in names)

"""Owns the seeded making of random scoring lines and policy documents, crowded at the edges of the rules.

All of it is invented. Refuses plausibility: what makes a line hard (a date beside a window's end, two visits
of one instant, a sum one fen short) is made far more often than it happens. The same seed makes the same
lines.
"""

import datetime
import itertools
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

Facts = dict[str, Any]

# Local day, second of the day, fraction as it is written.
Start = tuple[datetime.date, int, str]

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = datetime.timedelta(days=1)

# Ends and starts of months, leap years (2024, 2000), a century that is none (2100), the policy's own first
# day, and a summer in which Shanghai kept summer time (1988).
ANCHOR_TEXTS = [
    "2026-01-27", "2026-01-28", "2026-01-29", "2026-01-30", "2026-01-31", "2024-01-29", "2024-01-30",
    "2024-01-31", "2024-02-28", "2024-02-29", "2026-02-28", "2026-03-01", "2026-03-10", "2026-03-30",
    "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-15", "2025-08-31", "2025-10-31", "2025-11-30",
    "2025-12-01", "2025-12-31", "2000-01-31", "2000-02-29", "2100-01-30", "2100-02-28", "2019-12-19",
    "2019-12-20", "1988-07-01",
]  # fmt: skip
ANCHORS = [datetime.date.fromisoformat(text) for text in ANCHOR_TEXTS]
# Beyond the basic plane first by code point and last by UTF-16 unit, marks composed and apart, blanks and
# controls.
ID_PARTS = [
    "V", "1", "2", "10", "a", "Z", "é", "e\u0301", "\uff21", "\ufffd", "\ue000", "\U0001f600", "\U00010000",
    "案", " ", "\u2028", "\x85", "\x00", '"', "\\", "-",
]  # fmt: skip
RATIOS = ["0.50", "0.50", "0.5", "0", "0.25", "0.3333", "1", "1.5"]


def some_id(random: Random, taken: set[str]) -> str:
    while True:
        made = "".join(random.choices(ID_PARTS, k=random.choice([1, 1, 2, 3])))
        if made not in taken:
            taken.add(made)
            return made


def near(random: Random, days: list[datetime.date]) -> datetime.date:
    """One of the days, or a day or two beside it."""
    return random.choice(days) + random.choice([-2, -1, -1, 0, 0, 0, 1, 1, 2]) * DAY


def edges_of(day: datetime.date) -> list[datetime.date]:
    """The days on which something of a visit on `day` begins or ends, under any policy that is made here."""
    first_of_next = (day.replace(day=1) + 32 * DAY).replace(day=1)
    length = ((first_of_next + 32 * DAY).replace(day=1) - first_of_next).days
    same_day = first_of_next + (min(day.day, length) - 1) * DAY
    return [day, day, day + 5 * DAY, day + 7 * DAY, day + 3 * DAY, same_day - DAY, same_day, same_day]


def write_instant(random: Random, day: datetime.date, seconds: int, fraction: str) -> str:
    """The local time of Shanghai, written with some offset or other."""
    midnight = datetime.datetime.combine(day, datetime.time(), tzinfo=SHANGHAI)
    moment = (midnight + datetime.timedelta(seconds=seconds)).astimezone(datetime.UTC)
    minutes = random.choice([480, 480, 480, 480, 0, 0, -300, 345, 840, -720, 540, -1439, 1439])
    shifted = moment + datetime.timedelta(minutes=minutes)
    if minutes == 0:
        offset = random.choice(["Z", "Z", "z", "+00:00", "-00:00"])
    else:
        offset = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
    return shifted.strftime(f"%Y-%m-%d{random.choice('TTTTt')}%H:%M:%S") + fraction + offset


def some_amount(random: Random, fen: int) -> str:
    sign, fen = ("-" if fen < 0 else ""), abs(fen)
    written = f"{sign}{fen // 100}.{fen % 100:02d}"
    if fen % 100 == 0 and random.random() < 0.2:
        return written[:-3]
    if fen % 10 == 0 and random.random() < 0.2:
        return written[:-1]
    return sign + "0" + written[len(sign) :] if random.random() < 0.02 else written


def chance(random: Random, likelihood: float) -> bool:
    return random.random() < likelihood


def maybe_day(random: Random, likelihood: float, days: list[datetime.date]) -> str | None:
    return near(random, days).isoformat() if chance(random, likelihood) else None


def some_contact(random: Random, edges: list[datetime.date]) -> Facts:
    who = ["debtor", "direct_relative", "other_contact", "other_contact", "village_committee", "stranger"]
    return {
        "who": random.choice(who),
        "channel": random.choice(["in_person", "phone_on_site"]),
        "communicated": chance(random, 0.7),
        "will_relay": chance(random, 0.7),
        "can_relay": chance(random, 0.8),
        "relayed_on": maybe_day(random, 0.7 if edges else 0, edges),
    }


def some_letter(random: Random, edges: list[datetime.date]) -> Facts | None:
    if chance(random, 0.25):
        return None
    return {
        "left_at": random.choice(["visited_address", "visited_address", "village_committee"]),
        "photographed": chance(random, 0.9),
        "counterfoil_returned": chance(random, 0.9),
        "acknowledged_on": maybe_day(random, 0.3, edges),
    }


def some_phone(random: Random, taken: set[str]) -> Facts:
    return {
        "id": some_id(random, taken),
        "owner": random.choice(["debtor", "debtor", "relative", "other"]),
        "reachable": chance(random, 0.6),
        "called": chance(random, 0.85),
        "messaged": chance(random, 0.7),
    }


def some_visit(random: Random, day: datetime.date, started_at: str, taken: set[str]) -> Facts:
    edges = edges_of(day)
    names: set[str] = set()
    agents = [some_id(random, names) for _ in range(random.choice([1] + [2] * 9 + [3, 3, 3, 4]))]
    present = random.sample(agents, random.choice([len(agents)] * 9 + [len(agents) - 1]))
    phones: set[str] = set()
    contacts = random.choice([0, 0, 0, 0, 1, 1, 2, 3])
    return {
        "id": some_id(random, taken),
        "started_at": started_at,
        "agents": agents,
        "present": present,
        "photos": random.choice([0] + [1, 2, 3, 40] * 6),
        "recordings": random.choice([0] + [1, 2, 9] * 7),
        "voided": chance(random, 0.03),
        "address": {
            "kind": random.choice(["household", "home", "work", "other"]),
            "confirmed": chance(random, 0.75),
        },
        "contacts": [some_contact(random, edges) for _ in range(contacts)],
        "letter": some_letter(random, edges),
        "phones": [some_phone(random, phones) for _ in range(random.choice([0, 1, 1, 2, 3]))],
        "debtor_gone": chance(random, 0.08),
        "promise_due_on": maybe_day(random, 0.15, [day]),
        "promise_explained": chance(random, 0.3),
        "superseded_by": random.choice([None] * 30 + ["V2", "\U0001f600"]),
        "contact_restored_on": maybe_day(random, 0.3, edges),
    }


def make_good(random: Random, visit: Facts) -> None:
    """Nothing against the visit, and a letter of five days or a word with the debtor for it."""
    visit.update(present=visit["agents"][::-1], photos=1, recordings=1, voided=False, debtor_gone=False)
    visit.update(promise_due_on=None, superseded_by=None, contacts=[])
    if chance(random, 0.4):
        visit["contacts"] = [{**some_contact(random, []), "who": "debtor", "communicated": True}]
    for phone in visit["phones"]:
        phone["called"] = phone["messaged"] = True
    if visit["letter"]:
        visit["letter"].update(photographed=True, counterfoil_returned=True, left_at="village_committee")


def some_visits(
    random: Random, anchors: list[datetime.date]
) -> tuple[list[Facts], list[datetime.date], list[Start]]:
    """Visits near one another, their days, and their starts."""
    days = [near(random, anchors) if chance(random, 0.3) else random.choice(anchors)]
    starts: list[Start] = []
    taken: set[str] = set()
    visits = []
    for _ in range(random.choice([0, 1, 1, 1, 2, 2, 2, 3, 4, 5])):
        seconds = random.choice([0, 1, 28_800, 36_000, 36_000, 57_599, 57_600, 86_399])
        day = near(random, edges_of(random.choice(days))) if starts else days[0]
        start = (day, seconds, random.choice(["", "", "", ".5", ".000001"]))
        if starts and chance(random, 0.3):
            start = random.choice(starts)
        starts.append(start)
        days.append(start[0])
        visits.append(some_visit(random, start[0], write_instant(random, *start), taken))
        if chance(random, 0.4):
            make_good(random, visits[-1])
    return visits, days, starts


def some_paid_at(random: Random, paid_on: datetime.date, starts: list[Start]) -> str | None:
    """Null, any time of the day, or a visit's start on that day: that instant, or a second or less off."""
    if chance(random, 0.5):
        return None
    same_day = [start for start in starts if start[0] == paid_on]
    if not same_day:
        return write_instant(random, paid_on, random.randrange(80_000), random.choice(["", "", ".25"]))
    _, seconds, fraction = random.choice(same_day)
    beside = min(max(seconds + random.choice([-1, 0, 0, 0, 1]), 0), 86_399)
    fractions = [fraction, fraction, "", ".5000000", ".0000011", ".0000009", ".4999999", ".000000"]
    return write_instant(random, paid_on, beside, random.choice(fractions))


def some_repayments(random: Random, edges: list[datetime.date], starts: list[Start]) -> list[Facts]:
    taken: set[str] = set()
    repayments: list[Facts] = []

    def add(fen: int, reverses: str | None) -> str:
        paid_on = near(random, edges)
        repayment = {
            "id": some_id(random, taken),
            "paid_on": paid_on.isoformat(),
            "paid_at": some_paid_at(random, paid_on, starts),
            "amount": some_amount(random, fen),
            "reverses": reverses,
        }
        repayments.append(repayment)
        return str(repayment["id"])

    for _ in range(random.choice([0, 1, 1, 2, 3, 4, 5, 6, 9])):
        left = random.choice([1, 2, 3, 5, 7, 100, 50_000, 500_000, random.randrange(1, 100_000)])
        original = add(left, None)
        while left > 0 and chance(random, 0.3):
            part = random.choice([1, left, random.randint(1, left)])
            add(-part, original)
            left -= part
    random.shuffle(repayments)
    return repayments


def fen_of(written: str) -> int:
    return round(float(written) * 100)


def some_placed_amount(random: Random, days: list[datetime.date], repayments: list[Facts]) -> int:
    """Fen: often such that a visit's month reaches its half exactly, or is one fen beside it."""
    if not repayments or chance(random, 0.3):
        return random.choice([1, 2, 3, 1_000_000, random.randrange(1, 200_000)])
    day = random.choice(days)
    net: dict[str, int] = {item["id"]: fen_of(item["amount"]) for item in repayments if not item["reverses"]}
    for item in repayments:
        if item["reverses"]:
            net[item["reverses"]] += fen_of(item["amount"])
    paid_on = {item["id"]: datetime.date.fromisoformat(item["paid_on"]) for item in repayments}
    end = random.choice(edges_of(day)[5:])
    inside = sum(fen for key, fen in net.items() if day <= paid_on[key] <= end)
    before = sum(fen for key, fen in net.items() if paid_on[key] < day)
    ratio = float(random.choice(RATIOS))
    half = 0 if ratio == 0 else int(inside / ratio)
    return max(1, random.choice([0, before]) + half + random.choice([-1, 0, 0, 1, 2]))


def random_placement(random: Random, name: str, anchors: list[datetime.date] = ANCHORS) -> Facts:
    """A line that keeps the format, with its first visit on one of the anchors or beside."""
    visits, days, starts = some_visits(random, anchors)
    edges = list(itertools.chain.from_iterable(edges_of(day) for day in days))
    referrals = [
        {"referred_on": near(random, edges).isoformat(), "early_explained": chance(random, 0.3)}
        for _ in range(random.choice([0, 0, 0, 0, 1, 1, 2, 3]))
    ]
    far = max(days) + random.choice([20, 45, 90, 400]) * DAY
    recall_on = random.choice([far, far, near(random, edges)])
    # Every date that may end something is worth being paid beside.
    restored = [visit["contact_restored_on"] for visit in visits if visit["contact_restored_on"]]
    marked = [*(referral["referred_on"] for referral in referrals), *restored, recall_on.isoformat()]
    paid_near = edges + [datetime.date.fromisoformat(text) for text in marked] * 2
    repayments = some_repayments(random, paid_near, starts)
    random.shuffle(visits)
    return {
        "id": name,
        "placed_amount": some_amount(random, some_placed_amount(random, days, repayments)),
        "opened_on": near(random, ANCHORS).isoformat(),
        "recall_on": recall_on.isoformat(),
        "retained_until": maybe_day(random, 0.25, [*paid_near, far]),
        "promising_from": maybe_day(random, 0.2, paid_near),
        "police_referrals": referrals,
        "visits": visits,
        "repayments": repayments,
    }


PARAMETERS = {
    "relay_days": ["0", "1", "3", "7", "10"],
    "letter_days": ["0", "1", "3", "5", "7", "27", "28", "40"],
    "half_ratio": [f'"{ratio}"' for ratio in RATIOS],
    "police_referral_wait_days": ["0", "1", "3", "7", "10"],
    "team_size": ["1", "2", "3"],
    "month_end": ['"same_day"', '"day_before"'],
    "half_base": ['"outstanding_at_visit"', '"placed_amount"'],
    "c4_needs": ['"letter"', '"either"', '"letter_and_message"'],
    "letter_opens_month": ["true", "false"],
    "nearest_must_cover": ["false", "true"],
    "window_stops_at_placement_end": ["false", "true"],
    "promise_excludes_visit": ["false", "true"],
    "relay_must_be_confirmed": ["false", "true"],
    "evidence_required": ['"either"', '"photo_and_recording"'],
    "supersede_keeps_contact": ["true", "false"],
    "recall_blackout_days": ["10"],
    "reachable_days": ["60"],
    "visit_hours": ['["09:00", "21:00"]'],
    "commission_tiers": ['[["0", "0.02"]]'],
    "retention_years": ["5"],
}


def some_parameters(random: Random) -> str:
    likelihood = random.choice([0.1, 0.4, 0.8])
    lines = [
        f"{key} = {random.choice(values)}\n"
        for key, values in PARAMETERS.items()
        if chance(random, likelihood)
    ]
    random.shuffle(lines)
    return "".join(lines)


def random_policy(random: Random, anchors: list[datetime.date]) -> str:
    """A policy document: parameters for every visit, or up to four editions that begin near the anchors."""
    if chance(random, 0.4):
        return some_parameters(random)
    edges = list(itertools.chain.from_iterable(edges_of(day) for day in anchors))
    starts = {near(random, edges) for _ in range(random.choice([1, 2, 3, 4]))}
    tables = [f"[[edition]]\neffective_from = {start}\n{some_parameters(random)}" for start in sorted(starts)]
    random.shuffle(tables)
    return "\n".join(tables)


def random_anchors(random: Random) -> list[datetime.date]:
    """A few, so that the editions of a policy begin between the visits that are judged under it."""
    return random.sample(ANCHORS, random.choice([1, 2, 3]))

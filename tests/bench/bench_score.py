"""Measures `fieldvisit score`'s work on one core: repayments a second, and the memory that does not grow
with lines.

Run it by hand: `.venv/bin/python tests/bench/bench_score.py [PLACEMENTS]`; it prints JSON, a line a run. The
mix is one to three visits with every field, and five repayments, one of them a reversal now and then.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

FIRST_DAY = date(2026, 1, 5)


def _day(dice: random.Random, first: int, last: int) -> str:
    return (FIRST_DAY + timedelta(days=dice.randint(first, last))).isoformat()


def _contact(dice: random.Random) -> dict[str, Any]:
    who = dice.choice(["debtor", "direct_relative", "other_contact", "village_committee", "stranger"])
    return {
        "who": who,
        "channel": dice.choice(["in_person", "phone_on_site"]),
        "communicated": dice.random() < 0.6,
        "will_relay": dice.random() < 0.5,
        "can_relay": dice.random() < 0.5,
        "relayed_on": _day(dice, 0, 60) if dice.random() < 0.3 else None,
    }


def _visit(dice: random.Random, number: int) -> dict[str, Any]:
    letter = {
        "left_at": dice.choice(["visited_address", "village_committee"]),
        "photographed": True,
        "counterfoil_returned": dice.random() < 0.9,
        "acknowledged_on": _day(dice, 0, 90) if dice.random() < 0.2 else None,
    }
    agents = dice.sample([f"外访员{index:02d}" for index in range(12)], 2)
    return {
        "id": f"0190c0de-0000-7000-8000-{number:012d}",
        "started_at": f"{_day(dice, 0, 100)}T{dice.randint(8, 21):02d}:{dice.randint(0, 59):02d}:00+08:00",
        "agents": agents,
        "present": agents,
        "photos": dice.randint(0, 6),
        "recordings": dice.randint(1, 2),
        "voided": False,
        "address": {
            "kind": dice.choice(["household", "home", "work", "other"]),
            "confirmed": dice.random() < 0.8,
        },
        "contacts": [_contact(dice) for _ in range(dice.randint(0, 3))],
        "letter": letter if dice.random() < 0.5 else None,
        "phones": [
            {
                "id": f"T{index}",
                "owner": dice.choice(["debtor", "relative", "other"]),
                "reachable": dice.random() < 0.6,
                "called": dice.random() < 0.9,
                "messaged": dice.random() < 0.7,
            }
            for index in range(dice.randint(1, 4))
        ],
        "debtor_gone": dice.random() < 0.05,
        "promise_due_on": _day(dice, 0, 100) if dice.random() < 0.1 else None,
        "promise_explained": False,
        "superseded_by": None,
        "contact_restored_on": _day(dice, 0, 100) if dice.random() < 0.05 else None,
    }


def _repayments(dice: random.Random) -> list[dict[str, Any]]:
    repayments: list[dict[str, Any]] = []
    for number in range(5):
        paid_on = _day(dice, 0, 150)
        paid_at = f"{paid_on}T{dice.randint(0, 23):02d}:{dice.randint(0, 59):02d}:09+08:00"
        repayment = {
            "id": f"P-{number}",
            "paid_on": paid_on,
            "paid_at": paid_at if dice.random() < 0.5 else None,
            "amount": f"{dice.randint(1, 5000)}.{dice.randint(0, 99):02d}",
            "reverses": None,
        }
        if number == 4 and dice.random() < 0.1:
            repayment |= {"amount": "-0.50", "reverses": "P-0"}
        repayments.append(repayment)
    return repayments


def placement(dice: random.Random, number: int) -> dict[str, Any]:
    """An invented placement with all fields."""
    return {
        "id": f"E-{number}",
        "placed_amount": f"{dice.randint(3000, 80000)}.00",
        "opened_on": FIRST_DAY.isoformat(),
        "recall_on": _day(dice, 90, 180),
        "retained_until": _day(dice, 180, 270) if dice.random() < 0.2 else None,
        "promising_from": _day(dice, 0, 150) if dice.random() < 0.05 else None,
        "police_referrals": [{"referred_on": _day(dice, 0, 150), "early_explained": False}]
        if dice.random() < 0.1
        else [],
        "visits": [_visit(dice, number * 3 + index) for index in range(dice.randint(1, 3))],
        "repayments": _repayments(dice),
    }


def _score(file: Path, lines_out: Path) -> tuple[float, int]:
    """Run the command as a user does; the seconds of processor time that it took, and the most memory that
    any run so far held, in KiB."""
    command = [str(Path(sys.executable).with_name("fieldvisit")), "score", str(file)]
    with lines_out.open("wb") as output:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, stdout=output, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Processor time, not the clock on the wall: other work on the machine must not change what is measured.
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, after.ru_maxrss


def _measure(folder: Path, count: int) -> dict[str, Any]:
    dice = random.Random(20191220)
    file, lines_out = folder / "placements.jsonl", folder / "lines.jsonl"
    with file.open("w", encoding="utf-8") as lines:
        for number in range(count):
            lines.write(json.dumps(placement(dice, number), ensure_ascii=False) + "\n")
    seconds, peak_kib = _score(file, lines_out)
    with lines_out.open("rb") as lines_written:
        repayments = sum(1 for _ in lines_written)
    assert repayments == count * 5
    return {
        "placements": count,
        "repayments": repayments,
        "bytes": file.stat().st_size,
        "seconds": round(seconds, 3),
        "repayments_per_second": round(repayments / seconds),
        "peak_kib": peak_kib,
    }


def main() -> None:
    """Score a quarter of the placements, then all: the rate, and a peak of memory that stays where it was."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40_000
    with tempfile.TemporaryDirectory() as folder:
        for part in (count // 4, count):
            print(json.dumps(_measure(Path(folder), part)))


if __name__ == "__main__":
    main()

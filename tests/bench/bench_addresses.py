"""Figures of the address check on the folder of real addresses: python tests/bench/bench_addresses.py
[--show].

FIELDVISIT_SHARED names the folder that holds data/addresses where it does not stand beside the repository.
"""

from __future__ import annotations

import csv
import json
import os
import sys
import time
from pathlib import Path

from server.domain.addresses import AddressVerdict, Verdict, check_address
from server.geo.gazetteer import Gazetteer

SHARED = Path(os.environ.get("FIELDVISIT_SHARED", Path(__file__).resolve().parents[2].parent / "shared"))
FOLDER = SHARED / "data" / "addresses"
SUBMITTABLE = (Verdict.OK, Verdict.INCOMPLETE, Verdict.HISTORICAL)


def read(name: str) -> list[dict[str, str]]:
    """Rows of one of the files, by column."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def real_is_right(row: dict[str, str], answer: AddressVerdict) -> bool:
    """The division of the row, or the question that its text leaves open: never another division."""
    where = (answer.province, answer.city, answer.county)
    if row["county"] == "?":
        return where[:2] == (row["province"], row["city"])
    wanted = (row["province"], row["city"], row["county"])
    if where == wanted and answer.verdict in SUBMITTABLE:
        return True
    if answer.verdict is Verdict.NO_COUNTY and not any(
        name and name[:2] in row["address"] for name in wanted
    ):
        return True  # 体育大道2222号 names nothing, whatever the source knew of it
    return answer.verdict is Verdict.AMBIGUOUS and any(row["county"] in name for name in answer.suggestions)


def tricky_is_right(row: dict[str, str], answer: AddressVerdict) -> bool:
    """Verdict and flag as expected, and the division where the verdict settles one."""
    if answer.verdict != row["expected_verdict"] or answer.urban_village != (row["urban_village"] == "yes"):
        return False
    if row["county"] == "?":
        return answer.county == "" and len(answer.suggestions) > 1
    settled = answer.verdict in (*SUBMITTABLE, Verdict.WRONG_PARENT)
    return not settled or (answer.province, answer.city, answer.county) == (
        row["province"],
        row["city"],
        row["county"],
    )


def main() -> None:
    """Print each file's figure, with --show its misses, and one JSON object last."""
    show = "--show" in sys.argv
    begun = time.perf_counter()
    index = Gazetteer()
    loaded = time.perf_counter() - begun
    figures: dict[str, float] = {"load_s": round(loaded, 3)}
    checks = {
        "real.tsv": real_is_right,
        "wrong_parent_swapped.tsv": lambda row, answer: answer.verdict is Verdict.WRONG_PARENT,
        "tricky.tsv": tricky_is_right,
    }
    begun, total = time.perf_counter(), 0
    for name, is_right in checks.items():
        rows = read(name)
        right = 0
        for row in rows:
            answer = check_address(row["address"], index)
            if is_right(row, answer):
                right += 1
            elif show:
                sys.stdout.write(f"{name}: {row} -> {answer}\n")
        total += len(rows)
        figures[name] = round(right / len(rows), 4)
        sys.stdout.write(f"{name}: {right} of {len(rows)}\n")
    figures["addresses_per_s"] = round(total / (time.perf_counter() - begun))
    sys.stdout.write(json.dumps(figures, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

"""Figures of the address check: what it tells of real addresses, how fast the command is, and what others take.

`python -m tests.bench.bench_addresses [--show]`. FIELDVISIT_SHARED names the folder that holds data/addresses where it
does not stand beside the repository; without it the figures of speed alone are printed. Speed is told a second of
processor time, from file to file with the start of the command in it, as the machine may be busy with other things.
"""

from __future__ import annotations

import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

from server.domain.addresses import AddressVerdict, Verdict, check_address
from server.geo.gazetteer import Gazetteer
from server.geo.short_names import city_names, province_names

SHARED = Path(os.environ.get("FIELDVISIT_SHARED", Path(__file__).resolve().parents[2].parent / "shared"))
FOLDER = SHARED / "data" / "addresses"
ROOT = Path(__file__).resolve().parents[2]
FIELDVISIT = Path(sys.executable).with_name("fieldvisit")
PEERS = ROOT / ".venv-bench" / "bin" / "python"
LINES = 100_000
LAST_YEAR_OF_OLD_NAMES = 2018
"""A county renamed in 2019 had its old name to the end of the year before."""
STARTER = """
import os, sys
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(child, 0)
sys.stderr.write(f"{usage.ru_utime + usage.ru_stime} {usage.ru_maxrss}")
sys.exit(os.waitstatus_to_exitcode(status))
"""
NAMED_AFTER = (
    "东西南北中长安平和永福兴华明光文德春秋江河湖山石金银龙凤云天玉青红花园林柳杨桃李松竹梅兰菊桥泉溪建设胜利"
)
REFUSED = frozenset({Verdict.WRONG_PARENT, Verdict.TYPO, Verdict.UNKNOWN, Verdict.SPECIAL, Verdict.REVIEW})
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


def figures_of_answers(index: Gazetteer, *, show: bool) -> dict[str, float]:
    """Figures of the three files: what is right, what is refused without cause, and what is told of swapped parents."""
    answers = {
        name: [(row, check_address(row["address"], index)) for row in read(name)]
        for name in ("real.tsv", "wrong_parent_swapped.tsv", "tricky.tsv")
    }
    real, swapped, tricky = answers.values()
    settled = [pair for pair in real if pair[0]["county"] != "?"]
    named = [pair for pair in settled if pair[1].verdict in SUBMITTABLE]
    right = [pair for pair in named if _where(pair[1]) == _wanted(pair[0])]
    found = [pair for pair in swapped if pair[1].verdict is Verdict.WRONG_PARENT]
    asked = [pair for pair in tricky if pair[0]["expected_verdict"] == Verdict.AMBIGUOUS]
    if show:
        missed = [pair for pair in real if not real_is_right(*pair)]
        missed += [pair for pair in tricky if not tricky_is_right(*pair)]
        missed += [pair for pair in swapped if pair not in found]
        sys.stdout.writelines(f"{row} -> {answer}\n" for row, answer in missed)
    return {
        "real_right": _share(sum(real_is_right(*pair) for pair in real), real),
        "false_alarms": _share(sum(pair[1].verdict in REFUSED for pair in real), real),
        "county_precision": _share(len(right), named),
        "county_recall": _share(len(right), settled),
        "swapped_detected": _share(len(found), swapped),
        "suggestion_right": _share(sum(row["county"] == answer.county for row, answer in found), found),
        "tricky_right": sum(tricky_is_right(*pair) for pair in tricky),
        "tricky": len(tricky),
        "invented_on_ambiguous": sum(bool(answer.county) for _, answer in asked),
    }


def figures_of_renamed(index: Gazetteer) -> dict[str, float]:
    """The counties renamed or abolished since 2019, as people write them (with their city, or with all levels): mapped
    to what they became, or asked."""
    answers = [
        (former, check_address(head + "建设路12号", index))
        for former in index.former
        if former.last >= LAST_YEAR_OF_OLD_NAMES and former.path[2]
        for head in ("".join(former.path), former.path[1] + former.path[2])
    ]
    settled = [
        answer.county_code in former.successors if answer.county_code else len(answer.suggestions) > 0
        for former, answer in answers
    ]
    return {"renamed": len(settled), "renamed_mapped_or_asked": _share(sum(settled), settled)}


def _share(part: int, whole: Sequence[object]) -> float:
    return round(part / len(whole), 4)


def _where(answer: AddressVerdict) -> tuple[str, str, str]:
    return (answer.province, answer.city, answer.county)


def _wanted(row: dict[str, str]) -> tuple[str, str, str]:
    return (row["province"], row["city"], row["county"])


def addresses_of(index: Gazetteer, count: int) -> list[str]:
    """So many different addresses as people write them: one in four complete, the others without an upper level or
    with short names, one in twenty without a county; towns of the table, and roads and villages made up."""
    dice = Random(20261126)
    made: dict[str, None] = {}
    while len(made) < count:
        division = dice.choice(index.divisions)
        province = dice.choice(province_names(division.province))
        city = dice.choice(city_names(division.city)) if division.city else ""
        heads = (
            division.written,
            division.city + division.county,
            province + division.city + division.county,
            province + city + division.county,
            city + division.county,
            division.city + division.county,
            division.province + division.county,
            division.county,
            division.province + division.city,
        )
        head = dice.choices(heads, weights=(25, 25, 10, 8, 7, 5, 8, 7, 5))[0]
        towns = sorted(index.towns(division.code)) if dice.random() < 0.3 else []
        town = dice.choice(towns) if towns else ""
        name = "".join(dice.choices(NAMED_AFTER, k=2))
        place = dice.choice(("路", "路", "街", "大道", "东路", "村", "小区", "花园"))
        made[f"{head}{town}{name}{place}{dice.randrange(1, 3000)}号{dice.randrange(1, 40)}幢"] = None
    return list(made)


def run_command(path: Path) -> tuple[float, float]:
    """Addresses a second of processor time that the command takes from file to file, its start among it, and its
    peak memory in MiB.

    It is started by a small process: a child begins with the peak of whoever starts it, and ours holds the file.
    """
    starter = [sys.executable, "-c", STARTER, FIELDVISIT, "address", "check", path]
    with path.with_suffix(".json").open("wb") as output:
        done = subprocess.run(starter, stdout=output, stderr=subprocess.PIPE, check=True)
    seconds, kibibytes = map(float, done.stderr.split())
    return LINES / seconds, kibibytes / 1024


def run_peers(path: Path) -> dict[str, object]:
    """The same of jionlp and cpca-new, on the first thousand lines; a remark where they are not installed."""
    if not PEERS.is_file():
        return {"peers": "not installed: make bench-peers"}
    few = path.with_name("few.txt")
    few.write_text("\n".join(path.read_text(encoding="utf-8").splitlines()[:1000]) + "\n", encoding="utf-8")
    script = Path(__file__).with_name("peer_addresses.py")
    done = subprocess.run([PEERS, script, few], capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Print the figures a line each, with --show the misses, and one JSON object last."""
    begun = time.process_time()
    index = Gazetteer()
    figures: dict[str, object] = {"load_s": round(time.process_time() - begun, 3)}
    figures |= figures_of_renamed(index)
    if FOLDER.is_dir():
        figures |= figures_of_answers(index, show="--show" in sys.argv)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "addresses.txt"
        path.write_text("\n".join(addresses_of(index, LINES)) + "\n", encoding="utf-8")
        rounds = [(run_command(path), run_peers(path)) for _ in range(3)]
    figures["checks_per_cpu_s"] = round(statistics.median(ours[0] for ours, _ in rounds))
    figures["checks_per_cpu_s_best"] = round(max(ours[0] for ours, _ in rounds))
    figures["peak_mib"] = round(max(ours[1] for ours, _ in rounds), 1)
    for name, value in rounds[0][1].items():
        values = [peers[name] for _, peers in rounds]
        figures[name] = statistics.median(values) if isinstance(value, int) else value
    sys.stdout.writelines(f"{name:28}{value}\n" for name, value in figures.items())
    sys.stdout.write(json.dumps(figures, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

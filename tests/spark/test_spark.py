"""`fieldvisit score --engine spark` writes what `fieldvisit score` writes, and what `--tables` does, byte for byte.

At least 3,000 repayments by default, 1,000,000 with FIELDVISIT_SCALE=full; FIELDVISIT_SEED repeats a run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random, SystemRandom

import pytest

from tests.policy.random_placements import random_anchors, random_placement, random_policy

REPAYMENTS = 1_000_000 if os.environ.get("FIELDVISIT_SCALE") == "full" else 3_000
BROKEN = (
    b"no JSON",
    b"\xff\xfe",
    b'{"id": "E-1"}\r',
    b'{"id": ""}',
    b" \t",
    b"",
    b'{"id": "' + "\u6848".encode() + b'", "visits": 5}',
    b"[]",
)


def fieldvisit(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own, as somebody types it."""
    command = [str(Path(sys.executable).with_name("fieldvisit")), *arguments]
    return subprocess.run(command, capture_output=True, env=os.environ | environment)


def refused(*arguments: str, **environment: str) -> str:
    """What a command that ends with 2 says, without what Java says before it."""
    ended = fieldvisit(*arguments, **environment)
    assert (ended.returncode, ended.stdout) == (2, b"")
    return ended.stderr.decode().splitlines()[-1]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Random placements with broken lines among them, the last one without its end; and a random policy."""
    seed = int(os.environ.get("FIELDVISIT_SEED") or SystemRandom().getrandbits(32))
    print(f"FIELDVISIT_SEED={seed}")
    random, folder = Random(seed), tmp_path_factory.mktemp("spark")
    anchors = random_anchors(random)
    lines, repayments = [], 0
    while repayments < REPAYMENTS:
        placement = random_placement(random, f"E-{len(lines)}", anchors)
        repayments += len(placement["repayments"])
        lines.append(json.dumps(placement, ensure_ascii=False).encode())
    for broken in BROKEN:
        lines.insert(random.randrange(len(lines) + 1), broken)
    file, policy = folder / "it's [a-z] *.jsonl", folder / "policy.toml"
    file.write_bytes(b"\n".join(lines))
    policy.write_text(random_policy(random, anchors), encoding="utf-8")
    return file, policy


@pytest.fixture(scope="module")
def by_line(written: tuple[Path, Path]) -> subprocess.CompletedProcess[bytes]:
    """What the pure function makes of it, line by line."""
    ended = fieldvisit("score", str(written[0]), "--policy", str(written[1]))
    assert (ended.returncode, len(ended.stderr.splitlines())) == (1, len(BROKEN) - 2)
    return ended


@pytest.fixture(scope="module")
def in_pieces(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Settings under which Spark cuts files of a megabyte into many pieces, as it does with larger ones."""
    folder = tmp_path_factory.mktemp("conf")
    piece = 64 << 20 if REPAYMENTS > 100_000 else 100_001
    (folder / "spark-defaults.conf").write_text(
        f"spark.sql.files.maxPartitionBytes {piece}\nspark.sql.files.openCostInBytes 0\n", encoding="utf-8"
    )
    return str(folder)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--engine", "spark"],
        ["--engine", "spark", "-"],
        ["--engine", "spark", "march.jsonl", "--tables", "tables"],
        ["--engine", "spark", "--tables", "tables", "--out", "answer"],
        ["--engine", "hadoop", "march.jsonl"],
    ],
)
def test_usage_that_means_nothing_ends_with_2(arguments: list[str]) -> None:
    assert "--engine" in refused("score", *arguments)


def test_a_file_that_spark_would_not_read_is_named(tmp_path: Path) -> None:
    missing, hidden = tmp_path / "march.jsonl", tmp_path / "_march.jsonl"
    hidden.write_bytes(b"{}\n")
    assert refused("score", "--engine", "spark", str(missing)) == f"{missing}: No such file or directory"
    told = f"{hidden}: Spark reads no file whose name begins with _"
    assert refused("score", "--engine", "spark", str(hidden)) == told


def test_without_java_it_says_what_to_do(written: tuple[Path, Path], tmp_path: Path) -> None:
    told = "there is no Java here: run  make deps-spark, or set JAVA_HOME"
    assert refused("score", "--engine", "spark", str(written[0]), JAVA_HOME=str(tmp_path)) == told
    assert refused("score", "--engine", "spark", str(written[0]), JAVA_HOME="", PATH=str(tmp_path)) == told


def test_lines_and_refusals_are_those_of_score_in_their_order(
    written: tuple[Path, Path], by_line: subprocess.CompletedProcess[bytes], in_pieces: str
) -> None:
    file, policy = map(str, written)
    ended = fieldvisit("score", "--engine", "spark", file, "--policy", policy, SPARK_CONF_DIR=in_pieces)
    told = [line for line in ended.stderr.splitlines() if line.startswith(file.encode())]
    assert (ended.returncode, told) == (1, by_line.stderr.splitlines()), ended.stderr.decode()
    assert ended.stdout == by_line.stdout


def test_a_folder_is_scored_into_another_one_and_agrees_with_the_tables(
    written: tuple[Path, Path], by_line: subprocess.CompletedProcess[bytes], in_pieces: str, tmp_path: Path
) -> None:
    """In two files, whose lines are told under their own names and numbers."""
    file, policy = written
    lines, out = file.read_bytes().split(b"\n"), tmp_path / "out"
    half = len(lines) // 2
    (tmp_path / "in").mkdir()
    for name, some in (("1.jsonl", lines[:half]), ("2.jsonl", lines[half:])):
        (tmp_path / "in" / name).write_bytes(b"\n".join(some))
    ended = fieldvisit(
        *("score", "--engine", "spark", str(tmp_path / "in"), "--out", str(out), "--policy", str(policy)),
        SPARK_CONF_DIR=in_pieces,
    )
    assert (ended.returncode, ended.stdout) == (1, b""), ended.stderr.decode()
    scored = b"".join(part.read_bytes() for part in sorted(out.glob("part-*")))
    assert scored == by_line.stdout
    expected = [line.decode().removeprefix(f"{file}:").split(": ", 1) for line in by_line.stderr.splitlines()]
    told = [
        line.decode().removeprefix(f"{tmp_path}/in/").split(":", 1)
        for line in ended.stderr.splitlines()
        if line.startswith(str(tmp_path).encode())
    ]
    found = [(one.split(": ", 1), name) for name, one in told]
    assert [
        [str(int(number) + (half if name == "2.jsonl" else 0)), words] for (number, words), name in found
    ] == expected
    tables, answer = str(tmp_path / "tables"), str(tmp_path / "answer")
    fieldvisit("tables", "pack", str(file), tables)
    fieldvisit("score", "--tables", tables, "--out", answer, "--policy", str(policy))
    assert fieldvisit("tables", "lines", answer).stdout == scored
    assert refused("score", "--engine", "spark", str(file), "--out", str(out)) == f"{out}: File exists"

"""Owns scoring beyond one machine: placements in the scoring format spread over a Spark cluster by their ids.

Refuses to judge anything by itself: each partition goes through the reader, the pure function and the writer of
`fieldvisit score`, so that the lines, the refusals and their order are the same. PySpark and Java are an extra
(docs/spark.md); within one machine Spark listens on the loopback alone.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from server.domain.policy.attribute import score_placement
from server.domain.policy.credit_lines import line_to_text
from server.domain.policy.editions import PolicyBook
from server.domain.policy.wire import read_line
from server.domain.policy.wire_rules import FactsError

AT_ONCE = 10_000  # placements of a partition: a second or two of one core, and a lost machine loses no more
_JUDGED = "file string, number bigint, lines string, fault string"
_GLOB = re.compile(r"([\\*?\[\]{}])")


class SparkUnusableError(Exception):
    """Spark cannot be started, or what it was given cannot be read or written; the words say which."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A line of the input: the credit lines that it came to, or the fault that refused it."""

    file: str
    number: int
    lines: str | None
    fault: str | None


def score_in_order(source: str, book: PolicyBook) -> Iterator[Judged]:
    """Every line of a file, or of the files beneath a folder, judged, in the order of the input."""
    _check(source)
    with _started() as spark, _in_words(source):
        for row in _judged(spark, source, book).orderBy("file", "number").toLocalIterator():
            yield _shown(source, *row)


def score_into(source: str, book: PolicyBook, out: str) -> Iterator[Judged]:
    """As `score_in_order`, with the credit lines written beneath `out` by who made them; hands back those refused."""
    _check(source)
    if "://" not in out and Path(out).exists():
        raise SparkUnusableError(f"{out}: File exists")
    with _started() as spark, _in_words(source):
        from pyspark import StorageLevel

        judged = _judged(spark, source, book).persist(StorageLevel.DISK_ONLY)
        credited = judged.where("lines IS NOT NULL").orderBy("file", "number").select("lines")
        credited.write.mode("errorifexists").text(out, lineSep="\n")
        for row in judged.where("fault IS NOT NULL").orderBy("file", "number").toLocalIterator():
            yield _shown(source, *row)


def _check(source: str) -> None:
    """What Spark would tell late or not at all: it passes over a file whose name begins with _ or . as if it were
    empty."""
    path = Path(source)
    if "://" in source or path.is_dir():
        return
    try:
        path.open("rb").close()
    except OSError as error:
        raise SparkUnusableError(f"{source}: {error.strerror}") from error
    if path.name.startswith(("_", ".")):
        raise SparkUnusableError(f"{source}: Spark reads no file whose name begins with {path.name[0]}")


def _shown(source: str, file: str, number: int, lines: str | None, fault: str | None) -> Judged:
    """Under the name that the caller gave; of a folder's files under their own, which Spark gives as addresses."""
    named = source if Path(source).is_file() else unquote(file.removeprefix("file://").removeprefix("file:"))
    return Judged(named, number, lines, fault)


def _judged(spark: Any, source: str, book: PolicyBook) -> Any:
    from pyspark.sql import functions

    # The text source keeps the bytes as they are; what is no UTF-8 is for the reader of the format to refuse.
    lines = spark.read.text(_escaped(source), lineSep="\n").select(
        functions.col("value").cast("binary").alias("line"),
        functions.col("_metadata.file_path").alias("file"),
        functions.col("_metadata.file_block_start").alias("block"),
        functions.monotonically_increasing_id().alias("place"),
    )
    blocks = lines.groupBy("file", "block").agg(functions.count("*"), functions.min("place")).collect()
    partitions = sum(count for _, _, count, _ in blocks) // AT_ONCE + 2
    placement = functions.get_json_object(functions.col("line").cast("string"), "$.id")
    spread = lines.repartition(partitions, placement)
    return spread.mapInArrow(_Judge(book, _numbers(blocks)), _JUDGED)


def _numbers(blocks: Any) -> dict[tuple[str, int], int]:
    """What is added to a line's place to give its number in the file, by file and block.

    Spark counts no lines: it numbers them within each piece of a file, and pieces begin wherever it cut them.
    """
    numbers: dict[tuple[str, int], int] = {}
    for file, of_file in groupby(sorted(tuple(block) for block in blocks), key=lambda block: block[0]):
        before = 0
        for _, block, count, first in of_file:
            numbers[file, block] = before + 1 - first
            before += count
    return numbers


class _Judge:
    """The pure function over the lines of a partition; it travels to where they are."""

    def __init__(self, book: PolicyBook, numbers: dict[tuple[str, int], int]) -> None:
        self._book = book
        self._numbers = numbers

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow

        names = [part.split()[0] for part in _JUDGED.split(", ")]
        kinds = pyarrow.schema(
            [(name, pyarrow.int64() if name == "number" else pyarrow.string()) for name in names]
        )
        for batch in batches:
            rows = [row for row in map(self._line, batch.to_pylist()) if row is not None]
            yield pyarrow.RecordBatch.from_pylist(rows, schema=kinds)

    def _line(self, row: dict[str, Any]) -> dict[str, Any] | None:
        if not row["line"].strip():
            return None
        judged = {
            "file": row["file"],
            "number": row["place"] + self._numbers[row["file"], row["block"]],
            "lines": None,
            "fault": None,
        }
        try:
            placement = read_line(row["line"])
        except FactsError as error:
            return judged | {"fault": f"{error.field}: {error.words}"}
        lines = "\n".join(line_to_text(line) for line in score_placement(placement, self._book))
        return judged | {"lines": lines or None}


@contextmanager
def _started() -> Iterator[Any]:
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise SparkUnusableError("PySpark is not installed here: run  make spark") from error
    build = SparkSession.builder.appName("fieldvisit score").config("spark.log.level", "ERROR")
    if (
        "PYSPARK_GATEWAY_PORT" not in os.environ
    ):  # started by itself and not by spark-submit, which has all this
        if shutil.which(_java()) is None:
            raise SparkUnusableError("there is no Java here: run  make deps-spark, or set JAVA_HOME")
        os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        for name, value in _ALONE.items():
            build = build.config(name, value)
    session = build.getOrCreate()
    try:
        yield session
    finally:
        session.stop()


_ALONE = {
    "spark.master": "local[*]",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "8",
    "spark.ui.showConsoleProgress": "false",
}


def _java() -> str:
    home = os.environ.get("JAVA_HOME")
    return str(Path(home) / "bin" / "java") if home else "java"


@contextmanager
def _in_words(source: str) -> Iterator[None]:
    """What Spark throws is pages long; the first line of it says what is wrong."""
    from py4j.protocol import Py4JJavaError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JJavaError) as error:
        raise SparkUnusableError(f"{source}: {str(error).strip().splitlines()[0]}") from error


def _escaped(source: str) -> str:
    """A path as Spark is to take it: signs that it would take for a pattern stand for themselves."""
    if "://" in source:
        return source
    return _GLOB.sub(r"\\\1", str(Path(source).absolute()))

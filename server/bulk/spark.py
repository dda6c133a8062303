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
_JUDGED = "place bigint, file string, number bigint, lines string, fault string"
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
        for row in _in_order(*_judged(spark, source, book)).toLocalIterator():
            yield _shown(source, row)


def score_into(source: str, book: PolicyBook, out: str) -> Iterator[Judged]:
    """As `score_in_order`, with the credit lines written beneath `out` by who made them; hands back those refused."""
    _check(source)
    if "://" not in out and Path(out).exists():
        raise SparkUnusableError(f"{out}: File exists")
    with _started() as spark, _in_words(source):
        from pyspark import StorageLevel

        judged, partitions = _judged(spark, source, book)
        judged = judged.persist(StorageLevel.DISK_ONLY)
        credited = _in_order(judged.where("lines IS NOT NULL"), partitions).select("lines")
        credited.write.mode("errorifexists").text(out, lineSep="\n")
        for row in _in_order(judged.where("fault IS NOT NULL"), partitions).toLocalIterator():
            yield _shown(source, row)


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


def _shown(source: str, row: Any) -> Judged:
    """Under the name that the caller gave; of a folder's files under their own, which Spark gives as addresses."""
    named = (
        source if Path(source).is_file() else unquote(row.file.removeprefix("file://").removeprefix("file:"))
    )
    return Judged(named, row.number, row.lines, row.fault)


def _judged(spark: Any, source: str, book: PolicyBook) -> tuple[Any, int]:
    """The lines judged, in no order, and over how many partitions."""
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
    return spread.mapInArrow(_Judge(book, _before(blocks)), _JUDGED), partitions


def _in_order(judged: Any, partitions: int) -> Any:
    """In the order of the input, as many lines to a partition as were judged together: what Spark sorts by itself is
    in pieces of any size, and one that the driver's memory did not hold was never answered."""
    from pyspark.sql import functions

    piece = functions.floor(functions.col("place") / AT_ONCE).cast("int")
    return judged.repartitionById(partitions, piece).sortWithinPartitions("place")


def _before(blocks: Any) -> dict[tuple[str, int], tuple[int, int]]:
    """What is added to what Spark calls a line to give its place in the whole input, from 0, and its number in its
    file, from 1; by file and block.

    Spark counts no lines: it numbers them within each piece of a file, and pieces begin wherever it cut them.
    """
    before: dict[tuple[str, int], tuple[int, int]] = {}
    in_all = 0
    for file, of_file in groupby(sorted(tuple(block) for block in blocks), key=lambda block: block[0]):
        in_file = 1
        for _, block, count, first in of_file:
            before[file, block] = (in_all - first, in_file - first)
            in_all += count
            in_file += count
    return before


class _Judge:
    """The pure function over the lines of a partition; it travels to where they are."""

    def __init__(self, book: PolicyBook, before: dict[tuple[str, int], tuple[int, int]]) -> None:
        self._book = book
        self._before = before

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow

        names = [part.split()[0] for part in _JUDGED.split(", ")]
        kinds = pyarrow.schema(
            [(name, pyarrow.int64() if name in ("place", "number") else pyarrow.string()) for name in names]
        )
        for batch in batches:
            rows = [row for row in map(self._line, batch.to_pylist()) if row is not None]
            yield pyarrow.RecordBatch.from_pylist(rows, schema=kinds)

    def _line(self, row: dict[str, Any]) -> dict[str, Any] | None:
        if not row["line"].strip():
            return None
        in_all, in_file = self._before[row["file"], row["block"]]
        judged = {
            "place": row["place"] + in_all,
            "file": row["file"],
            "number": row["place"] + in_file,
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
    # Spark goes on without the thread that found no memory, and whoever waits for it waits for ever.
    "spark.driver.extraJavaOptions": "-XX:+ExitOnOutOfMemoryError",
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
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError, EOFError, ConnectionError) as error:
        raise SparkUnusableError(f"{source}: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else "Spark ended; more memory: spark.driver.memory"


def _escaped(source: str) -> str:
    """A path as Spark is to take it: signs that it would take for a pattern stand for themselves."""
    if "://" in source:
        return source
    return _GLOB.sub(r"\\\1", str(Path(source).absolute()))

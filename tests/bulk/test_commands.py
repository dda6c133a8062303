"""`fieldvisit score --tables` and `fieldvisit tables`: there and back, byte for byte, and what ends with 1 or 2."""

from pathlib import Path

import pytest

from server.bulk.engine import connected
from tests.bulk.desk import TWO, pack, rewrite, run

EXAMPLES = Path(__file__).parents[2] / "docs" / "policy" / "examples"


def test_the_examples_come_out_byte_for_byte_over_columns(tmp_path: Path) -> None:
    packed = run("tables", "pack", str(EXAMPLES / "cases.jsonl"), str(tmp_path / "in"))
    scored = run("score", "--tables", str(tmp_path / "in"), "--out", str(tmp_path / "out"))
    assert (packed.exit_code, scored.exit_code, scored.output) == (0, 0, "")
    lines = run("tables", "lines", str(tmp_path / "out"))
    assert lines.stdout_bytes == (EXAMPLES / "expected.jsonl").read_bytes()


def test_the_examples_unpacked_are_scored_as_before(tmp_path: Path) -> None:
    run("tables", "pack", str(EXAMPLES / "cases.jsonl"), str(tmp_path / "in"))
    unpacked = tmp_path / "unpacked.jsonl"
    unpacked.write_bytes(run("tables", "unpack", str(tmp_path / "in")).stdout_bytes)
    assert run("score", str(unpacked)).stdout_bytes == (EXAMPLES / "expected.jsonl").read_bytes()


def test_packing_leaves_out_and_names_bad_lines_and_an_id_that_stands_twice(tmp_path: Path) -> None:
    first = (EXAMPLES / "cases.jsonl").read_bytes().splitlines()[0]
    file = tmp_path / "march.jsonl"
    file.write_bytes(first + b"\n\n[]\n" + first + b"\n")
    result = run("tables", "pack", str(file), str(tmp_path / "in"))
    assert result.exit_code == 1
    assert [line.removeprefix(f"{file}:").split(": ")[:2] for line in result.stderr.splitlines()] == [
        ["3", "line"],
        ["4", "id"],
    ]
    assert len(run("tables", "unpack", str(tmp_path / "in")).stdout.splitlines()) == 1


def test_a_policy_document_is_used(tmp_path: Path) -> None:
    pack(tmp_path / "in", TWO[1:])
    policy = tmp_path / "policy.toml"
    policy.write_text('month_end = "same_day"\n', encoding="utf-8")
    run("score", "--tables", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--policy", str(policy))
    assert '"to": "2026-04-10"' in run("tables", "lines", str(tmp_path / "out")).stdout


def test_a_folder_with_signs_of_patterns_and_quotes_is_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "it's [a-z] *?"
    pack(folder)
    assert run("score", "--tables", str(folder), "--out", str(folder / "out")).exit_code == 0
    assert len(run("tables", "lines", str(folder / "out")).stdout.splitlines()) == 5


def test_tables_without_rows_are_good(tmp_path: Path) -> None:
    pack(tmp_path / "in", [])
    assert run("score", "--tables", str(tmp_path / "in"), "--out", str(tmp_path / "out")).exit_code == 0
    assert run("tables", "lines", str(tmp_path / "out")).stdout == ""


def test_a_table_that_is_missing_or_no_parquet_ends_with_2_and_leaves_no_answer(tmp_path: Path) -> None:
    folder = pack(tmp_path / "in")
    (folder / "phones.parquet").write_bytes(b"PAR0")
    broken = run("score", "--tables", str(folder), "--out", str(tmp_path / "out"))
    (folder / "phones.parquet").unlink()
    missing = run("score", "--tables", str(folder), "--out", str(tmp_path / "out"))
    for result in (broken, missing):
        assert result.exit_code == 2
        assert result.stderr.startswith(f"{folder / 'phones.parquet'}: ")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("table", "query", "column"),
    [
        ("placements", "SELECT * EXCLUDE recall_on FROM old", "recall_on"),
        ("placements", "SELECT * REPLACE (placed_amount::DOUBLE AS placed_amount) FROM old", "placed_amount"),
        ("repayments", "SELECT * REPLACE (amount::DECIMAL(18, 3) AS amount) FROM old", "amount"),
        ("repayments", "SELECT * REPLACE (amount::DECIMAL(18, 1) AS amount) FROM old", "amount"),
        ("placements", "SELECT * REPLACE (7::DECIMAL(17, 0) AS placed_amount) FROM old", "placed_amount"),
        ("repayments", "SELECT * REPLACE (paid_on::VARCHAR AS paid_on) FROM old", "paid_on"),
        ("visits", "SELECT * REPLACE (started_at::TIMESTAMP AS started_at) FROM old", "started_at"),
        ("visits", "SELECT * REPLACE (photos::DOUBLE AS photos) FROM old", "photos"),
        ("visits", "SELECT * REPLACE (agents[1] AS agents) FROM old", "agents"),
        ("contacts", "SELECT * REPLACE (communicated::INTEGER AS communicated) FROM old", "communicated"),
    ],
)
def test_a_column_that_is_missing_or_of_another_type_ends_with_2(
    tmp_path: Path, table: str, query: str, column: str
) -> None:
    rewrite(pack(tmp_path / "in"), table, query)
    result = run("score", "--tables", str(tmp_path / "in"), "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{tmp_path / 'in' / table}.parquet: {column}: ")


def test_columns_that_may_be_left_out_and_unknown_ones_change_nothing(tmp_path: Path) -> None:
    folder = pack(tmp_path / "in")
    run("score", "--tables", str(folder), "--out", str(tmp_path / "out"))
    before = run("tables", "lines", str(tmp_path / "out")).stdout
    rewrite(folder, "visits", "SELECT 1 AS why, * EXCLUDE started_at_beyond FROM old")
    rewrite(folder, "repayments", "SELECT * EXCLUDE paid_at_beyond, 2 AS why FROM old")
    assert run("score", "--tables", str(folder), "--out", str(tmp_path / "out")).exit_code == 0
    assert run("tables", "lines", str(tmp_path / "out")).stdout == before != ""


def test_the_largest_amount_of_every_width_is_scored(tmp_path: Path) -> None:
    largest = "'9999999999999999'::DECIMAL"
    for number, kind in enumerate(("(16, 0)", "(17, 1)", "(18, 2)")):
        folder = pack(tmp_path / str(number), TWO[1:])
        rewrite(folder, "repayments", f"SELECT * REPLACE ({largest}{kind} AS amount) FROM old")
        assert run("score", "--tables", str(folder), "--out", str(folder / "out")).exit_code == 0
        assert '"amount": "9999999999999999.00"' in run("tables", "lines", str(folder / "out")).stdout


def test_an_answer_that_is_none_ends_with_2(tmp_path: Path) -> None:
    folder, out = pack(tmp_path / "in"), tmp_path / "out"
    run("score", "--tables", str(folder), "--out", str(out))
    whole = (out / "lines.parquet").read_bytes()
    rewrite(out, "lines", "FROM old WHERE repayment <> 'P-2'")
    cut = run("tables", "lines", str(out))
    (out / "lines.parquet").write_bytes(whole[: len(whole) // 2])
    broken = run("tables", "lines", str(out))
    (out / "lines.parquet").unlink()
    missing = run("tables", "lines", str(out))
    for result in (cut, broken, missing):
        assert result.exit_code == 2
        assert result.stderr.startswith(str(out))


def test_tables_that_cannot_be_written_end_with_2(tmp_path: Path) -> None:
    (tmp_path / "in" / "visits.parquet").mkdir(parents=True)
    result = run("tables", "pack", str(EXAMPLES / "cases.jsonl"), str(tmp_path / "in"))
    assert result.exit_code == 2
    assert "visits.parquet" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--tables", "in"],
        ["--out", "out"],
        ["--tables", "in", "--out", "out", "cases.jsonl"],
        ["--out", "out", "cases.jsonl"],
        ["--tables", "absent", "--out", "out"],
    ],
)
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    result = run("score", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr


def test_an_answer_that_cannot_be_written_ends_with_2(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    result = run("score", "--tables", str(pack(tmp_path / "in")), "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert str(tmp_path / "out") in result.stderr


def test_a_half_too_fine_for_whole_numbers_ends_with_2_and_its_neighbour_is_taken(tmp_path: Path) -> None:
    folder, policy = pack(tmp_path / "in"), tmp_path / "policy.toml"
    for ratio, status in (("0.0000000001", 0), ("0.00000000001", 2)):
        policy.write_text(f'half_ratio = "{ratio}"\n', encoding="utf-8")
        result = run(
            "score", "--tables", str(folder), "--out", str(tmp_path / "out"), "--policy", str(policy)
        )
        assert result.exit_code == status, result.output
    assert "half_ratio" in result.stderr


def test_answers_that_are_not_there_cannot_be_read(tmp_path: Path) -> None:
    assert run("tables", "lines", str(tmp_path)).exit_code == 2
    assert run("tables", "unpack", str(tmp_path)).exit_code == 2


def test_a_run_reaches_no_network(tmp_path: Path) -> None:
    with connected() as connection:
        settings = dict(
            connection.execute(
                "SELECT name, value FROM duckdb_settings() WHERE name LIKE 'auto%known_extensions'"
            ).fetchall()
        )
    assert settings == {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}

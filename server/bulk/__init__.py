"""Scoring over columns: the rules of sections 3 to 6 as SQL for DuckDB, Parquet in and out (docs/bulk-tables.md)."""

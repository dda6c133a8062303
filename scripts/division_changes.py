"""Owns what a new table of divisions changed against the old one, told in lines that a person can go through.
Refuses to say which addresses that touches: `fieldvisit address recheck` does, on the addresses of an installation."""

from __future__ import annotations

from collections.abc import Iterator

Table = dict[str, tuple[str, str, str]]
"""Name, level and parent by code."""


def read_table(text: str) -> Table:
    """The divisions of a text of divisions.tsv."""
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return {code: (name, level, parent) for code, name, level, parent, *_ in rows[1:]}


def changes(old: str, new: str) -> Iterator[str]:
    """A line for each division that came, went, was renamed, moved, or only got another code, in order of code."""
    before, after = read_table(old), read_table(new)
    paths = {_path(before, code): code for code in before}
    came = {_path(after, code): code for code in after if code not in before}
    for code in sorted(before.keys() | after.keys()):
        was, is_ = before.get(code), after.get(code)
        if was is None:
            old_code = paths.get(_path(after, code))
            yield (
                f"recoded\t{old_code} -> {code}\t{_path(after, code)}"
                if old_code
                else (f"new\t{code}\t{_path(after, code)}")
            )
        elif is_ is None:
            if _path(before, code) not in came:
                yield f"gone\t{code}\t{_path(before, code)}"
        elif was[0] != is_[0]:
            yield f"renamed\t{code}\t{_path(before, code)} -> {_path(after, code)}"
        elif was[2] != is_[2]:
            yield f"moved\t{code}\t{_path(before, code)} -> {_path(after, code)}"


def _path(table: Table, code: str) -> str:
    name, _, parent = table[code]
    return (_path(table, parent) if parent in table else "") + name

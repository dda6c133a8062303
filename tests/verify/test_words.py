"""The words of faults."""

from __future__ import annotations

from server.verify.faults import NOTES, WORDS


def test_every_fault_has_words_in_both_languages() -> None:
    for code, (zh, en) in (WORDS | NOTES).items():
        assert any("\u4e00" <= letter <= "\u9fff" for letter in zh), code
        assert en.isascii(), code

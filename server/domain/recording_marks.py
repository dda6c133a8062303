"""Marks in a recording: a moment with a word, set by who heard it, so that the next one need not search for it (S8).

Owns the record and how many stand in one recording. Refuses a moment after the recording's end. A mark is no evidence:
one that is taken back is kept with the moment of that, and is shown no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.domain.problems import Category, Finding, kind

MOST_MARKS = 200  # all of them fit on one page beside the player


@dataclass(frozen=True, slots=True)
class RecordingMark:
    """A word at `at_ms` of a recording, by whom and when; `removed_at` where its author took it back."""

    id: str
    evidence_id: str
    account_id: str
    at_ms: int
    words: str
    made_at: datetime
    removed_at: datetime | None
    version: int


MARK_NO_RECORDING = kind(
    "mark_no_recording",
    Category.REFUSED,
    "只有录音可以打标",
    "Only a recording takes marks",
    remedy=("请在录音的播放器里打标。", "Set the mark in the player of a recording."),
    clause="S8",
)
MARK_AFTER_END = kind(
    "mark_after_end",
    Category.INVALID,
    "时刻超出录音长度（录音 {length_ms} 毫秒）",
    "The moment lies after the end of the recording, which is {length_ms} ms long",
    remedy=("请填写录音之内的时刻。", "Give a moment within the recording."),
)
MARKS_TOO_MANY = kind(
    "marks_too_many",
    Category.REFUSED,
    "一段录音最多 {most} 个标记",
    "A recording takes at most {most} marks",
    remedy=("请先删除自己不用的标记。", "Remove some of your own first."),
)
MARK_NOT_OWN = kind(
    "mark_not_own",
    Category.FORBIDDEN,
    "只能删除自己的标记",
    "Only who set a mark may remove it",
    remedy=("请由打标的人删除。", "Let its author remove it."),
    clause="S1",
)


def marking_findings(length_ms: int | None, at_ms: int, standing: int) -> list[Finding]:
    """What stands against a mark at a moment of a recording that has `standing` others; its very end is within it."""
    findings = []
    if at_ms > (length_ms or 0):
        findings.append(Finding(MARK_AFTER_END, "at_ms", {"length_ms": length_ms or 0}))
    if standing >= MOST_MARKS:
        findings.append(Finding(MARKS_TOO_MANY, None, {"most": MOST_MARKS}))
    return findings

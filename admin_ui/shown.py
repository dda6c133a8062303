"""How values look to a reader: days, times, money, masked names. One of these goes with every page.

Owns the reader's forms. Refuses clear personal data: what S5 masks comes out masked.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import Enum

from markupsafe import Markup, escape

from admin_ui.words import WORDS, Words
from server.domain.calendar import SHANGHAI, local_day
from server.domain.masking import masked_id_number, masked_name, masked_telephone
from server.domain.messages import InboxMessage
from server.domain.money import shown_fen
from server.domain.notices import words as notice_words
from server.domain.problems import INVALID_INPUT, Finding
from server.domain.wording import DEBT_PLACEHOLDERS, LETTER_PLACEHOLDERS, OPEN_PLACEHOLDERS, in_chinese

_BLANK = re.compile(
    rf"\{{({'|'.join(sorted(OPEN_PLACEHOLDERS | DEBT_PLACEHOLDERS | LETTER_PLACEHOLDERS))})\}}"
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# Most browsers name the others too, so that the particular ones come first.
_BROWSERS = tuple(
    (re.compile(sign), name)
    for sign, name in (
        (r"MicroMessenger/(\d+)", "WeChat"),
        (r"QQBrowser/(\d+)", "QQBrowser"),
        (r"HuaweiBrowser/(\d+)", "HuaweiBrowser"),
        (r"Edg[A-Z]*[a-z]*/(\d+)", "Edge"),
        (r"Firefox/(\d+)", "Firefox"),
        (r"Chrome/(\d+)", "Chrome"),
        (r"Version/(\d+)\S* (?:\S+ )?Safari/", "Safari"),
    )
)
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
MEANINGS = {
    "NextStep.on_hold": "wrong",
    "NextStep.correct_request": "waiting",
    "NextStep.finish_draft": "waiting",
    "NextStep.promise_broken": "waiting",
    "NextStep.waits_for_decision": "info",
    "NextStep.visit_to_come": "info",
    "NextStep.promise_pending": "info",
    "RequestState.filed": "waiting",
    "RequestState.returned": "waiting",
    "RequestState.accepted": "done",
    "RequestState.refused": "wrong",
    "VisitState.accepted": "waiting",
    "VisitState.published": "info",
    "VisitState.in_progress": "info",
    "VisitState.completed": "done",
    "VisitState.failed": "wrong",
    "RulingOutcome.upheld": "done",
    "RulingOutcome.partly": "info",
    "RulingOutcome.dismissed": "wrong",
    "PlanState.published": "done",
    "MonthPhase.objections": "waiting",
    "MonthPhase.rulings": "waiting",
    "MonthPhase.closed": "done",
    "StatementState.published": "info",
    "StatementState.closed": "done",
    "VisitState.planned": "info",
    "AddressStanding.valid": "done",
    "AddressStanding.invalid": "wrong",
    "AddressStanding.unknown": "waiting",
    "FlagState.raised": "waiting",
    "FlagState.answered": "info",
    "FlagState.decided": "done",
    "FineState.found": "waiting",
    "FineState.due": "waiting",
    "FineState.paid": "done",
    "PackState.proposed": "waiting",
    "PackState.packing": "info",
    "PackState.ready": "done",
    "PackState.declined": "wrong",
    "PackState.failed": "wrong",
    "Verdict.compliant": "done",
    "Verdict.minor": "waiting",
    "Verdict.serious": "wrong",
    "ProposalState.proposed": "waiting",
    "ProposalState.published": "done",
    "ProposalState.declined": "wrong",
    "PaperState.issued": "waiting",
    "PaperState.released": "info",
    "PaperState.left": "done",
    "PaperState.returned": "waiting",
    "PaperState.shredded": "done",
    "OutboxState.waiting": "waiting",
    "OutboxState.sent": "done",
    "OutboxState.failed": "wrong",
    "JobState.running": "info",
    "JobState.done": "done",
    "JobState.failed": "wrong",
    "ImportState.checking": "info",
    "ImportState.refused": "wrong",
    "ImportState.checked": "done",
    "ImportState.waiting": "waiting",
    "ImportState.applying": "info",
    "ImportState.applied": "done",
    "ImportState.undone": "waiting",
}
_SIZES = ("B", "KiB", "MiB", "GiB", "TiB")
_NEAR = {0: "day.today", -1: "day.yesterday", 1: "day.tomorrow"}


def _key(value: Enum) -> str:
    return f"{type(value).__name__}.{value.value}"


class Shown:
    """The forms for one reader on one day."""

    def __init__(self, words: Words, today: date) -> None:
        self.words = words
        self.today = today

    def day(self, day: date | None) -> str:
        """2026-11-14, with today, yesterday and tomorrow in words beside it."""
        if day is None:
            return self.words("none")
        near = _NEAR.get((day - self.today).days)
        return f"{day.isoformat()} {self.words(near)}" if near else day.isoformat()

    def today_long(self) -> str:
        """The day in the top bar: 11月14日 周六."""
        weekday = self.words(f"weekday.{self.today.isoweekday()}")
        return self.words("day.long", month=self.today.month, day=self.today.day, weekday=weekday)

    def moment(self, moment: datetime | None) -> str:
        """2026-11-14 19:30 in Shanghai, with today and yesterday in words."""
        if moment is None:
            return self.words("none")
        return f"{self.day(local_day(moment))} {self.clock(moment)}"

    def local_day(self, moment: datetime) -> date:
        return local_day(moment)

    def clock(self, moment: datetime | None) -> str:
        return self.words("none") if moment is None else f"{moment.astimezone(SHANGHAI):%H:%M}"

    def seconds(self, moment: datetime) -> str:
        return f"{moment.astimezone(SHANGHAI):%H:%M:%S}"

    def money(self, fen: int | None) -> str:
        """¥12,345.60; a reversal has its sign before it."""
        return self.words("none") if fen is None else shown_fen(fen)

    def unbroken(self, text: str) -> Markup:
        """A sentence whose days do not fall apart at the end of a line."""
        text = _DAY.sub(r'<span class="unbroken">\g<0></span>', str(escape(text)))
        return Markup(text)  # noqa: S704 -- escaped above

    def size(self, bytes_: int) -> str:
        """512 B, 3.4 MiB, 117 GiB: three figures say how much room there is."""
        size, unit = float(bytes_), 0
        while size >= 1000 and unit < len(_SIZES) - 1:
            size, unit = size / 1024, unit + 1
        return f"{size:.0f} {_SIZES[unit]}" if unit == 0 or size >= 100 else f"{size:.1f} {_SIZES[unit]}"

    def kilometres(self, metres: int) -> str:
        return f"{metres / 1000:,.1f}"

    def machine(self, user_agent: str) -> str:
        """Chrome 131 · Windows: what a browser calls itself, as a person calls it; all of it where we know no name.

        The system has no number: Chrome calls every Android 10, and Windows 11 calls itself 10.
        """
        found = ((sign.search(user_agent), name) for sign, name in _BROWSERS)
        browser = next((f"{name} {said[1]}" for said, name in found if said), None)
        system = next((name for sign, name in _SYSTEMS if sign in user_agent), None)
        return " · ".join(filter(None, (browser, system))) if browser else user_agent

    def blanks(self, text: str) -> Iterator[tuple[str, bool]]:
        """A text of V15 in pieces: its own words, and the names of its blanks."""
        for number, piece in enumerate(_BLANK.split(text)):
            yield piece, number % 2 == 1

    def spelt(self, text: str) -> str:
        """A text of V15 as its reader writes it: blanks have Chinese names in Chinese."""
        return in_chinese(text) if self.words.zh else text

    def length(self, milliseconds: int | None) -> str:
        """1:02:07 or 12:41."""
        if milliseconds is None:
            return self.words("none")
        minutes, seconds = divmod(milliseconds // 1000, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"

    def notice(self, message: InboxMessage) -> str:
        return notice_words(message.kind, message.params, self.words.language)

    def finding(self, finding: Finding) -> str:
        """What is wrong, with the field named as the form names it."""
        named = f"field.{(finding.field or '').rpartition('.')[2]}"
        if finding.kind is INVALID_INPUT and named in WORDS:
            label = self.words(named)
            params = {**finding.params, "field_zh": label, "field_en": label}
            finding = dataclasses.replace(finding, params=params)
        return finding.zh() if self.words.zh else finding.en()

    def remedy(self, finding: Finding) -> str:
        return finding.remedy_zh() if self.words.zh else finding.remedy_en()

    def local(self, moment: datetime) -> str:
        """As a browser's field for a day and a time takes it."""
        return f"{moment.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"

    def meaning(self, value: Enum) -> str:
        """Which of the four meanings a state has; `plain` where it has none."""
        return MEANINGS.get(_key(value), "plain")

    def days_left(self, day: date) -> int:
        return (day - self.today).days

    def day_before(self, day: date) -> date:
        return day - timedelta(days=1)

    def day_after(self, day: date) -> date:
        return day + timedelta(days=1)

    def name(self, name: str) -> str:
        return masked_name(name)

    def telephone(self, number: str | None) -> str:
        return masked_telephone(number) or self.words("none")

    def id_number(self, number: str | None) -> str:
        return masked_id_number(number) or self.words("none")

"""What a visit still lacks to count: told at check-out and shown with the visit, each with its clause.

It does not score: `server.domain.policy` does. It says what a person can still bring in or do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from server.domain.policy.facts import PhoneFacts

MISSING_WORDS: dict[str, tuple[str, str]] = {
    "second_agent": ("未证明两名外访员同时在场", "That two agents were there together is not shown"),
    "photo": ("缺事前照片", "A photo is missing"),
    "recording": ("缺录音", "The recording is missing"),
    "letter_address_photo": ("缺留函地址照片", "The photo of the letter's address is missing"),
    "letter_manner_photo": ("缺留函方式照片", "The photo of how the letter was left is missing"),
    "counterfoil": ("留存联未交回", "The counterfoil is not back"),
    "phones_not_called": ("有可联电话未拨打", "A reachable phone was not called"),
    "message_not_sent": ("未向债务人电话发送短信", "No message was sent to a phone of the debtor"),
}


@dataclass(frozen=True, slots=True)
class Missing:
    """`ids` names the phones that were not called."""

    code: str
    clause: str
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VisitNeeds:
    """What is on record of a visit as far as counting asks. `letter` is None where none was left."""

    present: int
    team_size: int
    evidence_required: Literal["photo_and_recording", "either"]
    photos: int
    recordings: int
    letter: LetterNeeds | None
    phones: Sequence[PhoneFacts]


@dataclass(frozen=True, slots=True)
class LetterNeeds:
    address_photographed: bool
    manner_photographed: bool
    counterfoil_returned: bool


def missing_for_credit(needs: VisitNeeds) -> list[Missing]:
    """Everything that is missing, in the order of the clauses that exclude; the letter's needs only with a letter."""
    lacking: list[tuple[bool, Missing]] = [
        (needs.present < needs.team_size, Missing("second_agent", "V1")),
        *_evidence(needs),
    ]
    if needs.letter is not None:
        not_called = tuple(phone.id for phone in needs.phones if phone.reachable and not phone.called)
        own = [phone for phone in needs.phones if phone.owner == "debtor"]
        lacking += [
            (not needs.letter.address_photographed, Missing("letter_address_photo", "V6")),
            (not needs.letter.manner_photographed, Missing("letter_manner_photo", "V6")),
            (not needs.letter.counterfoil_returned, Missing("counterfoil", "V6")),
            (bool(not_called), Missing("phones_not_called", "X8", not_called)),
            (bool(own) and not any(p.messaged for p in own), Missing("message_not_sent", "X8")),
        ]
    return [missing for lacks, missing in lacking if lacks]


def _evidence(needs: VisitNeeds) -> list[tuple[bool, Missing]]:
    either = needs.evidence_required == "either" and (needs.photos > 0 or needs.recordings > 0)
    return [
        (needs.photos == 0 and not either, Missing("photo", "X3")),
        (needs.recordings == 0 and not either, Missing("recording", "X3")),
    ]

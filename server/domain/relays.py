"""Relays (C3): only a contact who was willing and able can be recorded as having passed a message on."""

from __future__ import annotations

from server.domain.problems import Category, Finding, kind
from server.domain.visits import ContactWho, VisitContact

RELAY_NOT_PROMISED = kind(
    "relay_not_promised",
    Category.REFUSED,
    "该联系人没有被登记为愿意且有能力转告的其他联系人",
    "This person is not on record as another contact who was willing and able to relay",
    remedy=(
        "C3 要求明确表示愿意转告且有能力转告；请核对沟通记录。",
        "C3 asks for somebody willing and able; check what was recorded of the talk.",
    ),
)


def relay_findings(contact: VisitContact) -> list[Finding]:
    """C3 asks for an `other_contact` who communicated and was willing and able."""
    able = contact.communicated and contact.will_relay and contact.can_relay
    return [] if able and contact.who is ContactWho.OTHER_CONTACT else [Finding(RELAY_NOT_PROMISED)]

"""What may be asked of whom and said to whom at a visit (V10, V14). The phone shows it; the total debt hangs on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from server.domain.policy.registry import clause
from server.domain.visits import ContactWho, VisitContact


class Topic(StrEnum):
    """Things to ask or to say."""

    REPAYMENT = "repayment"
    WHEREABOUTS = "whereabouts"  # 家庭地址、电话号码和工作地点
    RELAY = "relay"  # 代为转告
    TOTAL_DEBT = "total_debt"
    IDENTITY = "identity"  # who we are and on whose behalf (V15)
    ADDRESS_STATE = "address_state"  # whether somebody lives here, whether it stands
    LETTER = "letter"  # leaving a sealed letter


TOPIC_WORDS: dict[Topic, tuple[str, str]] = {
    Topic.REPAYMENT: ("还款意愿与安排", "whether and how they will repay"),
    Topic.WHEREABOUTS: (
        "欠款人的家庭地址、电话号码和工作地点",
        "the debtor's address, telephone and place of work",
    ),
    Topic.RELAY: ("请代为转告欠款人", "to pass a message on to the debtor"),
    Topic.TOTAL_DEBT: ("欠款人的总体欠款信息", "the total debt"),
    Topic.IDENTITY: ("自己身份及受委托代理的身份", "who you are and for whom you act"),
    Topic.ADDRESS_STATE: ("该地址是否有人居住、是否拆迁", "whether the place is lived in, or demolished"),
    Topic.LETTER: ("留存密封信函", "leaving a sealed letter"),
}


@dataclass(frozen=True, slots=True)
class TalkRules:
    """For one kind of contact: what may be asked, what may be said."""

    may_ask: tuple[Topic, ...]
    may_say: tuple[Topic, ...]


_DEBTOR = TalkRules((Topic.REPAYMENT, Topic.WHEREABOUTS), (Topic.IDENTITY, Topic.TOTAL_DEBT, Topic.LETTER))
_THIRD_PARTY = TalkRules((Topic.WHEREABOUTS, Topic.RELAY), (Topic.IDENTITY, Topic.LETTER))
_OFFERS_TO_REPAY = TalkRules(
    (*_THIRD_PARTY.may_ask, Topic.REPAYMENT), (*_THIRD_PARTY.may_say, Topic.TOTAL_DEBT)
)
_STRANGER = TalkRules((Topic.ADDRESS_STATE,), (Topic.IDENTITY,))
_COMMITTEE = TalkRules((Topic.ADDRESS_STATE, Topic.RELAY), (Topic.IDENTITY, Topic.LETTER))


@clause("V14")
def v14_talk_rules(
    who: ContactWho, *, knew_of_debt: bool = False, offered_to_repay: bool = False
) -> TalkRules:
    """What may be asked of a contact and said to them: contacts only give whereabouts and pass a message on.

    「只能向'紧急联系人'询问欠款人的家庭地址、电话号码和工作地点或请'紧急联系人'代为转告欠款人」
    """
    if who is ContactWho.DEBTOR:
        return _DEBTOR
    if knew_of_debt and offered_to_repay:
        return _OFFERS_TO_REPAY
    match who:
        case ContactWho.STRANGER:
            return _STRANGER
        case ContactWho.VILLAGE_COMMITTEE:
            return _COMMITTEE
        case _:
            return _THIRD_PARTY


@clause("V10", codes=("template_tells_debt",))
def v10_total_debt_visible(contacts: Iterable[VisitContact]) -> bool:
    """The total debt shows once the debtor was met, or a third party who unasked knew of it and offered to repay.

    「当第三方主动表示知晓欠款人情况并提出愿意代偿时，方可告知欠款人的总体欠款信息，否则不得向第三方透露欠款人的任何信息」

    Relatives are third parties.
    """
    return any(
        contact.who is ContactWho.DEBTOR or (contact.knew_of_debt and contact.offered_to_repay)
        for contact in contacts
    )

"""Owns the bases C1 to C5 (section 3) and the exclusions of C4 alone, X5, X7, X8, X9. Refuses to look at
repayments.

A basis answers with a Verdict, an exclusion with the Verdict that speaks against the visit or with None;
`first_basis` asks them in the order of the policy, C5 before C4.
"""

from datetime import date

from server.domain.calendar import days_after
from server.domain.policy.editions import Edition
from server.domain.policy.facts import VisitFacts
from server.domain.policy.registry import clause
from server.domain.policy.verdicts import Verdict
from server.domain.policy.windows import w1_month_end

MET = Verdict("C1", "met", True)
NOBODY_MET = Verdict("C1", "nobody_met", False)
PHONED = Verdict("C2", "phoned_on_site", True)
NOBODY_PHONED = Verdict("C2", "nobody_phoned", False)
RELAYED = Verdict("C3", "relayed", True)
RELAY_NOT_CONFIRMED = Verdict("C3", "relay_not_confirmed", False)
NOBODY_TO_RELAY = Verdict("C3", "nobody_to_relay", False)
ACKNOWLEDGED = Verdict("C5", "letter_acknowledged", True)
NOT_ACKNOWLEDGED = Verdict("C5", "letter_not_acknowledged", False)
NO_COUNTED_LETTER_TO_ACKNOWLEDGE = Verdict("C5", "letter_not_counted", False)
FIVE_DAYS = Verdict("C4", "letter_five_days", True)
LETTER_NOT_PROVEN = Verdict("C4", "letter_not_proven", False)
NO_LETTER = Verdict("C4", "no_letter", False)
NO_EFFECT = Verdict("A6", "no_effect", False)

GONE = Verdict("X5", "debtor_gone", False)
WRONG_PLACE = Verdict("X9", "letter_wrong_place", False)
PHONES_NOT_CALLED = Verdict("X8", "phones_not_called", False)
MESSAGE_NOT_SENT = Verdict("X8", "message_not_sent", False)
CONTACT_RESTORED = Verdict("X7", "contact_restored_by_collector", False)


def letter_counts(visit: VisitFacts) -> bool:
    """V6: a letter counts as left with the photos of address and manner, and its counterfoil handed back."""
    letter = visit.letter
    return letter is not None and letter.photographed and letter.counterfoil_returned


def message_to_debtor(visit: VisitFacts) -> bool:
    """Whether a phone of the debtor on file, reachable or not, was sent a message."""
    return any(phone.messaged and phone.owner == "debtor" for phone in visit.phones)


def _is_family(who: str) -> bool:
    return who in ("debtor", "direct_relative")


@clause("C1", codes=("met", "nobody_met"))
def c1_met(visit: VisitFacts) -> Verdict:
    """Met the borrower or a direct relative in person, and spoke.

    「外访见到借款人，或见到借款人直系亲属(有沟通)」
    """
    for contact in visit.contacts:
        if contact.communicated and contact.channel == "in_person" and _is_family(contact.who):
            return MET
    return NOBODY_MET


@clause("C2", codes=("phoned_on_site", "nobody_phoned"))
def c2_phoned_on_site(visit: VisitFacts) -> Verdict:
    """Telephoned the borrower or a direct relative from the visited place, and spoke.

    「在外访地电联借款人、电联借款人直系亲属(有沟通)」
    """
    for contact in visit.contacts:
        if contact.communicated and contact.channel == "phone_on_site" and _is_family(contact.who):
            return PHONED
    return NOBODY_PHONED


@clause("C3", codes=("relayed", "relay_not_confirmed", "nobody_to_relay"))
def c3_relayed(visit: VisitFacts, day: date, edition: Edition) -> Verdict:
    """Another contact, willing and able, passed the word on from the day of the visit to the seventh day
    after it.

    「找到其他联系人(包括前妻、前夫、前女友等联系人)，且明确表示愿意转告且有能力转告的，
    在7天内能转告到的，从外访次日起算」
    """
    verdict = NOBODY_TO_RELAY
    for contact in visit.contacts:
        if not (contact.who == "other_contact" and contact.communicated):
            continue
        if contact.will_relay and contact.can_relay:
            verdict = RELAY_NOT_CONFIRMED
            if not edition.relay_must_be_confirmed:
                return RELAYED
            relayed_on = contact.relayed_on
            if relayed_on is not None and day <= relayed_on <= days_after(day, edition.relay_days):
                return RELAYED
    return verdict


@clause("C5", codes=("letter_acknowledged", "letter_not_acknowledged", "letter_not_counted"))
def c5_letter_acknowledged(visit: VisitFacts, day: date, edition: Edition) -> Verdict:
    """The borrower, or who pays for them, called back about a counted letter within the month of W1, uncut.

    「留函后，借款人或相关代偿人明确表示收到信函且给我方法务或外访回电，转有效一个月外访」
    """
    letter = visit.letter
    if letter is None or not letter_counts(visit):
        return NO_COUNTED_LETTER_TO_ACKNOWLEDGE
    acknowledged_on = letter.acknowledged_on
    if acknowledged_on is None or not day <= acknowledged_on <= w1_month_end(day, edition):
        return NOT_ACKNOWLEDGED
    return ACKNOWLEDGED


@clause("C4", codes=("letter_five_days", "letter_not_proven", "no_letter"))
def c4_letter_five_days(visit: VisitFacts, edition: Edition) -> Verdict:
    """A counted letter at a right place, every reachable phone called, and a message sent to the debtor.

    「外访留函、发短信、彩信对方在5天内有回款的(从外访次日起算」
    「留函有效必须是确认的地址和户籍地」
    「外访留函村委5天内回款算外访)」
    """
    if not letter_counts(visit) and not (edition.c4_needs == "either" and message_to_debtor(visit)):
        return NO_LETTER if visit.letter is None else LETTER_NOT_PROVEN
    return (
        x5_debtor_gone(visit)
        or x9_letter_wrong_place(visit, edition)
        or x8_phones_and_message(visit, edition)
        or FIVE_DAYS
    )


@clause("X5", codes=("debtor_gone",))
def x5_debtor_gone(visit: VisitFacts) -> Verdict | None:
    """The debtor is gone from the address and nobody there is in touch, wherever the letter was left.

    「外访单位/家庭/户籍地，债务人已离职/搬离/拆迁，且无人与其联系的」
    """
    return GONE if visit.debtor_gone else None


@clause("X9", codes=("letter_wrong_place",))
def x9_letter_wrong_place(visit: VisitFacts, edition: Edition) -> Verdict | None:
    """The letter was left at an address that is neither the household registration nor confirmed.

    「留函于其它地址不计入业绩」
    """
    letter = visit.letter
    address = visit.address
    right = address.kind == "household" or address.confirmed
    if letter is not None and letter_counts(visit) and (right or letter.left_at == "village_committee"):
        return None
    # Under "either" a message alone is enough, so the place of a letter no longer matters once one was sent.
    if edition.c4_needs == "either" and message_to_debtor(visit):
        return None
    return WRONG_PLACE


@clause("X8", codes=("phones_not_called", "message_not_sent"))
def x8_phones_and_message(visit: VisitFacts, edition: Edition) -> Verdict | None:
    """A reachable phone was not called, or no message went to a phone of the debtor though one is on file.

    「外访操作中未对所有可联电话进行拨打、未发短信的不计入」
    """
    debtor_has_phone = debtor_was_messaged = False
    for phone in visit.phones:
        if phone.reachable and not phone.called:
            return PHONES_NOT_CALLED
        if phone.owner == "debtor":
            debtor_has_phone = True
            debtor_was_messaged = debtor_was_messaged or phone.messaged
    if edition.c4_needs == "letter_and_message" and debtor_has_phone and not debtor_was_messaged:
        return MESSAGE_NOT_SENT
    return None


@clause("X7", codes=("contact_restored_by_collector",))
def x7_contact_restored(visit: VisitFacts, day: date, paid_on: date) -> Verdict | None:
    """The collector restored contact with a lost debtor on or after the visit: from that day on it is not
    the letter's.

    「失联案件通过法务自行查询、搜索查询、渠道等由失联变可联并施压还款的，不计入外访业绩」
    """
    restored_on = visit.contact_restored_on
    if restored_on is not None and day <= restored_on <= paid_on:
        return CONTACT_RESTORED
    return None


def first_basis(visit: VisitFacts, day: date, edition: Edition) -> Verdict:
    """The one basis of a visit: the first that holds of C1, C2, C3, C5, C4; else why it has none, as A6
    words it."""
    if visit.contacts:
        verdict = c1_met(visit)
        if verdict.holds:
            return verdict
        verdict = c2_phoned_on_site(visit)
        if verdict.holds:
            return verdict
    relay = c3_relayed(visit, day, edition)
    if relay.holds:
        return relay
    verdict = c5_letter_acknowledged(visit, day, edition)
    if verdict.holds:
        return verdict
    verdict = c4_letter_five_days(visit, edition)
    if verdict is NO_LETTER:
        return RELAY_NOT_CONFIRMED if relay is RELAY_NOT_CONFIRMED else NO_EFFECT
    return verdict

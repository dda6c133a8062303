"""Texts that leave the house: templates, their placeholders, the words that must not stand in them (V15, V10)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from server.domain.placements import PhoneOwner
from server.domain.policy.registry import clause
from server.domain.problems import Category, Finding, kind
from server.domain.visits import MessageTemplate

# Words and hints of the public security organs, procuratorates and courts, and threats in their manner. Data: a firm
# that finds a new one adds it here, and every template is checked again when it is approved.
FORBIDDEN_WORDS = (
    "公安", "警察", "派出所", "刑警", "检察", "法院", "法庭", "法官", "传票", "起诉状", "立案", "拘留", "拘捕", "逮捕",
    "通缉", "抓捕", "判刑", "坐牢", "强制执行", "查封", "失信被执行人", "老赖", "黑名单", "上门抓", "连坐", "株连",
)  # fmt: skip

# Placeholders that the product fills; those of the second set say something of the debt (V10: to the debtor alone).
OPEN_PLACEHOLDERS = frozenset({"debtor_name", "agent_name", "client"})
DEBT_PLACEHOLDERS = frozenset({"balance", "case_number"})
# A text with room for the seal is a letter: it is printed and taken along, and never sent as a message.
SEAL = "seal"
LETTER_PLACEHOLDERS = frozenset({SEAL, "date", "address"})
# What a Chinese text writes in the braces; a text is kept by the names.
BLANKS_IN_CHINESE = {
    "debtor_name": "债务人姓名", "agent_name": "外访员", "client": "委托方", "balance": "欠款余额",
    "case_number": "案件号", "date": "日期", "address": "送达地址", SEAL: "盖章处",
}  # fmt: skip
_NAMED = {chinese: name for name, chinese in BLANKS_IN_CHINESE.items()}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# What a letter states (Card Measures art. 69): each group of words needs one of them in the text.
LETTER_STATES: tuple[tuple[str, str, tuple[tuple[str, ...], ...]], ...] = (
    ("债务人姓名", "the debtor", (("{debtor_name}",),)),
    ("欠款余额", "the balance", (("{balance}",),)),
    ("欠款事由与依据", "its reason and basis", (("事由", "原因"), ("依据", "根据"))),
    ("权利和义务", "rights and duties", (("权利",), ("义务",))),
    ("咨询、还款与异议的途径", "how to ask, repay and object", (("咨询",), ("还款",), ("异议",))),
    ("委托方及其联系人", "whom to reach at the client", (("{client}",), ("联系",))),
    ("代理身份", "on whose behalf it is written", (("委托", "受托", "代理"),)),
    ("日期", "the date", (("{date}",),)),
)

WORD_FORBIDDEN = kind(
    "word_forbidden",
    Category.REFUSED,
    "模板含有禁用词语：{words}",
    "The template has words that are forbidden: {words}",
    remedy=("请删去这些词语或暗示。", "Take the words out."),
    clause="V15",
)
PLACEHOLDER_UNKNOWN = kind(
    "placeholder_unknown",
    Category.INVALID,
    "模板含有系统不会填写的占位：{names}",
    "The template has placeholders that nothing fills: {names}",
    remedy=("可用的占位：{known_zh}", "Known placeholders: {known}"),
)
NAME_TAKEN = kind(
    "template_name_taken",
    Category.CONFLICT,
    "已有同名模板：{name}",
    "There is a template of this name: {name}",
    remedy=("请换一个名称。", "Choose another name."),
)
TEMPLATE_NOT_APPROVED = kind(
    "template_not_approved",
    Category.REFUSED,
    "该模板未经批准或已停用，不能发送",
    "The template is not approved, or retired, so it cannot be sent",
    remedy=("请选用已批准的模板。", "Choose an approved template."),
    clause="V15",
)
TEMPLATE_TELLS_DEBT = kind(
    "template_tells_debt",
    Category.REFUSED,
    "该模板含欠款信息，只能发给债务人本人",
    "The template tells of the debt, so it goes to the debtor alone",
    remedy=("请为第三方选用不含欠款信息的模板。", "Choose a template without the debt for third parties."),
    clause="V10",
)

LETTER_INCOMPLETE = kind(
    "letter_incomplete",
    Category.REFUSED,
    "信函缺少：{missing_zh}",
    "The letter does not state: {missing_en}",
    remedy=("请补齐后再提交；盖章处写 {{盖章处}}。", "Add it; the place for the seal is written {{seal}}."),
    clause="V15",
)
TEMPLATE_IS_LETTER = kind(
    "template_is_letter",
    Category.REFUSED,
    "这是信函模板，不能作为短信发送",
    "This is the text of a letter; it cannot be sent as a message",
    remedy=("请选用短信模板；信函在计划页打印。", "Choose a message; letters are printed from the plan."),
    clause="V15",
)
TEMPLATE_OF_ONES_OWN = kind(
    "template_of_ones_own",
    Category.REFUSED,
    "起草人不能批准自己起草的模板",
    "Who drafted a template does not approve it",
    remedy=("请由另一位有权批准的人批准。", "Ask somebody else who may approve."),
    clause="V15",
)


@clause(
    "V15",
    codes=(
        "word_forbidden",
        "template_not_approved",
        "letter_incomplete",
        "template_is_letter",
        "template_of_ones_own",
    ),
)
def v15_word_findings(body: str) -> list[Finding]:
    """Letters and messages come only from approved templates, whose words are checked.

    「务必表明代理身份」「禁止出现任何公、检、法 … 等词汇或者暗示」
    """
    bare = re.sub(r"[\s·.\-_*]", "", body)
    found = [word for word in FORBIDDEN_WORDS if word in bare]
    return [Finding(WORD_FORBIDDEN, "body", {"words": "、".join(found)})] if found else []


def sending_findings(template: MessageTemplate, owner: PhoneOwner) -> list[Finding]:
    """What stands against sending a template to a number: not approved, retired, or the debt told to a third party."""
    findings = []
    if template.approved_at is None or template.retired_at is not None:
        findings.append(Finding(TEMPLATE_NOT_APPROVED, "template_id"))
    if is_letter(template.body):
        findings.append(Finding(TEMPLATE_IS_LETTER, "template_id"))
    elif tells_debt(template.body) and owner is not PhoneOwner.DEBTOR:
        findings.append(Finding(TEMPLATE_TELLS_DEBT, "template_id"))
    return findings


def placeholder_findings(body: str) -> list[Finding]:
    """Placeholders that nothing fills; a lone brace counts as one."""
    known = OPEN_PLACEHOLDERS | DEBT_PLACEHOLDERS | (LETTER_PLACEHOLDERS if is_letter(body) else frozenset())
    names = [name for name in placeholders(body) if name not in known]
    if re.search(r"[{}]", _PLACEHOLDER.sub("", body)):
        names.append("{")
    if not names:
        return []
    facts = {
        "names": ", ".join(names),
        "known": ", ".join(sorted(known)),
        "known_zh": "、".join(BLANKS_IN_CHINESE[name] for name in sorted(known)),
    }
    return [Finding(PLACEHOLDER_UNKNOWN, "body", facts)]


def is_letter(body: str) -> bool:
    """Whether the text is a letter's: it has room for the seal."""
    return SEAL in placeholders(body)


def letter_findings(body: str) -> list[Finding]:
    """V15, ours: what a letter must state and this one does not."""
    if not is_letter(body):
        return []
    missing = [
        (zh, en)
        for zh, en, groups in LETTER_STATES
        if not all(any(word in body for word in words) for words in groups)
    ]
    told = {
        "missing_zh": "、".join(zh for zh, _ in missing),
        "missing_en": ", ".join(en for _, en in missing),
    }
    return [Finding(LETTER_INCOMPLETE, "body", told)] if missing else []


def approval_findings(drafted_by: str | None, approver: str) -> list[Finding]:
    """V15: drafted by one, approved by another."""
    return [Finding(TEMPLATE_OF_ONES_OWN)] if drafted_by == approver else []


def body_findings(body: str) -> list[Finding]:
    """Everything that stands against a text, whatever it is for."""
    return v15_word_findings(body) + placeholder_findings(body) + letter_findings(body)


def by_name(body: str) -> str:
    """The text as it is kept: {债务人姓名} is {debtor_name}; what nobody knows stays, for the checks to name."""
    return _PLACEHOLDER.sub(lambda match: f"{{{_NAMED.get(match.group(1), match.group(1))}}}", body)


def in_chinese(body: str) -> str:
    """The text as it is written in Chinese: {debtor_name} is {债务人姓名}."""
    return _PLACEHOLDER.sub(
        lambda match: f"{{{BLANKS_IN_CHINESE.get(match.group(1), match.group(1))}}}", body
    )


def placeholders(body: str) -> list[str]:
    return _PLACEHOLDER.findall(body)


def tells_debt(body: str) -> bool:
    return not DEBT_PLACEHOLDERS.isdisjoint(placeholders(body))


def filled(body: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled; no other formatting is understood."""
    return _PLACEHOLDER.sub(lambda match: values[match.group(1)], body)

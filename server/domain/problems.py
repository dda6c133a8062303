"""Problems: everything that can be refused, as one catalogue of codes with words in zh-CN and English.

Owns the kinds, their words and the exception that carries them. It does not know HTTP: a kind has a category, and
`server.web.problems` maps categories to statuses. Each noun registers its own kinds beside its rules with `kind(...)`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from server.domain.input_words import in_chinese, reason_in_chinese
from server.domain.object_words import object_in_chinese
from server.domain.value_words import named


class Category(StrEnum):
    """What sort of refusal it is; the web layer gives each one HTTP status."""

    INVALID = "invalid"  # the words or figures themselves are wrong
    REFUSED = "refused"  # well-formed, but a rule forbids it
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    MISSING = "missing"
    CONFLICT = "conflict"
    STALE = "stale"  # somebody else changed it since it was read
    PRECONDITION_REQUIRED = "precondition_required"
    TOO_LARGE = "too_large"
    RANGE = "range"  # a part was asked for that the thing does not have
    UNSUPPORTED = "unsupported"
    TOO_MANY = "too_many"
    LOCKED = "locked"
    BUSY = "busy"
    INTERNAL = "internal"
    METHOD = "method"
    NOT_ACCEPTABLE = "not_acceptable"
    MALFORMED = "malformed"  # the request itself cannot be read, whatever it asks for
    VERSION = "version"  # a protocol is spoken in a version that is not ours
    GONE = "gone"
    CHECKSUM = "checksum"  # what arrived is not what was sent


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One entry of the catalogue: `zh` and `en` are templates over the params, remedies say what to do next."""

    code: str
    category: Category
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    clause: str | None = None


CATALOGUE: dict[str, ProblemKind] = {}


def kind(
    code: str,
    category: Category,
    zh: str,
    en: str,
    *,
    remedy: tuple[str, str],
    clause: str | None = None,
) -> ProblemKind:
    """Register a kind; codes are unique and never reused. `remedy` is (zh, en)."""
    if code in CATALOGUE:
        raise ValueError(f"problem code {code} is registered twice")
    entry = ProblemKind(code, category, zh, en, remedy[0], remedy[1], clause)
    CATALOGUE[code] = entry
    return entry


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: which kind, at which field (a path such as `addresses[0].text`), with which facts."""

    kind: ProblemKind
    field: str | None = None
    params: Mapping[str, object] = dataclasses.field(default_factory=dict)

    def zh(self) -> str:
        return self.kind.zh.format_map(self._facts("zh"))

    def en(self) -> str:
        return self.kind.en.format_map(self._facts("en"))

    def remedy_zh(self) -> str:
        return self.kind.remedy_zh.format_map(self._facts("zh"))

    def remedy_en(self) -> str:
        return self.kind.remedy_en.format_map(self._facts("en"))

    def _facts(self, language: str) -> _Shown:
        """The facts as words: what only programs know by its code is named, and what was said in English is turned."""
        shown = _Shown({key: named(value, language) for key, value in self.params.items()})
        for key, turned in (_CHINESE if language == "zh" else {}).items():
            if isinstance(shown.get(key), str):
                shown[key] = turned(str(shown[key]))
        return shown


class _Shown(dict[str, object]):
    """A missing parameter shows as its name instead of failing while an error is being told."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


_CHINESE: Mapping[str, Callable[[str], str]] = {
    "detail": in_chinese, "what": object_in_chinese, "why": reason_in_chinese,
}  # fmt: skip


class Problem(Exception):
    """Raised by rules and use cases; answered as `application/problem+json` or as a page.

    The first finding names the problem; the others are told beside it, so that a form can mark every field at once.
    """

    def __init__(self, findings: Sequence[Finding]) -> None:
        if not findings:
            raise ValueError("a problem needs a finding")
        self.findings = tuple(findings)
        super().__init__("; ".join(f"{f.kind.code} {f.field or ''} {f.en()}".strip() for f in self.findings))

    @property
    def kind(self) -> ProblemKind:
        return self.findings[0].kind


def problem(entry: ProblemKind, field: str | None = None, **params: object) -> Problem:
    """A problem of one finding, for `raise problem(NOT_FOUND, "visit_request", id=…)`."""
    return Problem([Finding(entry, field, params)])


def refuse_if(findings: Sequence[Finding]) -> None:
    """Raise all findings as one problem, or return when there are none."""
    if findings:
        raise Problem(findings)


INVALID_INPUT = kind(
    "invalid_input",
    Category.INVALID,
    "{field_zh}填写有误：{detail}",
    "{field_en}: {detail}",
    remedy=("请按提示更正后重新提交。", "Correct the named field and send it again."),
)
NOT_FOUND = kind(
    "not_found",
    Category.MISSING,
    "没有找到：{what}",
    "Not found: {what}",
    remedy=("请核对编号；也可能您无权查看该对象。", "Check the id; it may also be outside what you may see."),
)
FORBIDDEN = kind(
    "forbidden",
    Category.FORBIDDEN,
    "您的岗位没有此权限：{permission}",
    "Your post does not have this permission: {permission}",
    remedy=(
        "如工作需要，请由 IT 在权限表中开通。",
        "If your work needs it, ask IT to grant it in the permission table.",
    ),
    clause="S4",
)
UNAUTHENTICATED = kind(
    "unauthenticated",
    Category.UNAUTHENTICATED,
    "请先登录（{why}）",
    "Sign in first ({why})",
    remedy=("请重新登录。", "Sign in again."),
)
STALE = kind(
    "stale",
    Category.STALE,
    "该记录已被他人修改（您的版本 {yours}，当前版本 {current}）",
    "Somebody changed this since you read it (yours {yours}, now {current})",
    remedy=(
        "请重新载入后再改，您的输入没有被覆盖。",
        "Load it again, then repeat your change; nothing was overwritten.",
    ),
)
IF_MATCH_NEEDED = kind(
    "if_match_needed",
    Category.PRECONDITION_REQUIRED,
    "修改前必须说明所依据的版本（If-Match）",
    "An edit must name the version it is based on (If-Match)",
    remedy=("请携带读取时得到的 ETag。", "Send the ETag that you were given when reading."),
)
ID_REUSED = kind(
    "id_reused",
    Category.CONFLICT,
    "编号 {id} 已用于另一次不同的提交",
    "The id {id} was used by another, different submission",
    remedy=("请为新的内容使用新的编号。", "Use a new id for new content."),
)
WRONG_STATE = kind(
    "wrong_state",
    Category.CONFLICT,
    "当前状态为“{state}”，不能{verb_zh}",
    "It is {state}, so it cannot be {verb_en}",
    remedy=("请刷新后查看当前状态。", "Reload to see the current state."),
)
BUSY = kind(
    "busy",
    Category.BUSY,
    "系统繁忙，本次没有保存任何内容",
    "The system is busy; nothing of this was stored",
    remedy=("请稍后用同一编号重试。", "Try again shortly with the same id."),
)
STORAGE_FULL = kind(
    "storage_full",
    Category.BUSY,
    "服务器存储空间已满，本次没有保存任何内容",
    "The server's storage is full; nothing of this was stored",
    remedy=(
        "手机会保留内容并自动重试；请通知 IT 腾出空间。",
        "The phone keeps what it has and tries again by itself; tell IT to make room.",
    ),
)
INTERNAL = kind(
    "internal",
    Category.INTERNAL,
    "系统内部错误，本次没有保存任何内容（编号 {reference}）",
    "Internal error; nothing of this was stored (reference {reference})",
    remedy=("请把编号告知 IT。", "Tell IT the reference."),
)
BODY_TOO_LARGE = kind(
    "body_too_large",
    Category.TOO_LARGE,
    "内容超过上限 {limit} 字节",
    "The content is over the limit of {limit} bytes",
    remedy=("请缩小后重试。", "Make it smaller and try again."),
)
BODY_CUT = kind(
    "body_cut",
    Category.INVALID,
    "内容不完整：应有 {expected} 字节，只收到 {received} 字节",
    "The content is incomplete: {expected} bytes announced, {received} received",
    remedy=("请用同一编号重新发送。", "Send it again under the same id."),
)
RANGE_NOT_SATISFIABLE = kind(
    "range_not_satisfiable",
    Category.RANGE,
    "所请求的范围超出文件（共 {size} 字节）",
    "The range asked for lies outside the file of {size} bytes",
    remedy=("请在文件长度之内请求。", "Ask within the length of the file."),
)
UNSUPPORTED_TYPE = kind(
    "unsupported_type",
    Category.UNSUPPORTED,
    "不支持的内容类型：{type}",
    "Unsupported content type: {type}",
    remedy=("请使用：{expected}", "Use: {expected}"),
)
METHOD_NOT_ALLOWED = kind(
    "method_not_allowed",
    Category.METHOD,
    "此地址不支持该方法",
    "This address does not answer that method",
    remedy=("请查阅接口文档。", "See the API document."),
)

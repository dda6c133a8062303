"""The registers of what leaves the office: devices (V20) and papers (V6, V21). What is out, overdue, due for care.

Pure rules over the rows. Who may hand out or release is a matter of permissions (S4).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

from server.domain.calendar import local_day
from server.domain.policy.registry import clause
from server.domain.problems import Category, Finding, kind
from server.domain.visits import Device, DeviceHandout, Paper, PaperKind, Visit

MAINTENANCE_MONTHS = 3  # V20: 至少三个月开机一次

SERIAL_TAKEN = kind(
    "serial_taken",
    Category.CONFLICT,
    "序列号 {serial} 已登记过",
    "The serial {serial} is registered already",
    remedy=("请核对序列号。", "Check the serial."),
    clause="V20",
)
DEVICE_OUT = kind(
    "device_out",
    Category.CONFLICT,
    "设备 {label} 已领出，尚未收回",
    "The device {label} is out and not back yet",
    remedy=("请先收回并检查完好性。", "Take it back first and check its condition."),
    clause="V20",
)
DEVICE_RETIRED = kind(
    "device_retired",
    Category.CONFLICT,
    "设备 {label} 已停用",
    "The device {label} is retired",
    remedy=("请使用其他设备。", "Use another one."),
    clause="V20",
)
DEVICE_NOT_OUT = kind(
    "device_not_out",
    Category.CONFLICT,
    "设备 {label} 没有领出",
    "The device {label} is not out",
    remedy=("请核对设备编号。", "Check which device it is."),
    clause="V20",
)
HANDOUT_PERSON = kind(
    "handout_person",
    Category.REFUSED,
    "{name} 不是设备所属分公司的在职人员",
    "{name} is nobody in service of the device's branch",
    remedy=("请选择本分公司在职人员。", "Choose somebody in service of the branch."),
    clause="V20",
)
HANDOUT_DUE = kind(
    "handout_due",
    Category.REFUSED,
    "应还时间必须晚于领用时间 {now}",
    "The device is due back after it is handed out, that is after {now}",
    remedy=("请更正应还时间。", "Correct when it is due."),
    clause="V20",
)
MAINTAINED_LATER = kind(
    "maintained_later",
    Category.REFUSED,
    "维护日期 {on} 在今天之后",
    "Maintenance on {on} has not happened yet",
    remedy=("请填写实际开机检查的日期。", "Give the day on which it was switched on and checked."),
    clause="V20",
)
PAPER_NOT_LEAVABLE = kind(
    "paper_not_leavable",
    Category.REFUSED,
    "只有信函可以留在现场，其他材料须带回",
    "Only a letter may be left at the place; other papers come back",
    remedy=("请登记为交回。", "Record it as returned."),
    clause="V21",
)
PAPER_STATE = kind(
    "paper_state",
    Category.CONFLICT,
    "材料当前为“{state}”，不能{verb_zh}",
    "The paper is {state}, so it cannot be {verb_en}",
    remedy=("请刷新后查看材料状态。", "Reload to see where the paper is."),
    clause="V21",
)


@clause(
    "V20",
    codes=(
        "serial_taken",
        "device_out",
        "device_retired",
        "device_not_out",
        "handout_person",
        "handout_due",
        "maintained_later",
    ),
)
def handout_findings(
    device: Device,
    open_handouts: Sequence[DeviceHandout],
    *,
    in_branch: bool,
    name: str,
    due_at: datetime,
    now: datetime,
) -> list[Finding]:
    """A device goes out whole, once, to one person of its branch, until a time that is to come.

    「外访设备应保存于机房保险柜内，每次使用及回收时应检查设备的完好性」「至少三个月开机一次」
    """
    shown = {"device_id": device.id, "label": device.label}
    found = []
    if device.retired_at is not None:
        found.append(Finding(DEVICE_RETIRED, "device_id", shown))
    if open_handouts:
        found.append(Finding(DEVICE_OUT, "device_id", shown))
    if not in_branch:
        found.append(Finding(HANDOUT_PERSON, "account_id", {"name": name}))
    if due_at <= now:
        found.append(Finding(HANDOUT_DUE, "due_at", {"now": now}))
    return found


def handout_overdue(handout: DeviceHandout, now: datetime) -> bool:
    return handout.returned_at is None and handout.due_at < now


def maintenance_before(today: date) -> date:
    """A device last maintained before this day is due: more than three months have passed since."""
    months = today.year * 12 + today.month - 1 - MAINTENANCE_MONTHS
    year, month = divmod(months, 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


class PaperState(StrEnum):
    ISSUED = "issued"
    RELEASED = "released"
    LEFT = "left"
    RETURNED = "returned"
    SHREDDED = "shredded"


def paper_state(paper: Paper) -> PaperState:
    """Where a paper is: issued, released, left, returned or shredded."""
    if paper.shredded_at is not None:
        return PaperState.SHREDDED
    if paper.returned_at is not None:
        return PaperState.RETURNED
    if paper.left_at is not None:
        return PaperState.LEFT
    return PaperState.ISSUED if paper.released_at is None else PaperState.RELEASED


@clause("V21", codes=("paper_state", "paper_not_leavable"))
def paper_findings(paper: Paper, act: str) -> list[Finding]:
    """Papers taken along are released by the manager, come back, and are shredded; a letter may be left.

    What went out without a release is recorded all the same when it comes back or was left: the list shows it.

    「未经业务经理的批准私自将有关材料带出办公区域」「须交回行政岗进行及时销毁」「专案专用，并记录具体用途」
    """
    verbs = {
        "release": ("批准带出", "released", ("issued",)),
        "leave": ("登记为留置", "left", ("issued", "released")),
        "return": ("收回", "taken back", ("issued", "released")),
        "shred": ("销毁", "shredded", ("returned",)),
    }
    verb_zh, verb_en, allowed = verbs[act]
    state = paper_state(paper)
    if state not in allowed:
        words = {"state": state, "verb_zh": verb_zh, "verb_en": verb_en}
        return [Finding(PAPER_STATE, None, {"paper_id": paper.id} | words)]
    if act == "leave" and paper.kind is not PaperKind.LETTER:
        return [Finding(PAPER_NOT_LEAVABLE, None, {"paper_id": paper.id})]
    return []


def paper_out(paper: Paper) -> bool:
    """Neither left at the place nor back."""
    return paper.left_at is None and paper.returned_at is None


def paper_due_on(paper: Paper, visit: Visit) -> date:
    """Papers come back the day of the outing: that of the visit's end, else of its lease, else of issuing."""
    return local_day(visit.ended_at or visit.valid_until or paper.issued_at)

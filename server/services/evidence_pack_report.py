"""The report of a pack in words (zh-CN): who, when, where, which files, what the sketch shows (V1, V2, S16).

Owns the words and their order. Refuses to judge: notes and gaps are told as they were found; debtors are masked (S5).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from datetime import datetime

from server.domain.calendar import SHANGHAI
from server.domain.evidence import PHOTO_KINDS, EvidenceItem, EvidenceKind, EvidenceSource
from server.domain.evidence_packs import PackRecipient, path_in_pack
from server.domain.masking import masked_name
from server.domain.pack_sketch import Mark, MarkKind, sketch
from server.domain.people import Account
from server.domain.recordings import coverage
from server.domain.visits import CheckDirection, CheckInWay
from server.services.evidence_pack_facts import PackedVisit, PackFacts
from server.services.house import House
from server.services.ports.media import MediaRefused
from server.services.ports.objects import ObjectStoreError
from server.services.ports.packs import PackReport, ReportPicture, ReportTable, ReportVisit

# Small pictures are held until the report is written: so many of them take some 60 MB, and no reader asks for more.
MOST_PICTURES = 200
_NONE = "—"
_KINDS: Mapping[EvidenceKind, str] = {
    EvidenceKind.PHOTO_FAR: "远景照片",
    EvidenceKind.PHOTO_NUMBER: "门牌照片",
    EvidenceKind.PHOTO_DOOR: "门前照片",
    EvidenceKind.LETTER_ADDRESS: "留函地址照片",
    EvidenceKind.LETTER_MANNER: "留函方式照片",
    EvidenceKind.RECORDING: "录音",
    EvidenceKind.ATTACHMENT: "附件",
}
_WAYS = {CheckInWay.OWN_DEVICE: "本人手机", CheckInWay.PARTNER_CODE: "口令", CheckInWay.DESK: "回司签字"}
_RECIPIENTS = {PackRecipient.POLICE: "公安机关", PackRecipient.CLIENT: "委托方"}
_LEGEND = (
    "蓝色：签到、签退；橙色：照片（编号同照片）；绿色：地址（地理编码或此前外访）。",
    "圆圈为定位精度；坐标系 WGS-84；上方为北。点外无圆圈者，未给出精度。",
)


def pack_report(house: House, facts: PackFacts) -> PackReport:
    """The whole report; pictures are read when they are drawn."""
    pack, left = facts.pack, MOST_PICTURES
    visits = []
    for packed in facts.visits:
        visits.append(_visit(house, packed, facts.people, left))
        left = max(0, left - len(_photos(packed)))
    return PackReport(
        title="外访证据报告",
        footer=f"证据包 {pack.id}",
        made_at=facts.now,
        facts=(
            ("证据包编号", pack.id),
            ("案件编号", facts.placement.case_number),
            ("委托方", facts.client_name),
            ("债务人", masked_name(facts.debtor_name)),
            ("接收方", f"{_RECIPIENTS[pack.recipient]} {pack.recipient_name}"),
            ("用途", pack.purpose),
            ("申请人", _signed(facts.people, pack.proposed_by, pack.proposed_at)),
            ("确认人", _signed(facts.people, pack.decided_by, pack.decided_at)),
            ("打包时间", told_at(facts.now)),
            ("证据文件", f"{len(facts.items)} 个；核对方法见 guide.txt"),
        ),
        visits=visits,
        signatures=(
            "外访客服（A角）签字：______________　日期：__________",
            "IT（B角）签字：______________　日期：__________",
        ),
    )


def told_at(at: datetime | None) -> str:
    """The firm's time, to the second."""
    return _NONE if at is None else f"{at.astimezone(SHANGHAI):%Y年%m月%d日 %H:%M:%S}"


def _visit(house: House, packed: PackedVisit, people: Mapping[str, Account], left: int) -> ReportVisit:
    photos = _photos(packed)
    over = max(0, len(photos) - left)
    return ReportVisit(
        title=f"外访 {packed.visit.id}",
        facts=_facts(packed, people),
        tables=(_check_ins(packed, people), _recordings(packed), _files(packed, people)),
        sketch=sketch(_marks(packed, people)),
        legend=_LEGEND,
        pictures=[
            ReportPicture(_caption(number, item), functools.partial(_picture, house, item))
            for number, item in enumerate(photos[: len(photos) - over], start=1)
        ],
        left_out=f"另有 {over} 张照片未印入本报告，见 originals 文件夹。" if over else None,
    )


def _facts(packed: PackedVisit, people: Mapping[str, Account]) -> list[tuple[str, str]]:
    visit = packed.visit
    recorded = coverage(visit.started_at, visit.ended_at, packed.items)
    facts = [
        ("地址", packed.address),
        ("开始", told_at(visit.started_at)),
        ("结束", told_at(visit.ended_at)),
        ("主访", _name(people, visit.lead_id)),
        ("协访", _name(people, visit.partner_id)),
    ]
    if recorded.visit_ms is not None and recorded.recorded_ms is not None:
        seconds = (recorded.recorded_ms // 1000, recorded.visit_ms // 1000)
        facts.append(("录音覆盖", f"{seconds[0]} 秒 / {seconds[1]} 秒，中断 {len(recorded.gaps)} 处"))
    if packed.chain.sent:
        found, awaited = len(packed.chain.findings), len(packed.chain.judged.awaited)
        told = f"不符 {found} 处，待到文件 {awaited} 个" if found or awaited else "均相符"
        facts.append(
            ("手机签名清单", f"{len(packed.chain.sent)} 份，{told}（见 chain 文件夹、manifest.json）")
        )
    if visit.voided_at is not None:
        facts.append(
            ("作废", f"{told_at(visit.voided_at)}，{_name(people, visit.voided_by)}：{visit.void_reason}")
        )
    return facts


def _check_ins(packed: PackedVisit, people: Mapping[str, Account]) -> ReportTable:
    rows = [
        (
            _name(people, one.account_id),
            "签到" if one.direction is CheckDirection.IN else "签退",
            _WAYS[one.way],
            told_at(one.at),
            _place(one.latitude, one.longitude, one.accuracy_m),
            "不计" if one.refusal else "待确认" if one.provisional else "",
        )
        for one in packed.check_ins
    ]
    return ReportTable(
        "签到与签退", ("姓名", "类型", "方式", "时间", "位置", "备注"), (10, 7, 10, 20, 26, 8), rows
    )


def _recordings(packed: PackedVisit) -> ReportTable:
    rows = [
        (
            path_in_pack(item).rpartition("/")[2],
            told_at(item.captured_at),
            _NONE if item.duration_ms is None else f"{item.duration_ms / 1000:.1f} 秒",
        )
        for item in packed.items
        if item.kind is EvidenceKind.RECORDING
    ]
    return ReportTable("录音", ("文件", "开始时间", "时长"), (40, 20, 10), rows)


def _files(packed: PackedVisit, people: Mapping[str, Account]) -> ReportTable:
    rows = [
        (
            path_in_pack(item).rpartition("/")[2],
            f"{item.size}",
            told_at(item.received_at) + ("（迟到）" if item.late else ""),
            _origin(item, people),
            item.sha256,
        )
        for item in packed.items
    ]
    return ReportTable(
        "文件与回执", ("文件", "字节", "收到时间", "来源", "SHA-256"), (22, 8, 13, 14, 24), rows
    )


def _origin(item: EvidenceItem, people: Mapping[str, Account]) -> str:
    if item.source is EvidenceSource.PHONE:
        return f"手机上传：{_name(people, item.account_id)}"
    second = _name(people, item.countersigned_by) if item.countersigned_by else "未复核"
    return (
        f"客服导入：{_name(people, item.account_id)}，送交：{_name(people, item.brought_by)}，复核：{second}"
    )


def _photos(packed: PackedVisit) -> list[EvidenceItem]:
    return [item for item in packed.items if item.kind in PHOTO_KINDS]


def _marks(packed: PackedVisit, people: Mapping[str, Account]) -> list[Mark]:
    marks = []
    for one in packed.check_ins:
        if one.latitude is not None and one.longitude is not None:
            label = _name(people, one.account_id) + ("入" if one.direction is CheckDirection.IN else "出")
            marks.append(Mark(MarkKind.CHECK_IN, label, one.latitude, one.longitude, one.accuracy_m or 0.0))
    for number, item in enumerate(_photos(packed), start=1):
        if item.latitude is not None and item.longitude is not None:
            marks.append(
                Mark(MarkKind.PHOTO, str(number), item.latitude, item.longitude, item.accuracy_m or 0.0)
            )
    if marks and packed.point is not None:
        point = packed.point
        marks.append(Mark(MarkKind.ADDRESS, "地址", point.latitude, point.longitude, point.accuracy_m or 0.0))
    return marks


def _caption(number: int, item: EvidenceItem) -> Sequence[str]:
    return (
        f"照片 {number}　{_KINDS[item.kind]}",
        f"拍摄：{told_at(item.captured_at)}",
        f"位置：{_place(item.latitude, item.longitude, item.accuracy_m)}",
        f"收到：{told_at(item.received_at)}",
        f"备注：{'、'.join(item.notes) or _NONE}",
        f"SHA-256：{item.sha256}",
    )


def _picture(house: House, item: EvidenceItem) -> bytes | None:
    """None where the bytes do not give a picture; whether they are whole is found when the original is packed."""
    try:
        with house.objects.open(item.object_key) as source:
            return house.media.photo_work(source).screen
    except (MediaRefused, ObjectStoreError):
        return None


def _place(latitude: float | None, longitude: float | None, accuracy_m: float | None) -> str:
    if latitude is None or longitude is None:
        return _NONE
    sure = "" if accuracy_m is None else f"（±{accuracy_m:.0f} 米）"
    return f"{latitude:.6f}, {longitude:.6f}{sure}"


def _name(people: Mapping[str, Account], account_id: str | None) -> str:
    account = people.get(account_id or "")
    return _NONE if account is None else account.display_name


def _signed(people: Mapping[str, Account], account_id: str | None, at: datetime | None) -> str:
    return f"{_name(people, account_id)}，{told_at(at)}"

"""Words of cases and their addresses."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "case.title": ("案件 {number}", "Case {number}"),
    "case.number": ("案件", "Case"),
    "case.debtor": ("借款人", "Debtor"),
    "case.collector": ("法务", "Collector"),
    "case.addresses": ("地址", "Addresses"),
    "case.opened": ("开案", "Opened"),
    "case.end_day": ("退案日", "Recall day"),
    "case.end": ("离退案", "To recall"),
    "case.days_left": ("{days} 天", "{days} {days:day|days}"),
    "case.over": ("已退案", "over"),
    "address.urban_village": ("城中村", "urban village"),
    "address.accepted_as": ("提交人确认为：", "Confirmed by whoever entered it:"),
    "address.office_called": ("{at} 已致电 {office}：", "{at} called {office}:"),
    "address.record_call": ("登记核实拆迁的电话", "Record the call about demolition"),
    "address.office": ("街道办或乡镇政府", "Sub-district or town office"),
    "address.telephone": ("电话", "Telephone"),
    "address.called_at": ("拨打时间", "Called at"),
    "address.answer": ("答复", "Answer"),
}

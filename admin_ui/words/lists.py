"""Words of lists."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "list.tabs": ("状态", "State"),
    "list.filters": ("筛选", "Filters"),
    "list.remove": ("移除筛选", "remove this filter"),
    "list.clear": ("清除", "Clear"),
    "list.more": ("继续显示", "Show more"),
    "list.choose": ("勾选", "Tick"),
    "list.act": ("操作", "Act"),
    "chip.county_code": ("地区", "County"),
    "chip.collector_id": ("法务", "Collector"),
    "chip.placement_id": ("案件", "Case"),
    "chip.branch_id": ("分公司", "Branch"),
}

"""Words of lists."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "list.export": ("导出", "Export"),
    "list.extent": ("范围", "Which rows"),
    "list.extent.page": ("本页", "this page"),
    "list.extent.chosen": ("勾选的行", "the ticked rows"),
    "list.extent.all": ("全部（按当前筛选）", "all, as it is filtered"),
    "list.ending": ("格式", "Format"),
    "list.purpose": ("用途（记入日志）", "Purpose (it is logged)"),
    "list.tick": ("勾选这一行", "Tick this row"),
    "list.export_what": (
        "内容与页面相同，遮挡不变。文件为加密压缩包；解压密码在首页的未读消息里，请经另一渠道告知接收人。",
        "As on the page, masked as there, in an encrypted archive. Its password is among your unread messages: "
        "pass it on by another channel.",
    ),
    "field.path": ("列表", "List"),
    "field.extent": ("范围", "Which rows"),
    "field.ending": ("格式", "Format"),
    "field.chosen": ("勾选的行", "Ticked rows"),
    "view.filters": ("我的筛选", "My filters"),
    "view.no_filters": (
        "还没有保存的筛选。筛选好列表后在这里起名保存，只有自己能看到。",
        "None kept yet. Narrow the list, then keep it here by a name; nobody else sees it.",
    ),
    "view.name": ("保存当前筛选为", "Keep these filters as"),
    "view.keep": ("保存", "Keep"),
    "view.remove": ("删除筛选", "Remove the filter"),
    "view.columns": ("列", "Columns"),
    "view.show": ("显示勾选的列", "Show the ticked ones"),
    "field.columns": ("列", "Columns"),
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

"""Words of the daily check of persons, machines and accounts."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "place.daily_checks": ("每日核对", "Daily check"),
    "place.unticked": ("今日待核对", "To check today"),
    "home.card.unticked": ("今天登录或领用设备、尚未核对的人", "People of today who are not checked yet"),
    "daily.unchecked_only": ("只看未核对", "unchecked only"),
    "daily.none_open": ("这一天没有待核对的人", "Everybody of this day is checked"),
    "daily.none_open_what": (
        "有人登录、领用设备或出现新的差异后会列在这里。",
        "Who signs in, holds a device or newly deviates is listed here.",
    ),
    "daily.on": ("日期", "Day"),
    "daily.show": ("查看", "Show"),
    "daily.today": ("今天", "Today"),
    "daily.yesterday": ("昨天", "Yesterday"),
    "daily.sum": (
        "{people} 人，{deviating} 人有差异，{open} 人未核对",
        "{people} {people:person|people}, {deviating} with differences, {open} unchecked",
    ),
    "daily.left_over": (
        "昨天还有 {count} 人未核对。",
        "{count} {count:person|people} of yesterday {count:is|are} still unchecked.",
    ),
    "daily.person": ("人员、账号", "Person, account"),
    "daily.machines": ("登录与电脑、设备", "Logins and machines"),
    "daily.devices": ("领用设备", "Devices in hand"),
    "daily.deviates": ("差异", "Differences"),
    "daily.fits": ("相符", "matches"),
    "daily.check": ("核对", "Check"),
    "daily.checked": ("{name} {at} 已核对", "checked by {name}, {at}"),
    "daily.again": ("{name} {at} 核对过，此后有变化", "checked by {name}, {at}; changed since"),
    "daily.unchecked": ("未核对", "unchecked"),
    "daily.note": ("核实情况（有差异必填）", "What was found out"),
    "daily.still_in": ("未退出", "not signed out"),
    "daily.browser": ("浏览器", "browser"),
    "daily.by_it": ("IT 代登", "opened by IT"),
    "daily.due": ("应还 {at}", "due {at}"),
    "daily.returned": ("{at} 归还", "back {at}"),
    "daily.none": (
        "这一天没有人登录，也没有领出的设备",
        "Nobody signed in on this day, and no device was out",
    ),
    "daily.none_what": (
        "选择另一天，或在作业时间结束后再核对。",
        "Choose another day, or check after working hours.",
    ),
    "Deviation.after_leaving": ("离职后仍登录", "signed in after leaving"),
    "Deviation.device_of_another": (
        "在非本人领用的设备上登录",
        "signed in on a device that is not in their hands",
    ),
    "Deviation.in_anothers_name": ("IT 以其名义登录", "IT signed in under this name"),
    "Deviation.machines_at_once": ("同时在两台电脑登录", "on two machines at once"),
    "Deviation.device_overdue": ("设备逾期未还", "device overdue"),
}

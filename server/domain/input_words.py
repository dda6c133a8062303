"""Owns what is wrong with a field, said in Chinese: schemas and use cases say it in English, once.
Refuses to guess: what it has no words for stays as it was said."""

from __future__ import annotations

import re

_WORDS = {
    # of the schema library
    "Missing data for required field.": "必填",
    "Field may not be null.": "不能为空",
    "Invalid value.": "内容无效",
    "Invalid input.": "内容无效",
    "Invalid type.": "类型不对",
    "Invalid input type.": "应为一个对象",
    "Unknown field.": "没有这个字段",
    "Not a valid list.": "应为列表",
    "Not a valid tuple.": "应为列表",
    "Not a valid string.": "应为文字",
    "Not a valid utf-8 string.": "应为 UTF-8 文字",
    "Not a valid UUID.": "应为 UUID",
    "Not a valid number.": "应为数字",
    "Number too large.": "数字过大",
    "Not a valid integer.": "应为整数",
    "Special numeric values (nan or infinity) are not permitted.": "不接受 NaN 或无穷大",
    "Not a valid boolean.": "应为 true 或 false",
    "Not a valid date.": "应为日期",
    "Not a valid datetime.": "应为时间",
    "Not a valid time.": "应为时刻",
    "Not a valid mapping type.": "应为对象",
    "Not a valid URL.": "应为网址",
    "String does not match expected pattern.": "格式不对",
    # of our own schemas
    "either a number on file or any other, not both": "号码只能二选一：档案中的号码，或另填的号码",
    "must be a whole number": "应为整数",
    "must be a moment such as 12:41 or 1:02:07.5": "应为时刻，例如 12:41 或 1:02:07.5",
    "must be a number": "应为数字",
    "must be own_device or partner_code": "应为 own_device 或 partner_code",
    "must come with longitude, or both be null": "纬度和经度必须一起填写，或都不填",
    "latitude and longitude come together": "纬度和经度必须一起填写",
    "must change something": "至少修改一项",
    "must be a telephone number": "应为电话号码",
    "must be a telephone number such as 13800001234 or 0371-66001234": "应为电话号码，如 13800001234 或 0371-66001234",
    "must be a month YYYY-MM": "应为月份，如 2026-03",
    "the same address twice": "同一地址填写了两次",
    "a return or a refusal needs a reason": "退回或拒绝须写明原因",
    "an accepted request has no wrong address": "已接受的申请不能标记地址错误",
    "each paper once": "每份材料只能填一次",
    "each visit once": "每次外访只能填一次",
    "must be a SHA-256 in lower-case hex": "应为小写十六进制的 SHA-256",
    "must be a name without folders": "应为文件名，不含文件夹",
    "must be a text": "应为文字",
    "must not contain control characters": "不能含控制字符",
    "must be a date YYYY-MM-DD": "应为日期，如 2026-03-15",
    "must be a date YYYY-MM-DD that exists": "没有这一天",
    "must be a day between 1900 and 2200": "日期应在 1900 年至 2200 年之间",
    "must be a time with an offset": "应为带时区的时间",
    "must be a time with an offset such as 2026-01-10T10:00:00+08:00": "应为带时区的时间，如 2026-01-10T10:00:00+08:00",
    "must be a time that exists": "没有这个时间",
    "must be a time between 1990 and 2200": "时间应在 1990 年至 2200 年之间",
    'must be an amount such as "1234.50"': '应为金额，如 "1234.50"',
    "must be an amount such as 500.00": "应为金额，如 500.00",
    "must be greater than zero": "应大于零",
    "must be a UUID": "应为 UUID",
    "must be a text in ASCII: escape everything else": "应为 ASCII 文字，其余字符须转义",
    "lower-case letters, digits, . _ - (2 to 40)": "应为小写字母、数字及 . _ -，2 至 40 个字符",
    "must be the first four digits of a city's division code": "应为城市行政区划代码的前四位",
    "must be the address of a list": "应为列表页的地址",
    "must be a kind of exception": "应为例外的种类",
    "is everybody's": "人人都有，不能单独授予",
    # of use cases
    "in the future": "不能晚于现在",
    "must be from the letter's day to today": "应在留函当天至今天之间",
    "must be from the day of the visit to today": "应在外访当天至今天之间",
    "not a visit of this case when the month was published": "公布当月结算时，该案没有这次外访",
    "evidence of the visits of this case is attached by its id": "附件须为该案外访的证据编号",
    "either visit_id or placement_id": "visit_id 和 placement_id 只能填一个",
    "must be another one of the team": "应为同组的另一人",
    "somebody else's check-in needs the way partner_code": "代他人签到须用 partner_code",
    "before started_at": "早于开始时间",
    "not a cursor": "不是分页位置",
    "not a device id": "不是设备编号",
    "invalid": "无效",
    "not JSON": "不是 JSON",
    "not a JSON object": "不是 JSON 对象",
    "nested too deep": "嵌套过深",
    "given twice": "填写了两次",
    "not an ETag of ours": "不是本系统的 ETag",
    "must be true or false": "应为 true 或 false",
    "unknown field": "没有这个字段",
    "must be a file with a name": "应为带文件名的文件",
    # of the headers of an upload
    "must be a whole number of bytes, once": "应为字节数，且只出现一次",
    "is missing": "缺失",
    "must be 1": "应为 1",
    "stands beside Upload-Defer-Length": "不能与 Upload-Defer-Length 同时出现",
    "a key is missing or not ASCII": "缺少键，或键不是 ASCII",
    "the digest is not Base64": "摘要不是 Base64",
}
_PATTERNS = tuple(
    (re.compile(pattern, re.DOTALL), words)
    for pattern, words in (
        (r"Must be one of: (.*)\.", "只能是：{}"),
        (r"Length must be between (.+) and (.+)\.", "长度应在 {} 到 {} 之间"),
        (r"Length must be (.+)\.", "长度应为 {}"),
        (r"Longer than maximum length (.+)\.", "最长 {}"),
        (r"Shorter than minimum length (.+)\.", "最短 {}"),
        (r"Must be greater than or equal to (.+) and less than or equal to (.+)\.", "应在 {} 到 {} 之间"),
        (r"Must be greater than or equal to (.+)\.", "不能小于 {}"),
        (r"Must be greater than (.+)\.", "应大于 {}"),
        (r"Must be less than or equal to (.+)\.", "不能大于 {}"),
        (r"Must be less than (.+)\.", "应小于 {}"),
        (r"Must be equal to (.+)\.", "应等于 {}"),
        (r"Not a valid (?:aware|naive) .+\.", "应为带时区的时间"),
        (r"(.+) is asked for the request as a whole", "{} 是对整个申请提出的"),
        (r"the algorithm must be one of (.+)", "算法只能是：{}"),
        (r"the digest is not one of (.+)", "摘要不是 {} 的"),
        (r"the key (.+) stands there twice", "键 {} 出现了两次"),
        (r"the value of (.+) is not UTF-8 in Base64", "{} 的值不是 Base64 编码的 UTF-8"),
    )
)


def in_chinese(said: str) -> str:
    """What was said of a field, in Chinese; as it was said where there are no words for it."""
    known = _WORDS.get(said)
    if known is not None:
        return known
    for pattern, words in _PATTERNS:
        found = pattern.fullmatch(said)
        if found is not None:
            return words.format(*found.groups())
    return said


_REASONS = {
    # of a login
    "session_ended": "登录已结束",
    "refresh_token_reused": "登录凭证已被使用过",
    "device_unproven": "未能证明是公司设备",
    "NoAuthorizationError": "没有登录凭证",
    "ExpiredSignatureError": "登录凭证已过期",
    # of a robot's address
    "not https://host/path?query": "应为 https 网址",
    "http is not encrypted": "http 未加密",
}
_ERROR = re.compile(r"[A-Za-z]+(?:Error|Exception)")


def reason_in_chinese(said: str) -> str:
    """Why somebody is not let in or an address is not taken, in Chinese; what a person wrote stays as it is."""
    return _REASONS.get(said) or ("登录凭证无效" if _ERROR.fullmatch(said) else said)

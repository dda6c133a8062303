"""Owns the pattern of R8: what makes an address an urban village before anybody has called the office.
Refuses to decide whether it is one: the dispatcher clears with a reason."""

from __future__ import annotations

import re

from server.domain.divisions import Towns
from server.domain.policy.registry import clause

_OFFICE = ("街道办事处", "街道办", "街道", "办事处")
# 中关村 and the resorts end in 村 and are none; a name that goes on behind 村 is a road, a bank or an estate.
_NAMES = re.compile(r"^(?:中关|度假|[\u4e00-\u9fff]{0,6}(?:度假|农家乐|民俗文化|奥运|亚运|世博|地球|大学))$")
_GOES_ON = re.compile(
    r"^(?:[东南西北中前后上下一二三四五六七八九十\d]{0,2}(?:路|街|大道|道|巷|弄|桥|大桥|站|地铁)"
    r"|镇|乡|街道|办事处|小区|花园|花苑|苑|大厦|广场|公寓|家园|银行|医院|学校|小学|中学|市场|酒店|饭店|公园|商场|城)"
)
_BROKEN = re.compile(r"[路街巷弄号镇乡区县市楼栋幢组院苑]|大厦|大道|社区|国道|省道|公司|\d")
_VILLAGE = re.compile(r"^(?P<name>[\u4e00-\u9fff]{1,7}?)村(?!村)")


@clause("R8")
def r8_urban_village(county: str, town: str, detail: str, towns: Towns) -> bool:
    """The pattern makes the address an urban village, whose office must be called before filing.

    「城中村判断:市、区后即是某村，或某街道办事处后即是某村，则该地址即视为城中村」

    Args:
        county: the county part (or the city without districts) that the address ends its divisions with.
        town: the town or sub-district behind it, empty for none.
        detail: what follows them.
        towns: those of the county; a village's name that is a town's own (黄村, 钟村, 蒋村) is that town.
    """
    if "村" not in detail:
        return False
    if town:
        if not town.endswith(_OFFICE):
            return False
    elif not county.endswith(("市", "区")):
        return False
    found = _VILLAGE.match(detail.lstrip("(（-"))
    if found is None or _BROKEN.search(found["name"][1:]) or _NAMES.match(found["name"]):
        return False
    after = detail.lstrip("(（-")[found.end() :]
    if _GOES_ON.match(after):
        return False
    name = found["name"] + "村"
    return not any(name + kind in towns for kind in ("街道", "镇", "乡", "地区", "地区办事处"))

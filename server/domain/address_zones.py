"""Owns what looks like a division and is none: zones, roads and villages that carry a division's name, and
the
three places with a handling of their own. Refuses to say which county a zone lies in: that is asked."""

from __future__ import annotations

import re

from server.domain.divisions import MUNICIPALITIES, Division, Divisions, Level

# A short name before one of these is part of another name: 朝阳路, 西湖大道, 长安镇, 黄河北街.
_CONTINUED = re.compile(
    r"[东南西北中前后上下内外大小新老一二三四五六七八九十\d]{0,2}"
    r"(?:路|街|大道|道|巷|弄|胡同|里弄|村|乡|镇|苏木|小区|社区|花园|花苑|桥|大桥|广场|大厦|公寓|站|门|山庄|高速|公路|国道|省道"
    r"|苑|家园|宾馆|[大]?酒店|饭店|商城|医院|公园|里\d|湾(?![街镇乡村])|国际|市场|城区|新村|新城|新区|开发区|经济|高新|工业|产业|风景|旅游|度假|省|市|区|县|州|盟|旗|综合|[\u4e00-\u9fff]{0,3}族|[\u4e00-\u9fff]{0,6}自治[州县旗])"
)
# Those of them that are one character long: nearly every short name stands in its own full one.
_ENDS_A_NAME = "省市区县州盟旗路街道巷弄村乡镇桥站门族"
# 钱塘 in 钱塘江路 is the river, in 滨江江陵路 the district.
_RIVER = re.compile(r"[江河湖](?:[东南西北中]?(?:路|街|大道|桥|大桥)|边|畔|堤|滨|岸|$)")
# 费县路, 沙市一路: cities name roads after counties, and a name of two characters says no more than that.
_ROAD = re.compile(
    r"[东南西北中支]?[一二三四五六七八九十]{0,2}(?:路|支路|街|大街|大道|道|巷|弄|里\d|大厦|小区|小吃)"
)
ROAD_BEGINNINGS = "东南西北中支一二三四五六七八九十路街大道巷弄里小"
"""What such a road's name goes on with."""
_RUNS_ON = re.compile(r"(?:路|街|大街|大道|道|巷|场|桥|站|村|小区)")
_ZONE_END = re.compile(
    r"(?:开发区|开发园区|高新区|经开区|工业园区|产业园区|科技园区|软件园区|物流园区|工业区|示范区|试验区|实验区|保税区|保税港区"
    r"|度假区|名胜区|风景区|集聚区|管理区|合作区|示范园区|高新园区|教育园区|商务区|加工区|投资区|产业区|石化区|化工区|先导区|艺术区|物流区|园区|新区|旅游区|航空港区|空港区|港务区|港区|生态区|综保区|政务区|自贸区|经济区|(?:大亚湾|仲恺|枫溪|新站|松山湖|科创|高技|高开)区|科学城|科技城|生态城|林管局|管委会"
    r"|新城(?=[\u4e00-\u9fff]{1,6}(?:路|街|大道)))(?!路|街|大道)"
)
_ZONE_LAST = re.compile("[区城局会]")
_ZONE_NAME = re.compile(r"[\u4e00-\u9fffA-Za-z]{0,14}")
_ZONE_STOP = re.compile(r"[省市县路街巷弄号镇乡村道楼栋幢组院厦]|小区|社区|街道|校区|医院|学校|公司")
# Half the country has one of these; without the right parent above it such a word is no division.
SPECIAL_NAMES = {
    "香港": "香港特别行政区",
    "澳门": "澳门特别行政区",
    "台湾": "台湾省",
    "台灣": "台湾省",
    "臺灣": "台湾省",
}
_TAIWAN_CITIES = re.compile(
    r"^[台臺](?:北|中|南)市|^(?:新北|高雄|基隆|桃园|桃園)市|^(?:新竹|嘉义|苗栗|彰化|南投|云林|屏东|宜兰|花莲|澎湖)[市县]"
)
# Zones known by their own name, with the city they lie in where it is one: the county still has to be chosen.
ZONES: dict[str, tuple[str, str]] = {
    "郑东新区": ("河南省", "郑州市"),
    "郑州航空港": ("河南省", "郑州市"),
    "雄安新区": ("河北省", ""),
    "西咸新区": ("陕西省", ""),
    "贵安新区": ("贵州省", ""),
    "天府新区": ("四川省", ""),
    "舟山群岛新区": ("浙江省", "舟山市"),
    "兰州新区": ("甘肃省", "兰州市"),
    "赣江新区": ("江西省", ""),
    "湘江新区": ("湖南省", "长沙市"),
    "江北新区": ("江苏省", "南京市"),
    "西海岸新区": ("山东省", "青岛市"),
    "金普新区": ("辽宁省", "大连市"),
    "哈尔滨新区": ("黑龙江省", "哈尔滨市"),
    "长春新区": ("吉林省", "长春市"),
    "滇中新区": ("云南省", "昆明市"),
    "苏州工业园": ("江苏省", "苏州市"),
    "洋浦": ("海南省", ""),
    "杨凌示范区": ("陕西省", "咸阳市"),
}
_ZONES_BY_BEGINNING = {name[:2]: [other for other in ZONES if other[:2] == name[:2]] for name in ZONES}


# Where most of a zone lies, for zones whose name does not tell; whoever writes the address still chooses.
_MOSTLY: dict[tuple[str, str], dict[str, str]] = {
    ("河南省", "郑州市"): {
        "郑东新区": "金水区",
        "高新": "中原区",
        "经开": "管城回族区",
        "经济技术开发": "管城回族区",
        "航空港": "新郑市",
    },
}


def likely_counties(zone: str, place: tuple[str, str], divisions: Divisions) -> tuple[Division, ...]:
    """The counties a zone may lie in, likely ones first: those it is named after, those known to hold most of it.

    Where the city is not known only those that the zone is named after are told (江宁开发区): no list of a
    whole province helps anybody.
    """
    province, city = place
    known = _MOSTLY.get(place, {})
    mostly = {county for part, county in known.items() if part in zone}

    def rank(division: Division) -> int:
        return 0 if _named_after(zone, division) else 1 if division.county in mostly else 2

    if city or province in MUNICIPALITIES:
        return tuple(sorted(divisions.counties(province, city if city != province else ""), key=rank))
    named = (
        form.divisions
        for length in range(2, len(zone))
        for form in divisions.forms(zone[:length])
        if form.level is Level.COUNTY and not form.former and province in ("", form.path[0])
    )
    return tuple(dict.fromkeys(division for found in named for division in found))


def _named_after(zone: str, division: Division) -> bool:
    return len(division.county) > 2 and division.county[:-1] in zone


def continued(text: str, position: int) -> bool:
    """Whether what follows makes the name before it part of a longer one (a road, a village, a market)."""
    if text[position : position + 1] in _ENDS_A_NAME:
        return position < len(text)
    ahead = position + 12
    return (
        _CONTINUED.match(text, position, ahead) is not None or _RIVER.match(text, position, ahead) is not None
    )


def runs_on(text: str, position: int) -> bool:
    """Whether even a full name is part of a longer one (南京市场, 朝阳区路)."""
    return _RUNS_ON.match(text, position, position + 3) is not None


def names_a_road(text: str, position: int) -> bool:
    """Whether a road or a house begins at `position` that the name before it belongs to."""
    return _ROAD.match(text, position, position + 6) is not None


def _zone_end(text: str, position: int) -> re.Match[str] | None:
    # Few addresses have such a character within sight, and looking for it costs a tenth.
    if _ZONE_LAST.search(text, position, position + 24) is None:
        return None
    return _ZONE_END.search(text, position, position + 24)


def zone_at(text: str, position: int) -> str:
    """The development zone or the like that begins at `position`; empty for none."""
    found = _zone_end(text, position)
    if found is None or _ZONE_NAME.fullmatch(text, position, found.start()) is None:
        return ""
    zone = text[position : found.end()]
    return "" if zone in ("园区", "新区") or _ZONE_STOP.search(zone[:-2]) is not None else zone


def names_zone(text: str, position: int) -> bool:
    """Whether any word for a zone stands within sight of `position`."""
    return _zone_end(text, position) is not None


def certain_zone(zone: str) -> bool:
    """Whether the name says what it is; 海港区 and 下花园区 are districts that end like a zone."""
    return bool(zone) and (zone.endswith("业园区") or not zone.endswith(("港区", "园区", "新区")))


def special_province(text: str) -> str:
    """The province of an address in Hong Kong, Macau or Taiwan; empty for any other (市南区香港中路 is a
    road)."""
    province = SPECIAL_NAMES.get(text[:2], "")
    if province and (text.startswith(("省", "特别行政区"), 2) or not continued(text, 2)):
        return province
    return "台湾省" if _TAIWAN_CITIES.match(text) else ""


def known_zone(text: str) -> tuple[str, tuple[str, str]]:
    """A zone known by its own name at the beginning, with its province and city; empty for none."""
    for name in _ZONES_BY_BEGINNING.get(text[:2], ()):
        if text.startswith(name):
            return name, ZONES[name]
    return "", ("", "")

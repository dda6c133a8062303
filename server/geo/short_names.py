"""Owns the usual short names of divisions (河南, 黔南州, 管城区, 浦东). Refuses nicknames and single
characters (豫, 沪)."""

from __future__ import annotations

import re

_PEOPLES = (
    "维吾尔|哈萨克|柯尔克孜|塔吉克|锡伯|塔塔尔|乌孜别克|俄罗斯|蒙古|回|藏|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|傣|黎|傈僳|佤|畲|拉祜|水|东乡"
    "|纳西|景颇|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|阿昌|普米|怒|德昂|保安|裕固|京|独龙|鄂伦春|鄂温克|赫哲|门巴|珞巴|基诺|各"
)
_PEOPLE = re.compile(rf"^(?P<stem>.{{2,}}?)(?:(?:{_PEOPLES})族?)+自治(?P<kind>州|县|旗)$")
_PEOPLE_DISTRICT = re.compile(rf"^(?P<stem>.{{2,}}?)(?:(?:{_PEOPLES})族)+区$")
# Short names that are parts of roads, of the old towns of many cities, or of a city's own name.
_MISLEADING = frozenset(
    {
        "市南",
        "市北",
        "市中",
        "城中",
        "城东",
        "城西",
        "城北",
        "城厢",
        "城区",
        "新城",
        "新市",
        "东区",
        "西区",
        "矿区",
        "郊区",
        "铁东",
    }
    | {
        "铁西",
        "路南",
        "路北",
        "桥东",
        "桥西",
        "河东",
        "河西",
        "河口",
        "江东",
        "江北",
        "南山",
        "南关",
        "西市",
        "站前",
        "高新",
    }
)
_PROVINCES = {
    "内蒙古自治区": ("内蒙古", "内蒙", "内蒙古省"),
    "广西壮族自治区": ("广西", "广西省", "广西自治区", "广西区"),
    "西藏自治区": ("西藏", "西藏省", "西藏区"),
    "宁夏回族自治区": ("宁夏", "宁夏省", "宁夏自治区", "宁夏区"),
    "新疆维吾尔自治区": ("新疆", "新疆省", "新疆自治区", "新疆区"),
}
_CITIES = {
    "巴音郭楞蒙古自治州": ("巴州",),
    "克孜勒苏柯尔克孜自治州": ("克州",),
    "博尔塔拉蒙古自治州": ("博州",),
    "锡林郭勒盟": ("锡盟",),
    "阿拉善盟": ("阿盟",),
    "大兴安岭地区": ("大兴安岭",),
}
_COUNTIES = {
    "前郭尔罗斯蒙古族自治县": ("前郭县", "前郭"),
    "杜尔伯特蒙古族自治县": ("杜蒙县",),
    "喀喇沁左翼蒙古族自治县": ("喀左县",),
    "阜新蒙古族自治县": ("阜蒙县",),
    "雨花台区": ("雨花区", "雨花台"),
    "浦东新区": ("浦东", "浦东区"),
    "滨海新区": ("滨海区",),
    "沈北新区": ("沈北", "沈北区"),
    "神农架林区": ("神农架",),
    # Banners, as the people who live there write them.
    "鄂伦春自治旗": ("鄂伦春旗", "鄂伦春"),
    "鄂温克族自治旗": ("鄂温克自治旗", "鄂温克旗", "鄂温克"),
    "莫力达瓦达斡尔族自治旗": ("莫旗",),
    "达尔罕茂明安联合旗": ("达茂旗", "达茂联合旗"),
    "土默特左旗": ("土左旗",),
    "土默特右旗": ("土右旗",),
    "科尔沁左翼中旗": ("科左中旗",),
    "科尔沁左翼后旗": ("科左后旗",),
    "科尔沁右翼前旗": ("科右前旗",),
    "科尔沁右翼中旗": ("科右中旗",),
    "察哈尔右翼前旗": ("察右前旗",),
    "察哈尔右翼中旗": ("察右中旗",),
    "察哈尔右翼后旗": ("察右后旗",),
    "乌拉特前旗": ("乌前旗",),
    "乌拉特中旗": ("乌中旗",),
    "乌拉特后旗": ("乌后旗",),
    "鄂托克前旗": ("鄂前旗",),
    "新巴尔虎左旗": ("新左旗",),
    "新巴尔虎右旗": ("新右旗",),
    "陈巴尔虎旗": ("陈旗",),
    "东乌珠穆沁旗": ("东乌旗",),
    "西乌珠穆沁旗": ("西乌旗",),
    "苏尼特左旗": ("东苏旗",),
    "苏尼特右旗": ("西苏旗",),
    "阿拉善左旗": ("阿左旗",),
    "阿拉善右旗": ("阿右旗",),
    "额济纳旗": ("额旗",),
    "伊金霍洛旗": ("伊旗",),
    "准格尔旗": ("准旗",),
    "达拉特旗": ("达旗",),
    "克什克腾旗": ("克旗",),
    "翁牛特旗": ("翁旗",),
    "阿鲁科尔沁旗": ("阿旗",),
}


def province_names(name: str) -> tuple[str, ...]:
    """The full name, then the short ones."""
    return (name, *_PROVINCES.get(name, (name[:-1],)))


def city_names(name: str) -> tuple[str, ...]:
    """The full name of a city, prefecture or league, then the short ones."""
    shorts = list(_CITIES.get(name, ()))
    people = _PEOPLE.match(name)
    if people is not None:
        shorts += [people["stem"] + "州", people["stem"]]
    elif name.endswith("地区"):
        shorts.append(name[:-2])
    elif len(name) > 2:
        shorts.append(name[:-1])
    return (name, *shorts)


def county_names(name: str) -> tuple[str, ...]:
    """The full name of a county, then the short ones."""
    shorts = list(_COUNTIES.get(name, ()))
    people = _PEOPLE.match(name)
    district = _PEOPLE_DISTRICT.match(name)
    if people is not None:
        shorts += [people["stem"] + people["kind"], people["stem"]]
    elif district is not None:
        shorts += [district["stem"] + "区", district["stem"]]
    elif not name.endswith(("新区", "林区", "矿区")) and len(name) > 2:
        shorts.append(name[:-1])
    return (name, *(short for short in dict.fromkeys(shorts) if short not in _MISLEADING))

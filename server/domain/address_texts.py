"""Owns the sentences that an address check answers with, keyed, zh-CN first. Refuses any other wording in
the check."""

from __future__ import annotations

TEXTS: dict[str, dict[str, str]] = {
    "zh-CN": {
        "ok": "行政区划完整、正确。",
        "incomplete": "行政区划已补齐为“{suggestion}”，请确认。",
        "no_county": "地址没有写明区县，请补写到区县并写明详细地址。",
        "ambiguous": "有多个同名区划，请选择：{choices}。",
        "wrong_parent": "行政区划上下级不符，应为“{suggestion}”。",
        "wrong_parent_choices": "行政区划上下级不符，请选择：{choices}。",
        "historical": "该地名已变更，现为“{suggestion}”，请确认。",
        "historical_choices": "该地名已撤销并划入多个区划，请选择：{choices}。",
        "historical_unknown": "该地名已撤销，无法确定现属区划，请核实后填写现行区县。",
        "functional": "“{named}”是功能区，不是行政区划，请选择所属区县。",
        "functional_choices": "“{named}”是功能区，不是行政区划，请选择所属区县：{choices}。",
        "typo": "未找到“{named}”，是否为：{choices}？",
        "unknown": "未找到“{named}”，请核对行政区划名称。",
        "special": "香港、澳门、台湾地址不能提交外访。",
        "review": "地址中出现两个区县（{choices}），请核对。",
        "detail_missing": "缺少详细地址（路名门牌、小区、村、组、楼栋）。",
        "urban_village": "按规定视为城中村，提交前须致电办事处或乡镇确认是否拆迁。",
        "town_elsewhere": "注意：“{town}”现属{elsewhere}，请核对。",
        "telephone_inside": "注意：地址中有电话号码，请登记到电话栏。",
        "separator": "、",
    },
    "en": {
        "ok": "The divisions are complete and right.",
        "incomplete": "Filled in as “{suggestion}”; please confirm.",
        "no_county": "No county-level division is named; write it and the detail behind it.",
        "ambiguous": "Several divisions bear this name; choose: {choices}.",
        "wrong_parent": "A division stands under a parent that is not its own; it should be “{suggestion}”.",
        "wrong_parent_choices": "A division stands under a parent that is not its own; choose: {choices}.",
        "historical": "The division was renamed or moved; today it is “{suggestion}”. Please confirm.",
        "historical_choices": "The division was abolished and shared out; choose: {choices}.",
        "historical_unknown": "It was abolished, its successor is not certain; write today's county.",
        "functional": "“{named}” is a zone, no administrative division; choose the county it lies in.",
        "functional_choices": "“{named}” is a zone, no administrative division; choose the county: {choices}.",
        "typo": "“{named}” is not found; did you mean: {choices}?",
        "unknown": "“{named}” is not found; check the names of the divisions.",
        "special": "Addresses in Hong Kong, Macau and Taiwan cannot be filed for a visit.",
        "review": "Two counties are named ({choices}); check which one is meant.",
        "detail_missing": "The detail is missing (road and number, estate, village, group, building).",
        "urban_village": "It counts as an urban village: call the sub-district or town office before filing.",
        "town_elsewhere": "Note: “{town}” belongs to {elsewhere} now; please check.",
        "telephone_inside": "Note: there is a telephone number in it; record it with the telephones.",
        "separator": ", ",
    },
}


def sentence(locale: str, key: str, **values: str) -> str:
    """The sentence of a key in a locale."""
    return TEXTS[locale][key].format(**values)


def joined(locale: str, choices: tuple[str, ...], most: int = 6) -> str:
    """Choices as one enumeration, cut off after `most`."""
    shown = choices[:most]
    return TEXTS[locale]["separator"].join(shown) + ("…" if len(choices) > most else "")

"""Invented names, numbers and addresses, drawn from a seeded generator. Nobody here exists."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from server.domain.identity_numbers import identity_check, luhn_check

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
    "苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
)
_GIVEN = (
    "安柏宝彬斌波博晨成诚川春达丹德东恩帆芳飞枫峰福刚光桂海涵航浩河红宏华欢辉惠佳建健江洁金锦晶静军俊凯康可兰磊丽利林琳玲龙露璐茂梅"
    "萌敏明娜楠宁鹏平琪倩强乔清庆秋然蓉瑞润山尚珊胜诗石书舒树思松涛腾天庭婷彤薇伟文雯武希熙霞翔晓欣新鑫兴秀旭雪雅妍彦燕洋瑶业怡义艺"
    "艾寅英颖勇友宇玉媛远岳云泽昭哲珍志智中洲竹卓子"
)
_ROADS = (
    "建设路",
    "人民路",
    "文化路",
    "黄河路",
    "中原路",
    "花园路",
    "解放路",
    "和平路",
    "友谊大街",
    "朝阳街",
    "育才街",
    "青年路",
)
_ESTATES = (
    "阳光花园",
    "锦绣家园",
    "翠竹小区",
    "世纪城",
    "书香苑",
    "金水湾",
    "绿洲小区",
    "幸福里",
    "东方明珠",
    "御景园",
)
_VILLAGES = ("柳林村", "小李庄村", "大王庄村", "杨桥村", "东赵村", "石佛村", "马头村", "白庙村")
_EMPLOYERS = ("某机械厂", "某商贸公司", "某物流园", "某装饰公司", "某餐饮店", "某职业学校", "某纺织厂")

# Mobile numbers of the demo begin so; the digits after it are drawn.
_MOBILE = ("130", "132", "145", "155", "166", "171", "176", "186")


class Inventor:
    """Draws from one seed; the same seed draws the same people in the same order."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - invented people, not secrets
        self._identities: set[str] = set()
        self._numbers: set[str] = set()
        self._names: set[str] = set()

    def name(self) -> str:
        """A person's name of two or three characters; some repeat, as names do."""
        surname = self.dice.choice(_SURNAMES)
        return surname + "".join(self.dice.choices(_GIVEN, k=1 if self.dice.random() < 0.25 else 2))

    def unique_name(self) -> str:
        """A name that nobody else on the staff has."""
        while (drawn := self.name()) in self._names:
            continue
        self._names.add(drawn)
        return drawn

    def identity_number(self, county_code: str, before: date) -> str:
        """A number that fits its check digit, of an adult born in that county."""
        while True:
            born = before - timedelta(days=self.dice.randint(22 * 366, 60 * 365))
            first = f"{county_code}{born:%Y%m%d}{self.dice.randint(100, 999)}"
            if first not in self._identities:
                self._identities.add(first)
                return first + identity_check(first)

    def card_number(self) -> str:
        """A card number that passes Luhn, with the bank's example prefix."""
        first = "622200" + "".join(str(self.dice.randint(0, 9)) for _ in range(9))
        return first + luhn_check(first)

    def mobile(self) -> str:
        while True:
            number = self.dice.choice(_MOBILE) + "".join(str(self.dice.randint(0, 9)) for _ in range(8))
            if number not in self._numbers:
                self._numbers.add(number)
                return number

    def detail(self) -> str:
        """What follows the county: an estate with its door, a road with a number, or a village with a group."""
        draw = self.dice.random()
        if draw < 0.55:
            estate, house = self.dice.choice(_ESTATES), self.dice.randint(1, 28)
            door = f"{self.dice.randint(1, 18)}0{self.dice.randint(1, 4)}室"
            return f"{self.road()}{estate}{house}号楼{self.dice.randint(1, 4)}单元{door}"
        if draw < 0.85:
            return f"{self.road()}{self.dice.randint(1, 299)}号"
        return f"{self.dice.choice(_VILLAGES)}{self.dice.randint(1, 9)}组{self.dice.randint(1, 80)}号"

    def road(self) -> str:
        return self.dice.choice(_ROADS)

    def employer(self) -> str:
        return f"{self.road()}{self.dice.randint(1, 299)}号{self.dice.choice(_EMPLOYERS)}"

    def village(self) -> str:
        return self.dice.choice(_VILLAGES)

    def amount_fen(self, least: int, most: int) -> int:
        """An amount in fen between two amounts in yuan, rather small than large, with odd fen now and then."""
        yuan = int(least + (most - least) * self.dice.random() ** 2)
        return yuan * 100 + (self.dice.randint(1, 99) if self.dice.random() < 0.3 else 0)

    def chance(self, share: float) -> bool:
        return self.dice.random() < share

    def working_days(self, first: date, last: date) -> Iterator[date]:
        """Monday to Saturday; agents are out when debtors are at home."""
        day = first
        while day <= last:
            if day.weekday() < 6:
                yield day
            day += timedelta(days=1)

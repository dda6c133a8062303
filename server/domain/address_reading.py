"""Owns how the beginning of an address is read as province, city and county, in every way it can be read.
Refuses to judge: readings that contradict each other all come back, ranked only by address_judging."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from server.domain.address_zones import continued, known_zone, names_a_road, zone_at
from server.domain.divisions import CITY, COUNTY, PROVINCE, Divisions, Level, Path, Token
from server.domain.traditional_characters import simplified

SEPARATORS = frozenset(" ,.;:|/\\_-—–·、。；：'\"()[]【】<>《》“”‘’~+#*")
ORDER = {PROVINCE: 0, CITY: 1, COUNTY: 2}
_LABEL = re.compile(
    r"^(?:[^:：]{0,8}(?:地址|住址|户籍地|居住地|所在地|单位|户籍)[:：]"
    r"|(?:联系|通讯|户籍|家庭|单位|公司|现住?|居住|收货)?(?:地址|住址)|户籍地|(?:邮编)?\d{6}(?=[\u4e00-\u9fff])|市辖区|中华人民共和国|中国(?=[\u4e00-\u9fff]{2,8}[省市区]))"
)
# Words that stand between two levels and name none.
# The last one is in 重庆市县彭水县: tables of codes have such a level.
FILLER = re.compile("市辖区|自治区直辖县级行政区划|省直辖县级行政区划|省直辖行政单位|直辖县|市区|辖区|县")
# County-level cities whose short names are everyday words.
_EVERYDAY = frozenset(
    {
        "东方",
        "永安",
        "安宁",
        "新星",
        "白杨",
        "双河",
        "天门",
        "新民",
        "龙井",
        "五常",
        "凤城",
        "兴城",
        "文昌",
        "东港",
        "北安",
    }
)
GENERIC = frozenset({"城区", "郊区", "市郊区", "矿区", "东区", "西区", "南区", "北区", "新区", "市区"})
NEEDS_PARENT = GENERIC | {"老城区"}
"""Words that name a division only behind its city or province; many a town calls a part of itself so."""


class Reading(NamedTuple):
    """One way to read the beginning of a text: the tokens of each level, where they end, and a zone in
    between."""

    start: int = 0
    end: int = 0
    covered: int = 0
    province: Token | None = None
    city: Token | None = None
    county: Token | None = None
    zone: str = ""

    def token(self, level: Level) -> Token | None:
        """The token of a level."""
        if level is PROVINCE:
            return self.province
        return self.city if level is CITY else self.county

    def onward(self, token: Token, end: int, length: int) -> Reading:
        """The reading with `token` on its level, that many characters longer up to `end`."""
        start, _, covered, province, city, county, zone = self
        if token.level is PROVINCE:
            province = token
        elif token.level is CITY:
            city = token
        else:
            county = token
        return Reading(start, end, covered + length, province, city, county, zone)

    @property
    def depth(self) -> int:
        """Rank of the lowest level read, by ORDER; -1 for none."""
        if self.county is not None:
            return 2
        if self.city is not None:
            return 1
        return -1 if self.province is None else 0


def clean(text: str) -> str:
    """The text in one width and in simplified characters, without spaces and without a label in front."""
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    return _LABEL.sub("", simplified("".join(text.split())))


def without_country(text: str, divisions: Divisions) -> str:
    """中国 in front of a province or a city is the country; in front of anything else it may be a firm's name."""
    if not text.startswith("中国"):
        return text
    levels = {token.level for token, _ in tokens_at(text, 2, divisions)}
    return text[2:] if levels & {PROVINCE, CITY} else text


def skip_separators(text: str, position: int) -> int:
    """The first position at or after `position` that carries a word."""
    while position < len(text) and text[position] in SEPARATORS:
        position += 1
    return position


def tokens_at(text: str, position: int, divisions: Divisions) -> list[tuple[Token, int]]:
    """Every spelling that begins at `position`, longest first, once for each of its levels, and where it
    ends."""
    return [
        (token, position + len(token.spelling))
        for token in divisions.words(text[position : position + 2])
        if text.startswith(token.spelling, position)
    ]


def readings(text: str, divisions: Divisions, start: int = 0) -> list[Reading]:
    """All readings of the text from `start`, the empty one included."""
    found: list[Reading] = []
    pending = [Reading(start=start, end=start)]
    while pending:
        reading = pending.pop()
        found.append(reading)
        pending.extend(_onward(text, reading, divisions))
    return found


def _onward(text: str, reading: Reading, divisions: Divisions) -> list[Reading]:
    position = skip_separators(text, reading.end)
    found: list[Reading] = []
    if reading.county is None and reading.depth >= 0:
        filler = FILLER.match(text, position)
        if filler is not None:
            found += _extended(text, reading, skip_separators(text, filler.end()), divisions)
    found += _extended(text, reading, position, divisions)
    found += _written_again(text, reading, position, divisions)
    zone = _zone_between(text, reading, position)
    if zone:
        behind = reading._replace(zone=zone)
        further = skip_separators(text, position + len(zone))
        found += [other for other in _extended(text, behind, further, divisions) if other.county is not None]
    return found


def _zone_between(text: str, reading: Reading, position: int) -> str:
    """A zone written before the county it lies in (雄安新区容城县), with or without its province."""
    if reading.zone or reading.county is not None:
        return ""
    return zone_at(text, position) if reading.depth >= 0 else known_zone(text[position:])[0]


def written_again(text: str, reading: Reading, position: int) -> str:
    """The levels of a reading where they stand once more, all of them or without the upper ones; else empty."""
    tokens = [token for token in (reading.province, reading.city, reading.county) if token is not None]
    for first, token in enumerate(tokens):
        if text.startswith(token.spelling, position):
            again = "".join(token.spelling for token in tokens[first:])
            if len(again) > 3 and text.startswith(again, position):
                return again
    return ""


def _written_again(text: str, reading: Reading, position: int, divisions: Divisions) -> list[Reading]:
    """The levels written before once more: forms put the chosen region in front of an address that has it."""
    again = written_again(text, reading, position)
    if not again:
        return []
    end = position + len(again)
    behind = reading._replace(end=end, covered=reading.covered + len(again))
    if reading.county is not None:
        return [behind]
    further = _extended(text, behind, skip_separators(text, end), divisions)
    return [other for other in further if other.county is not None]


def _extended(text: str, reading: Reading, position: int, divisions: Divisions) -> list[Reading]:
    """The reading with one more token, which begins at `position`."""
    found: list[Reading] = []
    depth = reading.depth
    hidden = False
    for token, end in tokens_at(text, position, divisions):
        level = token.level
        known = reading.token(level)
        rank = ORDER[level]
        if level is CITY and _is_province_again(reading, token):
            continue
        if len(token.spelling) == 2 and level is COUNTY and names_a_road(text, end):
            continue
        if known is not None:
            goes_on = token.short and continued(text, end) and not text.startswith("新区", end)
            if rank == depth and not goes_on:
                found += _repeated(reading, known, token, end)
            continue
        if rank < depth or (token.short and hidden):
            continue
        if token.short and not _short_allowed(text, reading, token, end, divisions):
            hidden = level is COUNTY  # 龙泉驿路 is no 龙泉 either
            continue
        found.append(reading.onward(token, end, len(token.spelling)))
    return found


def _is_province_again(reading: Reading, token: Token) -> bool:
    """重庆市重庆市 is one municipality written twice, not the city that 四川省 had once."""
    province = reading.province
    return province is not None and token.spelling == province.spelling and all(f.former for f in token.forms)


def _repeated(reading: Reading, known: Token, token: Token, end: int) -> list[Reading]:
    """A level written twice (瓯海区瓯海区, 和田和田市): what both mean, the fuller one kept."""
    paths = {form.path for form in known.forms}
    both = tuple(form for form in token.forms if form.path in paths)
    if not both:
        return []
    fuller = known if token.short else token._replace(forms=both, short=all(form.short for form in both))
    return [reading.onward(fuller, end, len(token.spelling))]


def _short_allowed(text: str, reading: Reading, token: Token, end: int, divisions: Divisions) -> bool:
    if token.spelling[-1] in "区县旗市" or _is_prefecture(token):
        return True  # 管城区, 黔南州: shortened, yet nothing else can be meant
    if token.level is not COUNTY:
        # 青岛市南区 is 青岛 with its 市南区, 江西九江市 no river: a full name of a division below outweighs
        # the look of a road.
        # And 西安高新区 is 西安 with a zone behind it.
        if not continued(text, end) or _before_own_division(text, token, end, divisions):
            return True
        return bool(zone_at(text, end)) or text.startswith("新区", end)
    if continued(text, end) and not _before_own_town(text, token, end, divisions):
        return False
    return reading.depth >= 0 or _alone_allowed(token)


def _is_prefecture(token: Token) -> bool:
    # 金州新区 and 苏州街 go on behind a name that ends in 州 by itself.
    return token.spelling[-1] == "州" and any(form.path[1].endswith("自治州") for form in token.forms)


def _before_own_division(text: str, token: Token, end: int, divisions: Divisions) -> bool:
    for below, _ in tokens_at(text, end, divisions):
        for form in below.forms:
            if any(_under(form.path, above.path) for above in token.forms):
                return True
            # Under another parent it is a contradiction to be told, unless it may be a road (路北区).
            if not form.short and not form.former and text[end] not in "路街道桥":
                return True
    return False


def _under(path: Path, above: Path) -> bool:
    return path != above and path[0] == above[0] and above[1] in ("", path[1])


def _before_own_town(text: str, token: Token, end: int, divisions: Divisions) -> bool:
    for form in token.forms:
        for division in form.divisions:
            if divisions.towns(division.code).in_front(text[end:]):
                return True
    return False


def _alone_allowed(token: Token) -> bool:
    """A county-level city is often named without 市 and without its parents (海宁, 义乌); districts and
    counties are not."""
    return len(token.forms) == 1 and token.forms[0].path[2].endswith("市") and token.spelling not in _EVERYDAY

"""Owns how the beginning of an address is read as province, city and county, in every way it can be read.
Refuses to judge: readings that contradict each other all come back, ranked only by address_judging."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from server.domain.address_zones import continued, known_zone, names_a_road, zone_at
from server.domain.divisions import Divisions, Form, Level, Path
from server.domain.traditional_characters import simplified

SEPARATORS = frozenset(" ,.;:|/\\_-—–·、。；：'\"()[]【】<>《》“”‘’~+#*")
ORDER = {Level.PROVINCE: 0, Level.CITY: 1, Level.COUNTY: 2}
_LABEL = re.compile(
    r"^(?:[^:：]{0,8}(?:地址|住址|户籍地|居住地|所在地|单位|户籍)[:：]"
    r"|(?:联系|通讯|户籍|家庭|单位|公司|现|居住|收货)?(?:地址|住址)|户籍地|(?:邮编)?\d{6}(?=[\u4e00-\u9fff])|市辖区|中华人民共和国|中国(?=[\u4e00-\u9fff]{2,8}[省市区]))"
)
# Words that stand between two levels and name none.
_FILLERS = (
    "市辖区",
    "自治区直辖县级行政区划",
    "省直辖县级行政区划",
    "省直辖行政单位",
    "直辖县",
    "市区",
    "辖区",
    "县",  # 重庆市县彭水县: tables of codes have such a level
)
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


@dataclass(frozen=True, slots=True)
class Token:
    """A spelling found in the text with its meanings on one level."""

    spelling: str
    forms: tuple[Form, ...]

    @property
    def short(self) -> bool:
        """Whether no meaning has this as its full name."""
        return all(form.short for form in self.forms)


@dataclass(frozen=True, slots=True)
class Reading:
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
        if level is Level.PROVINCE:
            return self.province
        return self.city if level is Level.CITY else self.county

    @property
    def depth(self) -> int:
        """Rank of the lowest level read, -1 for none."""
        if self.county is not None:
            return ORDER[Level.COUNTY]
        if self.city is not None:
            return ORDER[Level.CITY]
        return -1 if self.province is None else ORDER[Level.PROVINCE]


def clean(text: str) -> str:
    """The text in one width and in simplified characters, without spaces and without a label in front."""
    folded = simplified("".join(unicodedata.normalize("NFKC", text).split()))
    return _LABEL.sub("", folded)


def without_country(text: str, divisions: Divisions) -> str:
    """中国 in front of a province or a city is the country; in front of anything else it may be a firm's name."""
    if not text.startswith("中国"):
        return text
    levels = {level for level, _, _ in tokens_at(text, 2, divisions)}
    return text[2:] if levels & {Level.PROVINCE, Level.CITY} else text


def skip_separators(text: str, position: int) -> int:
    """The first position at or after `position` that carries a word."""
    while position < len(text) and text[position] in SEPARATORS:
        position += 1
    return position


def tokens_at(text: str, position: int, divisions: Divisions) -> Iterator[tuple[Level, Token, int]]:
    """Every spelling that begins at `position`, longest first: its level, its meanings, where it ends."""
    for length in range(min(divisions.longest, len(text) - position), 1, -1):
        spelling = text[position : position + length]
        forms = divisions.forms(spelling)
        if not forms:
            continue  # nearly every spelling; files bring tens of thousands of addresses
        for level in Level:
            chosen = tuple(form for form in forms if form.level is level)
            if chosen:
                yield level, Token(spelling, chosen), position + length


def readings(text: str, divisions: Divisions, start: int = 0) -> list[Reading]:
    """All readings of the text from `start`, the empty one included."""
    found: list[Reading] = []
    pending = [Reading(start=start, end=start)]
    while pending:
        reading = pending.pop()
        found.append(reading)
        pending.extend(_onward(text, reading, divisions))
    return found


def _onward(text: str, reading: Reading, divisions: Divisions) -> Iterator[Reading]:
    position = skip_separators(text, reading.end)
    for filler in _FILLERS:
        if reading.depth in (0, 1) and text.startswith(filler, position):
            yield from _extended(text, replace(reading, end=position + len(filler)), divisions)
    yield from _extended(text, reading, divisions)
    yield from _written_again(text, reading, position, divisions)
    zone = _zone_between(text, reading, position)
    if zone:
        behind = replace(reading, end=position + len(zone), zone=zone)
        yield from (other for other in _extended(text, behind, divisions) if other.county is not None)


def _zone_between(text: str, reading: Reading, position: int) -> str:
    """A zone written before the county it lies in (雄安新区容城县), with or without its province."""
    if reading.zone or reading.depth > 1:
        return ""
    return known_zone(text[position:])[0] if reading.depth < 0 else zone_at(text, position)


def _written_again(text: str, reading: Reading, position: int, divisions: Divisions) -> Iterator[Reading]:
    """The levels written before once more: forms put the chosen region in front of an address that has it."""
    tokens = (reading.province, reading.city, reading.county)
    spellings = [token.spelling for token in tokens if token is not None]
    for first in range(len(spellings)):
        again = "".join(spellings[first:])
        if len(again) < 4 or not text.startswith(again, position):
            continue
        end = position + len(again)
        behind = replace(reading, end=end, covered=reading.covered + len(again))
        if reading.county is not None:
            yield behind
        else:
            yield from (other for other in _extended(text, behind, divisions) if other.county is not None)
        return


def _extended(text: str, reading: Reading, divisions: Divisions) -> Iterator[Reading]:
    position = skip_separators(text, reading.end)
    hidden = False
    for level, token, end in tokens_at(text, position, divisions):
        known = reading.token(level)
        rank = ORDER[level]
        if level is Level.CITY and _is_province_again(reading, token):
            continue
        if len(token.spelling) == 2 and level is Level.COUNTY and names_a_road(text, end):
            continue
        if known is not None:
            goes_on = token.short and continued(text, end) and not text.startswith("新区", end)
            if rank == reading.depth and not goes_on:
                covered = reading.covered + end - position
                yield from _repeated(reading, known, token, end, covered)
            continue
        if rank < reading.depth or (token.short and hidden):
            continue
        if token.short and not _short_allowed(text, reading, token, end, divisions):
            hidden = level is Level.COUNTY  # 龙泉驿路 is no 龙泉 either
            continue
        longer = replace(reading, end=end, covered=reading.covered + end - position)
        yield _with(longer, level, token)


def _is_province_again(reading: Reading, token: Token) -> bool:
    """重庆市重庆市 is one municipality written twice, not the city that 四川省 had once."""
    province = reading.province
    return province is not None and token.spelling == province.spelling and all(f.former for f in token.forms)


def _with(reading: Reading, level: Level, token: Token) -> Reading:
    if level is Level.PROVINCE:
        return replace(reading, province=token)
    return replace(reading, city=token) if level is Level.CITY else replace(reading, county=token)


def _repeated(reading: Reading, known: Token, token: Token, end: int, covered: int) -> Iterator[Reading]:
    """A level written twice (瓯海区瓯海区, 和田和田市): what both mean, the fuller one kept."""
    paths = {form.path for form in known.forms}
    both = tuple(form for form in token.forms if form.path in paths)
    if not both:
        return
    fuller = known if token.short else Token(token.spelling, both)
    yield _with(replace(reading, end=end, covered=covered), token.forms[0].level, fuller)


def _short_allowed(text: str, reading: Reading, token: Token, end: int, divisions: Divisions) -> bool:
    if token.spelling[-1] in "区县旗市" or _is_prefecture(token):
        return True  # 管城区, 黔南州: shortened, yet nothing else can be meant
    if token.forms[0].level is not Level.COUNTY:
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
    for _, below, _ in tokens_at(text, end, divisions):
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
            if any(text.startswith(town, end) for town in divisions.towns(division.code)):
                return True
    return False


def _alone_allowed(token: Token) -> bool:
    """A county-level city is often named without 市 and without its parents (海宁, 义乌); districts and
    counties are not."""
    return len(token.forms) == 1 and token.forms[0].path[2].endswith("市") and token.spelling not in _EVERYDAY

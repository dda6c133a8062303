"""Owns the address check: which division an address names, what is filled in, and whether it may be filed
(R2, R3, R8).
Refuses to look anything up: the divisions are an argument, and a doubt is always answered with choices,
never with a guess.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from server.domain.address_heads import heads_of
from server.domain.address_inside import inside, second_county
from server.domain.address_matching import (
    CURRENT,
    HISTORICAL,
    NOTHING,
    PLACE_ONLY,
    WRONG_PARENT,
    Match,
    best_match,
)
from server.domain.address_plain import Plain, plain_road
from server.domain.address_reading import SEPARATORS, clean, skip_separators, without_country
from server.domain.address_texts import joined, sentence
from server.domain.address_towns import elsewhere, split_town
from server.domain.address_typos import named_divisions, near_texts, sounds_real
from server.domain.address_verdicts import (
    CLAUSES,
    SUBMITTABLE,
    AddressVerdict,
    Verdict,
    r2_complete,
    r3_parents_right,
)
from server.domain.address_zones import certain_zone, known_zone, likely_counties, special_province, zone_at
from server.domain.divisions import MUNICIPALITIES, Division, Divisions, Towns
from server.domain.telephones import telephone_inside
from server.domain.urban_villages import r8_urban_village

__all__ = [
    "CLAUSES",
    "SUBMITTABLE",
    "AddressVerdict",
    "Verdict",
    "check_address",
    "check_closely",
    "r2_complete",
    "r3_parents_right",
]
_OK, _INCOMPLETE = Verdict.OK, Verdict.INCOMPLETE
MOST_LIKENESSES = 8
"""A name that is like more divisions than this (万江区 alone) resembles none of them."""


class _Rest(NamedTuple):
    """What stands behind the divisions: the town, the detail, and both as they go into a normalized text."""

    town: str
    detail: str

    @property
    def written(self) -> str:
        return self.town + self.detail


def check_address(text: str, divisions: Divisions, locale: str = "zh-CN") -> AddressVerdict:
    """Judge one address by R2, R3 and R8.

    R2 "外访地址必须详细且按照xx省xx市xx区xx县补齐"
    R3 "不得出现行政区划混乱、错误(如:郑州市原阳县)"

    Args:
        text: the address as written, in any width of characters.
        divisions: today's and former divisions.
        locale: of the message, zh-CN or en.
    """
    plain = plain_road(divisions).read(text)
    return check_closely(text, divisions, locale) if plain is None else told(text, plain, locale)


def check_closely(text: str, divisions: Divisions, locale: str = "zh-CN") -> AddressVerdict:
    """The same, by the long road that answers for every address: for those known not to be plain."""
    return _Check(text, divisions, locale).run()


def told(address: str, plain: Plain, locale: str) -> AddressVerdict:
    """The answer about a plain address: right as it is, or right once its levels are filled in."""
    ready, town, detail, urban_village = plain
    division, filled = ready.division, ready.filled
    normalized = ready.written + town + detail
    verdict = _INCOMPLETE if filled else _OK
    return AddressVerdict(
        address,
        verdict,
        division.province,
        _written_city(division.province, division.city),
        division.county,
        division.code,
        town,
        detail,
        normalized,
        filled,
        urban_village,
        suggestions=(normalized,) if filled else (),
        clause=CLAUSES[verdict] or ("R8" if urban_village else ""),
        message=sentence(locale, verdict.value, suggestion=normalized)
        + (sentence(locale, "urban_village") if urban_village else ""),
    )


class _Check:
    """One check: the text, the index and the locale, so that the steps need not hand them on."""

    def __init__(self, text: str, divisions: Divisions, locale: str) -> None:
        self.address = text
        self.text = without_country(clean(text), divisions)
        self.divisions = divisions
        self.locale = locale

    def run(self) -> AddressVerdict:
        special = self._special()
        if special is not None:
            return special
        match = heads_of(self.divisions).match(self.text)
        if (match.fit is NOTHING or match.fit is PLACE_ONLY) and not zone_at(self.text, match.reading.end):
            return self._sought(match)
        return self._judge(match)

    def _sought(self, match: Match) -> AddressVerdict:
        """No county where one belongs: a misspelt one, else one further inside, else none."""
        typo = self._typo(match)
        if typo is not None and typo.verdict is Verdict.TYPO:
            return typo
        further = inside(self.text, match, self.divisions)
        if further is not None and further.front[-1:] not in frozenset("省市县州盟旗区"):
            return self._judge(further)
        return typo if typo is not None else self._judge(match)

    def _judge(self, match: Match) -> AddressVerdict:
        if match.fit is PLACE_ONLY or match.fit is NOTHING:
            return self._without_county(match)
        if match.fit is WRONG_PARENT and not match.divisions:
            return self._wrong_city(match)
        rest = self._rest(match)
        match = self._narrowed(match, rest)
        if match.fit is CURRENT:
            return self._current(match, rest)
        if match.fit is HISTORICAL:
            return self._settled(match, rest, Verdict.HISTORICAL)
        return self._settled(match, rest, Verdict.WRONG_PARENT)

    # What stands behind the divisions

    def _rest(self, match: Match) -> _Rest:
        reading = match.reading
        tail = self.text[skip_separators(self.text, reading.end) :]
        if match.fit is HISTORICAL and len(match.divisions) == 1 and len(match.divisions[0].county) > 2:
            tail = tail.removeprefix(match.divisions[0].county)  # 绍兴县柯桥区: the old name and the new one
        towns = [self.divisions.towns(division.code) for division in match.divisions + match.by_town]
        town, detail = split_town(
            tail, towns[0] if len(towns) == 1 else Towns("\n".join({name for some in towns for name in some}))
        )
        front = match.front.strip("".join(SEPARATORS)) if match.front else ""
        return _Rest(town, front + detail.strip(" ,.;:/\\_-—、。；："))

    def _narrowed(self, match: Match, rest: _Rest) -> Match:
        # R2 lets lower levels determine the upper ones: a town of only one of the candidates settles it.
        candidates = match.divisions + match.by_town
        if len(candidates) < 2 or not rest.town:
            return match
        holding = tuple(d for d in candidates if rest.town in self.divisions.towns(d.code))
        if len(holding) != 1:
            return match
        county = match.reading.county
        named = county is None or any(
            holding[0] in form.divisions for form in county.forms if not form.former
        )
        fit = match.fit if named or match.fit is not CURRENT else HISTORICAL
        return replace(match, divisions=holding, fit=fit)

    # Verdicts

    def _current(self, match: Match, rest: _Rest) -> AddressVerdict:
        if len(match.divisions) > 1:
            return self._choices(Verdict.AMBIGUOUS, match, rest, "ambiguous")
        division = match.divisions[0]
        other = second_county(self.text, match, division, self.divisions)
        if other is not None:
            names = (division.written, other.written)
            return self._answer(
                Verdict.REVIEW, match, rest, division, suggestions=names, key="review", choices=names
            )
        if match.former:
            return self._settled(match, rest, Verdict.HISTORICAL)
        if match.filled:
            return self._answer(_INCOMPLETE, match, rest, division, key="incomplete")
        return self._answer(_OK, match, rest, division, key="ok", suggestions=())

    def _settled(self, match: Match, rest: _Rest, verdict: Verdict) -> AddressVerdict:
        if len(match.divisions) == 1:
            return self._answer(verdict, match, rest, match.divisions[0], key=verdict.value)
        if match.divisions:
            return self._choices(verdict, match, rest, f"{verdict.value}_choices")
        return self._placed(verdict, match, rest, "historical_unknown")

    def _answer(
        self,
        verdict: Verdict,
        match: Match,
        rest: _Rest,
        division: Division,
        *,
        key: str,
        suggestions: tuple[str, ...] | None = None,
        choices: tuple[str, ...] = (),
    ) -> AddressVerdict:
        town, detail = rest
        normalized = division.written + town + detail
        urban_village = "村" in detail and r8_urban_village(
            division.county or division.city, town, detail, self.divisions.towns(division.code)
        )
        listed = joined(self.locale, choices) if choices else ""
        message = sentence(self.locale, key, suggestion=normalized, choices=listed)
        missing = "" if detail else "R2"
        return AddressVerdict(
            self.address,
            verdict,
            division.province,
            _written_city(division.province, division.city),
            division.county,
            division.code,
            town,
            detail,
            normalized,
            match.filled,
            urban_village,
            not detail,
            (normalized,) if suggestions is None else suggestions,
            CLAUSES[verdict] or missing or ("R8" if urban_village else ""),
            message + self._notes(verdict, division, rest, urban_village),
        )

    def _notes(self, verdict: Verdict, division: Division, rest: _Rest, urban_village: bool) -> str:
        """What the person is told besides the verdict."""
        town, detail = rest
        notes = "" if detail else sentence(self.locale, "detail_missing")
        if urban_village:
            notes += sentence(self.locale, "urban_village")
        if telephone_inside(self.address):
            notes += sentence(self.locale, "telephone_inside")
        if town and (verdict is _OK or verdict is _INCOMPLETE):
            other = elsewhere(town, division, self.divisions)
            if other:
                notes += sentence(self.locale, "town_elsewhere", town=town, elsewhere=other)
        return notes

    def _choices(self, verdict: Verdict, match: Match, rest: _Rest, key: str) -> AddressVerdict:
        names = tuple(d.written for d in match.divisions)
        answer = self._placed(verdict, match, rest, key, choices=names)
        return replace(answer, suggestions=tuple(name + rest.written for name in names))

    def _placed(
        self,
        verdict: Verdict,
        match: Match,
        rest: _Rest,
        key: str,
        *,
        named: str = "",
        choices: tuple[str, ...] = (),
    ) -> AddressVerdict:
        """An answer without a county: the province and city are those the text settles."""
        province, city = match.place
        message = sentence(self.locale, key, named=named, choices=joined(self.locale, choices))
        city = _written_city(province, city)
        missing = not rest.detail
        return AddressVerdict(
            self.address,
            verdict,
            province,
            city,
            town=rest.town,
            detail=rest.detail,
            detail_missing=missing,
            suggestions=choices,
            clause=CLAUSES[verdict],
            message=message,
        )

    def _wrong_city(self, match: Match) -> AddressVerdict:
        tail = self.text[skip_separators(self.text, match.reading.end) :]
        name = "".join(match.place) + tail
        answer = self._placed(
            Verdict.WRONG_PARENT, match, _Rest("", tail), "wrong_parent_choices", choices=(name,)
        )
        return replace(answer, message=sentence(self.locale, "wrong_parent", suggestion=name))

    # Without a county

    def _without_county(self, match: Match) -> AddressVerdict:
        position = skip_separators(self.text, match.reading.end)
        tail = self.text[position:]
        zone = zone_at(self.text, position)
        if match.place[1] and self.text.startswith("新区", position):
            zone = match.reading.city.spelling + "新区" if match.reading.city is not None else zone
        if match.fit is NOTHING:
            name, place = known_zone(self.text)
            zone, match = zone or name, replace(match, place=place)
        if zone:
            return self._zone(match, zone, tail)
        if match.former and not match.place[1]:
            return self._placed(Verdict.HISTORICAL, match, _Rest("", tail), "historical_unknown")
        return self._placed(Verdict.NO_COUNTY, match, _Rest("", tail), "no_county")

    def _zone(self, match: Match, zone: str, tail: str) -> AddressVerdict:
        counties = likely_counties(zone, match.place, self.divisions)
        names = tuple(division.written for division in counties)
        key = "functional_choices" if names else "functional"
        answer = self._placed(Verdict.FUNCTIONAL, match, _Rest("", tail), key, named=zone, choices=names)
        return replace(answer, suggestions=tuple(name + tail for name in names))

    def _typo(self, match: Match) -> AddressVerdict | None:
        """What is written like a division and is none: near names suggested, or said to be unknown."""
        position = skip_separators(self.text, match.reading.end)
        if certain_zone(zone_at(self.text, position)):
            return None
        tail = _Rest("", self.text[position:])
        names = tuple(named_divisions(self.text, position))
        for named in names:
            suggestions = self._mended(position, named)
            if 0 < len(suggestions) <= MOST_LIKENESSES:
                return self._placed(Verdict.TYPO, match, tail, "typo", named=named, choices=suggestions)
        unknown = next((name for name in names if sounds_real(name)), "")
        if not unknown or zone_at(self.text, position):
            return None
        return self._placed(Verdict.UNKNOWN, match, tail, "unknown", named=unknown)

    def _mended(self, position: int, named: str) -> tuple[str, ...]:
        mended = []
        for candidate in near_texts(self.text, position, named, self.divisions):
            other = best_match(candidate, self.divisions)
            if other.fit is CURRENT and len(other.divisions) == 1:
                mended.append(other.divisions[0].written + candidate[other.reading.end :])
        return tuple(dict.fromkeys(mended))

    def _special(self) -> AddressVerdict | None:
        province = special_province(self.text)
        if not province:
            return None
        message = sentence(self.locale, "special")
        return AddressVerdict(
            self.address, Verdict.SPECIAL, province, clause=CLAUSES[Verdict.SPECIAL], message=message
        )


def _written_city(province: str, city: str) -> str:
    return province if province in MUNICIPALITIES else city

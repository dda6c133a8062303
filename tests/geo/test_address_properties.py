"""What must hold for every division, however its address is written: never refused as wrong, never accepted amiss."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import assume, example, given, settings
from hypothesis import strategies as some

from server.domain.address_towns import QUARTERS
from server.domain.addresses import SUBMITTABLE, AddressVerdict, Verdict, check_address
from server.domain.divisions import Division
from server.geo.gazetteer import gazetteer
from server.geo.short_names import city_names, county_names, province_names

DIVISIONS = gazetteer()
ALL = sorted(DIVISIONS.divisions, key=lambda division: division.code)
_PATHS = [division.path for division in ALL] + [old.path for old in DIVISIONS.former]
CITIES = sorted({(division.province, division.city) for division in ALL})
NAMES = {(path[2], parent) for path in _PATHS for parent in path[:2]}
WRONG = {Verdict.WRONG_PARENT, Verdict.TYPO, Verdict.UNKNOWN, Verdict.REVIEW, Verdict.SPECIAL}
DETAILS = some.sampled_from(
    ["建设路12号", "3号楼2单元", "幸福家属院1栋", "第二中学对面", "8组21号", "", "(原供销社)1号"]
)
SEPARATORS = some.sampled_from(["", " ", "，", "-", "·", "　", "/"])
divisions = some.sampled_from(ALL)


@some.composite
def written(draw: some.DrawFn) -> tuple[Division, str]:
    """A division and a usual way to write an address in it: levels whole, shortened or left out."""
    division = draw(divisions)
    separator = draw(SEPARATORS)
    # A short name is a county's only behind its city; without either parent the name is written whole.
    names = list(city_names(division.city)) if division.city else []
    provinces = list(province_names(division.province))
    parts = [draw(some.sampled_from([*provinces, ""]))]
    if names:
        parts.append(draw(some.sampled_from([*names, ""] if division.county else names)))
    if division.county:
        whole = not (parts[-1] if names else parts[0])
        parts.append(division.county if whole else draw(some.sampled_from(county_names(division.county))))
    address = separator.join(part for part in parts if part)
    return division, address + separator + draw(DETAILS)


def leads_to(answer: AddressVerdict, division: Division) -> bool:
    """The division itself, or a question that has it among the choices, or no division at all."""
    if answer.county_code:
        return answer.county_code == division.code
    if answer.suggestions:
        return any(text.startswith(division.written) for text in answer.suggestions)
    return answer.verdict is Verdict.NO_COUNTY


@settings(max_examples=600, deadline=None)
@given(written())
def test_a_valid_address_is_never_refused_as_wrong(case: tuple[Division, str]) -> None:
    division, text = case
    answer = check_address(text, DIVISIONS)
    assert answer.verdict not in WRONG, answer
    assert leads_to(answer, division), answer


@settings(max_examples=300, deadline=None)
@given(divisions, some.booleans(), some.sampled_from(["建设路12号", "8组21号"]))
@example(next(d for d in ALL if d.county == "朝阳区"), True, "建设路12号")
def test_with_its_city_a_county_written_whole_is_always_settled(
    division: Division, with_province: bool, detail: str
) -> None:
    above = division.city or division.province
    text = (
        (division.province if with_province and above != division.province else "") + above + division.county
    )
    answer = check_address(text + detail, DIVISIONS)
    assert answer.county_code == division.code
    assert answer.verdict is (Verdict.OK if with_province or not division.city else Verdict.INCOMPLETE)


@settings(max_examples=600, deadline=None)
@given(divisions, some.sampled_from(CITIES), some.sampled_from(["both", "city", "province"]))
def test_a_county_under_another_parent_is_never_accepted(
    division: Division, other: tuple[str, str], swapped: str
) -> None:
    assume(division.county and not any(division.county in parts for parts in QUARTERS.values()))
    province, city = other
    if swapped == "province":
        path: Sequence[str] = (province, division.city, division.county)
    elif swapped == "city":
        path = ("", city or province, division.county)
    else:
        path = (province, city, division.county)
    assume(not is_or_was(division.county, province, city or province))
    answer = check_address("".join(path) + "建设路12号", DIVISIONS)
    assert not (answer.verdict in SUBMITTABLE and answer.county_code), answer


def is_or_was(county: str, province: str, city: str) -> bool:
    """Whether the county stands, or stood since 1990, under that province or city: then it is right, or renamed."""
    return not {(county, province), (county, city)}.isdisjoint(NAMES)

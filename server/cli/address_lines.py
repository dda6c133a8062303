"""Owns the JSON line of an address that `fieldvisit address check` writes.
Refuses any other shape than that of the answer's fields: what `json.dumps` writes of them is the same."""

from __future__ import annotations

from functools import cache
from json.encoder import encode_basestring as quoted

from server.domain.address_heads import Ready
from server.domain.address_plain import plain_road
from server.domain.address_texts import sentence
from server.domain.addresses import AddressVerdict, Verdict, check_closely, told
from server.domain.divisions import MUNICIPALITIES, Division, Divisions

_NOWHERE = "\0"


class Lines:
    """The lines of one run. Those of plain addresses are put together from pieces, for no answer is needed to."""

    def __init__(self, divisions: Divisions, locale: str) -> None:
        self._divisions = divisions
        self._locale = locale
        self._plain = plain_road(divisions).read
        self._pieces: dict[Ready, tuple[str, str, str]] = {}
        self._complete = quoted(sentence(locale, "ok"))
        filled_in = sentence(locale, "incomplete", suggestion=_NOWHERE).split(_NOWHERE)
        self._before, self._behind = (quoted(words)[1:-1] for words in filled_in)

    def line(self, text: str) -> str:
        """The answer about an address, as `as_json` would write it."""
        plain = self._plain(text)
        if plain is None:
            return as_json(check_closely(text, self._divisions, self._locale))
        ready, town, detail, urban_village = plain
        if urban_village:
            return as_json(told(text, plain, self._locale))
        verdict, place, behind = self._pieces.get(ready) or self._prepared(ready)
        normalized = f"{ready.written}{town}{detail}"
        begun = f'{{"address": "{text}{verdict}{place}{town}", "detail": "{detail}", "normalized": "'
        if not ready.filled:
            return f"{begun}{normalized}{behind}"
        message = f"{self._before}{normalized}{self._behind}"
        return f'{begun}{normalized}{behind}{normalized}"], "clause": "R2", "message": "{message}"}}'

    def _prepared(self, ready: Ready) -> tuple[str, str, str]:
        """What follows the address up to the town, and what follows the normalized text."""
        verdict = Verdict.INCOMPLETE if ready.filled else Verdict.OK
        pieces = f'", "verdict": "{verdict}"', _place(ready.division), self._behind_text(ready.filled)
        self._pieces[ready] = pieces
        return pieces

    def _behind_text(self, filled: tuple[str, ...]) -> str:
        behind = f'", "filled": {_array(filled)}, "urban_village": false, "detail_missing": false, "suggestions": ['
        return behind + ('"' if filled else f'], "clause": "", "message": {self._complete}}}')


@cache
def _place(division: Division) -> str:
    city = division.province if division.province in MUNICIPALITIES else division.city
    return (
        f', "province": "{division.province}", "city": "{city}", "county": "{division.county}"'
        f', "county_code": "{division.code}", "town": "'
    )


def as_json(answer: AddressVerdict) -> str:
    """The answer as `json.dumps` would write its fields, in a tenth of the time: the keys are known."""
    return (
        f'{{"address": {quoted(answer.address)}, "verdict": {quoted(answer.verdict)}'
        f', "province": "{answer.province}", "city": "{answer.city}", "county": "{answer.county}"'
        f', "county_code": "{answer.county_code}", "town": {quoted(answer.town)}'
        f', "detail": {quoted(answer.detail)}, "normalized": {quoted(answer.normalized)}'
        f', "filled": {_array(answer.filled)}, "urban_village": {_boolean(answer.urban_village)}'
        f', "detail_missing": {_boolean(answer.detail_missing)}, "suggestions": {_array(answer.suggestions)}'
        f', "clause": "{answer.clause}", "message": {quoted(answer.message)}}}'
    )


def _array(texts: tuple[str, ...]) -> str:
    return f"[{', '.join([quoted(text) for text in texts])}]"


def _boolean(value: bool) -> str:
    return "true" if value else "false"

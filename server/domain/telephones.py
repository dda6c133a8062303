"""Telephone numbers as they are kept: digits of the Chinese numbering plan, one text a number. Refuses what is none.

A number that comes in two spellings must be one number, or a block of it (V13) and its duplicates (V19) are missed.
"""

from __future__ import annotations

import re

_NOISE = re.compile(r"[\s\-()（）—–－.]")
_COUNTRY = re.compile(r"^(?:\+|00)86")
_FORMS = re.compile(
    r"1[3-9][0-9]{9}"  # mobile
    r"|0[1-9][0-9]{8,10}"  # area code and local number
    r"|[48]00[0-9]{7}"  # 400 and 800 services
    r"|[2-8][0-9]{6,7}"  # a local number without its area code
    r"|(?:9[56]|1[012])[0-9]{3,6}"  # banks and public services
    r"|\+[1-9][0-9]{6,14}"  # abroad, E.164
)
_INSIDE = re.compile(r"(?<![0-9])(?:1[3-9][0-9]{9}|0[1-9][0-9]{1,2}-?[2-9][0-9]{6,7})(?![0-9])")
_LONG = re.compile(r"[0-9０-９][0-9０-９-]{9}")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９＋", "0123456789+")


def normalize_telephone(text: str) -> str:
    """The number without country code 86, blanks and dashes; ValueError for what cannot be dialled."""
    bare = _NOISE.sub("", text.translate(_FULL_WIDTH))
    number = _COUNTRY.sub("", bare)
    if number != bare and re.fullmatch(r"[1-9][0-9]{8,10}", number) and not number.startswith("1"):
        number = f"0{number}"  # +86 371 … drops the zero of the area code
    if _FORMS.fullmatch(number) is None:
        raise ValueError("must be a telephone number such as 13800001234 or 0371-66001234")
    return number


def telephone_inside(text: str) -> bool:
    """Whether a mobile number, or one with its area code, stands in a text that is kept unsealed (S6)."""
    return _LONG.search(text) is not None and _INSIDE.search(text.translate(_FULL_WIDTH)) is not None


def is_mobile(number: str) -> bool:
    """Whether a normalized number can be sent a message."""
    return re.fullmatch(r"1[3-9][0-9]{9}", number) is not None

"""Resident identity numbers (GB 11643) and bank card numbers (ISO/IEC 7812): read, checked by their check digits."""

from __future__ import annotations

import re
from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_BLANKS = re.compile(r"[\s\-]")


def identity_check(first_17: str) -> str:
    """The 18th character of GB 11643 (ISO 7064 MOD 11-2)."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(first_17, _WEIGHTS, strict=True)) % 11]


def normalize_identity_number(text: str) -> str:
    """18 characters, X in upper case; ValueError for a wrong form, a birthday that never was, a wrong check digit."""
    number = _BLANKS.sub("", text).upper()
    if re.fullmatch(r"[1-9][0-9]{16}[0-9X]", number) is None:
        raise ValueError("must have 18 digits, the last of which may be X")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise ValueError("has a birthday that does not exist") from None
    if not 1880 <= born.year <= 2100:
        raise ValueError("has a birthday that cannot be")
    if identity_check(number[:17]) != number[17]:
        raise ValueError("does not fit its check digit")
    return number


def luhn_check(digits: str) -> str:
    """The digit that follows `digits` so that the whole passes Luhn."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def normalize_card_number(text: str) -> str:
    """12 to 19 digits that pass Luhn, as every card of ISO/IEC 7812 does; ValueError otherwise."""
    number = _BLANKS.sub("", text)
    if re.fullmatch(r"[1-9][0-9]{11,18}", number) is None:
        raise ValueError("must have 12 to 19 digits")
    if luhn_check(number[:-1]) != number[-1]:
        raise ValueError("does not fit its check digit")
    return number

"""Owns money as whole fen: reading, writing and dividing it. Refuses floats and more than two decimals."""

import re
from decimal import Decimal

_AMOUNT = re.compile(r"-?[0-9]+(?:\.[0-9]{1,2})?")

# Python turns no longer run of digits into a number; nobody owes that much, so it is refused with words,
# not a crash.
_MOST_DIGITS = 4000


def parse_fen(text: str) -> int:
    """The fen in a decimal text such as "500", "-0.5" or "500.00"; ValueError for anything else."""
    if _AMOUNT.fullmatch(text) is None or len(text) > _MOST_DIGITS:
        raise ValueError("must be an amount such as 500.00")
    yuan, _, decimals = text.partition(".")
    # The sign stands before the yuan, so "-0.05" is read as the digits -005.
    return int(yuan + decimals) * (100, 10, 1)[len(decimals)]


def format_fen(fen: int) -> str:
    """The amount with two decimals: 50000 is "500.00", -1 is "-0.01"."""
    if fen < 0:
        return f"-{-fen // 100}.{-fen % 100:02d}"
    return f"{fen // 100}.{fen % 100:02d}"


def shown_fen(fen: int) -> str:
    """The amount as a person reads it: ¥12,345.60, a reversal with its sign before it."""
    yuan, _, decimals = format_fen(abs(fen)).partition(".")
    return f"{'−' if fen < 0 else ''}¥{int(yuan):,}.{decimals}"


def divide_evenly(fen: int, parts: int) -> list[int]:
    """Equal shares of an amount that is not negative; the first parts take what does not divide, a fen
    each."""
    if parts == 0:
        return []
    each, left = divmod(fen, parts)
    return [each + 1] * left + [each] * (parts - left)


def portion(fen: int, rate: Decimal) -> int:
    """So much of an amount, to the fen: half a fen is rounded up, away from nothing (四舍五入), as for its opposite."""
    numerator, denominator = rate.as_integer_ratio()
    whole = (2 * abs(fen) * numerator + denominator) // (2 * denominator)
    return -whole if fen < 0 else whole

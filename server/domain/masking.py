"""Masking (S5): how personal data looks to those who did not ask for more with a purpose. Pure text in, text out."""

from __future__ import annotations

import re

_LONG_NUMBER = re.compile(r"(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|[0-9]{7,}[Xx]?")


def masked_telephone(number: str | None) -> str | None:
    """138****5678; a short number keeps its last two digits."""
    if number is None:
        return None
    if len(number) >= 7:
        return f"{number[:-8] if len(number) > 8 else number[:1]}****{number[-4:]}"
    return "*" * max(len(number) - 2, 0) + number[-2:]


def masked_id_number(number: str | None) -> str | None:
    """4101**********1234."""
    return None if number is None else _middle(number, 4, 4)


def masked_card_number(number: str | None) -> str | None:
    """6222********1234."""
    return None if number is None else _middle(number, 4, 4)


def masked_name(name: str) -> str:
    """张*明, 张*, 阿*****明: the first character and, from three on, the last."""
    if len(name) <= 1:
        return "*"
    if len(name) == 2:
        return f"{name[0]}*"
    return f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}"


def masked_numbers(text: str) -> str:
    """A text that nobody wrote for readers, the words of an error: numbers as long as a telephone's lose their middle.

    Ids of ours stay whole: they are what IT looks up.
    """
    return _LONG_NUMBER.sub(lambda found: found[0] if found["id"] else _middle(found[0], 3, 2), text)


def _middle(text: str, head: int, tail: int) -> str:
    if len(text) <= head + tail:
        return "*" * len(text)
    return text[:head] + "*" * (len(text) - head - tail) + text[-tail:]

"""Wrong addresses of letters and visits and what they cost in a month (R13). Pure; the ledger of fines is elsewhere."""

from __future__ import annotations

from server.domain.policy.editions import Edition
from server.domain.policy.registry import clause


@clause("R13")
def r13_address_error_fine(count: int, edition: Edition) -> int:
    """The fine for so many wrong addresses found in a month; the first three are free.

    「发信、外访地址提出错误，月3条以内不处罚，超出3条的，1条罚20元」
    """
    return max(0, count - edition.free_address_errors) * edition.address_error_fine

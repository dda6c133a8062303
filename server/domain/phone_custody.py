"""What lies unsent on a company phone and who may open it (S19, S1, V20). Values and problems alone.

Owns the count that a phone tells of itself. It refuses to call anything safe that the phone did not tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain.access import Grants, Permission
from server.domain.problems import Category, kind

# What a login that IT opened in somebody's name may do: bring what they captured to its visit, and nothing else.
SENDING = frozenset(
    {
        Permission.VISITS_CONDUCT,
        Permission.EVIDENCE_UPLOAD,
        Permission.FACTS_WRITE,
        Permission.INCIDENTS_REPORT,
        Permission.CONTACTS_HOLD,
        Permission.DEVICES_ENROL,
    }
)
SENDING_LIFETIME = timedelta(days=1)

DEVICE_UNPROVEN = kind(
    "device_unproven",
    Category.FORBIDDEN,
    "本机的设备密钥未登记、已吊销或不属于本人",
    "The device key is not enrolled, has been revoked or is not yours",
    remedy=(
        "请领用公司设备并重新登记本机；设备遗失请告知 IT。",
        "Have a company device handed out and enrol it again; tell IT when one is lost.",
    ),
    clause="S1",
)
NOT_ON_THIS_DEVICE = kind(
    "not_on_this_device",
    Category.FORBIDDEN,
    "本次登录没有绑定到这台设备",
    "This login is not bound to the device",
    remedy=(
        "请在这台设备上登录后再试，或请 IT 在设备上打开。",
        "Sign in on the device itself, or let IT open it there.",
    ),
    clause="S1",
)
SEAL_BROKEN = kind(
    "seal_broken",
    Category.REFUSED,
    "封存的密钥打不开：不是为本服务器、这台设备和这个人封存的",
    "The sealed key does not open: it was sealed for another server, device or person",
    remedy=(
        "请核对设备与领用人；确实打不开的，由 IT 登记遗失。",
        "Check device and person; what cannot be opened is recorded as lost by IT.",
    ),
    clause="S19",
)
NOTHING_UNSENT = kind(
    "nothing_unsent",
    Category.CONFLICT,
    "设备 {label} 没有报告未上传的资料",
    "The device {label} has told of nothing unsent",
    remedy=("请核对设备编号。", "Check which device it is."),
    clause="S19",
)


@dataclass(frozen=True, slots=True)
class SealedKey:
    """The key of a phone's vault, sealed to the server: ECDH over P-256, HKDF-SHA-256, AES-256-GCM.

    `key_id` names the server's public key, `ephemeral` is the phone's point (65 bytes), all in base64url.
    """

    key_id: str
    ephemeral: str
    iv: str
    data: str


@dataclass(frozen=True, slots=True)
class DeviceUnsent:
    """What a phone last told of itself; `id` is the device's. A loss recorded later than that covers it."""

    id: str
    account_id: str
    items: int
    bytes: int
    set_aside: int
    oldest_at: datetime | None
    told_at: datetime
    lost_at: datetime | None
    lost_by: str | None
    lost_reason: str | None
    version: int


def outstanding(told: DeviceUnsent | None) -> bool:
    """Whether something is known to lie on the phone alone, and IT has not recorded it as lost."""
    return told is not None and told.items > 0 and told.lost_at is None


def sending_only(grants: Grants) -> Grants:
    """S19: the grants of a login by which IT sends what somebody else left unsent."""
    return {permission: scope for permission, scope in grants.items() if permission in SENDING}

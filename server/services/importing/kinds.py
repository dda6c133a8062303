"""Every kind of import with its importer, and who may bring it in."""

from __future__ import annotations

from collections.abc import Mapping

from server.domain.access import Permission
from server.domain.imports import ImportKind
from server.services.importing.contacts import ADDRESS_IMPORTER, PHONE_IMPORTER
from server.services.importing.facts import CALL_NOTE_IMPORTER, PROMISE_IMPORTER, REFERRAL_IMPORTER
from server.services.importing.outcome import Importer
from server.services.importing.people import PEOPLE_IMPORTER
from server.services.importing.placements import PLACEMENT_IMPORTER
from server.services.importing.repayments import REPAYMENT_IMPORTER

IMPORTERS: Mapping[ImportKind, Importer] = {
    ImportKind.PLACEMENTS: PLACEMENT_IMPORTER,
    ImportKind.PHONES: PHONE_IMPORTER,
    ImportKind.ADDRESSES: ADDRESS_IMPORTER,
    ImportKind.PROMISES: PROMISE_IMPORTER,
    ImportKind.POLICE_REFERRALS: REFERRAL_IMPORTER,
    ImportKind.CALL_NOTES: CALL_NOTE_IMPORTER,
    ImportKind.REPAYMENTS: REPAYMENT_IMPORTER,
    ImportKind.PEOPLE: PEOPLE_IMPORTER,
}


def permission_for(kind: ImportKind) -> Permission:
    """Facts of cases come through the dispatchers; people through personnel and IT (S1, S23)."""
    return Permission.PEOPLE_WRITE if kind is ImportKind.PEOPLE else Permission.IMPORTS_UPLOAD

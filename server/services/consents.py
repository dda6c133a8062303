"""Consents of staff to recording and place on shift: given, in force, withdrawn; each in the trail."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from server.domain import consents
from server.domain.access import Actor
from server.domain.audit import AuditEntry
from server.domain.consents import (
    CONSENT_EN,
    CONSENT_NOT_GIVEN,
    CONSENT_OUTDATED,
    CONSENT_VERSION,
    CONSENT_ZH,
    Consent,
    ConsentAsked,
)
from server.domain.problems import Finding, problem
from server.services.ports.unit_of_work import UnitOfWork


def asked(uow: UnitOfWork, actor: Actor) -> ConsentAsked:
    """The present text, and whether this person has consented to it."""
    held = in_force(uow, actor.account_id)
    return ConsentAsked(CONSENT_VERSION, CONSENT_ZH, CONSENT_EN, None if held is None else held.given_at)


def in_force(uow: UnitOfWork, account_id: str) -> Consent | None:
    """The consent to the present text that was not withdrawn."""
    held = uow.consents.having(account_id=account_id, consent_version=CONSENT_VERSION, withdrawn_at=None)
    return held[-1] if held else None


def check_in_findings(uow: UnitOfWork, actor: Actor, at: datetime, *, happened: bool) -> list[Finding]:
    """What speaks against a check-in at that moment of the own person; pass `happened` where it is over."""
    held = uow.consents.having(account_id=actor.account_id, consent_version=CONSENT_VERSION)
    return consents.check_in_findings(held, at, happened=happened, name=actor.display_name)


def give(uow: UnitOfWork, actor: Actor, values: Mapping[str, Any]) -> ConsentAsked:
    """Consent to the present text; whoever has done so already stays with the first time."""
    if values["version"] != CONSENT_VERSION:
        raise problem(CONSENT_OUTDATED, "version", version=CONSENT_VERSION)
    if in_force(uow, actor.account_id) is None:
        given = uow.consents.add(
            Consent(values["id"], actor.account_id, CONSENT_VERSION, uow.now, actor.device_id, None, 1)
        )
        detail = {"consent_version": given.consent_version, "device_id": given.device_id}
        uow.audit(AuditEntry("consent.given", "account", actor.account_id, detail))
    return asked(uow, actor)


def withdraw(uow: UnitOfWork, actor: Actor) -> ConsentAsked:
    """Withdraw: no further visit is begun by this person; what was recorded before stays (S7)."""
    held = in_force(uow, actor.account_id)
    if held is None:
        raise problem(CONSENT_NOT_GIVEN)
    uow.consents.save(dataclasses.replace(held, withdrawn_at=uow.now))
    detail = {"consent_version": held.consent_version}
    uow.audit(AuditEntry("consent.withdrawn", "account", actor.account_id, detail))
    return asked(uow, actor)

"""Check-ins and check-outs: who was there (V1), when a visit began and ended, what forbade it (R12, V9).

A check-in that happened is kept. One that the server is asked about beforehand is refused; one that the phone could
not ask about (`began_offline`) is recorded with what stood against it.
"""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.domain.access import Actor
from server.domain.audit import AuditEntry
from server.domain.calls import hours_findings
from server.domain.coordinates import Datum, Point, converted
from server.domain.leases import lease_findings
from server.domain.placements import Placement
from server.domain.presence import (
    ANOTHER_COUNTS,
    CODE_TRIES,
    CODE_WRONG,
    DEVICE_NOT_ISSUED,
    Presence,
    PresenceSecret,
    code_fits,
    code_valid_until,
    presence_code,
    v1_present,
)
from server.domain.problems import INVALID_INPUT, problem, refuse_if
from server.domain.visit_rules import NOT_STARTED, supersedes_parent
from server.domain.visits import CheckDirection, CheckIn, CheckInWay, Finding, Visit, VisitState
from server.services import consents, credit, devices_of, evidence
from server.services.evidence_work import look_again
from server.services.holds import hold_on
from server.services.ports.unit_of_work import UnitOfWork
from server.services.visit_records import (
    edition_at,
    edition_for,
    keep_finding,
    keep_refusals,
    not_in_future,
    of_team,
    open_incident,
)


@dataclass(frozen=True, slots=True)
class CheckInResult:
    """The check-in as it was kept, the visit after it, who is present, and what was found."""

    check_in: CheckIn
    visit: Visit
    presence: Presence
    findings: list[Finding]


def check(uow: UnitOfWork, actor: Actor, visit_id: str, values: Mapping[str, Any]) -> CheckInResult:
    """A check-in or check-out of the actor on the own device, or of the partner by code on the actor's device."""
    visit, placement = of_team(uow, actor, visit_id)
    at: datetime = values["at"]
    not_in_future(uow, at)
    account_id = _whose(actor, visit, values)
    if values["direction"] is CheckDirection.OUT and visit.started_at is None:
        raise problem(NOT_STARTED)
    findings = []
    if values["direction"] is CheckDirection.IN and visit.started_at is None:
        findings = start_findings(uow, visit, placement, at, began_offline=values["began_offline"])
    if values["direction"] is CheckDirection.IN and account_id == actor.account_id:
        findings += _without_consent(uow, actor, visit, at, happened=values["began_offline"])
    device_id = values["device_id"] or actor.device_id
    refusal = _refusal(uow, actor, visit, account_id, device_id, values)
    if refusal is None and values["way"] is CheckInWay.PARTNER_CODE:
        findings += _despite_device(uow, visit, account_id, at)
    row = CheckIn(
        id=values["id"],
        visit_id=visit.id,
        account_id=account_id,
        direction=values["direction"],
        way=values["way"],
        at=at,
        **_place(values),
        device_id=device_id,
        provisional=False,
        verified_by=None,
        refusal=refusal,
        received_at=uow.now,
    )
    row, visit, presence = record(uow, visit, row)
    return CheckInResult(row, visit, presence, findings)


def start_findings(
    uow: UnitOfWork, visit: Visit, placement: Placement, at: datetime, *, began_offline: bool
) -> list[Finding]:
    """What forbids a start at that moment: refused when it was asked beforehand, kept when it has happened.

    A hold that was placed after the start is no breach, but whoever looks at the visit must know of it.
    """
    hold = hold_on(uow, visit)
    in_force = hold if hold is not None and hold.placed_at <= at else None
    against = lease_findings(
        visit, at, in_force if began_offline else hold, case_number=placement.case_number
    )
    out_of_hours = hours_findings(at, edition_for(uow, placement.id, at))
    if not began_offline:
        refuse_if(against + out_of_hours)
        return []
    kept = keep_refusals(uow, visit, against + out_of_hours)
    if hold is not None and in_force is None:
        kept.append(keep_finding(uow, visit, "started_before_told", "V13", hold.reason))
    if out_of_hours:
        open_incident(uow, out_of_hours[0].kind.code, "V9", out_of_hours[0].zh(), visit=visit)
    return kept


def record(uow: UnitOfWork, visit: Visit, row: CheckIn) -> tuple[CheckIn, Visit, Presence]:
    """Keep a check-in, judge all of the visit anew, and let the visit begin or end by it."""
    held = uow.check_ins.having(visit_id=visit.id)
    team = team_of(visit)
    edition = edition_at(uow, visit.started_at or row.at)
    presence = v1_present([*held, row], team, edition)
    if row.id in presence.refusals:
        row = dataclasses.replace(row, refusal=presence.refusals[row.id])
    elif row.refusal is None and _has_one(held, row):
        row = dataclasses.replace(row, refusal=ANOTHER_COUNTS.code)
    changed = [
        dataclasses.replace(one, refusal=presence.refusals[one.id])
        for one in held
        if one.id in presence.refusals and presence.refusals[one.id] != one.refusal
    ]
    # The database keeps one counted check-in a person: those that stop counting are written first.
    for one in sorted(changed, key=lambda one: one.refusal is None):
        uow.check_ins.save(one)
    uow.check_ins.add(row)
    visit = _after(uow, visit, [*(c for c in held if c.id not in {x.id for x in changed}), *changed, row])
    visit = supersede(uow, visit, presence)
    detail = {"check_in_id": row.id, "direction": row.direction, "way": row.way, "refusal": row.refusal}
    uow.audit(AuditEntry("check_in.recorded", "visit", visit.id, detail | {"account_id": row.account_id}))
    credit.fact_changed(uow, visit.placement_id, "check_in")
    look_again(uow, visit.id)
    return row, visit, presence


def code_for(uow: UnitOfWork, actor: Actor, visit_id: str) -> dict[str, Any]:
    """The actor's own code for the visit, to be typed on the partner's device; it holds for half a minute."""
    visit, _ = of_team(uow, actor, visit_id)
    secret = uow.presence_secrets.get(actor.account_id)
    if secret is None:
        secret = uow.presence_secrets.add(PresenceSecret(actor.account_id, secrets.token_hex(32), uow.now))
    uow.audit(AuditEntry("presence_code.read", "visit", visit.id))
    return {
        "code": presence_code(secret.secret, visit.id, uow.now),
        "valid_until": code_valid_until(uow.now),
    }


def team_of(visit: Visit) -> tuple[str, ...]:
    """Lead and partner in this order (A2); a trainee is in neither list."""
    return tuple(member for member in (visit.lead_id, visit.partner_id) if member is not None)


def presence_of(uow: UnitOfWork, visit: Visit) -> Presence:
    """V1 over what is on record of the visit."""
    edition = edition_at(uow, visit.started_at or uow.now)
    return v1_present(uow.check_ins.having(visit_id=visit.id), team_of(visit), edition)


def supersede(uow: UnitOfWork, visit: Visit, presence: Presence) -> Visit:
    """V7, X6: once a follow-up has taken place with somebody proven there, its parent is superseded by it."""
    if visit.parent_id is None or not supersedes_parent(visit) or not presence.present:
        return visit
    parent = uow.visits.need(visit.parent_id)
    if parent.superseded_by is None:
        uow.visits.save(dataclasses.replace(parent, superseded_by=visit.id))
        uow.audit(AuditEntry("visit.superseded", "visit", parent.id, {"by": visit.id}))
    return visit


def _whose(actor: Actor, visit: Visit, values: Mapping[str, Any]) -> str:
    """Whose check-in it is: the own one, or by code that of somebody else of the team."""
    account_id: str | None = values["account_id"]
    if values["way"] is CheckInWay.OWN_DEVICE:
        if account_id not in (None, actor.account_id):
            raise _not_this("account_id", "somebody else's check-in needs the way partner_code")
        return actor.account_id
    others = {*team_of(visit), visit.trainee_id} - {actor.account_id, None}
    if account_id is None or account_id not in others:
        raise _not_this("account_id", "must be another one of the team")
    return account_id


def _refusal(
    uow: UnitOfWork,
    actor: Actor,
    visit: Visit,
    account_id: str,
    device_id: str | None,
    values: Mapping[str, Any],
) -> str | None:
    """Why this check-in cannot count, whatever the other's: the device is not theirs, or the code is wrong."""
    if device_id is None or not devices_of.was_issued(uow, actor.account_id, device_id, values["at"]):
        return DEVICE_NOT_ISSUED.code
    if values["way"] is CheckInWay.OWN_DEVICE:
        return None
    wrong = uow.check_ins.having(visit_id=visit.id, account_id=account_id, refusal=CODE_WRONG.code)
    secret = uow.presence_secrets.get(account_id)
    if secret is None or len(wrong) >= CODE_TRIES:
        return CODE_WRONG.code
    right = code_fits(secret.secret, visit.id, values["at"], values["code"] or "")
    return None if right else CODE_WRONG.code


def _without_consent(
    uow: UnitOfWork, actor: Actor, visit: Visit, at: datetime, *, happened: bool
) -> list[Finding]:
    """V2: refused when it was asked beforehand; what was recorded all the same is kept, and says so."""
    missing = consents.check_in_findings(uow, actor, at, happened=happened)
    if not happened:
        refuse_if(missing)
    return keep_refusals(uow, visit, missing)


def _place(values: Mapping[str, Any]) -> dict[str, Any]:
    """The place in WGS-84, with the datum that the phone gave it in."""
    latitude, longitude, datum = values["latitude"], values["longitude"], values["datum"]
    if latitude is not None and longitude is not None:
        place = converted(Point(latitude, longitude, datum), Datum.WGS84)
        latitude, longitude = place.latitude, place.longitude
    accuracy_m = values["accuracy_m"]
    return {"latitude": latitude, "longitude": longitude, "accuracy_m": accuracy_m, "datum": datum}


def _despite_device(uow: UnitOfWork, visit: Visit, account_id: str, at: datetime) -> list[Finding]:
    """V1: a code or a signature is the way of those who have no device; with one it is asked why."""
    if not devices_of.has_one(uow, account_id, at):
        return []
    return [keep_finding(uow, visit, "other_way_despite_device", "V1", account_id)]


def _has_one(held: list[CheckIn], row: CheckIn) -> bool:
    return any(
        (one.account_id, one.direction, one.refusal) == (row.account_id, row.direction, None) for one in held
    )


def _after(uow: UnitOfWork, visit: Visit, check_ins: list[CheckIn]) -> Visit:
    """The visit with the times and the state that its check-ins give it.

    It begins with the earliest check-in that counts; where none counts, with the earliest of all, for something
    happened. It ends when the lead checks out, or somebody else where the lead never came.
    """
    came = [c for c in check_ins if c.direction is CheckDirection.IN]
    left = [c for c in check_ins if c.direction is CheckDirection.OUT]
    counted = [c for c in came if c.refusal is None and c.account_id != visit.trainee_id]
    started_at = min((c.at for c in counted or came), default=None)
    ended_at = max((c.at for c in left), default=None)
    lead_came = any(c.account_id == visit.lead_id for c in counted)
    over = any(c.account_id == visit.lead_id or not lead_came for c in left)
    state = VisitState.COMPLETED if over or visit.state is VisitState.COMPLETED else VisitState.IN_PROGRESS
    if visit.state is VisitState.FAILED and visit.started_at is not None:
        state = VisitState.FAILED  # broken off at the place, and said so
    if (visit.started_at, visit.ended_at, visit.state) == (started_at, ended_at, state):
        return visit
    after = uow.visits.save(dataclasses.replace(visit, started_at=started_at, ended_at=ended_at, state=state))
    if after.ended_at is not None:  # its begin may have moved too, and with it what was recorded of it
        evidence.checked_out(uow, after)
    return after


def _not_this(field: str, detail: str) -> Exception:
    return problem(INVALID_INPUT, field, field_zh=field, field_en=field, detail=detail)

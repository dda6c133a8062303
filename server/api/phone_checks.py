"""Routes of what comes before a visit: consent to recording and place, the phone's check of itself (V2)."""

from __future__ import annotations

from flask_smorest import Blueprint

from api_schemas.phone_checks import ConsentNew, ConsentView, PreflightNew, PreflightView, PreflightViews
from server.domain.access import Permission
from server.domain.consents import CONSENT_NOT_GIVEN, CONSENT_OUTDATED, ConsentAsked
from server.domain.preflights import Preflight
from server.services import consents, preflights
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "phone_checks",
    __name__,
    url_prefix="/api/v1",
    description="What comes before a visit: consent, checks (V2)",
)


@endpoint(
    blueprint,
    "POST",
    "/consents",
    needs=[Permission.VISITS_CONDUCT],
    body=ConsentNew,
    answer=ConsentView,
    status=201,
    once=True,
    problems=[CONSENT_OUTDATED],
)
def give_consent(call: Call) -> ConsentAsked:
    """Consent to being recorded and located from check-in to check-out, to the text of that version."""
    return consents.give(call.uow, call.actor, call.body)


@endpoint(
    blueprint,
    "POST",
    "/consents/withdraw",
    needs=[Permission.VISITS_CONDUCT],
    answer=ConsentView,
    problems=[CONSENT_NOT_GIVEN],
)
def withdraw_consent(call: Call) -> ConsentAsked:
    """Withdraw the own consent: the phone begins no further visit."""
    return consents.withdraw(call.uow, call.actor)


@endpoint(
    blueprint,
    "POST",
    "/visits/<uuid:visit_id>/preflights",
    needs=[Permission.VISITS_CONDUCT],
    body=PreflightNew,
    answer=PreflightView,
    status=201,
    once=True,
)
def keep_preflight(call: Call) -> Preflight:
    """What the phone found of itself before the outing, with the visit that it began."""
    return preflights.keep(call.uow, call.actor, call.path["visit_id"], call.body)


@endpoint(
    blueprint,
    "GET",
    "/visits/<uuid:visit_id>/preflights",
    needs=[Permission.VISITS_READ],
    answer=PreflightViews,
)
def list_preflights(call: Call) -> dict[str, list[Preflight]]:
    """The checks of the phones that were at the visit: why a photo, a place or a stretch of sound may be missing."""
    return {"items": preflights.of_visit(call.uow, call.actor, call.path["visit_id"])}

"""Routes of QA's samples: drawn, drawn again, their visits, the checks (S12)."""

from __future__ import annotations

from flask_smorest import Blueprint

from api_schemas.quality import (
    QualityCheckNew,
    QualityCheckView,
    QualityItemPage,
    QualityItemQuery,
    RedrawnView,
    SampleList,
    SampleNew,
    SampleView,
)
from server.domain.access import Permission
from server.domain.problems import NOT_FOUND
from server.domain.quality import (
    QUALITY_CONTRADICTS,
    QUALITY_DRAWN,
    QUALITY_MONTH_RUNS,
    QUALITY_NO_NOTE,
    QUALITY_NOTHING,
    QualityCheck,
)
from server.services import quality
from server.services.ports.paging import Page, PageRequest
from server.services.quality import ItemShown, Redrawn, SampleShown
from server.web.endpoint import Call, endpoint

blueprint = Blueprint("quality", __name__, url_prefix="/api/v1", description="QA's samples (S12)")
_ONE = "/quality-samples/<uuid:sample_id>"


@endpoint(blueprint, "GET", "/quality-samples", needs=[Permission.QUALITY_READ], answer=SampleList)
def list_samples(call: Call) -> dict[str, object]:
    """The samples, the latest month first."""
    return {"items": quality.samples(call.uow)}


@endpoint(
    blueprint,
    "POST",
    "/quality-samples",
    needs=[Permission.QUALITY_WRITE],
    body=SampleNew,
    answer=SampleView,
    status=201,
    problems=[QUALITY_MONTH_RUNS, QUALITY_DRAWN, QUALITY_NOTHING],
)
def draw_sample(call: Call) -> SampleShown:
    """S12: draw a month's sample, once; nobody chooses the seed."""
    sample = quality.draw_sample(call.uow, call.actor, call.body["month"])
    return next(one for one in quality.samples(call.uow) if one.sample.id == sample.id)


@endpoint(
    blueprint,
    "GET",
    f"{_ONE}/redraw",
    needs=[Permission.QUALITY_READ],
    answer=RedrawnView,
    problems=[NOT_FOUND],
)
def redraw_sample(call: Call) -> Redrawn:
    """Draw it again by its seed, and say whether it is the same."""
    return quality.redraw(call.uow, call.path["sample_id"])


@endpoint(
    blueprint,
    "GET",
    f"{_ONE}/items",
    needs=[Permission.QUALITY_READ],
    query=QualityItemQuery,
    answer=QualityItemPage,
    reads_personal=True,
    problems=[NOT_FOUND],
)
def list_items(call: Call) -> Page[ItemShown]:
    """The visits of a sample within reach, in the order of the draw."""
    request = PageRequest(call.query["limit"], call.query.get("after"))
    sample_id = call.uow.quality_samples.need(call.path["sample_id"]).id
    return quality.items_page(call.uow, call.actor, request, sample_id, call.query["checked"])


@endpoint(
    blueprint,
    "POST",
    "/quality-items/<uuid:item_id>/checks",
    needs=[Permission.QUALITY_WRITE],
    body=QualityCheckNew,
    answer=QualityCheckView,
    status=201,
    once=True,
    problems=[NOT_FOUND, QUALITY_CONTRADICTS, QUALITY_NO_NOTE],
)
def check_visit(call: Call) -> QualityCheck:
    """S12: what was found on a visit of the sample; a further check stands beside it."""
    return quality.check_visit(call.uow, call.actor, call.path["item_id"], call.body)

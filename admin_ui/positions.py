"""Where a visit's check-ins and photos were, drawn without a map beside its address (V1, V8).

Owns what stands on the drawing and its numbers. Refuses to draw where nothing says a place.
"""

from __future__ import annotations

from server.domain.evidence import PHOTO_KINDS, EvidenceItem
from server.domain.pack_sketch import Mark, MarkKind, Sketch, sketch
from server.domain.visits import CheckDirection
from server.services.visit_course import VisitCourse


def gallery(course: VisitCourse) -> list[EvidenceItem]:
    """The photos in the order in which they were taken; none where the reader may not see them."""
    photos = [item for item in course.evidence or () if item.kind in PHOTO_KINDS]
    return sorted(photos, key=lambda item: (item.captured_at or item.received_at, item.id))


def positions(course: VisitCourse) -> Sketch | None:
    """Check-ins by the first character of who it was, photos by their number in the gallery, the address last."""
    marks = [
        Mark(
            MarkKind.CHECK_IN,
            course.name(one.account_id)[:1],
            one.latitude,
            one.longitude,
            one.accuracy_m or 0.0,
        )
        for one in course.whole.check_ins
        if one.direction is CheckDirection.IN and one.latitude is not None and one.longitude is not None
    ]
    for number, item in enumerate(gallery(course), start=1):
        if item.latitude is not None and item.longitude is not None:
            marks.append(
                Mark(MarkKind.PHOTO, str(number), item.latitude, item.longitude, item.accuracy_m or 0.0)
            )
    point = course.whole.brief.point
    if marks and point is not None:
        marks.append(Mark(MarkKind.ADDRESS, "", point.latitude, point.longitude, point.accuracy_m))
    return sketch(marks)

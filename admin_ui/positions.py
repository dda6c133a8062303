"""Where a visit's check-ins and photos were beside its address, drawn plainly and on a map (V1, V8).

Owns what stands on the drawing and its numbers. Refuses to draw where nothing says a place.
"""

from __future__ import annotations

from admin_ui.map_view import Pin
from admin_ui.words import Words
from server.domain.evidence import PHOTO_KINDS, EvidenceItem
from server.domain.pack_sketch import Mark, MarkKind, Sketch, sketch
from server.domain.places import POINT_INSIDE_M
from server.domain.visits import CheckDirection
from server.services.visit_course import VisitCourse


def gallery(course: VisitCourse) -> list[EvidenceItem]:
    """The photos in the order in which they were taken; none where the reader may not see them."""
    photos = [item for item in course.evidence or () if item.kind in PHOTO_KINDS]
    return sorted(photos, key=lambda item: (item.captured_at or item.received_at, item.id))


def marks_of(course: VisitCourse) -> list[Mark]:
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
    return marks


def positions(marks: list[Mark]) -> Sketch | None:
    """The drawing for whoever has no scripts."""
    return sketch(marks)


def pins(marks: list[Mark], words: Words) -> list[Pin]:
    """The same on a map, with the fence within which a place counts as that of the address (V1)."""
    return [
        Pin(
            mark,
            mark.kind.value,
            mark.label or words("map.home"),
            words(f"pin.{mark.kind.value}", label=mark.label),
            fence_m=POINT_INSIDE_M if mark.kind is MarkKind.ADDRESS else 0.0,
        )
        for mark in marks
    ]

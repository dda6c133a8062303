"""The place of a visit over HTTP (V1, V8): shown and flagged, against what is known best, and never a refusal."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from server.domain.address_points import PointState
from server.domain.coordinates import Datum, Point, converted
from server.domain.visits import AddressOutcome, CheckDirection, CheckIn, CheckInWay, VisitState
from tests.conftest import Desk
from tests.support.builders import make_visit
from tests.support.cast import AGENT, PARTNER, QA
from tests.support.evidence import PLACE as PHOTO_PLACE
from tests.support.evidence import photo, recording, send
from tests.support.geography import bring_outlines, make_point
from tests.support.on_site import METRE, PLACE, OnSite, local, on_site

HERE = PLACE["latitude"], PLACE["longitude"]


def place(site: OnSite) -> Any:
    return site.shown(QA)["place"]


def brief(told: Any) -> tuple[Any, ...]:
    code = None if told["flag"] is None else told["flag"]["code"]
    return told["verdict"], told["against"], code


def north(metres: float) -> tuple[float, float]:
    return HERE[0] + metres * METRE, HERE[1]


def make_earlier(site: OnSite, metres: float, **changes: Any) -> None:
    """A visit to the same address a week before, whose lead checked in so many metres north of here."""
    at = site.desk.clock.now() - timedelta(days=7)
    values = {"state": VisitState.COMPLETED, "started_at": at, "outcome": AddressOutcome.FOUND} | changes
    visit = make_visit(site.desk, site.placement, site.address, **values)
    latitude, longitude = north(metres)
    with site.desk.installation.house.units.write() as uow:
        uow.check_ins.add(
            CheckIn(
                uow.new_id(), visit.id, AGENT.id, CheckDirection.IN, CheckInWay.OWN_DEVICE, at,
                latitude, longitude, 20.0, None, False, None, None, at,
            )
        )  # fmt: skip
        uow.commit()


def test_before_anybody_came_there_is_no_place(desk: Desk) -> None:
    assert place(on_site(desk)) is None


def test_a_check_in_without_a_place_is_kept_and_says_nothing(desk: Desk) -> None:
    site = on_site(desk)
    nowhere = {"latitude": None, "longitude": None, "accuracy_m": None}
    assert desk.ok(site.check(AGENT, **nowhere), 201)["place"] is None


def test_with_nothing_to_measure_against_it_is_unsure(desk: Desk) -> None:
    site = on_site(desk)
    told = desk.ok(site.check(AGENT), 201)["place"]
    assert brief(told) == ("unsure", "nothing", None)
    assert (told["distance_m"], told["accuracy_m"], told["clause"]) == (None, None, "V1")
    assert [one["source"] for one in told["observations"]] == ["check_in"]


@pytest.mark.parametrize(
    ("metres", "expected", "clause"),
    [
        (565, ("inside", "geocoded", None), "V1"),
        (566, ("unsure", "geocoded", None), "V1"),
        (2065, ("unsure", "geocoded", None), "V1"),
        (2066, ("outside", "geocoded", "place_far_from_address"), "V1"),
        (5065, ("outside", "geocoded", "place_far_from_address"), "V1"),
        (5066, ("outside", "geocoded", "place_elsewhere"), "V8"),
    ],
)
def test_a_check_in_far_from_the_geocoded_point_is_flagged_and_kept(
    metres: float, expected: tuple[Any, ...], clause: str, desk: Desk
) -> None:
    """The check-in is known to 15 m and the point to 50 m, and both are taken off."""
    site = on_site(desk)
    make_point(desk, site.address, *north(metres))
    kept = desk.ok(site.check(AGENT), 201)
    assert kept["check_in"]["refusal"] is None
    told = kept["place"]
    assert (brief(told), told["clause"], told["accuracy_m"]) == (expected, clause, 65.0)
    assert told["distance_m"] == pytest.approx(metres, abs=0.2)
    assert told == place(site)


def test_a_point_in_gcj_02_is_measured_in_wgs_84(desk: Desk) -> None:
    site = on_site(desk)
    there = converted(Point(*HERE), Datum.GCJ02)
    make_point(desk, site.address, there.latitude, there.longitude, datum=Datum.GCJ02)
    told = desk.ok(site.check(AGENT), 201)["place"]
    assert brief(told) == ("inside", "geocoded", None)
    assert told["distance_m"] == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_a_check_in_in_another_datum_is_kept_in_wgs_84_with_its_datum(datum: str, desk: Desk) -> None:
    site = on_site(desk)
    make_point(desk, site.address, *HERE)
    said = converted(Point(*HERE), Datum(datum))
    kept = desk.ok(site.check(AGENT, datum=datum, latitude=said.latitude, longitude=said.longitude), 201)
    check_in = kept["check_in"]
    assert (check_in["latitude"], check_in["longitude"]) == pytest.approx(HERE, abs=1e-8)
    assert check_in["datum"] == datum
    assert kept["place"]["distance_m"] == pytest.approx(0, abs=0.1)


def test_an_unknown_datum_is_refused_by_name(desk: Desk) -> None:
    site = on_site(desk)
    refused = desk.refused(site.check(AGENT, datum="cgcs"), 422, "invalid_input")
    assert refused["errors"][0]["field"] == "datum"


@pytest.mark.parametrize("state", [state for state in PointState if state is not PointState.FOUND])
def test_an_answer_that_is_of_no_use_is_not_measured_against(state: PointState, desk: Desk) -> None:
    site = on_site(desk)
    make_point(desk, site.address, *north(9000), state=state)
    assert brief(desk.ok(site.check(AGENT), 201)["place"]) == ("unsure", "nothing", None)


def test_where_there_is_no_geocode_an_earlier_visit_that_found_somebody_tells(desk: Desk) -> None:
    site = on_site(desk)
    make_earlier(site, 3000)
    told = desk.ok(site.check(AGENT), 201)["place"]
    assert brief(told) == ("outside", "earlier_visit", "place_far_from_address")
    assert told["accuracy_m"] == 35.0
    make_point(desk, site.address, *HERE)
    assert brief(place(site)) == ("inside", "geocoded", None)


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": AddressOutcome.NOBODY},
        {"outcome": None},
        {"started_at": None},
        {"voided_at": local(9, day=5)},
    ],
)
def test_an_earlier_visit_that_confirmed_nothing_tells_nothing(changes: dict[str, Any], desk: Desk) -> None:
    site = on_site(desk)
    make_earlier(site, 0, **changes)
    assert brief(desk.ok(site.check(AGENT), 201)["place"]) == ("unsure", "nothing", None)


def test_a_later_visit_does_not_tell_where_this_one_should_have_been(desk: Desk) -> None:
    site = on_site(desk)
    desk.ok(site.check(AGENT), 201)
    make_earlier(site, 0, started_at=desk.clock.now() + timedelta(minutes=1))
    assert brief(place(site)) == ("unsure", "nothing", None)


def test_the_visit_itself_is_not_its_own_evidence(desk: Desk) -> None:
    site = on_site(desk)
    site.begin()
    site.write(AGENT, "outcome", 200, outcome="found", debtor_gone=False, note="")
    assert brief(place(site)) == ("unsure", "nothing", None)


@pytest.mark.parametrize(
    ("east", "expected"),
    [
        (113.85, ("inside", "county_outline", None)),
        (113.84, ("inside", "county_outline", None)),
        (113.835, ("unsure", "county_outline", None)),
        (113.82, ("outside", "county_outline", "place_far_from_address")),
        (113.78, ("outside", "county_outline", "place_elsewhere")),
    ],
)
def test_else_the_outline_of_the_county(
    east: float, expected: tuple[Any, ...], desk: Desk, tmp_path: Path
) -> None:
    site = on_site(desk)
    bring_outlines(desk, tmp_path)
    told = desk.ok(site.check(AGENT, longitude=east), 201)["place"]
    assert brief(told) == expected


def test_a_county_without_an_outline_cannot_be_judged(desk: Desk, tmp_path: Path) -> None:
    site = on_site(desk)
    bring_outlines(desk, tmp_path, c410726=[[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)]])
    assert brief(desk.ok(site.check(AGENT), 201)["place"]) == ("unsure", "nothing", None)


def test_a_photo_counts_as_soon_as_it_is_in_and_a_recording_never(desk: Desk) -> None:
    """The photo shows its own place, where the address is; the check-ins are a kilometre off."""
    site = on_site(desk)
    make_point(desk, site.address, *PHOTO_PLACE)
    site.begin()
    assert brief(place(site)) == ("unsure", "geocoded", None)
    desk.ok(send(desk, AGENT, site.visit, photo()), 201)
    desk.ok(send(desk, AGENT, site.visit, recording(), "recording", latitude="20", longitude="110"), 201)
    told = place(site)
    assert brief(told) == ("inside", "geocoded", None)
    shown = [(one["source"], one["verdict"], round(one["distance_m"])) for one in told["observations"]]
    assert shown == [("check_in", "unsure", 969), ("check_in", "unsure", 969), ("photo", "inside", 0)]


def test_a_photos_place_in_another_datum_is_kept_in_wgs_84(desk: Desk) -> None:
    site = on_site(desk)
    site.begin()
    said = converted(Point(*HERE), Datum.BD09)
    answer = send(
        desk,
        AGENT,
        site.visit,
        recording(),
        "recording",
        latitude=f"{said.latitude:.9f}",
        longitude=f"{said.longitude:.9f}",
        datum="bd09",
    )
    evidence_id = desk.ok(answer, 201)["id"]
    listed = desk.ok(desk.get(QA, f"/api/v1/visits/{site.visit.id}/evidence"))["items"]
    (item,) = [one for one in listed if one["id"] == evidence_id]
    assert (item["latitude"], item["longitude"]) == pytest.approx(HERE, abs=1e-7)
    assert item["datum"] == "bd09"


def test_a_check_in_that_does_not_count_says_nothing_of_the_place(desk: Desk) -> None:
    site = on_site(desk)
    make_point(desk, site.address, *HERE)
    desk.ok(site.check(AGENT), 201)
    far = desk.ok(site.check(PARTNER, at=local(11, 52).isoformat(), latitude=HERE[0] + 9000 * METRE), 201)
    assert far["check_in"]["refusal"]["code"] == "check_ins_too_far_apart"
    assert brief(far["place"]) == ("inside", "geocoded", None)
    assert len(far["place"]["observations"]) == 1

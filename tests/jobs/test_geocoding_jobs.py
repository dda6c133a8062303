"""Addresses on their way to a point: wanted once, asked by the job alone, no more than allowed, tried again."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from server.app import create_app
from server.bootstrap import build
from server.clock import FixedClock
from server.domain.address_points import LEASE, MOST_ATTEMPTS, AddressPoint, PointState
from server.domain.coordinates import Datum, Point, converted
from server.domain.jobs import JobState
from server.services import geocoding
from server.services.ports.paging import PageRequest
from server.settings import SettingsError, read_settings
from storage.passwords import Argon2Passwords
from tests.conftest import Desk
from tests.support.builders import make_address, make_placement, make_visit
from tests.support.cast import AGENT, COLLECTOR
from tests.support.geocoders import KEY, Place, Provider, providing
from tests.support.geography import bring_outlines
from tests.support.on_site import new_id, on_site
from tests.support.sheets import bring

PER_MINUTE = 2
TEXT = "河南省新乡市原阳县福宁集镇建设路1号"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with providing() as listening:
        yield listening


@pytest.fixture
def asking(environment: dict[str, str], clock: FixedClock, provider: Provider) -> Iterator[Desk]:
    """The house with Amap as its provider, at 127.0.0.1."""
    told = {
        "FIELDVISIT_GEOCODER": "amap",
        "FIELDVISIT_GEOCODER_URL": provider.url,
        "FIELDVISIT_GEOCODER_KEY": KEY,
        "FIELDVISIT_GEOCODER_PER_MINUTE": str(PER_MINUTE),
    }
    settings = read_settings(environment | told)
    built = build(settings, clock=clock, wake=lambda: None, passwords=Argon2Passwords(cheap=True))
    yield Desk(create_app(built).test_client(), built, clock)
    built.engine.dispose()


def add(desk: Desk, text: str = TEXT, **body: Any) -> Any:
    """An address by form."""
    placement = make_placement(desk)
    path = f"/api/v1/placements/{placement.id}/addresses"
    return desk.ok(desk.post(COLLECTOR, path, {"id": new_id(), "kind": "home", "text": text} | body), 201)


def rows(desk: Desk) -> list[AddressPoint]:
    with desk.installation.house.units.read() as uow:
        return uow.address_points.having()


def jobs(desk: Desk) -> list[tuple[JobState, str | None]]:
    with desk.installation.house.units.read() as uow:
        page = uow.jobs.page(PageRequest(200))
    return [(job.state, job.last_error) for job in page.items if job.kind == geocoding.GEOCODE_JOB]


def test_without_a_provider_nothing_is_wanted(desk: Desk) -> None:
    add(desk)
    desk.installation.runner.work()
    assert rows(desk) == []
    assert [state for state, _ in jobs(desk)] == [
        JobState.DONE
    ]  # the day's, which found that nobody is to be asked


@pytest.mark.parametrize("text", ["福宁集镇建设路1号", "河南省新乡市原阳县", "郑州市原阳县建设路1号"])
def test_a_text_that_is_not_certain_or_names_no_place_in_the_county_is_not_asked(
    text: str, asking: Desk
) -> None:
    add(asking, text)
    assert rows(asking) == []
    assert jobs(asking) == []


def test_a_request_asks_nobody_the_job_does(asking: Desk, provider: Provider) -> None:
    provider.knows[TEXT] = Place()
    add(asking)
    assert provider.asked == []
    (waiting,) = rows(asking)
    assert (waiting.state, waiting.normalized, waiting.latitude) == (PointState.WAITING, TEXT, None)
    asking.work()
    (found,) = rows(asking)
    assert provider.texts == [TEXT]
    assert (found.state, found.provider, found.precision) == (PointState.FOUND, "amap", "门牌号")
    assert (found.latitude, found.longitude, found.datum) == (35.0, 113.9, Datum.GCJ02)
    assert (found.asked_at, found.answered_at) == (asking.clock.now(), asking.clock.now())


def test_one_text_is_asked_once_whoever_lives_there(asking: Desk, provider: Provider) -> None:
    for _ in range(3):
        add(asking)
    add(asking, "新乡市原阳县 福宁集镇建设路1号")  # filled in, it is the same
    asking.work()
    asking.clock.advance(timedelta(minutes=5))
    add(asking)
    asking.work()
    assert provider.texts == [TEXT]
    assert [row.state for row in rows(asking)] == [PointState.NOT_FOUND]


def test_a_correction_is_asked_too(asking: Desk, provider: Provider) -> None:
    address = add(asking)
    better = TEXT.replace("1号", "2号")
    path = f"/api/v1/addresses/{address['id']}"
    headers = {"If-Match": f'"{address["version"]}"'}
    asking.ok(asking.request("PATCH", COLLECTOR, path, json={"text": better}, headers=headers))
    asking.work()
    assert sorted(provider.texts) == sorted([TEXT, better])


def test_no_more_a_minute_than_allowed(asking: Desk, provider: Provider) -> None:
    for number in range(PER_MINUTE + 1):
        add(asking, TEXT.replace("1号", f"{number}号"))
    asking.work()
    assert len(provider.asked) == PER_MINUTE
    asking.clock.advance(timedelta(seconds=59))
    asking.work()
    assert len(provider.asked) == PER_MINUTE
    asking.clock.advance(timedelta(seconds=1))
    asking.work()
    assert len(provider.asked) == PER_MINUTE + 1
    assert {row.attempts for row in rows(asking)} == {1}


def test_a_provider_out_of_reach_is_asked_again_later(asking: Desk, provider: Provider) -> None:
    provider.knows[TEXT] = Place()
    provider.answers.append((503, b""))
    add(asking)
    asking.work()
    (waiting,) = rows(asking)
    assert (waiting.state, waiting.last_error) == (PointState.WAITING, "amap: GeocoderTimedOut")
    assert [state for state, _ in jobs(asking)] == [JobState.WAITING]
    asking.clock.advance(LEASE + timedelta(seconds=1))
    asking.work()
    (found,) = rows(asking)
    assert (found.state, found.attempts, found.last_error) == (PointState.FOUND, 2, None)


def test_a_text_that_the_provider_cannot_take_holds_up_no_other_and_is_given_up(
    asking: Desk, provider: Provider
) -> None:
    other = TEXT.replace("1号", "2号")
    provider.knows[other] = Place()
    refusal = b'{"status": "0", "info": "INVALID_PARAMS", "infocode": "20000"}'
    provider.answers.append((200, refusal))
    add(asking)
    asking.clock.advance(timedelta(seconds=1))
    add(asking, other)
    asking.work()
    assert [row.state for row in rows(asking)] == [PointState.WAITING, PointState.FOUND]
    for attempt in range(2, MOST_ATTEMPTS + 3):
        provider.answers.append((200, refusal))
        asking.clock.advance(LEASE + timedelta(seconds=1))
        with asking.installation.house.units.write() as uow:
            geocoding.go_on(uow)
            uow.commit()
        asking.work()
        given_up = rows(asking)[0].state is PointState.FAILED
        assert given_up is (attempt >= MOST_ATTEMPTS)
    assert len(provider.asked) == MOST_ATTEMPTS + 1


def test_a_key_that_is_refused_ends_the_job_without_being_told(asking: Desk, provider: Provider) -> None:
    provider.answers.append((200, b'{"status": "0", "info": "INVALID_USER_KEY", "infocode": "10001"}'))
    add(asking)
    asking.work()
    ((state, words),) = jobs(asking)
    assert (state, words) == (JobState.FAILED, "JobFailed: amap: GeocoderAuthenticationFailure")
    assert rows(asking)[0].state is PointState.WAITING


def test_a_worker_that_died_while_asking_is_not_waited_for_longer_than_its_lease(
    asking: Desk, provider: Provider
) -> None:
    add(asking)
    with asking.installation.house.units.write() as uow:
        begun = geocoding.begin(uow, asking.installation.house.geocoder)
        uow.commit()
    assert begun is not None
    for seconds, next_one in ((LEASE.seconds, None), (1, begun.id)):
        asking.clock.advance(timedelta(seconds=seconds))
        with asking.installation.house.units.write() as uow:
            found = uow.address_points.next_waiting(uow.now - LEASE)
        assert (None if found is None else found.id) == next_one


def test_the_days_job_takes_up_addresses_that_came_before_the_provider(
    asking: Desk, provider: Provider
) -> None:
    placement = make_placement(asking)
    address = make_address(asking, placement)
    make_address(asking, placement, county="郑州市原阳县", county_code="")
    provider.knows[address.normalized] = Place()
    asking.installation.runner.work()
    assert provider.texts == [address.normalized]
    assert [row.state for row in rows(asking)] == [PointState.FOUND]


@pytest.mark.parametrize(("level", "state"), [("道路", PointState.FOUND), ("乡镇", PointState.UNFIT)])
def test_an_answer_no_better_than_a_town_is_kept_and_not_used(
    level: str, state: PointState, asking: Desk, provider: Provider
) -> None:
    provider.knows[TEXT] = Place(level=level)
    add(asking)
    asking.work()
    assert [(row.state, row.precision) for row in rows(asking)] == [(state, level)]


@pytest.mark.parametrize(("kilometres", "state"), [(4.9, PointState.FOUND), (5.1, PointState.UNFIT)])
def test_an_answer_in_another_county_is_kept_and_not_used(
    kilometres: float, state: PointState, asking: Desk, provider: Provider, tmp_path: Path
) -> None:
    bring_outlines(asking, tmp_path)
    north = Point(35.15 + kilometres / 111.195, 113.95)
    there = converted(north, Datum.GCJ02)
    provider.knows[TEXT] = Place(there.latitude, there.longitude)
    add(asking)
    asking.work()
    assert [row.state for row in rows(asking)] == [state]


def test_the_team_reads_the_point_in_wgs_84(asking: Desk, provider: Provider) -> None:
    site = on_site(asking)
    there = converted(Point(35.05, 113.95), Datum.GCJ02)
    provider.knows[site.address.normalized] = Place(there.latitude, there.longitude)
    with asking.installation.house.units.write() as uow:
        geocoding.want(uow, asking.installation.house.geocoder, [site.address])
        uow.commit()
    assert site.shown()["brief"]["point"] is None
    asking.work()
    point = site.shown()["brief"]["point"]
    assert (point["latitude"], point["longitude"]) == pytest.approx((35.05, 113.95), abs=2e-6)
    assert (point["accuracy_m"], point["against"]) == (100.0, "geocoded")


def test_an_address_learnt_at_the_door_is_asked(asking: Desk, provider: Provider) -> None:
    site = on_site(asking)
    site.begin()
    learnt = {"kind": "home", "text": TEXT, "at": asking.clock.now().isoformat()}
    site.write(AGENT, "information/addresses", **learnt)
    assert [row.normalized for row in rows(asking)] == [TEXT]


def test_the_addresses_of_a_file_are_asked_when_it_is_applied_and_not_on_a_dry_run(
    asking: Desk, provider: Provider
) -> None:
    row = {"案件编号": make_placement(asking).case_number, "地址类型": "家庭", "地址": TEXT}
    assert bring(asking, "addresses", [row], dry_run=True)["file"]["state"] == "checked"
    assert (rows(asking), provider.asked) == ([], [])
    assert bring(asking, "addresses", [row, row | {"地址类型": "单位"}])["file"]["state"] == "applied"
    assert provider.texts == [TEXT]


def test_a_hidden_duplicate_wants_nothing_more(asking: Desk) -> None:
    placement = make_placement(asking)
    address = make_address(asking, placement)
    make_visit(asking, placement, address)
    with asking.installation.house.units.write() as uow:
        hidden = dataclasses.replace(address, id=uow.new_id(), duplicate_of_id=address.id)
        geocoding.want(uow, asking.installation.house.geocoder, [address, hidden])
        uow.commit()
    assert len(rows(asking)) == 1


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ({"FIELDVISIT_GEOCODER": "google"}, "FIELDVISIT_GEOCODER must"),
        ({"FIELDVISIT_GEOCODER": "amap"}, "needs a key"),
        ({"FIELDVISIT_GEOCODER": "nominatim"}, "FIELDVISIT_GEOCODER_URL"),
        (
            {"FIELDVISIT_GEOCODER": "nominatim", "FIELDVISIT_GEOCODER_URL": "https://host/path"},
            "FIELDVISIT_GEOCODER_URL",
        ),
        (
            {
                "FIELDVISIT_GEOCODER": "amap",
                "FIELDVISIT_GEOCODER_KEY": "k",
                "FIELDVISIT_GEOCODER_PER_MINUTE": "0",
            },
            "FIELDVISIT_GEOCODER_PER_MINUTE",
        ),
    ],
)
def test_settings_that_cannot_work_are_refused_by_name(
    told: dict[str, str], named: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=named):
        read_settings({"FIELDVISIT_DATA_DIR": str(tmp_path)} | told)


def test_the_key_is_read_from_the_secrets_file_and_shown_nowhere(tmp_path: Path) -> None:
    plain = {"FIELDVISIT_DATA_DIR": str(tmp_path)}
    assert read_settings(plain).geocoder.provider == ""
    secrets_file = tmp_path / "keys" / "secrets.json"
    held = secrets_file.read_text().rstrip().removesuffix("}").rstrip()
    secrets_file.write_text(f'{held},\n "geocoder_key": "{KEY}"\n}}')
    settings = read_settings(plain | {"FIELDVISIT_GEOCODER": "baidu"})
    assert settings.geocoder.key == KEY
    assert settings.geocoder.url == "https://api.map.baidu.com"
    assert KEY not in repr(settings)

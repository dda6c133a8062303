"""Maps on pages: without tiles no request leaves the house, with them pictures come from one host; its datum."""

from __future__ import annotations

import dataclasses
import io
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from server.domain.coordinates import Datum, Point, converted
from server.domain.map_tiles import MapTiles, origin_of, shown_at
from server.domain.visits import Visit
from server.settings import SettingsError, read_settings
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.desk.test_board import Day, waiting
from tests.desk.windows import window
from tests.support import evidence as files
from tests.support.browser import chromium
from tests.support.cast import AGENT, DISPATCHER, MANAGER
from tests.support.served import served

HERE = (35.0532, 113.9401)  # where the photo itself says that it was taken
TILE = re.compile(r"/tiles/(\d+)/(\d+)/(\d+)\.png")


@dataclass
class TileServer:
    """Grey PNG tiles at a port of their own, and what browsers asked for with which referrer."""

    url: str
    asked: list[tuple[str, str | None]] = field(default_factory=list)


@contextmanager
def tile_server() -> Iterator[TileServer]:
    picture = io.BytesIO()
    Image.new("RGB", (256, 256), (200, 205, 210)).save(picture, "PNG")
    kept = TileServer("")

    class Tiles(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kept.asked.append((self.path, self.headers.get("Referer")))
            self.send_response(200 if TILE.fullmatch(self.path) else 404)
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Length", str(len(picture.getvalue())))
            self.end_headers()
            self.wfile.write(picture.getvalue())

        def log_message(self, format: str, *args: Any) -> None:
            """The test reads what was asked from `asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Tiles)
    kept.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def tiles_at(origin: str, datum: Datum = Datum.WGS84) -> MapTiles:
    return MapTiles(f"{origin}/tiles/{{z}}/{{x}}/{{y}}.png", origin, "© <b>地图</b> & Co", datum, 18)


def with_tiles(desk: Desk, tiles: MapTiles | None) -> None:
    house = dataclasses.replace(desk.installation.house, map_tiles=tiles)
    desk.client.application.extensions["fieldvisit"] = house


def photographed(desk: Desk) -> Visit:
    """A visit with a photo at a place."""
    visit = files.make_visited(desk)
    desk.ok(files.send(desk, AGENT, visit, files.photo(1)), 201)
    return visit


def drawn(html: str) -> dict[str, Any]:
    """What the page gives the script to draw."""
    found = re.search(r'data-map="([^"]*)"', html)
    assert found is not None, "no map on the page"
    given: dict[str, Any] = json.loads(unescape(found[1]))
    return given


# the settings


@pytest.mark.parametrize(
    "url",
    [
        "ftp://tiles.example/{z}/{x}/{y}.png",
        "https://{s}.tiles.example/{z}/{x}/{y}.png",
        "https://tiles.example/{s}/{z}/{x}/{y}.png",
        "https://tiles.example/{z}/{x}.png",
        "https://tiles.example/{z}/{z}/{x}/{y}.png",
        "https://tiles.example/{z}/{x}/{y}}.png",
        "https://tiles.example; script-src *//{z}/{x}/{y}",
        "https://user@tiles.example/{z}/{x}/{y}",
        "https://tiles.example/{z}/{x}/{y}\n",
        "//tiles.example/{z}/{x}/{y}",
        "https://tiles.example",
    ],
)
def test_a_template_that_names_no_one_host_is_refused(tmp_path: Path, url: str) -> None:
    assert origin_of(url) is None
    given = {"FIELDVISIT_DATA_DIR": str(tmp_path), "FIELDVISIT_MAP_TILES": url, "FIELDVISIT_MAP_BY": "x"}
    with pytest.raises(SettingsError, match="FIELDVISIT_MAP_TILES"):
        read_settings(given | {"FIELDVISIT_MAP_DATUM": "wgs84"})


@pytest.mark.parametrize(
    ("left", "told"),
    [
        ({"FIELDVISIT_MAP_BY": " "}, "FIELDVISIT_MAP_BY"),
        ({"FIELDVISIT_MAP_DATUM": ""}, "FIELDVISIT_MAP_DATUM"),
        ({"FIELDVISIT_MAP_DATUM": "bd09"}, "FIELDVISIT_MAP_DATUM"),
        ({"FIELDVISIT_MAP_DEEPEST": "0"}, "FIELDVISIT_MAP_DEEPEST"),
    ],
)
def test_tiles_need_their_makers_name_and_their_datum(
    tmp_path: Path, left: dict[str, str], told: str
) -> None:
    plain = {"FIELDVISIT_DATA_DIR": str(tmp_path)}
    assert read_settings(plain).map_tiles is None
    given = {
        "FIELDVISIT_MAP_TILES": "https://tiles.example:8443/a/{z}/{x}/{y}.png?key=1",
        "FIELDVISIT_MAP_BY": "示例地图",
        "FIELDVISIT_MAP_DATUM": "gcj02",
    }
    tiles = read_settings(plain | given).map_tiles
    assert tiles is not None
    assert (tiles.origin, tiles.datum, tiles.deepest) == ("https://tiles.example:8443", Datum.GCJ02, 18)
    with pytest.raises(SettingsError, match=told):
        read_settings(plain | given | left)


def test_points_are_moved_into_the_datum_of_the_tiles_and_no_other() -> None:
    assert shown_at(*HERE, None) == HERE
    assert shown_at(*HERE, tiles_at("https://a.example")) == HERE
    moved = shown_at(*HERE, tiles_at("https://a.example", Datum.GCJ02))
    expected = converted(Point(*HERE), Datum.GCJ02)
    assert moved == (expected.latitude, expected.longitude)
    assert moved != HERE


# the page


def test_without_tiles_the_page_lets_no_other_host_in_and_says_why(desk: Desk) -> None:
    visit = photographed(desk)
    answer = Browser(desk, MANAGER).get(f"/desk/visits/{visit.id}")
    assert "img-src 'self' data: blob:;" in answer.headers["Content-Security-Policy"]
    assert "未设置地图服务" in seen(answer.text)
    given = drawn(answer.text)
    assert given["tiles"] is None
    assert [(pin["kind"], pin["label"], pin["at"], pin["unsure"] > 0) for pin in given["pins"]] == [
        ("photo", "1", list(HERE), True)
    ]


def test_with_tiles_their_host_is_let_in_on_pages_with_a_map_alone(desk: Desk) -> None:
    visit = photographed(desk)
    tiles = tiles_at("https://tiles.example:8443", Datum.GCJ02)
    with_tiles(desk, tiles)
    manager = Browser(desk, MANAGER)
    answer = manager.get(f"/desk/visits/{visit.id}")
    policy = answer.headers["Content-Security-Policy"]
    assert "img-src 'self' data: blob: https://tiles.example:8443;" in policy
    assert policy.count("tiles.example") == 1
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "未设置地图服务" not in seen(answer.text)
    (pin,) = drawn(answer.text)["pins"]
    assert pin["at"] == [round(one, 6) for one in shown_at(*HERE, tiles)]
    assert "tiles.example" not in manager.get("/desk/visits").headers["Content-Security-Policy"]


def test_the_board_draws_what_waits_and_each_teams_way(desk: Desk, dispatcher: Browser) -> None:
    day = Day(desk, dispatcher)
    assert "data-map" not in day.page(), "no place is known"
    first, second, left = (waiting(desk, at=at) for at in (0.0, 0.1, 0.2))
    for visit in (first, second):
        assert day.place(visit) == 303
    given = drawn(day.page())
    assert [(pin["label"], pin["href"].rpartition("/")[2]) for pin in given["pins"]] == [
        ("1.1", first.id),
        ("1.2", second.id),
        ("", left.id),
    ]
    assert given["ways"] == [[given["pins"][0]["at"], given["pins"][1]["at"]]]


# the browser


def requests_of(page: Page) -> list[str]:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


@pytest.mark.slow
@pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
def test_a_map_is_drawn_in_a_browser_with_and_without_tiles(desk: Desk) -> None:
    """Without tiles every request is the house's own; with them the tiles' host learns tiles and nothing else."""
    visit = photographed(desk)
    path = f"/desk/visits/{visit.id}"
    with tile_server() as street, served(desk) as url, chromium() as browser:
        with window(browser, url, DISPATCHER) as opened:
            asked = requests_of(opened.page)
            opened.go(path)
            expect(opened.page.locator(".map .map-square").first).to_be_visible()
            expect(opened.page.locator(".map-plain")).to_be_hidden()
            expect(opened.page.locator(".map .pin.photo")).to_have_text("1")
            expect(opened.page.locator(".leaflet-control-scale-line")).to_be_visible()
            assert opened.violations() == []
            assert all(one.startswith((url, "data:", "blob:")) for one in asked), asked
            with_tiles(desk, tiles_at(street.url))
            opened.go(path)
            expect(opened.page.locator(".map img.leaflet-tile-loaded").first).to_be_visible()
            expect(opened.page.locator(".leaflet-control-attribution")).to_have_text("© <b>地图</b> & Co")
            opened.page.locator(".map").focus()
            before = opened.page.locator(".leaflet-map-pane").get_attribute("style")
            opened.page.keyboard.press("ArrowRight")
            expect(opened.page.locator(".leaflet-map-pane")).not_to_have_attribute("style", before or "")
            assert opened.violations() == []
        assert street.asked
        assert all(TILE.fullmatch(tile) and referrer is None for tile, referrer in street.asked), street.asked
        others = [one for one in asked if not one.startswith((url, street.url, "data:", "blob:"))]
        assert others == []

"""Providers of geocodes over real sockets: what leaves, what comes back, in which datum; and words that hold no key."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from server.domain.coordinates import Datum
from server.geo.geocoding import GeopyGeocoder, open_geocoder
from server.services.ports.places import GeocodingFailed, Trouble
from tests.support.geocoders import KEY, PROVIDERS, Place, Provider, providing

TEXT = "河南省新乡市原阳县福宁集镇建设路1号"
DATUMS = {"baidu": Datum.BD09, "amap": Datum.GCJ02, "nominatim": Datum.WGS84}
LEAVES = {
    "baidu": {"ak": KEY, "output": "json", "address": TEXT},
    "amap": {"key": KEY, "output": "JSON", "address": TEXT},
    "nominatim": {
        "q": TEXT,
        "format": "json",
        "limit": "1",
        "countrycodes": "cn",
        "accept-language": "zh-CN",
    },
}


@pytest.fixture
def provider() -> Iterator[Provider]:
    with providing() as listening:
        yield listening


def geocoder(name: str, provider: Provider, key: str = KEY) -> GeopyGeocoder:
    return open_geocoder(name, provider.url, key, 30)


def refusal(name: str, provider: Provider, key: str = KEY) -> GeocodingFailed:
    with pytest.raises(GeocodingFailed) as raised:
        geocoder(name, provider, key).ask(TEXT)
    told = f"{raised.value} {raised.value.words} {raised.value.__cause__}"
    assert key not in told
    assert TEXT not in told
    return raised.value


@pytest.mark.parametrize("name", ["baidu", "amap"])
def test_a_key_that_is_refused_is_for_somebody_to_look_at(name: str, provider: Provider) -> None:
    assert refusal(name, provider, "another-key").trouble is Trouble.SETTING


@pytest.mark.parametrize(
    ("name", "answer", "trouble"),
    [
        ("baidu", {"status": 5, "message": "ak不存在或者非法"}, Trouble.SETTING),
        ("baidu", {"status": 302, "message": "天配额超限，限制访问"}, Trouble.PROVIDER),
        ("baidu", {"status": 2, "message": "请求参数非法"}, Trouble.TEXT),
        ("baidu", {"status": 1, "message": "服务器内部错误"}, Trouble.PROVIDER),
        ("baidu", {"message": "?"}, Trouble.PROVIDER),
        ("baidu", {"status": 0, "result": {"level": "道路"}}, Trouble.TEXT),
        ("amap", {"status": "0", "info": "DAILY_QUERY_OVER_LIMIT", "infocode": "10003"}, Trouble.PROVIDER),
        (
            "amap",
            {"status": "0", "info": "CUQPS_HAS_EXCEEDED_THE_LIMIT", "infocode": "10021"},
            Trouble.PROVIDER,
        ),
        ("amap", {"status": "0", "info": "ENGINE_RESPONSE_DATA_ERROR", "infocode": "30001"}, Trouble.TEXT),
        ("amap", {"status": "0", "info": "USERKEY_PLAT_NOMATCH", "infocode": "10009"}, Trouble.SETTING),
        ("amap", {"status": "0", "info": "?", "infocode": []}, Trouble.PROVIDER),
        ("amap", {"status": "1", "geocodes": [{"location": [], "level": []}]}, Trouble.TEXT),
        ("amap", {"status": "1", "geocodes": [{"location": "200.0,95.0"}]}, Trouble.TEXT),
        ("amap", {"status": "1", "geocodes": [{"location": "nan,nan"}]}, Trouble.TEXT),
        ("amap", ["status"], Trouble.TEXT),
        ("nominatim", [{"lat": "?", "lon": "?"}], Trouble.TEXT),
    ],
)
def test_each_no_of_a_provider_is_told_by_where_the_trouble_lies(
    name: str, answer: object, trouble: Trouble, provider: Provider
) -> None:
    provider.answers.append((200, json.dumps(answer).encode()))
    assert refusal(name, provider).trouble is trouble


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize(
    ("status", "trouble"),
    [
        (500, Trouble.PROVIDER),
        (503, Trouble.PROVIDER),
        (429, Trouble.PROVIDER),
        (401, Trouble.SETTING),
        (403, Trouble.SETTING),
        (400, Trouble.TEXT),
    ],
)
def test_each_status_of_http(name: str, status: int, trouble: Trouble, provider: Provider) -> None:
    provider.answers.append((status, f"{KEY} {TEXT}".encode()))
    assert refusal(name, provider).trouble is trouble


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_page_that_is_no_answer_is_the_providers_trouble(name: str, provider: Provider) -> None:
    provider.answers.append((200, f"<html>{KEY}".encode()))
    assert refusal(name, provider).trouble is Trouble.PROVIDER


@pytest.mark.parametrize("name", PROVIDERS)
def test_nobody_is_followed_elsewhere_with_the_key(name: str, provider: Provider) -> None:
    provider.answers.append((302, b""))
    assert refusal(name, provider).trouble is Trouble.PROVIDER
    assert len(provider.paths) == 1


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_connection_that_breaks_tells_no_address_of_a_request(name: str, provider: Provider) -> None:
    def hang_up(handler: BaseHTTPRequestHandler) -> None:
        handler.connection.close()

    provider.answers.append(hang_up)
    assert refusal(name, provider).trouble is Trouble.PROVIDER
    assert len(provider.asked) == 1


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_place_nobody_knows_is_an_answer(name: str, provider: Provider) -> None:
    assert geocoder(name, provider).ask(TEXT) is None


@pytest.mark.parametrize("name", PROVIDERS)
def test_what_leaves_is_the_address_text_and_nothing_else(
    name: str, provider: Provider, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Nor does anything go through a proxy of the environment, or stand in the log at its finest."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    provider.knows[TEXT] = Place()
    with caplog.at_level(logging.DEBUG):
        found = geocoder(name, provider).ask(TEXT)
    assert found is not None
    assert (found.point.latitude, found.point.longitude, found.point.datum) == (35.0, 113.9, DATUMS[name])
    assert provider.asked == [LEAVES[name]]
    assert provider.headers[0]["User-Agent"] == "fieldvisit"
    assert not {"Cookie", "Referer", "Authorization"} & provider.headers[0].keys()
    assert KEY not in caplog.text
    assert TEXT not in caplog.text


@pytest.mark.parametrize(
    ("confidence", "metres"),
    [
        (100, 20),
        (99, 50),
        (90, 50),
        (89, 100),
        (80, 100),
        (75, 200),
        (70, 300),
        (60, 500),
        (50, 1000),
        (40, 2000),
    ],
)
def test_baidus_confidence_in_metres(confidence: int, metres: float, provider: Provider) -> None:
    provider.knows[TEXT] = Place(level="门址", confidence=confidence)
    found = geocoder("baidu", provider).ask(TEXT)
    assert found is not None
    assert (found.precision, found.accuracy_m) == (f"门址 {confidence}", metres)


@pytest.mark.parametrize(
    ("level", "metres"),
    [("门牌号", 100), ("兴趣点", 200), ("道路", 1000), ("村庄", 1500), ("乡镇", None), ("区县", None)],
)
def test_amaps_levels_in_metres(level: str, metres: float | None, provider: Provider) -> None:
    provider.knows[TEXT] = Place(level=level)
    found = geocoder("amap", provider).ask(TEXT)
    assert found is not None
    assert (found.precision, found.accuracy_m) == (level, metres)


@pytest.mark.parametrize(
    ("box", "metres"),
    [
        (("35.0", "35.0", "113.9", "113.9"), 50.0),  # a point is no better than its house
        (("34.99", "35.01", "113.9", "113.9"), 1112.0),
        (("34.99", "35.01", "113.89", "113.91"), 1437.0),
    ],
)
def test_a_box_is_half_its_diagonal(
    box: tuple[str, str, str, str], metres: float, provider: Provider
) -> None:
    provider.knows[TEXT] = Place(level="road", box=box)
    found = geocoder("nominatim", provider).ask(TEXT)
    assert found is not None
    assert found.precision == "road"
    assert found.accuracy_m == pytest.approx(metres, abs=2)


def test_a_confidence_below_forty_is_no_better_than_a_town(provider: Provider) -> None:
    provider.knows[TEXT] = Place(level="乡镇", confidence=39)
    found = geocoder("baidu", provider).ask(TEXT)
    assert found is not None
    assert found.accuracy_m is None

"""The one port to providers of geocodes, over geopy: Baidu, Amap, Nominatim; what leaves is an address text alone.

Owns what a provider's own words for precision mean in metres, and its datum. Refuses proxies of the environment, being
sent elsewhere (the query holds the key), and words of failures that could hold a key or an address: failures are told
by their kind.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from geopy.adapters import RequestsAdapter
from geopy.exc import (
    ConfigurationError,
    GeocoderAuthenticationFailure,
    GeocoderInsufficientPrivileges,
    GeocoderQueryError,
    GeocoderServiceError,
    GeopyError,
)
from geopy.geocoders import BaiduV3, Nominatim
from geopy.geocoders.base import Geocoder

from server.domain.coordinates import Datum, Point
from server.geo.amap import Amap
from server.services.ports.places import Geocoded, GeocodingFailed, Trouble

_TIMEOUT = 10.0  # seconds
_USER_AGENT = "fieldvisit"
_NOWHERE_BAIDU = "无相关结果"
# Baidu's confidence in metres, as its documentation gives it; below 40 it is no better than a town.
_BAIDU_METRES = (
    (100, 20.0),
    (90, 50.0),
    (80, 100.0),
    (75, 200.0),
    (70, 300.0),
    (60, 500.0),
    (50, 1000.0),
    (40, 2000.0),
)
# Amap names what it found; the metres are ours, by the size of such a thing.
_AMAP_METRES = {
    "门牌号": 100.0,
    "单元号": 100.0,
    "兴趣点": 200.0,
    "住宅区": 300.0,
    "道路交叉路口": 200.0,
    "公交站台": 300.0,
    "公交地铁站点": 300.0,
    "热点商圈": 1000.0,
    "道路": 1000.0,
    "村庄": 1500.0,
}
_LEAST_METRES = 50.0  # an outline of a house says where the house is, not where its door is
_METRES_A_DEGREE = 111_195.0


class GeopyGeocoder:
    """The adapter of `AddressGeocoder` over one of geopy's geocoders."""

    def __init__(
        self,
        provider: str,
        per_minute: int,
        geocoder: Geocoder,
        datum: Datum,
        accuracy: Callable[[Mapping[str, Any]], tuple[str, float | None]],
        options: Mapping[str, Any],
    ) -> None:
        self.provider = provider
        self.per_minute = per_minute
        self._geocoder = geocoder
        self._datum = datum
        self._accuracy = accuracy
        self._options = options

    def ask(self, text: str) -> Geocoded | None:
        try:
            found = self._geocoder.geocode(text, **self._options)
        except (GeocoderAuthenticationFailure, GeocoderInsufficientPrivileges, ConfigurationError) as error:
            raise GeocodingFailed(self._told(error), Trouble.SETTING) from None
        except GeocoderQueryError as error:
            raise GeocodingFailed(self._told(error), Trouble.TEXT) from None
        except GeopyError as error:
            raise GeocodingFailed(self._told(error)) from None
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            # geopy reads answers trustingly; one of another shape is no reason to tell its whole text.
            raise GeocodingFailed(
                f"{self.provider}: not an answer ({type(error).__name__})", Trouble.TEXT
            ) from None
        return None if found is None else self._geocoded(found)

    def _geocoded(self, found: Any) -> Geocoded:
        latitude, longitude = float(found.latitude), float(found.longitude)
        if not (abs(latitude) <= 90 and abs(longitude) <= 180):
            raise GeocodingFailed(f"{self.provider}: a place off the earth", Trouble.TEXT)
        try:
            precision, accuracy_m = self._accuracy(found.raw)
        except (KeyError, TypeError, ValueError, IndexError):
            precision, accuracy_m = "", None
        return Geocoded(Point(latitude, longitude, self._datum), precision[:100], accuracy_m)

    def _told(self, error: Exception) -> str:
        return f"{self.provider}: {type(error).__name__}"


class _Direct(RequestsAdapter):  # type: ignore[misc]
    """One attempt, nowhere else: the job tries again, and an address that redirects gets no key."""

    def __init__(self, *, proxies: Any, ssl_context: Any) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context, max_retries=0)
        self.session.max_redirects = 0


class _Baidu(BaiduV3):  # type: ignore[misc]
    """Baidu at an address that is told, with the answers of today's API that geopy takes for failures."""

    def __init__(self, api_key: str, *, domain: str, **options: Any) -> None:
        super().__init__(api_key, **options)
        self.api = f"{self.scheme}://{domain}{self.api_path}"

    def _parse_json(self, page: Mapping[str, Any], exactly_one: bool = True) -> Any:
        if page.get("status") == 1 and _NOWHERE_BAIDU in str(page.get("msg") or page.get("message")):
            return None
        return super()._parse_json(page, exactly_one)

    def _check_status(self, status: Any) -> None:
        if status == 5:  # "AK illegal": geopy blames the query
            raise GeocoderAuthenticationFailure("AK illegal")
        if not isinstance(status, int):
            raise GeocoderServiceError("an answer without a status")
        super()._check_status(status)


def open_geocoder(provider: str, url: str, key: str, per_minute: int) -> GeopyGeocoder:
    """The geocoder of a provider at `url` (scheme and host)."""
    # At its finest these two write whole addresses of requests into the log, and the key stands in them.
    for name in ("geopy", "urllib3.connectionpool"):
        logging.getLogger(name).setLevel(logging.WARNING)
    asked = urlsplit(url)
    shared: dict[str, Any] = {
        "domain": asked.netloc,
        "scheme": asked.scheme,
        "timeout": _TIMEOUT,
        "proxies": {},
        "adapter_factory": _Direct,
        "user_agent": _USER_AGENT,
    }
    make = partial(GeopyGeocoder, provider, per_minute)
    if provider == "baidu":
        return make(_Baidu(key, **shared), Datum.BD09, _baidu_accuracy, {})
    if provider == "amap":
        return make(Amap(key, **shared), Datum.GCJ02, _amap_accuracy, {})
    options = {"country_codes": "cn", "language": "zh-CN"}
    return make(Nominatim(**shared), Datum.WGS84, _nominatim_accuracy, options)


def _baidu_accuracy(raw: Mapping[str, Any]) -> tuple[str, float | None]:
    confidence = int(raw.get("confidence", 0))
    metres = next((metres for least, metres in _BAIDU_METRES if confidence >= least), None)
    return f"{raw.get('level', '')} {confidence}".strip(), metres


def _amap_accuracy(raw: Mapping[str, Any]) -> tuple[str, float | None]:
    level = str(raw.get("level") or "")
    return level, _AMAP_METRES.get(level)


def _nominatim_accuracy(raw: Mapping[str, Any]) -> tuple[str, float | None]:
    """Half the diagonal of the thing's box: a road is as long as it is, and its point is its middle."""
    precision = str(raw.get("addresstype") or raw.get("type") or "")
    south, north, west, east = (float(edge) for edge in raw["boundingbox"])
    high = (north - south) * _METRES_A_DEGREE
    wide = (east - west) * _METRES_A_DEGREE * math.cos(math.radians((south + north) / 2))
    return precision, round(max(_LEAST_METRES, math.hypot(high, wide) / 2), 1)

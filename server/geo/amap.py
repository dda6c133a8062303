"""Amap (高德) as a geocoder of geopy, which has none: https://restapi.amap.com/v3/geocode/geo. Points are in GCJ-02."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from geopy.exc import (
    GeocoderAuthenticationFailure,
    GeocoderQueryError,
    GeocoderQuotaExceeded,
    GeocoderServiceError,
)
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location

_PATH = "/v3/geocode/geo"
_KEY_REFUSED = {10001, 10002, 10005, 10006, 10007, 10008, 10009, 10011, 10012, 10013, 10026, 10041}
_TOO_MUCH = {10003, 10004, 10010, 10014, 10015, 10019, 10020, 10021, 10029, 10044, 10045}
_TEXT_REFUSED = {20000, 20001, 20002, 20011, 20012, 30001}


class Amap(Geocoder):  # type: ignore[misc]
    """Geocodes one address at a time; an answer that says no raises what geopy's own geocoders would."""

    def __init__(
        self,
        api_key: str,
        *,
        domain: str = "restapi.amap.com",
        scheme: str | None = None,
        timeout: Any = DEFAULT_SENTINEL,
        proxies: Any = DEFAULT_SENTINEL,
        user_agent: str | None = None,
        ssl_context: Any = DEFAULT_SENTINEL,
        adapter_factory: Callable[..., Any] | None = None,
    ) -> None:
        super().__init__(
            scheme=scheme,
            timeout=timeout,
            proxies=proxies,
            user_agent=user_agent,
            ssl_context=ssl_context,
            adapter_factory=adapter_factory,
        )
        self.api_key = api_key
        self.api = f"{self.scheme}://{domain.strip('/')}{_PATH}"

    def geocode(self, query: str, *, exactly_one: bool = True, timeout: Any = DEFAULT_SENTINEL) -> Any:
        """The best place of an address, or all of them; None where there is none. `raw` is as Amap wrote it."""
        asked = urlencode({"key": self.api_key, "address": query, "output": "JSON"})
        callback = partial(self._parsed, exactly_one=exactly_one)
        return self._call_geocoder(f"{self.api}?{asked}", callback, timeout=timeout)

    def _parsed(self, page: Mapping[str, Any], exactly_one: bool) -> Any:
        if str(page.get("status")) != "1":
            raise _refusal(page.get("infocode"))
        found = [_location(place) for place in page.get("geocodes") or []]
        if not found:
            return None
        return found[0] if exactly_one else found


def _location(place: Mapping[str, Any]) -> Location:
    """Amap writes `longitude,latitude` in one text, and an empty list where it knows nothing."""
    try:
        longitude, latitude = str(place["location"]).split(",")
        return Location(place.get("formatted_address"), (float(latitude), float(longitude)), place)
    except (KeyError, ValueError) as error:
        raise ValueError("an answer without a place") from error


def _refusal(infocode: object) -> GeocoderServiceError:
    number = int(str(infocode)) if str(infocode).isdigit() else 0
    if number in _KEY_REFUSED:
        return GeocoderAuthenticationFailure(f"infocode {number}")
    if number in _TOO_MUCH:
        return GeocoderQuotaExceeded(f"infocode {number}")
    if number in _TEXT_REFUSED:
        return GeocoderQueryError(f"infocode {number}")
    return GeocoderServiceError(f"infocode {number}")

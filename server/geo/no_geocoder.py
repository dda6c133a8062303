"""No provider of geocodes: the default. Nothing is asked, and nothing leaves the house."""

from __future__ import annotations

from server.services.ports.places import Geocoded, GeocodingFailed, Trouble


class NoGeocoder:
    """The adapter of `AddressGeocoder` of a firm that has set none."""

    provider = ""
    per_minute = 1

    def ask(self, text: str) -> Geocoded | None:
        raise GeocodingFailed("no provider is set", Trouble.SETTING)

"""The house of the phones' tests, for a browser that is no Chromium."""

from tests.phone.conftest import desk_of_today

__all__ = ["desk_of_today"]

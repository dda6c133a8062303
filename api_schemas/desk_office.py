"""What the desk's pages of imports, people, devices and the house itself send (S1, S4, S17, S20, V20)."""

from __future__ import annotations

from api_schemas.imports import ImportQuery


class ImportList(ImportQuery):
    """The list's tabs and chips."""

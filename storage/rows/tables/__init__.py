"""The tables, a module a noun. Importing this package puts them all into one `METADATA`."""

from storage.rows.columns import METADATA
from storage.rows.tables import jobs, people, policy, trail

__all__ = ["METADATA", "jobs", "people", "policy", "trail"]

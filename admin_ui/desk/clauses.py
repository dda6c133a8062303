"""A clause's own words, opened in place wherever a page names it."""

from __future__ import annotations

from typing import Any

from admin_ui.handbook import quoted
from admin_ui.page import page
from server.domain.access import Permission
from server.web.endpoint import Call


@page("GET", "/desk/clauses/<clause_id>", needs=[Permission.SELF], template="clause.html")
def show_clause(call: Call) -> dict[str, Any]:
    """The handbook's sentence."""
    return {"clause": quoted(call.path["clause_id"])}

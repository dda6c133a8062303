"""The desk's idle lock (S18): after the policy's seconds without a key or a move the page is covered, the login over.

What was typed stays below the cover; the own password opens it again. Owns the two addresses that the page's script
asks. Refuses another site's form, and counts a wrong password as any sign-in does (S3).
"""

from __future__ import annotations

from flask import Response

from admin_ui.desk.door import admit, from_here
from admin_ui.page import open_page, page
from admin_ui.telling import rendered
from server.domain.access import Permission
from server.domain.problems import Problem
from server.services import login
from server.services.house import House
from server.web import cookies
from server.web.endpoint import Call
from server.web.problems import STATUS


@page("POST", "/desk/lock", needs=[Permission.SELF], template=None)
def lock(call: Call) -> Response:
    """End the session: a cover alone would be gone with a reload."""
    login.sign_out(call.uow, call.actor)
    return cookies.forget(Response(status=204))


@open_page("POST", "/desk/unlock", clauses=("S18",))
def unlock(house: House) -> Response:
    """Sign in again in place; the page below goes on with the new login."""
    from_here()
    try:
        admit(house)
    except Problem as refused:
        status = STATUS[refused.kind.category].value
        return rendered("lock_refused.html", None, {"refused": refused}, status)
    return Response(status=204)

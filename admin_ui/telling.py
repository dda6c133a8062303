"""How an answer is put into words: a page, a piece of one, or what went wrong with what to do about it.

Owns which template tells a problem. Refuses to lose what somebody typed: a problem of a form goes beside the form.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

from flask import Response, current_app, g, make_response, redirect, render_template, request

from admin_ui.forms import is_framed, is_part, way_back
from admin_ui.frame import Frame
from admin_ui.shown import Shown
from admin_ui.words import Words
from server.domain.calendar import local_day
from server.domain.problems import UNAUTHENTICATED, Problem
from server.services.house import House
from server.web.cookies import PATH
from server.web.problems import STATUS, language_asked

LANGUAGE_COOKIE, THEME_COOKIE = "desk_language", "desk_theme"
LANGUAGES, THEMES = ("zh", "en"), ("light", "dark", "auto")
SIGN_IN = f"{PATH}/sign-in"


def language() -> str:
    """The reader's choice, else what the browser asks for, else Chinese."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return chosen if chosen in LANGUAGES else language_asked()


def theme() -> str:
    chosen = request.cookies.get(THEME_COOKIE)
    return chosen if chosen in THEMES else "auto"


def rendered(template: str, frame: Frame | None, given: dict[str, Any], status: int = 200) -> Response:
    """The template with the reader's words; as a whole page in its frame, or as the piece that htmx asked for."""
    part = is_framed()
    layout = "desk/part.html" if part else "desk/frame.html" if frame is not None else "desk/door.html"
    house: House = current_app.extensions["fieldvisit"]
    words = Words(language())
    html = render_template(
        f"desk/{template}",
        layout=layout,
        frame=frame,
        words=words,
        show=Shown(words, local_day(house.clock.now())),
        theme=theme(),
        csrf=g.get("desk_csrf", ""),
        here=request.full_path.rstrip("?"),
        **given,
    )
    response = make_response(html, status)
    response.headers["Vary"] = "HX-Request, Cookie, Accept-Language"
    return response


def told(raised: Problem) -> Response:
    """A problem as a page, or as a note beside the form that met it. Without a login: to the door and back again."""
    status = STATUS[raised.kind.category].value
    if raised.kind is UNAUTHENTICATED:
        if not is_part():
            return redirect(f"{SIGN_IN}?next={quote(_asked_from(), safe='')}", 303)  # type: ignore[return-value]
        return _noted(rendered("login_over.html", None, {"next": _asked_from()}, status))
    response = rendered("problem.html", None, {"problem": raised, "status": status}, status)
    return _noted(response) if is_part() else response


def _noted(response: Response) -> Response:
    """Into the page's place for notes, whatever the request's own target was."""
    response.headers["HX-Retarget"] = "#note-body"
    response.headers["HX-Reswap"] = "innerHTML"
    response.headers["HX-Reselect"] = "unset"  # what the form would pick out of its page is not in a note
    return response


def _asked_from() -> str:
    """The page that the reader is on: the address itself, or the one that a form or a piece was asked from."""
    if request.method == "GET" and not is_part():
        return way_back(request.full_path.rstrip("?"))
    there = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    return way_back(f"{there.path}?{there.query}" if there.query else there.path)

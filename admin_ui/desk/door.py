"""The desk's door: signing in, changing a password that is over its period, language and light (S1 to S3).

Owns the cookies' coming and going. Refuses a form from another site, and a way back that leads out of the desk.
"""

from __future__ import annotations

from typing import Any

from flask import Response, request

from admin_ui.forms import see_other, way_back
from admin_ui.page import open_page, page
from admin_ui.telling import LANGUAGE_COOKIE, LANGUAGES, SIGN_IN, THEME_COOKIE, THEMES, rendered
from server.domain.access import Permission
from server.domain.desk_problems import PASSWORDS_DIFFER, SENT_FROM_ELSEWHERE
from server.domain.people import PASSWORD_EXPIRED
from server.domain.problems import INVALID_INPUT, Problem, problem
from server.services import login
from server.services.house import House
from server.web import cookies
from server.web.endpoint import Call
from server.web.problems import STATUS

_CHOICE_SECONDS = 365 * 24 * 3600
_LONGEST = 200


@open_page("GET", "/desk/sign-in", clauses=("S1", "S2", "S3"))
def sign_in_form(_house: House) -> Response:
    """The form of signing in."""
    note = request.args.get("note")
    return _form("sign_in.html", note=note if note in ("signed_out", "password_changed") else None)


@open_page("POST", "/desk/sign-in")
def sign_in(house: House) -> Response:
    """Sign in; the third wrong try in a row locks (S3). Whoever's password is over its period changes it first (S2)."""
    from_here()
    try:
        admit(house)
    except Problem as refused:
        template = "password.html" if refused.kind is PASSWORD_EXPIRED else "sign_in.html"
        return _form(template, refused)
    return see_other(way_back(request.form.get("next")))


def admit(house: House) -> None:
    """Sign in whoever the form names; the answer carries the cookies."""
    cookies.keep(
        login.sign_in(
            house,
            typed("username"),
            typed("password"),
            device_id=None,
            user_agent=request.headers.get("User-Agent", ""),
        )
    )


@open_page("GET", "/desk/password", clauses=("S2", "S3"))
def password_form(_house: House) -> Response:
    """The form of changing the own password."""
    return _form("password.html")


@open_page("POST", "/desk/password")
def change_password(house: House) -> Response:
    """Change the own password with the old one; every session ends (S2)."""
    from_here()
    try:
        if typed("new_password") != typed("again"):
            raise problem(PASSWORDS_DIFFER, "again")
        login.change_password(house, typed("username"), typed("password"), typed("new_password"))
    except Problem as refused:
        return _form("password.html", refused)
    return cookies.forget(see_other(f"{SIGN_IN}?note=password_changed"))


@page("POST", "/desk/sign-out", needs=[Permission.SELF], template=None)
def sign_out(call: Call) -> Response:
    """End this session and take its cookies away."""
    login.sign_out(call.uow, call.actor)
    return cookies.forget(see_other(f"{SIGN_IN}?note=signed_out"))


@open_page("GET", "/desk/preferences")
def preferences(_house: House) -> Response:
    """Choose language or light; kept in the browser, not in the account."""
    response = see_other(way_back(request.args.get("back")))
    for name, cookie, known in (("language", LANGUAGE_COOKIE, LANGUAGES), ("theme", THEME_COOKIE, THEMES)):
        chosen = request.args.get(name)
        if chosen is not None and chosen in known:
            response.set_cookie(
                cookie, chosen, max_age=_CHOICE_SECONDS, path=cookies.PATH, httponly=True, samesite="Lax"
            )
    return response


def _form(template: str, refused: Problem | None = None, **given: Any) -> Response:
    status = 200 if refused is None else STATUS[refused.kind.category].value
    back = request.values.get("next")
    username = request.values.get("username", "")[:_LONGEST]
    return rendered(template, None, {"refused": refused, "next": back, "username": username, **given}, status)


def typed(name: str) -> str:
    """A field as it was typed; the use case is not troubled with what no name and no password looks like."""
    given = request.form.get(name, "")
    if not 0 < len(given) <= _LONGEST or any(not c.isprintable() for c in given):
        raise problem(INVALID_INPUT, name, field_zh=name, field_en=name, detail="invalid")
    return given


def from_here() -> None:
    """Refuse a form that another site's page sent."""
    if cookies.from_elsewhere():
        raise problem(SENT_FROM_ELSEWHERE)

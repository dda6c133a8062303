"""The pages of the desk, a module a noun; `register` puts them into the application."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException

from admin_ui.assets import asset
from admin_ui.desk import (
    account,
    board,
    case_records,
    cases,
    clauses,
    complaints,
    daily_checks,
    device_hands,
    device_support,
    devices,
    disputes,
    door,
    drafts,
    figures,
    fines,
    flags,
    home,
    import_undoing,
    imports,
    incidents,
    jobs,
    leave,
    list_exports,
    list_views,
    live,
    lock,
    media,
    months,
    own_cases,
    packs,
    paper_issue,
    papers,
    pay,
    people,
    permissions,
    plans,
    policy,
    quality,
    recording_marks,
    request_batch,
    requests,
    search,
    sheets,
    simulator,
    texts,
    travel,
    visits,
    webhooks,
)
from admin_ui.map_view import let_tiles_in
from admin_ui.page import blueprint, open_page
from admin_ui.telling import told
from server.domain.problems import BUSY, INTERNAL, NOT_FOUND, problem
from server.services.house import House
from server.services.ports.objects import ObjectStoreUnavailable
from server.web.problems import from_http

MODULES = (
    door,
    home,
    account,
    clauses,
    requests,
    request_batch,
    visits,
    media,
    recording_marks,
    months,
    disputes,
    plans,
    search,
    cases,
    board,
    travel,
    sheets,
    live,
    simulator,
    pay,
    figures,
    lock,
    fines,
    incidents,
    complaints,
    policy,
    flags,
    import_undoing,
    imports,
    devices,
    device_hands,
    device_support,
    daily_checks,
    leave,
    papers,
    paper_issue,
    people,
    permissions,
    own_cases,
    drafts,
    packs,
    case_records,
    texts,
    quality,
    list_exports,
    list_views,
    jobs,
    webhooks,
)
_A_YEAR = "public, max-age=31536000, immutable"
_log = logging.getLogger("fieldvisit.desk")


def register(app: Flask) -> None:
    """The blueprint with every page that is declared, and what its templates may call."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["asset"] = asset
    app.register_blueprint(blueprint)


@open_page("GET", "/desk/<path:anywhere>")
def nowhere(_house: House, anywhere: str) -> Response:
    """An address of the desk that there is not."""
    raise problem(NOT_FOUND, what=f"/desk/{anywhere}"[:200])


@blueprint.after_request
def _kept_by_the_browser(response: Response) -> Response:
    """A file whose name has its digest never changes; a page is asked for anew each time."""
    if request.endpoint == "desk.static" and request.args.get("v") and response.status_code == 200:
        response.headers["Cache-Control"] = _A_YEAR
    return response


blueprint.after_request(let_tiles_in)


@blueprint.errorhandler(ObjectStoreUnavailable)
def _no_store(error: ObjectStoreUnavailable) -> Response:
    _log.warning("the object store does not answer: %s", error)
    return told(problem(BUSY))


@blueprint.errorhandler(HTTPException)
def _refused(error: HTTPException) -> Response:
    """Of a file that is not there, above all; a blueprint asks its own handlers alone."""
    return told(from_http(error))


@blueprint.errorhandler(Exception)
def _unexpected(error: Exception) -> Any:
    """A page for what nobody foresaw, with a reference that IT finds in the log."""
    house: House = current_app.extensions["fieldvisit"]
    reference = f"{house.clock.now():%Y%m%d%H%M%S%f}"
    _log.exception("unexpected error %s", reference, exc_info=error)
    return told(problem(INTERNAL, reference=reference))

"""The pages that need no login: the start, and the API document to browse. No inline script, no inline style."""

from __future__ import annotations

from pathlib import Path

import flask_swagger_ui
from flask import Blueprint, Response, current_app, render_template, request, send_from_directory

from server.services.house import House
from server.web.problems import language_asked

blueprint = Blueprint(
    "pages", __name__, template_folder="templates", static_folder="static", static_url_path="/static"
)

FOLDER = Path(__file__).parent  # where templates and static files lie
_SWAGGER = Path(flask_swagger_ui.__file__).parent / "dist"
_SWAGGER_FILES = ("swagger-ui-bundle.js", "swagger-ui.css")


@blueprint.get("/")
def start() -> str:
    """Where one arrives: what this is and where to go on."""
    house: House = current_app.extensions["fieldvisit"]
    return render_template("start.html", language=_language(), edition=house.addresses.edition())


@blueprint.get("/api/v1/docs")
def api_document() -> str:
    """The OpenAPI document, to be browsed and tried."""
    return render_template("api.html", language=_language())


@blueprint.get("/api/v1/docs/<name>")
def api_document_file(name: str) -> Response:
    """Swagger UI's own files, out of its package."""
    if name not in _SWAGGER_FILES:
        return Response(status=404)
    response = send_from_directory(_SWAGGER, name)
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def _language() -> str:
    asked = request.args.get("lang")
    return asked if asked in ("zh", "en") else language_asked()

"""The phone app's files, as the build laid them: at /app/, whose service worker rules nothing beside it.

Owns how long a browser may keep each file, and in which writing it gets it. Refuses what the build did not lay there:
no folder is listed, none above it is reached.
"""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, redirect, request, send_from_directory
from werkzeug.wrappers import Response as AnyResponse

from server.web.content_policy import content_policy

blueprint = Blueprint("phone_app", __name__, url_prefix="/app")

BUILT = Path(__file__).parents[2] / "phone_app" / "dist"
_NOT_BUILT = (
    "<!doctype html><meta charset=utf-8><title>Fieldvisit</title>"
    "<p>手机端尚未构建：请运行 make phone。<p>The phone app has not been built: run make phone."
)
# Files of this folder have their digest in their name.
_FOREVER = "public, max-age=31536000, immutable"
_ASK_ANEW = "no-cache"
# The shorter first; browsers take it over TLS alone.
_WRITINGS = (("br", ".br"), ("gzip", ".gz"))
_TYPES = {".webmanifest": "application/manifest+json"}


@blueprint.get("")
def arrive() -> AnyResponse:
    """The scope of the service worker ends in a slash."""
    return redirect("/app/", 308)


@blueprint.get("/")
def start() -> Response:
    """The one page of the app."""
    if not (BUILT / "index.html").is_file():
        return Response(_NOT_BUILT, status=503, content_type="text/html; charset=utf-8")
    response = _file("index.html", _ASK_ANEW)
    # Its style stands in it: as a file it took the open line from the script.
    response.headers["Content-Security-Policy"] = content_policy((BUILT / "index.html").read_bytes())
    return response


@blueprint.get("/<path:name>")
def file(name: str) -> Response:
    """One of the app's files."""
    return _file(name, _FOREVER if name.startswith("assets/") else _ASK_ANEW)


def _file(name: str, kept: str) -> Response:
    """The file, compressed as the build did it where the browser takes that: a first load is made on a weak line."""
    coding, ending = _writing(name)
    response = send_from_directory(BUILT, name + ending, mimetype=_TYPES.get(Path(name).suffix))
    if coding:
        response.headers["Content-Encoding"] = coding
        response.headers["Content-Type"] = _type_of(name)
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = kept
    return response


def _writing(name: str) -> tuple[str, str]:
    """The coding that this browser takes and the build laid there, with its files' ending; none: as it is."""
    for coding, ending in _WRITINGS:
        if request.accept_encodings[coding] > 0 and (BUILT / f"{name}{ending}").is_file():
            return coding, ending
    return "", ""


def _type_of(name: str) -> str:
    known = {
        ".js": "text/javascript; charset=utf-8",
        ".css": "text/css; charset=utf-8",
        ".html": "text/html; charset=utf-8",
    }
    suffix = Path(name).suffix
    return known.get(suffix) or _TYPES.get(suffix, "application/octet-stream")

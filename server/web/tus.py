"""tus 1.0 on the wire: its headers in and out, its version, and how its routes are declared.

Owns the protocol's words. It refuses what cannot be read before anything is done: a version that is not ours, a number
that is none, metadata or a checksum that is malformed. It knows no upload: `server.api.uploads` does.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, current_app, request
from flask_smorest import Blueprint

from server.domain.access import Actor, Permission, require
from server.domain.evidence import LARGEST
from server.domain.problems import Category, Problem, ProblemKind, problem
from server.domain.upload_problems import UPLOAD_HEADER_INVALID, UPLOAD_PROTOCOL_VERSION
from server.services.house import House
from server.services.login import actor_of
from server.services.upload_bodies import Checksum
from server.web.auth import bearer
from server.web.documenting import document
from server.web.endpoint import ROUTES, Route, query_of

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,creation-defer-length,checksum"
ALGORITHMS = ("sha1", "sha256")
OFFSET_TYPE = "application/offset+octet-stream"
PREFIX = "/api/v1/uploads"
_NUMBER = re.compile(r"[0-9]{1,15}")
_KEY = re.compile(r"[!-+\--~]+")  # ASCII without space and comma
_OVERRIDDEN = frozenset({"HEAD", "PATCH", "POST", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class TusCall:
    """One request of somebody who may ask; `path` are the route's own parameters."""

    house: House
    actor: Actor
    path: Mapping[str, str]


def tus_endpoint(
    blueprint: Blueprint,
    method: str,
    path: str,
    *,
    needs: Sequence[Permission],
    status: int,
    headers: Mapping[str, str] | None = None,
    takes: bool = False,
    problems: Iterable[ProblemKind | Category] = (),
) -> Callable[[Callable[[TusCall], Response]], Callable[..., Response]]:
    """Declare a route of the protocol: who may, then the version, then the use. `headers` are documented, by name."""

    def decorate(use: Callable[[TusCall], Response]) -> Callable[..., Response]:
        name = f"{blueprint.name}.{use.__name__}"
        writes = method in ("POST", "PATCH")
        ROUTES[name] = Route(
            name, method, f"{blueprint.url_prefix}{path}", tuple(needs), writes, False, False
        )

        @functools.wraps(use)
        def view(**path_values: object) -> Response:
            account_id, session_id = bearer()
            house: House = current_app.extensions["fieldvisit"]
            with house.units.read() as uow:
                actor = actor_of(uow, account_id, session_id)
                require(actor, *needs)
            query_of(None)
            if request.headers.get("Tus-Resumable") != VERSION:
                raise problem(UPLOAD_PROTOCOL_VERSION, version=request.headers.get("Tus-Resumable", "-"))
            return use(TusCall(house, actor, {key: str(value) for key, value in path_values.items()}))

        _document(
            view,
            blueprint,
            status,
            {"Tus-Resumable": "required"} | dict(headers or {}),
            takes,
            problems,
            path,
        )
        view.provide_automatic_options = False  # type: ignore[attr-defined]
        blueprint.route(path, methods=[method])(view)
        return view

    return decorate


def register(app: Flask) -> None:
    """The headers that every answer of the protocol carries, errors included, and the method that a proxy let through
    in disguise."""

    @app.after_request
    def _speak(response: Response) -> Response:
        if request.path.startswith(PREFIX):
            response.headers["Tus-Resumable"] = VERSION
            if response.status_code == 412:
                response.headers["Tus-Version"] = VERSION
        return response

    inner = app.wsgi_app

    def overridden(environ: dict[str, Any], start_response: Any) -> Any:
        asked = environ.get("HTTP_X_HTTP_METHOD_OVERRIDE", "").upper()
        if asked in _OVERRIDDEN and environ.get("PATH_INFO", "").startswith(PREFIX):
            environ["REQUEST_METHOD"] = asked
        return inner(environ, start_response)

    app.wsgi_app = overridden  # type: ignore[method-assign]


def options() -> Response:
    """What this server can do; anybody may ask."""
    response = Response(status=204)
    response.headers["Tus-Version"] = VERSION
    response.headers["Tus-Extension"] = EXTENSIONS
    response.headers["Tus-Max-Size"] = str(max(LARGEST.values()))
    response.headers["Tus-Checksum-Algorithm"] = ",".join(ALGORITHMS)
    return response


def number(name: str) -> int | None:
    """A header that is a number of bytes. Python reads more spellings of a number than a header may have, and several
    headers of one name arrive joined by commas: both are refused."""
    given = request.headers.get(name)
    if given is None:
        return None
    if _NUMBER.fullmatch(given) is None:
        raise wrong(name, "must be a whole number of bytes, once")
    return int(given)


def needed(name: str) -> int:
    given = number(name)
    if given is None:
        raise wrong(name, "is missing")
    return given


def length_or_deferred() -> int | None:
    """The length of a new upload, or None when it says that it comes later. Exactly one of the two is said."""
    length, deferred = number("Upload-Length"), request.headers.get("Upload-Defer-Length")
    if deferred is None:
        return needed("Upload-Length") if length is None else length
    if deferred != "1":
        raise wrong("Upload-Defer-Length", "must be 1")
    if length is not None:
        raise wrong("Upload-Length", "stands beside Upload-Defer-Length")
    return None


def body_length() -> int | None:
    """What the request says of its body; None where only its end will tell."""
    given = request.environ.get("CONTENT_LENGTH", "")
    if given == "":
        return None if request.headers.get("Transfer-Encoding") else 0
    if _NUMBER.fullmatch(given) is None:
        raise wrong("Content-Length", "must be a whole number of bytes, once")
    return int(given)


def metadata() -> dict[str, str]:
    """The pairs of Upload-Metadata: a key, and its value in Base64; each key once."""
    found: dict[str, str] = {}
    given = request.headers.get("Upload-Metadata", "")
    for pair in given.split(",") if given.strip() else ():
        key, _, value = pair.strip(" ").partition(" ")
        if _KEY.fullmatch(key) is None:
            raise wrong("Upload-Metadata", "a key is missing or not ASCII")
        if key in found:
            raise wrong("Upload-Metadata", f"the key {key} stands there twice")
        try:
            found[key] = base64.b64decode(value.encode("ascii"), validate=True).decode("utf-8")
        except (ValueError, UnicodeError) as error:
            raise wrong("Upload-Metadata", f"the value of {key} is not UTF-8 in Base64") from error
    return found


def checksum() -> Checksum | None:
    """The checksum of the body, where one is said."""
    given = request.headers.get("Upload-Checksum")
    if given is None:
        return None
    algorithm, _, text = given.partition(" ")
    if algorithm not in ALGORITHMS:
        raise wrong("Upload-Checksum", f"the algorithm must be one of {', '.join(ALGORITHMS)}")
    try:
        digest = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise wrong("Upload-Checksum", "the digest is not Base64") from error
    if len(digest) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
        raise wrong("Upload-Checksum", f"the digest is not one of {algorithm}")
    return Checksum(algorithm, digest)


def wrong(header: str, detail: str) -> Problem:
    return problem(UPLOAD_HEADER_INVALID, header, header=header, detail=detail)


def _document(
    view: Any,
    blueprint: Blueprint,
    status: int,
    headers: Mapping[str, str],
    takes: bool,
    problems: Iterable[ProblemKind | Category],
    path: str,
) -> None:
    categories = {one if isinstance(one, Category) else one.category for one in problems}
    categories |= {Category.UNAUTHENTICATED, Category.FORBIDDEN, Category.VERSION, Category.MALFORMED}
    categories |= {Category.BUSY, Category.INTERNAL}
    if "<" in path:
        categories.add(Category.MISSING)
    document(
        view,
        blueprint,
        body=None,
        query=None,
        answer=None,
        status=status,
        produces=None,
        categories=categories,
    )
    view._apidoc.setdefault("arguments", {}).setdefault("parameters", []).extend(
        {
            "in": "header",
            "name": name,
            "required": told == "required",
            "schema": {"type": "string", "enum": [VERSION]}
            if name == "Tus-Resumable"
            else {"type": "string"},
        }
        for name, told in headers.items()
    )
    if takes:
        binary = {"schema": {"type": "string", "format": "binary"}}
        view._apidoc["manual_doc"] = {"requestBody": {"content": {OFFSET_TYPE: binary}}}

"""Problems as answers: RFC 9457 `application/problem+json`, one shape for every error, in the reader's language."""

from __future__ import annotations

import errno
import json
import logging
from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, request
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge

from server.domain.problems import (
    BODY_TOO_LARGE,
    BUSY,
    INTERNAL,
    INVALID_INPUT,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    RANGE_NOT_SATISFIABLE,
    STORAGE_FULL,
    UNSUPPORTED_TYPE,
    Category,
    Finding,
    Problem,
    problem,
)
from server.services.ports.objects import ObjectStoreUnavailable


class TusStatus(IntEnum):
    """What tus 1.0 adds to the statuses of HTTP."""

    CHECKSUM_MISMATCH = 460

    @property
    def phrase(self) -> str:
        return "Checksum Mismatch"


STATUS: Mapping[Category, HTTPStatus | TusStatus] = {
    Category.INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    Category.REFUSED: HTTPStatus.UNPROCESSABLE_ENTITY,
    Category.UNAUTHENTICATED: HTTPStatus.UNAUTHORIZED,
    Category.FORBIDDEN: HTTPStatus.FORBIDDEN,
    Category.MISSING: HTTPStatus.NOT_FOUND,
    Category.CONFLICT: HTTPStatus.CONFLICT,
    Category.STALE: HTTPStatus.PRECONDITION_FAILED,
    Category.PRECONDITION_REQUIRED: HTTPStatus.PRECONDITION_REQUIRED,
    Category.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Category.RANGE: HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
    Category.UNSUPPORTED: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Category.TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS,
    Category.LOCKED: HTTPStatus.LOCKED,
    Category.BUSY: HTTPStatus.SERVICE_UNAVAILABLE,
    Category.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
    Category.METHOD: HTTPStatus.METHOD_NOT_ALLOWED,
    Category.NOT_ACCEPTABLE: HTTPStatus.NOT_ACCEPTABLE,
    Category.MALFORMED: HTTPStatus.BAD_REQUEST,
    Category.VERSION: HTTPStatus.PRECONDITION_FAILED,
    Category.GONE: HTTPStatus.GONE,
    Category.CHECKSUM: TusStatus.CHECKSUM_MISMATCH,
}

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_log = logging.getLogger("fieldvisit.web")


def document(raised: Problem, language: str) -> dict[str, Any]:
    """The problem document. `detail` and `remedy` are in the asked language; both languages stand in each error."""
    first = raised.findings[0]
    zh = language == "zh"
    return {
        "type": f"/api/v1/problems/{first.kind.code}",
        "title": first.kind.code,
        "status": STATUS[first.kind.category].value,
        "detail": first.zh() if zh else first.en(),
        "remedy": first.remedy_zh() if zh else first.remedy_en(),
        "clause": first.kind.clause,
        "errors": [told(finding) for finding in raised.findings],
    }


def told(finding: Finding) -> dict[str, Any]:
    """One thing that is wrong, in both languages, with its clause, its facts and what to do next."""
    return {
        "code": finding.kind.code,
        "clause": finding.kind.clause,
        "field": finding.field,
        "message": {"zh": finding.zh(), "en": finding.en()},
        "remedy": {"zh": finding.remedy_zh(), "en": finding.remedy_en()},
        "facts": {key: _plain(value) for key, value in finding.params.items()},
    }


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, (str, int, float, bool, list, dict)) or value is None else str(value)


def answer(raised: Problem) -> Response:
    body = document(raised, language_asked())
    response = Response(
        json.dumps(body, ensure_ascii=False), status=body["status"], content_type="application/problem+json"
    )
    if body["status"] == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "60" if raised.kind is STORAGE_FULL else "2"
    if body["status"] == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    if raised.kind is RANGE_NOT_SATISFIABLE:
        response.headers["Content-Range"] = f"bytes */{raised.findings[0].params['size']}"
    return response


def language_asked() -> str:
    """zh unless the reader prefers English."""
    return "en" if request.accept_languages.best_match(["zh", "zh-CN", "en"], "zh") == "en" else "zh"


def from_validation(error: ValidationError, prefix: str = "") -> Problem:
    """Marshmallow's tree of messages as findings, each with the path of its field."""
    return Problem(list(_flatten(error.messages, prefix)) or [_invalid(prefix or "body", "invalid")])


def _flatten(messages: Any, path: str) -> Any:
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            if key == "_schema":
                yield from _flatten(inner, path)
                continue
            step = f"[{key}]" if isinstance(key, int) else (f".{key}" if path else str(key))
            yield from _flatten(inner, path + step)
    elif isinstance(messages, list):
        for message in messages:
            yield from _flatten(message, path)
    else:
        yield _invalid(path or "body", str(messages))


def _invalid(field: str, detail: str) -> Finding:
    return Finding(INVALID_INPUT, field, {"field_zh": field, "field_en": field, "detail": detail})


def register(app: Flask) -> None:
    """Every error of the application leaves through here."""

    @app.errorhandler(Problem)
    def _problem(raised: Problem) -> Response:
        return answer(raised)

    @app.errorhandler(ObjectStoreUnavailable)
    def _no_store(error: ObjectStoreUnavailable) -> Response:
        _log.warning("the object store does not answer: %s", error)
        return answer(problem(BUSY))

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        return _with_headers(answer(from_http(error)), error)

    @app.errorhandler(Exception)
    def _unexpected(error: Exception) -> Response:
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            _log.error("the disk is full: %s", error)
            return answer(problem(STORAGE_FULL))
        house = current_app.extensions["fieldvisit"]
        reference = f"{house.clock.now():%Y%m%d%H%M%S%f}"
        _log.exception("unexpected error %s", reference, exc_info=error)
        return answer(problem(INTERNAL, reference=reference))


def from_http(error: HTTPException) -> Problem:
    """What Flask and Werkzeug refuse by themselves."""
    if isinstance(error, NotFound):
        return problem(NOT_FOUND, what=request.path)
    if isinstance(error, MethodNotAllowed):
        return problem(METHOD_NOT_ALLOWED)
    if isinstance(error, RequestEntityTooLarge):
        return problem(BODY_TOO_LARGE, limit=current_app.config["MAX_CONTENT_LENGTH"])
    if error.code == HTTPStatus.UNSUPPORTED_MEDIA_TYPE:
        return problem(UNSUPPORTED_TYPE, type=request.content_type, expected="application/json")
    if error.code is not None and error.code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return problem(INTERNAL, reference=error.name)
    return Problem([_invalid("body", error.description or error.name)])


def _with_headers(response: Response, error: HTTPException) -> Response:
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response

"""Every route is declared: a permission or an explicit open door, documented statuses, one error shape."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from admin_ui.page import PAGES
from server.app import create_app
from server.bootstrap import Installation
from server.domain.access import SHIPPED, Permission
from server.web.endpoint import ROUTES

OPEN_API_ROUTES = {
    "auth.sign_in", "auth.change_password", "auth.refresh", "uploads.options", "uploads.options_of_upload",
}  # fmt: skip
# Bytes are added at an offset, which says what they are based on (tus 1.0).
APPENDING = {"uploads.append_to_upload"}
OPEN_PAGES = {
    "pages.start", "pages.api_document", "pages.api_document_file", "pages.static", "healthz", "readyz",
    "api-docs.openapi_json", "desk.static", "phone_app.arrive", "phone_app.start", "phone_app.file",
}  # fmt: skip


@pytest.fixture
def app(installation: Installation) -> Flask:
    return create_app(installation)


def test_every_route_declares_what_it_needs_or_is_a_known_open_door(app: Flask) -> None:
    known = {route.name for route in ROUTES.values()} | {f"desk.{name}" for name in PAGES}
    for rule in app.url_map.iter_rules():
        assert rule.endpoint in known | OPEN_PAGES, f"{rule} is not declared by endpoint()"
    for route in ROUTES.values():
        assert route.needs or route.name in OPEN_API_ROUTES, f"{route.name} asks for no permission"


def test_every_permission_is_asked_for_and_granted_to_somebody() -> None:
    asked = {permission for route in ROUTES.values() for permission in route.needs}
    granted = {permission for grants in SHIPPED.values() for permission in grants} | {Permission.SELF}
    assert asked <= granted, f"asked for but granted to no post: {asked - granted}"


def test_without_a_login_every_declared_route_answers_401_in_the_one_shape(app: Flask) -> None:
    client = app.test_client()
    for route in ROUTES.values():
        if route.name in OPEN_API_ROUTES:
            continue
        path = re.sub(r"<(?:[^:>]+:)?[^>]+>", "01234567-89ab-7def-8123-456789abcdef", route.path)
        answer = client.open(path, method=route.method)
        assert answer.status_code == 401, f"{route.name}: {answer.status_code}"
        assert answer.content_type == "application/problem+json"
        if route.method == "HEAD":
            continue  # an answer to it has no body
        body: dict[str, Any] = answer.get_json()
        assert body["title"] == "unauthenticated"


def test_edits_ask_for_the_version_they_are_based_on() -> None:
    edits = [route for route in ROUTES.values() if route.method == "PATCH"]
    assert edits
    assert {route.name for route in edits if not route.versioned} == APPENDING


def test_an_unknown_address_and_a_wrong_method_are_problems_too(app: Flask) -> None:
    client = app.test_client()
    missing = client.get("/api/v1/nowhere")
    assert (missing.status_code, missing.content_type) == (404, "application/problem+json")
    wrong = client.delete("/api/v1/auth/login")
    assert (wrong.status_code, wrong.content_type) == (405, "application/problem+json")
    assert "POST" in wrong.headers["Allow"]


def test_the_pages_and_the_api_document_are_served_under_the_csp(app: Flask) -> None:
    client = app.test_client()
    for path in ("/", "/?lang=en", "/api/v1/docs", "/api/v1/docs/swagger-ui-bundle.js", "/static/pages.css"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        answer.close()
    start = client.get("/").text
    assert "<script>" not in start
    assert " style=" not in start
    assert client.get("/api/v1/docs/index.html").status_code == 404


def test_the_openapi_document_documents_every_declared_route(app: Flask) -> None:
    document = app.test_client().get("/api/v1/openapi.json").get_json()
    documented = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    for route in ROUTES.values():
        path = re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", route.path)
        assert (route.method, path) in documented, f"{route.name} is not documented"

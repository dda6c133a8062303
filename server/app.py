"""The Flask application: routes, errors, security headers, the OpenAPI document, health."""

from __future__ import annotations

from http import HTTPStatus
from threading import Lock
from typing import Any

from flask import Flask, Response, jsonify
from flask_jwt_extended import JWTManager
from flask_smorest import Api, Blueprint

from admin_ui import desk, pages
from api_schemas.base import Day, Instant, Money
from server import api, bootstrap
from server.bootstrap import Installation
from server.services.upload_receivers import ReceiverPool
from server.settings import read_settings
from server.web import cookies, phone_app, problems, tus
from server.web.content_policy import content_policy
from server.web.known_tokens import KnownTokens

MAX_JSON_BYTES = 1 << 20

_SECURE = {
    name.lower(): (name, value)
    for name, value in (
        ("Content-Security-Policy", content_policy()),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cache-Control", "no-store"),
    )
}


def create_app(installation: Installation | None = None) -> Flask:
    """The WSGI application; without an installation, the one that the environment describes."""
    app = routed()
    move_in(app, installation or bootstrap.build(read_settings()))
    return app


def move_in(app: Flask, installed: Installation) -> None:
    """What the application answers from: all that is an installation's own. The next one to move in replaces it."""
    app.config["JWT_SECRET_KEY"] = installed.settings.secrets["token_key"]
    cookies.configure(app, secure=installed.settings.public_url.startswith("https://"))
    app.extensions["fieldvisit"] = installed.house
    app.extensions["fieldvisit.receivers"] = ReceiverPool(installed.settings.uploads.requests)
    app.extensions["fieldvisit.known_tokens"] = KnownTokens()


def routed() -> Flask:
    """The application with every route and nobody in it yet; its routes take a tenth of a second to put together."""
    app = Flask("fieldvisit", static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_JSON_BYTES,
        JWT_ALGORITHM="HS256",
        JWT_TOKEN_LOCATION=["headers"],
        JWT_ENCODE_NBF=False,
        PROPAGATE_EXCEPTIONS=False,
        API_TITLE="Fieldvisit",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    JWTManager(app)
    _register_api(app)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(phone_app.blueprint)
    desk.register(app)
    problems.register(app)
    _register_health(app)
    app.after_request(secure)
    tus.register(app)
    return app


def _register_api(app: Flask) -> None:
    Api.DEFAULT_ERROR_RESPONSE_NAME = None  # errors are documented by each route, in our one shape
    documented = _Api(
        app,
        spec_kwargs={
            "components": {
                "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
            },
            "security": [{"bearer": []}],
            "info": {
                "description": "Field visits by the firm's written policy. Errors: RFC 9457, one shape. "
                "What a route does not declare, a field or a parameter of the query, is refused by name (422)."
            },
        },
    )
    for field, written in ((Day, "date"), (Instant, "date-time"), (Money, None)):
        documented.register_field(field, "string", written)
    for blueprint in api.blueprints():
        documented.register_blueprint(blueprint)


class _Api(Api):  # type: ignore[misc]
    """flask-smorest without its error bodies, paging and etags: ours are declared by `server.web.endpoint`.

    The document is put together when it is first asked for; every start waited half a second for it.
    """

    def __init__(self, app: Flask, **options: Any) -> None:
        self._undocumented: list[Blueprint] = []
        self._documenting = Lock()
        super().__init__(app, **options)

    def register_blueprint(self, blueprint: Blueprint, **options: Any) -> None:
        self._app.register_blueprint(blueprint, **options)
        self._undocumented.append(blueprint)

    def _openapi_json(self) -> Response:
        with self._documenting:
            for blueprint in self._undocumented:
                blueprint.register_views_in_doc(
                    self, self._app, self.spec, name=blueprint.name, parameters=None
                )
                self.spec.tag({"name": blueprint.name, "description": blueprint.description})
            self._undocumented.clear()
        document: Response = super()._openapi_json()
        return document

    def _register_error_handlers(self) -> None:
        return

    def _register_responses(self) -> None:
        return

    def _register_etag_headers(self) -> None:
        return

    def _register_pagination_header(self) -> None:
        return


def _register_health(app: Flask) -> None:
    @app.get("/healthz")
    def healthz() -> Response:
        """The process answers."""
        return jsonify(status="ok")

    @app.get("/readyz")
    def readyz() -> tuple[Response, int]:
        """The database answers too."""
        try:
            with app.extensions["fieldvisit"].units.read() as uow:
                uow.organisation.branches()
        except Exception as error:  # whatever the driver raises, the answer is: not ready
            app.logger.warning("not ready: %s", error)
            return jsonify(status="not ready", why="database"), HTTPStatus.SERVICE_UNAVAILABLE
        return jsonify(status="ready"), HTTPStatus.OK


def secure(response: Response) -> Response:
    """What a route said itself stands. All at once: to ask the headers for each name again took longer than a view."""
    said = {name.lower() for name, _ in response.headers}
    response.headers.extend([header for name, header in _SECURE.items() if name not in said])
    return response

"""The plain port of a house that is reached by HTTPS: the one page on how a phone comes to trust it.

Owns /ca, the authority's certificate and the way on to HTTPS. Refuses everything that would carry a password or a name
over a line that others read: only what is asked for (GET) is sent on, and only to hosts of the certificate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Protocol

import segno
from flask import Flask, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from admin_ui import pages
from server.app import secure
from server.web.problems import language_asked

CERTIFICATE = "/ca/fieldvisit.crt"
_ONLY_HTTPS = (
    "此地址只用于安装证书，请改用 https。\nThis address is for installing the certificate alone: use https.\n"
)


class Installable(Protocol):
    """An authority as a phone installs it."""

    @property
    def der(self) -> bytes: ...
    @property
    def fingerprint(self) -> str: ...


def create_doorway(authority: Installable, hosts: Callable[[], Sequence[str]], https_port: int) -> Flask:
    """The WSGI application of the plain port; `hosts` are those that the certificate names, the first one preferred."""
    app = Flask(
        "fieldvisit.doorway",
        template_folder=str(pages.FOLDER / "templates"),
        static_folder=str(pages.FOLDER / "static"),
        static_url_path="/ca/static",
    )
    app.config["MAX_CONTENT_LENGTH"] = 1 << 10

    @app.get("/ca")
    def install() -> str:
        return _install_page(authority, hosts(), https_port)

    @app.get(CERTIFICATE)
    def certificate() -> Response:
        # In place and not as a download: on an iPhone Safari offers to install what it shows.
        return Response(authority.der, content_type="application/x-x509-ca-cert")

    @app.get("/", defaults={"path": ""})
    @app.get("/<path:path>")
    def onward(path: str) -> AnyResponse:
        query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
        return redirect(f"{_address(hosts(), https_port)}/{path}{query}", HTTPStatus.TEMPORARY_REDIRECT)

    @app.errorhandler(HTTPStatus.METHOD_NOT_ALLOWED)
    @app.errorhandler(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    def only_https(_error: Exception) -> Response:
        return Response(
            _ONLY_HTTPS,
            HTTPStatus.UPGRADE_REQUIRED,
            {"Upgrade": "TLS/1.3, HTTP/1.1"},
            content_type="text/plain; charset=utf-8",
        )

    app.after_request(secure)
    return app


def _install_page(authority: Installable, hosts: Sequence[str], https_port: int) -> str:
    asked = request.args.get("lang")
    house = _address(hosts, https_port)
    page = f"http://{_asked_host(hosts)}{_port_as_asked()}/ca"
    return render_template(
        "ca.html",
        language=asked if asked in ("zh", "en") else language_asked(),
        fingerprint=authority.fingerprint,
        certificate=CERTIFICATE,
        app=f"{house}/app/",
        desk=f"{house}/desk",
        page=page,
        page_code=_code(page),
        app_code=_code(f"{house}/app/"),
    )


def _asked_host(hosts: Sequence[str]) -> str:
    """The host that the browser asked, if the certificate names it: `Host` is what anybody writes there."""
    host = request.host.rpartition(":")[0] if _port_as_asked() else request.host
    plain = host.strip("[]").lower()
    return host if plain in hosts else _in_url(hosts[0])


def _port_as_asked() -> str:
    tail = request.host.rpartition(":")[2]
    return f":{tail}" if ":" in request.host and tail.isdigit() else ""


def _address(hosts: Sequence[str], port: int) -> str:
    return f"https://{_asked_host(hosts)}:{port}"


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _code(address: str) -> str:
    """A QR code as a picture of the page itself: dark on white in every theme, or no camera reads it."""
    drawn: str = segno.make(address, "m").svg_inline(border=4, dark="#000", light="#fff", omitsize=True)
    return drawn

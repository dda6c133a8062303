"""A desk's login in the browser: tokens in cookies that no script reads, kept fresh while somebody works.

Owns where the cookies go and when they are renewed. Refuses a form that another login's page has sent
(flask-jwt-extended's double submission), and any cookie at the API: the cookies' path is the desk's alone.
"""

from __future__ import annotations

from flask import Flask, Response, g, request
from flask_jwt_extended import get_jwt, set_access_cookies, set_refresh_cookies, unset_jwt_cookies
from flask_jwt_extended import verify_jwt_in_request as verify
from flask_jwt_extended.exceptions import CSRFError, JWTExtendedException
from jwt.exceptions import ExpiredSignatureError, PyJWTError

from server.domain.desk_problems import FORM_OF_ANOTHER_LOGIN
from server.domain.problems import UNAUTHENTICATED, problem
from server.services import login
from server.services.house import House
from server.services.login import REFRESH_LIFETIME, LoggedIn
from server.web.auth import tokens

PATH = "/desk"
CSRF_FIELD = "csrf_token"
_LIFETIME_SECONDS = int(REFRESH_LIFETIME.total_seconds())


def configure(app: Flask, *, secure: bool) -> None:
    """How the cookies are set; `secure` where the house is reached by HTTPS alone."""
    app.config.update(
        JWT_COOKIE_SECURE=secure,
        JWT_COOKIE_SAMESITE="Lax",  # Strict would sign out whoever follows a link out of a message
        JWT_CSRF_CHECK_FORM=True,
        JWT_ACCESS_CSRF_FIELD_NAME=CSRF_FIELD,
        JWT_REFRESH_CSRF_FIELD_NAME=CSRF_FIELD,
        JWT_ACCESS_COOKIE_NAME="desk_access",
        JWT_REFRESH_COOKIE_NAME="desk_refresh",
        JWT_ACCESS_CSRF_COOKIE_NAME="desk_csrf",
        JWT_REFRESH_CSRF_COOKIE_NAME="desk_csrf_refresh",
        **{f"JWT_{token}_COOKIE_PATH": PATH for token in ("ACCESS", "REFRESH")},
        **{f"JWT_{token}_CSRF_COOKIE_PATH": PATH for token in ("ACCESS", "REFRESH")},
    )


def desk_bearer(house: House) -> tuple[str, str]:
    """Account id and session id of the desk's login; renewed in passing where its access token has run out."""
    try:
        verify(locations=["cookies"])
    except CSRFError as error:
        raise problem(FORM_OF_ANOTHER_LOGIN) from error
    except ExpiredSignatureError:
        _renew(house)
    except (JWTExtendedException, PyJWTError) as error:
        raise problem(UNAUTHENTICATED, why=type(error).__name__) from error
    claims = get_jwt()
    g.desk_csrf = claims["csrf"]
    return str(claims["sub"]), str(claims["sid"])


def keep(logged_in: LoggedIn) -> None:
    """Have the answer carry the login's cookies."""
    g.desk_tokens = tokens(logged_in)


def write(response: Response) -> Response:
    """Put the cookies of this request's login onto its answer, where there are new ones."""
    fresh = g.pop("desk_tokens", None)
    if fresh is not None:
        set_access_cookies(response, fresh["access_token"], max_age=_LIFETIME_SECONDS)
        set_refresh_cookies(response, fresh["refresh_token"], max_age=_LIFETIME_SECONDS)
    return response


def forget(response: Response) -> Response:
    """Take the cookies from the browser."""
    g.pop("desk_tokens", None)
    unset_jwt_cookies(response)
    return response


def from_elsewhere() -> bool:
    """Whether another site's page sent this request; the door has no login yet whose token could be compared."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none")


def _renew(house: House) -> None:
    """The refresh cookie for new tokens; requests side by side get the same successor (`login.refresh`)."""
    try:
        verify(refresh=True, locations=["cookies"])
    except CSRFError as error:
        raise problem(FORM_OF_ANOTHER_LOGIN) from error
    except (JWTExtendedException, PyJWTError) as error:
        raise problem(UNAUTHENTICATED, why=type(error).__name__) from error
    keep(login.refresh(house, str(get_jwt()["jti"]), device_id=None))

"""People at the desk: who is in service; a person's posts, standing, certificate, devices and logins (S1 to S4, V11).

Owns the forms. Refuses clear telephones, and to name a password that was set: it is told to its owner once, by whoever
set it.
"""

from __future__ import annotations

from typing import Any

from flask import Response

from admin_ui.forms import see_other
from admin_ui.lists import Chip, Tab, href, next_page
from admin_ui.page import page
from admin_ui.telling import language
from admin_ui.words import Words
from api_schemas.base import Reason
from api_schemas.desk_people import AccountForm, AccountNewForm, CertificateForm, PeopleList
from api_schemas.people import Leaving, PasswordReset
from server.domain.access import Permission, Post, reach
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.people import Account, certificate_in_force, locked
from server.services import accounts
from server.services.ports.paging import PageRequest
from server.web.endpoint import Call

LIST = "/desk/people"
ONE = f"{LIST}/<uuid:account_id>"


@page(
    "GET",
    LIST,
    needs=[Permission.PEOPLE_READ],
    template="people.html",
    query=PeopleList,
    reads_personal=True,
    clauses=("S1", "S3", "S23", "V11"),
)
def people_list(call: Call) -> dict[str, Any]:
    """People within reach by user name, with how they stand."""
    asked = call.query
    found = call.uow.accounts.page(
        PageRequest(asked["limit"], asked.get("after")),
        reach(call.actor, Permission.PEOPLE_READ),
        post=asked["post"],
        in_service=asked["in_service"],
    )
    call.uow.audit(AuditEntry("account.listed", "account", None, {"ids": [one.id for one in found.items]}))
    held = {"post": asked["post"]}
    return {
        "accounts": found.items,
        "certificates": _certificates(call, found.items),
        "branches": {branch.id: branch.name for branch in call.uow.organisation.branches()},
        "locked": lambda account: locked(account, call.uow.now),
        "next": next_page(LIST, found.next),
        "posts": list(Post),
        "tabs": [
            Tab("person.in_service", href(LIST, held), None, asked["in_service"]),
            Tab("person.all", href(LIST, held | {"in_service": "false"}), None, not asked["in_service"]),
        ],
        "chips": _chips(asked["post"], asked["in_service"]),
        **(_places(call) if call.actor.may(Permission.PEOPLE_WRITE) else {}),
    }


@page("POST", LIST, needs=[Permission.PEOPLE_WRITE], template=None, fields=AccountNewForm)
def open_person(call: Call) -> Response:
    """S23: nobody has an account without a signed agreement; the password is changed at first use."""
    values = dict(call.body)
    password = values.pop("password")
    accounts.check_new_password(call.uow, password)
    return _to(accounts.open_account(call.uow, values, call.house.passwords.hash(password)))


@page(
    "GET",
    ONE,
    needs=[Permission.PEOPLE_READ],
    template="person.html",
    reads_personal=True,
    clauses=("S1", "S2", "S3", "S4", "S23", "V11", "V20"),
)
def show_person(call: Call) -> dict[str, Any]:
    """One person: posts, place, certificate, devices in hand, open logins."""
    account = _account(call, Permission.PEOPLE_READ)
    call.uow.audit(AuditEntry("account.read", "account", account.id))
    certificate = call.uow.certificates.of_account(account.id)
    handouts = [
        one for one in call.uow.device_handouts.having(account_id=account.id) if one.returned_at is None
    ]
    unlocks = call.actor.may(Permission.ACCOUNTS_UNLOCK)
    return {
        "account": account,
        "is_locked": locked(account, call.uow.now),
        "certificate": certificate,
        "goes_out": Post.FIELD_AGENT in account.posts,
        "in_force": certificate_in_force(certificate, local_day(call.uow.now)),
        "devices": call.uow.devices.by_ids(one.device_id for one in handouts),
        "sees_devices": call.actor.may(Permission.DEVICES_READ),
        "sessions": call.uow.sessions.open_of(account.id) if unlocks else [],
        "unlocks": unlocks,
        "writes": call.actor.may(Permission.PEOPLE_WRITE),
        "certifies": call.actor.may(Permission.CERTIFICATES_WRITE),
        "today": local_day(call.uow.now),
        **_places(call),
    }


@page(
    "POST", f"{ONE}/edit", needs=[Permission.PEOPLE_WRITE], template=None, fields=AccountForm, versioned=True
)
def edit_person(call: Call) -> Response:
    """Name, posts and place; who held which post when stands in the trail."""
    account = _account(call, Permission.PEOPLE_WRITE)
    call.check_version(account.version)
    return _to(accounts.edit_account(call.uow, account, call.body))


@page("POST", f"{ONE}/leave", needs=[Permission.PEOPLE_WRITE], template=None, fields=Leaving)
def close_person(call: Call) -> Response:
    """S1: the person leaves; every login and device ends at once."""
    account = _account(call, Permission.PEOPLE_WRITE)
    return _to(accounts.close_account(call.uow, account, call.body["left_on"], call.body["reason"]))


@page("POST", f"{ONE}/unlock", needs=[Permission.ACCOUNTS_UNLOCK], template=None, fields=Reason)
def unlock_person(call: Call) -> Response:
    """S3: end a lock before its time, with a reason."""
    account = _account(call, Permission.ACCOUNTS_UNLOCK)
    return _to(accounts.unlock_account(call.uow, account, call.body["reason"]))


@page("POST", f"{ONE}/password", needs=[Permission.ACCOUNTS_UNLOCK], template=None, fields=PasswordReset)
def reset_person_password(call: Call) -> Response:
    """S2: a first password, with a reason; its owner must change it before signing in."""
    account = _account(call, Permission.ACCOUNTS_UNLOCK)
    accounts.check_new_password(call.uow, call.body["password"])
    password_hash = call.house.passwords.hash(call.body["password"])
    return _to(accounts.reset_password(call.uow, account, password_hash, call.body["reason"]))


@page(
    "POST",
    f"{ONE}/certificate",
    needs=[Permission.CERTIFICATES_WRITE],
    template=None,
    fields=CertificateForm,
)
def certify_person(call: Call) -> Response:
    """V11: score, approval and monthly test."""
    account = _account(call, Permission.CERTIFICATES_WRITE)
    accounts.set_certificate(call.uow, account, call.body)
    return _to(account)


def _account(call: Call, permission: Permission) -> Account:
    return accounts.account_within(call.uow, call.actor, call.path["account_id"], permission)


def _places(call: Call) -> dict[str, Any]:
    """Where somebody may stand in the firm, for forms."""
    frame = call.uow.organisation
    return {
        "all_posts": list(Post),
        "all_branches": frame.branches(),
        "all_teams": frame.teams(),
        "all_projects": frame.projects(),
    }


def _certificates(call: Call, found: Any) -> dict[str, bool]:
    """Of field agents, whether the certificate is in force today."""
    agents = [one.id for one in found if Post.FIELD_AGENT in one.posts]
    held, today = call.uow.certificates.of_accounts(agents), local_day(call.uow.now)
    return {id_: certificate_in_force(held.get(id_), today) for id_ in agents}


def _chips(post: Post | None, in_service: bool) -> list[Chip]:
    if post is None:
        return []
    without = href(LIST, {"in_service": None if in_service else "false"})
    return [Chip("person.post", Words(language()).of(post), without)]


def _to(account: Account) -> Response:
    return see_other(f"{LIST}/{account.id}")

"""Routes of people: accounts, certificates, the permission table."""

from __future__ import annotations

from flask_smorest import Blueprint

from api_schemas.base import Reason
from api_schemas.people import (
    AccountEdit,
    AccountNew,
    AccountPage,
    AccountQuery,
    AccountView,
    CertificateSet,
    CertificateView,
    GrantList,
    Leaving,
    PasswordReset,
    PermissionTable,
    PostGrants,
)
from server.domain.access import Permission, Post, reach
from server.domain.audit import AuditEntry
from server.domain.people import AGREEMENT_MISSING, PASSWORD_WEAK, USERNAME_TAKEN, Account, Certificate
from server.domain.problems import NOT_FOUND, problem
from server.services import accounts
from server.services.ports.paging import Page, PageRequest
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "people", __name__, url_prefix="/api/v1", description="Accounts and certificates (S1 to S4, S23, V11)"
)


@endpoint(
    blueprint,
    "GET",
    "/accounts",
    needs=[Permission.PEOPLE_READ],
    query=AccountQuery,
    answer=AccountPage,
    reads_personal=True,
)
def list_accounts(call: Call) -> Page[Account]:
    """People within reach, by user name; telephones masked."""
    page = call.uow.accounts.page(
        PageRequest(call.query["limit"], call.query.get("after")),
        reach(call.actor, Permission.PEOPLE_READ),
        post=call.query["post"],
        in_service=call.query["in_service"],
    )
    call.uow.audit(AuditEntry("account.listed", "account", None, {"ids": [a.id for a in page.items]}))
    return page


@endpoint(
    blueprint,
    "POST",
    "/accounts",
    needs=[Permission.PEOPLE_WRITE],
    body=AccountNew,
    answer=AccountView,
    status=201,
    problems=[USERNAME_TAKEN, AGREEMENT_MISSING, PASSWORD_WEAK, NOT_FOUND],
)
def open_account(call: Call) -> Account:
    """Open an account; nobody has one without a signed agreement (S23). The password must be changed at first use."""
    values = dict(call.body)
    password = values.pop("password")
    accounts.check_new_password(call.uow, password)
    return accounts.open_account(call.uow, values, call.house.passwords.hash(password))


@endpoint(
    blueprint,
    "GET",
    "/accounts/<uuid:account_id>",
    needs=[Permission.PEOPLE_READ],
    answer=AccountView,
    reads_personal=True,
)
def show_account(call: Call) -> Account:
    """One account."""
    account = accounts.account_within(call.uow, call.actor, call.path["account_id"], Permission.PEOPLE_READ)
    call.uow.audit(AuditEntry("account.read", "account", account.id))
    return account


@endpoint(
    blueprint,
    "PATCH",
    "/accounts/<uuid:account_id>",
    needs=[Permission.PEOPLE_WRITE],
    body=AccountEdit,
    answer=AccountView,
    versioned=True,
    problems=[NOT_FOUND],
)
def edit_account(call: Call) -> Account:
    """Change name, posts or place of an account."""
    account = accounts.account_within(call.uow, call.actor, call.path["account_id"], Permission.PEOPLE_WRITE)
    call.check_version(account.version)
    return accounts.edit_account(call.uow, account, call.body)


@endpoint(
    blueprint,
    "POST",
    "/accounts/<uuid:account_id>/leave",
    needs=[Permission.PEOPLE_WRITE],
    body=Leaving,
    answer=AccountView,
)
def close_account(call: Call) -> Account:
    """S1: the person leaves; every login and device ends at once."""
    account = accounts.account_within(call.uow, call.actor, call.path["account_id"], Permission.PEOPLE_WRITE)
    return accounts.close_account(call.uow, account, call.body["left_on"], call.body["reason"])


@endpoint(
    blueprint,
    "POST",
    "/accounts/<uuid:account_id>/unlock",
    needs=[Permission.ACCOUNTS_UNLOCK],
    body=Reason,
    answer=AccountView,
)
def unlock_account(call: Call) -> Account:
    """S3: end a lock before its time, with a reason."""
    account = accounts.account_within(
        call.uow, call.actor, call.path["account_id"], Permission.ACCOUNTS_UNLOCK
    )
    return accounts.unlock_account(call.uow, account, call.body["reason"])


@endpoint(
    blueprint,
    "POST",
    "/accounts/<uuid:account_id>/password",
    needs=[Permission.ACCOUNTS_UNLOCK],
    body=PasswordReset,
    answer=AccountView,
    problems=[PASSWORD_WEAK],
)
def reset_password(call: Call) -> Account:
    """Set a password for somebody, with a reason; its owner must change it before signing in."""
    account = accounts.account_within(
        call.uow, call.actor, call.path["account_id"], Permission.ACCOUNTS_UNLOCK
    )
    accounts.check_new_password(call.uow, call.body["password"])
    password_hash = call.house.passwords.hash(call.body["password"])
    return accounts.reset_password(call.uow, account, password_hash, call.body["reason"])


@endpoint(
    blueprint,
    "GET",
    "/accounts/<uuid:account_id>/certificate",
    needs=[Permission.PEOPLE_READ],
    answer=CertificateView,
    reads_personal=True,
)
def show_certificate(call: Call) -> Certificate:
    """V11: the certificate of a field agent."""
    account = accounts.account_within(call.uow, call.actor, call.path["account_id"], Permission.PEOPLE_READ)
    certificate = call.uow.certificates.of_account(account.id)
    if certificate is None:
        raise problem(NOT_FOUND, what=f"certificate of {account.username}")
    call.uow.audit(AuditEntry("certificate.read", "account", account.id))
    return certificate


@endpoint(
    blueprint,
    "PUT",
    "/accounts/<uuid:account_id>/certificate",
    needs=[Permission.CERTIFICATES_WRITE],
    body=CertificateSet,
    answer=CertificateView,
)
def set_certificate(call: Call) -> Certificate:
    """V11: record score, approval and monthly test."""
    account = accounts.account_within(
        call.uow, call.actor, call.path["account_id"], Permission.CERTIFICATES_WRITE
    )
    return accounts.set_certificate(call.uow, account, call.body)


@endpoint(blueprint, "GET", "/permissions", needs=[Permission.PERMISSIONS_READ], answer=PermissionTable)
def show_permissions(call: Call) -> dict[str, object]:
    """S4: the permission table as it stands."""
    table = call.uow.grants.table()
    return {
        "posts": [
            {"post": post, "grants": [{"permission": p, "scope": s} for p, s in sorted(grants.items())]}
            for post, grants in table.items()
        ]
    }


@endpoint(
    blueprint,
    "PUT",
    "/permissions/<post>",
    needs=[Permission.PERMISSIONS_WRITE],
    body=GrantList,
    answer=PostGrants,
    problems=[NOT_FOUND],
)
def replace_permissions(call: Call) -> dict[str, object]:
    """S4: replace a post's row of the permission table."""
    if call.path["post"] not in list(Post):
        raise problem(NOT_FOUND, what=f"post {call.path['post']}")
    post = Post(call.path["post"])
    accounts.replace_grants(call.uow, post, {g["permission"]: g["scope"] for g in call.body["grants"]})
    return {"post": post, "grants": call.body["grants"]}

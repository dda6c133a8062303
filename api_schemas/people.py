"""The wire contract of signing in, accounts, certificates and the permission table."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Day, Id, Instant, PageQuery, Secret, Strict, Text, page_of
from server.domain.access import Permission, Post, Scope
from server.domain.masking import masked_telephone

USERNAME = validate.Regexp(
    r"[a-z0-9][a-z0-9._-]{1,39}\Z", error="lower-case letters, digits, . _ - (2 to 40)"
)


class Credentials(Strict):
    username = Text(most=40, required=True)
    password = Secret(required=True, load_only=True)


class PasswordChange(Credentials):
    new_password = Secret(required=True, load_only=True)


class Tokens(Strict):
    """`access_token` goes into `Authorization: Bearer`; it lasts `expires_in` seconds."""

    access_token = fields.String(required=True)
    refresh_token = fields.String(required=True)
    token_type = fields.String(required=True)
    expires_in = fields.Integer(required=True)


class DeviceOfLogin(Strict):
    """V20: the key of the device, and its signature over the access token: r and s of 32 bytes each, in base64url."""

    key_id = Id(required=True)
    signature = Text(most=200, required=True)


class AccountNew(Strict):
    """S23: `agreement_signed_on` is the day of the signed confidentiality agreement."""

    username = Text(most=40, required=True, validate=USERNAME)
    display_name = Text(most=60, required=True)
    posts = fields.List(fields.Enum(Post, by_value=True), required=True, validate=validate.Length(1, 5))
    employee_number = Text(most=40, required=True)
    branch_id = Id(load_default=None, allow_none=True)
    team_id = Id(load_default=None, allow_none=True)
    project_id = Id(load_default=None, allow_none=True)
    telephone = Text(most=20, load_default=None, allow_none=True)
    agreement_signed_on = Day(required=True)
    password = Secret(required=True, load_only=True)


class AccountEdit(Strict):
    display_name = Text(most=60)
    posts = fields.List(fields.Enum(Post, by_value=True), validate=validate.Length(1, 5))
    branch_id = Id(allow_none=True)
    team_id = Id(allow_none=True)
    project_id = Id(allow_none=True)
    telephone = Text(most=20, allow_none=True)


class AccountView(Strict):
    """An account as others see it; the telephone is masked."""

    id = Id(required=True)
    username = fields.String(required=True)
    display_name = fields.String(required=True)
    posts = fields.List(fields.Enum(Post, by_value=True), required=True)
    employee_number = fields.String(required=True)
    branch_id = fields.String(allow_none=True, required=True)
    team_id = fields.String(allow_none=True, required=True)
    project_id = fields.String(allow_none=True, required=True)
    telephone = fields.Function(
        lambda account: masked_telephone(account.telephone), metadata={"type": "string"}
    )
    agreement_signed_on = Day(required=True)
    locked_until = Instant(required=True, allow_none=True)
    left_on = Day(required=True, allow_none=True)
    version = fields.Integer(required=True)


AccountPage = page_of(AccountView, "AccountPage")


class AccountQuery(PageQuery):
    post = fields.Enum(Post, by_value=True, load_default=None)
    in_service = fields.Boolean(load_default=True, truthy={"true"}, falsy={"false"})


class Leaving(Strict):
    left_on = Day(required=True)
    reason = Text(most=500, required=True)


class PasswordReset(Strict):
    """IT sets a first password; its owner must change it before working with it."""

    password = Secret(required=True, load_only=True)
    reason = Text(most=500, required=True)


class Grant(Strict):
    permission = fields.Enum(Permission, by_value=True, required=True)
    scope = fields.Enum(Scope, by_value=True, required=True)


class PostGrants(Strict):
    post = fields.Enum(Post, by_value=True, required=True)
    grants = fields.List(fields.Nested(Grant), required=True)


class GrantList(Strict):
    grants = fields.List(fields.Nested(Grant), required=True, validate=validate.Length(0, 100))


class PermissionTable(Strict):
    posts = fields.List(fields.Nested(PostGrants), required=True)


class Me(Strict):
    """Who I am and what my posts let me do."""

    account_id = Id(required=True)
    username = fields.String(required=True)
    display_name = fields.String(required=True)
    posts = fields.List(fields.Enum(Post, by_value=True), required=True)
    grants = fields.List(fields.Nested(Grant), required=True)
    branch_id = fields.String(allow_none=True, required=True)


class SessionView(Strict):
    id = Id(required=True)
    device_id = fields.String(allow_none=True, required=True)
    started_at = Instant(required=True)
    last_used_at = Instant(required=True)
    user_agent = fields.String(required=True)


class SessionList(Strict):
    items = fields.List(fields.Nested(SessionView), required=True)


class CertificateSet(Strict):
    """V11: the score (0 to 100), who approved it, the last monthly test."""

    score = fields.Integer(required=True, strict=True, validate=validate.Range(0, 100))
    approved_by = Text(most=60, required=True)
    approved_on = Day(required=True)
    tested_on = Day(required=True, allow_none=True)
    test_passed = fields.Boolean(required=True)
    valid_until = Day(required=True)


class CertificateView(CertificateSet):
    id = Id(required=True)
    account_id = Id(required=True)
    version = fields.Integer(required=True)

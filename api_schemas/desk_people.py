"""What the desk's forms of people send: posts as ticks, empty places as none (S1, S4, S23, V11)."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, post_load, pre_load, validate

from api_schemas.base import Day, Id, Secret, Strict, Text
from api_schemas.people import USERNAME, AccountQuery
from server.domain.access import Permission, Post, Scope

_TICK = "post_"
_GRANT = "grant_"


class PeopleList(AccountQuery):
    """The list's tabs and chips."""


class _Ticked(Strict):
    """`post_qa=true` for each post that is ticked; the posts come out as one list."""

    @pre_load
    def _ticks(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        ticked = [name for name in data if name.startswith(_TICK) and data[name] == "true"]
        rest = {name: value for name, value in data.items() if name not in ticked}
        return rest | {"posts": [name.removeprefix(_TICK) for name in ticked]}

    posts = fields.List(fields.Enum(Post, by_value=True), required=True, validate=validate.Length(1, 5))
    branch_id = Id(load_default=None)
    team_id = Id(load_default=None)
    project_id = Id(load_default=None)


class AccountNewForm(_Ticked):
    username = Text(most=40, required=True, validate=USERNAME)
    display_name = Text(most=60, required=True)
    employee_number = Text(most=40, required=True)
    telephone = Text(most=20, load_default=None)
    agreement_signed_on = Day(required=True)
    password = Secret(required=True, load_only=True)


class AccountForm(_Ticked):
    """The telephone is shown masked, so one that is left empty stays as it is."""

    display_name = Text(most=60, required=True)
    telephone = Text(most=20)


class CertificateForm(Strict):
    """V11; a test that was not passed, or not yet taken, is no tick."""

    score = fields.Integer(required=True, validate=validate.Range(0, 100))
    approved_by = Text(most=60, required=True)
    approved_on = Day(required=True)
    tested_on = Day(load_default=None)
    test_passed = fields.Boolean(load_default=False, truthy={"true"}, falsy={"false"})
    valid_until = Day(required=True)


class GrantsForm(Strict):
    """S4: `grant_people.read=branch`; a permission that is left out is not granted."""

    grants = fields.Dict(
        keys=fields.Enum(Permission, by_value=True), values=fields.Enum(Scope, by_value=True)
    )

    @pre_load
    def _rows(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        strange = [name for name in data if not name.startswith(_GRANT)]
        if strange:
            raise ValidationError({strange[0]: ["unknown field"]})
        return {"grants": {name.removeprefix(_GRANT): value for name, value in data.items()}}

    @post_load
    def _of_somebody(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        if Permission.SELF in data["grants"]:
            raise ValidationError({f"{_GRANT}self": ["is everybody's"]})
        return data

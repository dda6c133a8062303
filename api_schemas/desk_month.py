"""What the desk's forms of pay send: a month, a person's target."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Id, PageQuery, Strict
from server.domain.month_figures import BEGUN, OF_VISITS

_MONTH = validate.Regexp(r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])\Z", error="must be a month YYYY-MM")


class MonthQuery(Strict):
    month = fields.String(load_default=None, validate=_MONTH)


class PayslipLines(Strict):
    """Of a payslip the lines behind that one, by what it is for whoever is paid, and its id."""

    after = fields.String(load_default=None, validate=validate.Length(max=80))


class PayQuery(MonthQuery, PayslipLines):
    """A month's pay; who reads the own payslip alone, the lines of it."""


class FigureQuery(MonthQuery):
    """A month's figures, of one branch or client alone."""

    branch = Id(load_default=None)
    client = Id(load_default=None)


PLOTS = ("course", "outcome", "lacks", "clause", "days", "errors", "agents")
"""The tables of a month's figures that stand by themselves, and go out as a file from there (S11)."""


class FigureTable(PageQuery):
    """One plot of a month as a list of its rows, all of them on one page."""

    month = fields.String(load_default=None, validate=_MONTH)
    plot = fields.String(load_default=PLOTS[0], validate=validate.OneOf(PLOTS))
    branch = Id(load_default=None)
    client = Id(load_default=None)


class FigureErrors(MonthQuery):
    """R13: the wrong addresses of a month, of one collector alone."""

    account = Id(load_default=None)


class FigureVisits(PageQuery):
    """The visits behind a figure of a month."""

    month = fields.String(load_default=None, validate=_MONTH)
    figure = fields.String(load_default=BEGUN, validate=validate.OneOf(OF_VISITS))
    branch = Id(load_default=None)
    client = Id(load_default=None)

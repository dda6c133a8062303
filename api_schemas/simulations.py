"""The wire contract of simulations: a policy and a period in, what it would have changed out (section 9)."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Day, Id, Instant, Money, Strict
from api_schemas.problems import Words

LONGEST_POLICY = 100_000


class SnapshotView(Strict):
    """Facts of all cases as they were seen at a time; simulations are made over the newest."""

    id = Id(required=True)
    taken_at = Instant(required=True)
    placements = fields.Integer(required=True)


class SnapshotShown(Strict):
    """The newest snapshot, and the steps done of the one that is due; both null where there is none."""

    snapshot = fields.Nested(SnapshotView, required=True, allow_none=True)
    done = fields.Integer(required=True, allow_none=True)
    all = fields.Integer(required=True, allow_none=True)


class SimulationAsked(Strict):
    """`policy` is a document in TOML as `docs/policy` has it; both days are counted in. `after` is the `next` of the
    answer before, for further lines that move."""

    policy = fields.String(required=True, validate=validate.Length(max=LONGEST_POLICY))
    first = Day(required=True, data_key="from")
    last = Day(required=True, data_key="to")
    after = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 10_000_000))


class Credited(Strict):
    """Credited lines and their amounts, under the policy that holds and under the other."""

    lines_before = fields.Integer(required=True)
    amount_before = Money(required=True, attribute="fen_before")
    lines_after = fields.Integer(required=True)
    amount_after = Money(required=True, attribute="fen_after")


class CreditedBy(Credited):
    """Of one group. `key` is a clause, whole days after the visit, or the id of an agent or a client."""

    key = fields.String(required=True)


class NamedCredited(CreditedBy):
    """Of an agent or a client; `name` is null where nobody has the id any more."""

    name = fields.String(required=True, allow_none=True)


class Fate(Strict):
    """What became of a repayment: its visit, clause and agents, or the reason why it has none. `why` is null where the
    case has lost the repayment since the snapshot."""

    visit_id = Id(required=True, allow_none=True)
    clause = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    agents = fields.List(fields.String(), required=True)
    why = fields.Nested(Words, required=True, allow_none=True)


class MovedLine(Strict):
    """A line that the other policy credits otherwise."""

    placement_id = Id(required=True)
    case_number = fields.String(required=True)
    repayment_id = Id(required=True)
    reference = fields.String(required=True)
    paid_on = Day(required=True)
    amount = Money(required=True)
    before = fields.Nested(Fate, required=True)
    after = fields.Nested(Fate, required=True)


class Simulation(Strict):
    """What another policy would have credited. `moved` holds the largest amounts of `moved_lines` after those that were
    asked to be left out, `next` where they go on."""

    snapshot = fields.Nested(SnapshotView, required=True)
    first = Day(required=True, data_key="from")
    last = Day(required=True, data_key="to")
    total = fields.Nested(Credited, required=True)
    by_clause = fields.List(fields.Nested(CreditedBy), required=True)
    by_day = fields.List(fields.Nested(CreditedBy), required=True)
    by_agent = fields.List(fields.Nested(NamedCredited), required=True)
    by_client = fields.List(fields.Nested(NamedCredited), required=True)
    moved_lines = fields.Integer(required=True)
    moved_amount = Money(required=True)
    moved = fields.List(fields.Nested(MovedLine), required=True)
    next = fields.Integer(required=True, allow_none=True)

"""What the simulator's forms send (section 9): which policy, which readings of it, which days."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Day, Strict, Text
from api_schemas.simulations import LONGEST_POLICY

# The readings and numbers of section 9 that a simulation may ask for otherwise, in the order of the form.
READINGS = (
    "month_end", "half_base", "half_ratio", "c4_needs", "letter_opens_month", "nearest_must_cover",
    "window_stops_at_placement_end", "promise_excludes_visit", "relay_must_be_confirmed", "evidence_required",
    "supersede_keeps_contact", "letter_days", "relay_days", "police_referral_wait_days", "team_size",
)  # fmt: skip


class _Asked(Strict):
    first = Day(required=True, data_key="from")
    last = Day(required=True, data_key="to")


SimulatorReadings = Strict.from_dict(
    {name: Text(most=30, load_default=None) for name in READINGS}, name="SimulatorReadings"
)


class SimulatorForm(_Asked, SimulatorReadings):  # type: ignore[valid-type,misc]
    """`base` is `held`, the day of an edition, `proposal:ID` or `own`; then `document` is the text that was typed."""

    base = Text(most=60, required=True)
    document = fields.String(load_default="", validate=validate.Length(max=LONGEST_POLICY))


class SimulatorAnswer(_Asked):
    """The policy as it was put together; `after` so many lines that move."""

    policy = fields.String(load_default="", validate=validate.Length(max=2 * LONGEST_POLICY))
    after = fields.Integer(load_default=0, validate=validate.Range(0, 10_000_000))

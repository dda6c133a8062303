"""Owns `fieldvisit simulate`: what another policy would have credited of the house's repayments (docs/adr/0012)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import click

from server.cli.installed import installed
from server.cli.policy_option import stop
from server.domain.calendar import local_day
from server.domain.money import format_fen
from server.services.ports.simulation import Asked, Change
from server.services.simulations import Simulated, simulate_over, take_snapshot

_DAY = click.DateTime(["%Y-%m-%d"])
_YEAR = timedelta(days=365)


@click.command()
@click.argument("policy", metavar="FILE")
@click.option("--from", "first", type=_DAY, help="The first day of the repayments; a year before the last.")
@click.option("--to", "last", type=_DAY, help="The last day of them; today.")
@click.option("--fresh", is_flag=True, help="Gather the facts anew instead of using the newest snapshot.")
@click.option(
    "--lines", default=20, show_default=True, help="How many of the largest lines that move are told."
)
def simulate(policy: str, first: datetime | None, last: datetime | None, fresh: bool, lines: int) -> None:
    """Tell what the policy document FILE would have credited beside the policy that holds. No credit is changed."""
    try:
        with open(policy, encoding="utf-8") as file:
            document = file.read()
    except OSError as error:
        stop(f"{policy}: {error.strerror}")
    except UnicodeDecodeError:
        stop(f"{policy}: is no UTF-8")
    with installed() as installation:
        house = installation.house
        until = last.date() if last else local_day(house.clock.now())
        since = first.date() if first else until - _YEAR
        if fresh:
            take_snapshot(house, lambda _done, _total: None)
        told = simulate_over(house, document, Asked(since, until))
    _tell(told, since, until, lines)


def _tell(told: Simulated, first: date, last: date, lines: int) -> None:
    compared = told.compared
    click.echo(
        f"repayments of {first} to {last}, facts as seen at {told.snapshot.taken_at:%Y-%m-%d %H:%M} UTC"
    )
    _row("", compared.total)
    for title, changes, names in (
        ("by clause", compared.by_clause, {}),
        ("by client", compared.by_client, told.clients),
        ("by agent", compared.by_agent, told.agents),
    ):
        click.echo(f"\n{title}")
        for change in changes:
            _row(names.get(change.key, change.key), change)
    click.echo(f"\n{compared.moved_lines} lines of {format_fen(compared.moved_fen)} yuan move")
    for shown in told.moved[:lines]:
        moved = shown.moved
        click.echo(f"{shown.case_number} {moved.paid_on} {format_fen(moved.amount_fen)} ({shown.reference})")
        for side, why in (("now", shown.before_why), ("then", shown.after_why)):
            click.echo(f"  {side:4} {(why or {}).get('en', '')}")


def _row(name: str, change: Change) -> None:
    before, after = format_fen(change.fen_before), format_fen(change.fen_after)
    moved = format_fen(change.fen_after - change.fen_before)
    click.echo(
        f"{name:12} {change.lines_before:>8} {before:>16} → {change.lines_after:>8} {after:>16} {moved:>16}"
    )

"""Owns `fieldvisit address`: addresses checked by R2, R3 and R8 from the command line.
Refuses to change any: `recheck` at most marks one for a person to look at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from json.encoder import encode_basestring as quoted
from typing import BinaryIO

import click

from server.domain.addresses import AddressVerdict, check_address
from server.geo.gazetteer import gazetteer

_AT_A_TIME = 500


@click.group()
def address() -> None:
    """Check addresses against the divisions of today."""


@address.command()
@click.argument("file", type=click.File("rb"))
@click.option(
    "--locale",
    type=click.Choice(["zh-CN", "en"]),
    default="zh-CN",
    show_default=True,
    help="Of the messages.",
)
@click.pass_context
def check(context: click.Context, file: BinaryIO, locale: str) -> None:
    """Judge FILE, an address a line in UTF-8 (- for standard input), and write a JSON line each.

    Blank lines are skipped. Exit status 1 when a line is not UTF-8 (it is named on standard error, the
    others are judged), 2 when FILE cannot be read.
    """
    divisions = gazetteer()
    broken: list[int] = []
    lines = (as_json(check_address(text, divisions, locale)) for text in _texts(file, broken))
    # Written one by one, lines took a third of the time: each is flushed.
    while block := list(islice(lines, _AT_A_TIME)):
        click.echo("\n".join(block))
    if broken:
        context.exit(1)


@address.command()
@click.option("--mark", "marks", is_flag=True, help="Mark them for a person to look at, not only list them.")
def recheck(marks: bool) -> None:
    """Hold today's divisions against every address on file; a JSON line for each that is read otherwise.

    A line names the division on file and today's, the cases, and the open requests. Nothing else is changed.
    """
    # Only this command needs the installation; the check of a file starts without a database.
    from server.cli.installed import installed
    from server.services import address_rechecks

    count = fresh = 0
    behind = ""
    with installed() as installation:
        house = installation.house
        while True:
            with house.units.write() if marks else house.units.read() as uow:
                found, last = address_rechecks.touched(uow, house.addresses, behind)
                if marks:
                    fresh += address_rechecks.mark(uow, found)
                    uow.commit()
            for one in found:
                click.echo(json.dumps(asdict(one), ensure_ascii=False))
            count += len(found)
            if not last:
                break
            behind = last
    told = f"{count} addresses are read otherwise by the divisions of {house.addresses.edition().data_date}"
    click.echo(f"{told}; {fresh} newly marked" if marks else told, err=True)


def _texts(file: BinaryIO, broken: list[int]) -> Iterator[str]:
    """The addresses of the file; lines that cannot be read are named and counted in `broken`."""
    for number, line in enumerate(file, start=1):
        try:
            text = line.decode().removeprefix("\ufeff").strip()
        except UnicodeDecodeError:
            click.echo(f"{file.name}:{number}: line: is not UTF-8", err=True)
            broken.append(number)
            continue
        if text:
            yield text


def as_json(answer: AddressVerdict) -> str:
    """The answer as `json.dumps` would write its fields, in a tenth of the time: the keys are known."""
    return (
        f'{{"address": {quoted(answer.address)}, "verdict": {quoted(answer.verdict)}'
        f', "province": "{answer.province}", "city": "{answer.city}", "county": "{answer.county}"'
        f', "county_code": "{answer.county_code}", "town": {quoted(answer.town)}'
        f', "detail": {quoted(answer.detail)}, "normalized": {quoted(answer.normalized)}'
        f', "filled": {_array(answer.filled)}, "urban_village": {_boolean(answer.urban_village)}'
        f', "detail_missing": {_boolean(answer.detail_missing)}, "suggestions": {_array(answer.suggestions)}'
        f', "clause": "{answer.clause}", "message": {quoted(answer.message)}}}'
    )


def _array(texts: tuple[str, ...]) -> str:
    return f"[{', '.join([quoted(text) for text in texts])}]"


def _boolean(value: bool) -> str:
    return "true" if value else "false"

"""Owns `fieldvisit address`: addresses checked by R2, R3 and R8 from the command line.
Refuses to change any: `recheck` at most marks one for a person to look at."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import BinaryIO

import click

from server.cli.address_lines import Lines
from server.geo.gazetteer import gazetteer

_AT_A_TIME = 50_000
"""Bytes read before what they hold is written: some hundreds of addresses."""


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
    # What a check leaves behind is freed as it goes; looking for circles of it took a tenth of the time.
    gc.disable()
    broken = False
    try:
        line = Lines(gazetteer(), locale).line
        for texts, whole in _blocks(file):
            broken = broken or not whole
            if texts:
                # Written one by one, lines took a third of the time: each is flushed.
                click.echo("\n".join([line(text) for text in texts]).encode())
    finally:
        # Nor does the end of the process look for circles in what it keeps.
        gc.freeze()
        gc.enable()
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


def _blocks(file: BinaryIO) -> Iterator[tuple[list[str], bool]]:
    """The addresses of the file, some hundreds at a time, and whether all lines among them could be read."""
    number = 1
    while block := file.readlines(_AT_A_TIME):
        try:
            lines = b"".join(block).decode().split("\n")
        except UnicodeDecodeError:
            lines = list(_readable(block, file.name, number))
        texts = [text for line in lines if (text := line.removeprefix("\ufeff").strip())]
        yield texts, len(lines) >= len(block)
        number += len(block)


def _readable(block: list[bytes], name: str, number: int) -> Iterator[str]:
    """The lines that are UTF-8; the others are named on standard error."""
    for line in block:
        try:
            yield line.decode()
        except UnicodeDecodeError:
            click.echo(f"{name}:{number}: line: is not UTF-8", err=True)
        number += 1

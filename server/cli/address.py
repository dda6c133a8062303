"""Owns `fieldvisit address`: addresses checked by R2, R3 and R8 from the command line.
Refuses to change any."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import BinaryIO

import click

from server.domain.addresses import check_address
from server.geo.gazetteer import gazetteer


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
    broken = False
    for number, line in enumerate(file, start=1):
        try:
            text = line.decode("utf-8-sig").strip()
        except UnicodeDecodeError:
            click.echo(f"{file.name}:{number}: line: is not UTF-8", err=True)
            broken = True
            continue
        if text:
            click.echo(json.dumps(asdict(check_address(text, divisions, locale)), ensure_ascii=False))
    if broken:
        context.exit(1)

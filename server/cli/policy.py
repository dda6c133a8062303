"""Owns `fieldvisit policy`: check a document, tell two apart in words. Refuses to publish: two people do that."""

from __future__ import annotations

import sys

import click

from server.cli.policy_option import read_policy, stop
from server.domain.policy.edition_changes import differences
from server.domain.policy.overlays import overlaid, parse_overlay, s21_overlay_findings
from server.domain.policy.policy_documents import PolicyError


@click.group("policy")
def policy() -> None:
    """Policy documents (TOML, section 9)."""


@policy.command("check")
@click.argument("file")
@click.option("--overlay", metavar="FILE", help="Also check this overlay of a client against it (S21).")
def check(file: str, overlay: str | None) -> None:
    """Read FILE and name the first key at fault (exit 2); an overlay that is looser ends with 1."""
    book = read_policy(file)
    days = ", ".join(edition.effective_from.isoformat() for edition in book.editions)
    click.echo(f"{file}: {len(book.editions)} edition(s): {days}")
    if overlay is None:
        return
    try:
        with open(overlay, encoding="utf-8") as document:
            asked = parse_overlay(document.read())
    except (OSError, UnicodeDecodeError) as error:
        stop(f"{overlay}: {error}")
    except PolicyError as error:
        stop(f"{overlay}: {error}")
    findings = s21_overlay_findings(asked, book)
    for finding in findings:
        click.echo(f"{overlay}: {finding.field}: {finding.en()}", err=True)
    if findings:
        sys.exit(1)
    changes = differences(book, overlaid(book, asked))
    click.echo(f"{overlay}: stricter in {len({change.name for change in changes})} parameter(s)")


@policy.command("diff")
@click.argument("old")
@click.argument("new")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", help="Of the sentences.")
def diff(old: str, new: str, language: str) -> None:
    """What NEW says otherwise than OLD, a sentence a line; "handbook" stands for the handbook's edition."""
    books = [read_policy(None if name == "handbook" else name) for name in (old, new)]
    for change in differences(books[0], books[1]):
        click.echo(change.say(language))

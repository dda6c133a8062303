"""Owns `fieldvisit keys`: the master key renewed, and all keys of evidence looked at (S6). Refuses to show a key."""

from __future__ import annotations

import sys
import time

import click

from server.cli.installed import installed
from storage.objects import key_rotation

_SHOWN = 20


@click.group()
def keys() -> None:
    """The keys under which evidence is sealed."""


@keys.command()
def rotate() -> None:
    """Make a new master key and wrap every key anew under it; no evidence is rewritten.

    Killed half way, the next call goes on. The old master key goes when nothing is wrapped under it any more; copies of
    the key store from before need the copy of the master keys from before.
    """
    shown = _Shown()
    with installed() as installation:
        rotated = key_rotation.rotate(installation.keys, shown.tell)
    click.echo(f"{'resumed; ' if rotated.resumed else ''}{rotated.rewrapped} keys wrapped anew")
    if rotated.damaged:
        _list("do not open; the old master key stays until they are restored from a backup", rotated.damaged)
        sys.exit(1)


@keys.command()
def check() -> None:
    """Open every key and compare keys with evidence; exit status 1 names what is wrong."""
    with installed() as installation:
        found = key_rotation.check(installation.keys, installation.house.objects)
        masters = len(installation.keys.masters.all())
    click.echo(f"{found.keys} keys, {found.without_object} of them without evidence (swept after a day)")
    if masters > 1:
        click.echo("a rotation is not at its end: run `fieldvisit keys rotate` again", err=True)
    _list("keys do not open", found.damaged)
    _list("keys are under a master key that the file does not hold", found.foreign)
    _list("pieces of evidence have no key that opens", found.objects_without_key)
    if not found.whole:
        sys.exit(1)


class _Shown:
    """Progress on standard error, at most once a second."""

    def __init__(self) -> None:
        self._last = 0.0

    def tell(self, done: int, total: int) -> None:
        if done == total or time.monotonic() - self._last >= 1:
            self._last = time.monotonic()
            click.echo(f"· {done} of {total}", err=True)


def _list(what: str, names: list[str] | tuple[str, ...]) -> None:
    if not names:
        return
    click.echo(f"{len(names)} {what}:", err=True)
    for name in names[:_SHOWN]:
        click.echo(f"  {name}", err=True)
    if len(names) > _SHOWN:
        click.echo(f"  and {len(names) - _SHOWN} more", err=True)

"""`fieldvisit phone-file`: what a phone handed over sealed, opened for the desk to bring in (S19, V3).

Owns where the opened files lie and what they are called. Refuses to write over anything.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import BinaryIO

import click

from server.cli.installed import installed
from server.domain.phone_exports import ExportHead
from server.services import phone_exports
from server.services.house import House

_SUFFIXES = {"image/jpeg": ".jpg", "audio/webm": ".webm", "audio/mp4": ".m4a"}


@click.command("phone-file")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--opened-by", required=True, metavar="USERNAME", help="Who of IT opens it; stands on the trail."
)
@click.option("--reason", required=True, help="Why the phone could not send it.")
def phone_file(file: Path, folder: Path, opened_by: str, reason: str) -> None:
    """Open FILE, which a phone sealed, into the new FOLDER: photos, recordings, records as JSON.

    A dispatcher brings photos and recordings in at the desk (V3). Destroy FOLDER afterwards, then record the loss, so
    that the phone may be erased.
    """
    if folder.exists():
        raise click.UsageError("FOLDER must not be there yet")
    with installed() as installation, file.open("rb") as source:
        house = installation.house
        head = phone_exports.head_of(source)
        with house.units.read() as asking:
            opener = phone_exports.named_it(asking, opened_by)
        with house.units.write(opener.id) as uow:
            key = phone_exports.open_export(uow, house.phone_seals, head, reason)
            uow.commit()
        folder.mkdir(mode=0o700)
        damaged = _write(house, key, head, source, folder)
    count = sum(1 for _ in folder.iterdir())
    click.echo(f"{count} files in {folder}; destroy them once they are brought in (V3)")
    if damaged:
        click.echo(f"{len(damaged)} items are damaged and not whole: {', '.join(sorted(damaged))}", err=True)
        sys.exit(1)


def _write(house: House, key: bytes, head: ExportHead, source: BinaryIO, folder: Path) -> set[str]:
    """Each item's parts in their order, what is said of a file before its bytes; gives back the damaged items."""
    items = {item.id: item for item in head.items}
    damaged: set[str] = set()
    names: dict[str, Path] = {}
    for part, opened in phone_exports.opened_parts(house.phone_seals, key, head, source):
        item = items[part.item]
        name = f"{item.visit}-{item.id}"
        if opened is None:
            damaged.add(item.id)
        elif part.name.startswith("piece:"):
            with names.setdefault(item.id, folder / f"{name}.bin").open("ab") as target:
                target.write(opened)
        else:
            told = json.loads(opened)
            kind = str(told.get("filetype", "")).partition(";")[0]
            names[item.id] = folder / f"{name}{_SUFFIXES.get(kind, '.bin')}"
            about = {"what": item.what, "path": item.path, "told": told}
            (folder / f"{name}.json").write_text(json.dumps(about, ensure_ascii=False, indent=1), "utf-8")
    return damaged

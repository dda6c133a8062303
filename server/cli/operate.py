"""Commands that run the system: migrate, serve, worker, and run (both, embedded)."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from types import FrameType

import click
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from server.cli.installed import installed
from server.services.accounts import install_grants
from storage.rows.migrate import draft_migration
from storage.rows.migrate import migrate as bring_to_head

_WEB_THREADS = 16  # more than cores: a thread mostly waits for its turn to write or for the disk


@click.command()
@click.option(
    "--draft", metavar="MESSAGE", help="Developers: write a migration for what the tables have in addition."
)
def migrate(draft: str | None) -> None:
    """Bring the database to the newest schema."""
    with installed() as installation:
        if draft is not None:
            draft_migration(installation.engine, draft)
            return
        bring_to_head(installation.engine)
        with installation.house.units.write() as uow:
            install_grants(uow)
            uow.commit()


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 16), help="Web processes.")
def serve(host: str, workers: int) -> None:
    """Serve the API and the pages."""
    with installed() as installation:
        port = installation.settings.port
    Server(
        "server.app:create_app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=workers,
        blocking_threads=_WEB_THREADS,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    ).serve()


@click.command()
def worker() -> None:
    """Do the work after the answers: jobs."""
    with installed() as installation:
        installation.waker.serve(installation.runner.work)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
def run(host: str) -> None:
    """Migrate, then serve and work, until stopped: everything a small branch needs, in one command."""
    migrate.callback(None)  # type: ignore[misc]
    with installed() as installation:
        port = installation.settings.port
    click.echo(f"Fieldvisit: http://{host}:{port}  ·  API: http://{host}:{port}/api/v1/openapi.json")
    children = [
        subprocess.Popen([sys.executable, "-m", "server.cli", *words])  # noqa: S603 - our own words
        for words in (["serve", "--host", host], ["worker"])
    ]
    stop = threading.Event()

    def _end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    while not stop.wait(0.2):
        if any(child.poll() is not None for child in children):
            break
    for child in children:
        child.terminate()
    codes = [child.wait() for child in children]
    if not stop.is_set():
        sys.exit(max(1, *codes))

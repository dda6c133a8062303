"""Commands that run the system: migrate, serve, worker, and run (both, embedded)."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import resource
import signal
import sys
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask import Flask

from server.cli.installed import bring_up, installed
from server.cli.web import WebServer
from server.parent import end_with_parent
from server.settings import read_settings

if TYPE_CHECKING:
    from server.cli.https import Tls

_M_ARENA_MAX = -8  # malloc.h
# More than cores: a thread mostly waits for its turn to write or for the disk. Uploads have as many beside these as the
# settings give them, so that slow phones take no thread from anybody; threads are made when they are needed.
_WEB_THREADS = 16
_MANY_FILES = 8192
# Whoever waits for an answer comes first; a tenth of the processor is the worker's where both want one.
_GIVES_WAY = 10
_FORK = multiprocessing.get_context("fork")  # what was imported once is there in every child


@click.command()
@click.option(
    "--draft", metavar="MESSAGE", help="Developers: write a migration for what the tables have in addition."
)
def migrate(draft: str | None) -> None:
    """Bring the database to the newest schema."""
    with installed() as installation:
        if draft is not None:
            import_module("storage.rows.migrate").draft_migration(installation.engine, draft)
        else:
            bring_up(installation)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--workers", type=click.IntRange(1, 16), help="Web processes, else as FIELDVISIT_WEB_PROCESSES says."
)
def serve(host: str, workers: int | None) -> None:
    """Serve the API and the pages."""
    settings = read_settings()
    _serve(host, settings.port, workers or settings.web_processes)


@click.command()
def worker() -> None:
    """Do the work after the answers: jobs."""
    _work()


@click.command()
@click.option("--host", help="The address to listen on: 127.0.0.1, or with --https every one of the machine.")
@click.option("--demo", is_flag=True, help="Load the demo branch first where there is no account yet.")
@click.option("--https", is_flag=True, envvar="FIELDVISIT_HTTPS", help="For phones; docs/operations.md.")
def run(host: str | None, demo: bool, https: bool) -> None:
    """Migrate, then serve and work, until stopped: everything a small branch needs, in one command."""
    with installed() as installation:
        bring_up(installation)
        if demo:
            import_module("server.cli.demo").load_where_empty(installation)
        installation.engine.dispose()  # no connection crosses a fork
        settings = installation.settings
        tls = import_module("server.cli.https").open_https(settings) if https else None
    import_module("server.app")  # once, before the children are forked
    address = host or ("0.0.0.0" if https else "127.0.0.1")  # noqa: S104 - phones come from elsewhere
    children = [_FORK.Process(target=_keep_working)]
    if tls is not None:
        door = import_module("server.cli.https")
        children += [
            _FORK.Process(target=door.serve_door, args=(address, settings.port)),
            _FORK.Process(target=door.keep_fresh),
        ]
    for child in children:
        child.start()
    _tell(tls, f"http://{address}:{settings.port}")
    try:
        port = settings.https.port if tls else settings.port
        _serve(address, port, settings.web_processes, tls=tls and tls.file)
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.join()


def _tell(tls: Tls | None, plain: str) -> None:
    url = tls.url if tls else plain
    click.echo(f"Fieldvisit: {url}/desk  ·  API: {url}/api/v1/docs  ·  phones: {url}/app/")
    if tls:
        click.echo(f"certificate for phones: {tls.door}\n  SHA-256 {tls.fingerprint}")


def application() -> Flask:
    """The web process's application, which ends with the process that started it."""
    end_with_parent()
    _open_many_files()
    _share_memory()
    app: Flask = import_module("server.app").create_app()
    _answer_neighbours(app)
    return app


def _answer_neighbours(app: Flask) -> None:
    """What another web process asks of a silent upload's request here."""
    house, pool = app.extensions["fieldvisit"], app.extensions["fieldvisit.receivers"]
    neighbours = import_module("server.web.neighbours")
    neighbours.listen(import_module("server.services.holders").this_process(), partial(pool.take_over, house))


def _serve(host: str, port: int, workers: int, tls: Path | None = None) -> None:
    threads = _WEB_THREADS + read_settings().uploads.requests
    WebServer(application, (host, port), processes=workers, threads=threads, tls=tls).serve()


def _work() -> None:
    os.nice(_GIVES_WAY)
    _share_memory()
    with installed() as installation:
        installation.waker.serve(installation.runner.work)


def _keep_working() -> None:
    """Keep one worker at work: one that died, for want of memory perhaps, is followed by the next."""
    end_with_parent()
    stopped: list[int] = []
    working: list[Any] = []

    def _stop(number: int, _frame: object) -> None:
        stopped.append(number)
        for process in working:
            process.terminate()

    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    while not stopped:
        process = _FORK.Process(target=_work_with_parent)
        process.start()
        working[:] = [process]
        process.join()


def _work_with_parent() -> None:
    end_with_parent()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _work()


def _open_many_files() -> None:
    """A slow upload holds a connection and a file; the usual soft limit of 1024 is less than the pool's places need."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MANY_FILES if hard == resource.RLIM_INFINITY else min(_MANY_FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _share_memory() -> None:
    """Have threads take memory from two places and not from sixteen: what one gave back, the next one takes (glibc)."""
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # another libc may have none
        if mallopt is not None:
            mallopt(_M_ARENA_MAX, 2)

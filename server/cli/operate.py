"""Commands that run the system: migrate, serve, worker, and run (both, embedded)."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import resource
import signal
import sys
from importlib import import_module
from typing import Any

import click
from flask import Flask
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from server.cli.installed import bring_up, installed
from server.parent import end_with_parent
from server.settings import read_settings

_M_ARENA_MAX = -8  # malloc.h
# More than cores: a thread mostly waits for its turn to write or for the disk. Uploads have as many beside these as the
# settings give them, so that slow phones take no thread from anybody; threads are made when they are needed.
_WEB_THREADS = 16
_MANY_FILES = 8192
_LINE_BYTES = 1 << 18  # of each connection, in memory; granian's own 400 KiB are no faster
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
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 16), help="Web processes.")
def serve(host: str, workers: int) -> None:
    """Serve the API and the pages."""
    _serve(host, read_settings().port, workers)


@click.command()
def worker() -> None:
    """Do the work after the answers: jobs."""
    _work()


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--demo", is_flag=True, help="Load the demo branch first where there is no account yet.")
def run(host: str, demo: bool) -> None:
    """Migrate, then serve and work, until stopped: everything a small branch needs, in one command."""
    with installed() as installation:
        bring_up(installation)
        if demo:
            import_module("server.cli.demo").load_where_empty(installation)
        installation.engine.dispose()  # no connection crosses a fork
        port = installation.settings.port
    import_module("server.app")  # once, before the children are forked
    keeper = _FORK.Process(target=_keep_working)
    keeper.start()
    url = f"http://{host}:{port}"
    click.echo(f"Fieldvisit: {url}/desk  ·  API: {url}/api/v1/docs  ·  phones: {url}/app/")
    try:
        _serve(host, port, workers=1)
    finally:
        keeper.terminate()
        keeper.join()


def application() -> Flask:
    """The web process's application, which ends with the process that started it."""
    end_with_parent()
    _open_many_files()
    _share_memory()
    app: Flask = import_module("server.app").create_app()
    return app


def _serve(host: str, port: int, workers: int) -> None:
    Server(
        "server.cli.operate:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http1_settings=HTTP1Settings(max_buffer_size=_LINE_BYTES),
        factory=True,
        workers=workers,
        blocking_threads=_WEB_THREADS + read_settings().uploads.requests,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    ).serve()


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

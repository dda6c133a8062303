"""What `run --https` adds: a certificate that is kept fresh, and a door for phones that do not trust it yet.

Owns the two processes beside the server: the door at the plain port, and the keeper that looks hourly whether the
certificate must be made anew. Refuses to serve anything of the house without TLS.
"""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import click
from flask import Flask

from server.cli.local_hosts import local_hosts, machine_name
from server.cli.web import WebServer
from server.clock import SystemClock
from server.doorway import create_doorway
from server.parent import end_with_parent
from server.settings import Settings, SettingsError, read_settings
from storage.authority import Authority, AuthorityError, Vouched, authority, hosts_vouched_for, vouch

_LOOK_SECONDS = 3600
_DOOR_THREADS = 8


@dataclass(frozen=True, slots=True)
class Tls:
    """The file with certificate and key, and the address by which phones reach the house."""

    file: Path
    url: str
    door: str
    fingerprint: str


def open_https(settings: Settings) -> Tls:
    """Have a certificate ready. Links in messages lead to it, and cookies are for it alone, unless told otherwise."""
    vouched = certificate(settings)
    host = _in_url(vouched.hosts[0])
    tls = Tls(
        file=vouched.file,
        url=f"https://{host}:{settings.https.port}",
        door=f"http://{host}:{settings.port}/ca",
        fingerprint=_own(settings).fingerprint,
    )
    os.environ.setdefault("FIELDVISIT_PUBLIC_URL", tls.url)
    return tls


def certificate(settings: Settings) -> Vouched:
    """The certificate as it should be now; made or renewed where need be."""
    try:
        return vouch(
            _folder(settings), settings.https.names, local_hosts(), machine_name(), SystemClock().now()
        )
    except (AuthorityError, ValueError) as error:
        raise SettingsError(str(error)) from error


def keep_fresh() -> None:
    """Look from time to time, and have the server, its parent, read what was made anew; a process of its own."""
    end_with_parent()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    settings = read_settings()
    while True:
        time.sleep(_LOOK_SECONDS)
        try:
            if certificate(settings).renewed:
                os.kill(os.getppid(), signal.SIGHUP)
        except (SettingsError, OSError) as error:  # the next hour's look may find it mended
            click.echo(f"fieldvisit: no fresh certificate: {error}", err=True)


def serve_door(host: str, port: int) -> None:
    """Answer at the plain port; a process of its own."""
    end_with_parent()
    WebServer(doorway, (host, port), processes=1, threads=_DOOR_THREADS).serve()


def doorway() -> Flask:
    """The door's application, which ends with the process that started it."""
    end_with_parent()
    settings = read_settings()
    # Read and not vouched for: what the door made anew, the keeper would not tell the server of.
    return create_doorway(_own(settings), lambda: hosts_vouched_for(_folder(settings)), settings.https.port)


def _own(settings: Settings) -> Authority:
    return authority(_folder(settings), settings.https.names, machine_name(), SystemClock().now())


def _folder(settings: Settings) -> Path:
    return settings.data_dir / "keys" / "https"


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host

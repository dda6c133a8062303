"""Settings by environment. Owns their names, defaults and what is made at first start (secrets, mode 0600)."""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from server.domain.coordinates import Datum
from server.domain.map_tiles import MapTiles, origin_of

_SECRET_NAMES = ("token_key", "column_seal_key", "column_hash_key")
_SECRET_BYTES = 32
# Python computes in one thread of a process at a time, and one of them waits for the disk or its turn to write.
_WEB_PROCESSES = 3
_SCORING_PROCESSES = 2
_WEB_HOST = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?/?")
_HOST = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?")

# An address of IPv6 has no brackets here; one that is none fails where the certificate is made.
_NAME_OR_ADDRESS = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,62})(?:\.[a-z0-9][a-z0-9-]{0,62})*)|[0-9a-f:]*:[0-9a-f:]*"
)


class SettingsError(Exception):
    """A setting that cannot be used; the message names it and the remedy."""


@dataclass(frozen=True, slots=True)
class S3Settings:
    """How an S3-compatible store is reached, when `object_store` is `s3://BUCKET`."""

    endpoint: str
    region: str
    access_key: str
    secret_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class GeocoderSettings:
    """Who is asked where an address lies: nobody while `provider` is empty. `url` is scheme and host."""

    provider: str
    url: str
    per_minute: int
    key: str = field(repr=False)


# Where each one is asked unless said otherwise. The public Nominatim forbids asking in bulk, so it has no default.
_GEOCODERS = {"baidu": "https://api.map.baidu.com", "amap": "https://restapi.amap.com", "nominatim": ""}


@dataclass(frozen=True, slots=True)
class UploadSettings:
    """Limits of resumable uploads: MiB an account and a device a day, hours until an idle one is closed, and how many
    requests of a process may receive bodies at once."""

    day_mib: int
    device_mib: int
    idle_hours: int
    requests: int


@dataclass(frozen=True, slots=True)
class HttpsSettings:
    """Where `fieldvisit run --https` answers, and by which names beside those that the machine has by itself."""

    port: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things lie and what they are opened with. `secrets` holds 32 bytes a name."""

    data_dir: Path
    database_url: str
    object_store: str
    key_store: str
    master_key_file: Path
    s3: S3Settings
    queue_url: str
    port: int
    web_processes: int
    scoring_processes: int
    https: HttpsSettings
    clock_offset: timedelta
    secrets: Mapping[str, bytes]
    webhook_hosts: tuple[str, ...]
    public_url: str
    outlines_file: Path
    geocoder: GeocoderSettings
    uploads: UploadSettings
    map_tiles: MapTiles | None

    @property
    def embedded(self) -> bool:
        return self.database_url.startswith("sqlite")


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from `FIELDVISIT_…`; folders and secrets are made where they are missing."""
    given = os.environ if environment is None else environment
    data_dir = Path(given.get("FIELDVISIT_DATA_DIR", ".data")).absolute()
    for part in ("db", "queue", "objects", "keys", "uploads", "cache"):
        (data_dir / part).mkdir(parents=True, exist_ok=True, mode=0o700)
    secrets_file = Path(given.get("FIELDVISIT_SECRETS_FILE", str(data_dir / "keys" / "secrets.json")))
    public_url = given.get("FIELDVISIT_PUBLIC_URL", "")
    if public_url and not public_url.startswith(("https://", "http://")):
        raise SettingsError(f"FIELDVISIT_PUBLIC_URL must begin with https://, not {public_url!r}")
    return Settings(
        data_dir=data_dir,
        database_url=given.get("FIELDVISIT_DATABASE_URL") or f"sqlite:///{data_dir / 'db' / 'fieldvisit.db'}",
        object_store=given.get("FIELDVISIT_OBJECT_STORE") or str(data_dir / "objects"),
        key_store=given.get("FIELDVISIT_KEY_STORE") or str(data_dir / "keys" / "objects"),
        master_key_file=Path(given.get("FIELDVISIT_MASTER_KEY_FILE") or data_dir / "keys" / "master"),
        s3=S3Settings(
            endpoint=given.get("FIELDVISIT_S3_ENDPOINT", ""),
            region=given.get("FIELDVISIT_S3_REGION", "us-east-1"),
            access_key=given.get("FIELDVISIT_S3_ACCESS_KEY", ""),
            secret_key=given.get("FIELDVISIT_S3_SECRET_KEY", ""),
        ),
        queue_url=given.get("FIELDVISIT_QUEUE_URL") or f"sqlite:///{data_dir / 'queue' / 'queue.db'}",
        port=_port(given, "FIELDVISIT_PORT", "8000"),
        web_processes=_count(
            given, "FIELDVISIT_WEB_PROCESSES", min(_WEB_PROCESSES, (os.cpu_count() or 1) + 1)
        ),
        scoring_processes=_count(
            given, "FIELDVISIT_SCORING_PROCESSES", min(_SCORING_PROCESSES, os.cpu_count() or 1)
        ),
        https=_read_https(given),
        clock_offset=_clock_offset(given.get("FIELDVISIT_CLOCK_OFFSET", "0")),
        secrets=_read_secrets(secrets_file),
        webhook_hosts=_read_hosts(given.get("FIELDVISIT_WEBHOOK_HOSTS", "")),
        public_url=public_url,
        outlines_file=Path(given.get("FIELDVISIT_OUTLINES") or data_dir / "outlines.fvo"),
        geocoder=_read_geocoder(given, secrets_file),
        uploads=UploadSettings(
            _count(given, "FIELDVISIT_UPLOAD_DAY_MIB", 8192),
            _count(given, "FIELDVISIT_UPLOAD_DEVICE_MIB", 4096),
            _count(given, "FIELDVISIT_UPLOAD_IDLE_HOURS", 24),
            _count(given, "FIELDVISIT_UPLOAD_REQUESTS", 640),
        ),
        map_tiles=_read_map_tiles(given),
    )


def _read_map_tiles(given: Mapping[str, str]) -> MapTiles | None:
    """Nobody's map while no tiles are named: a page then shows its points on a plain ground."""
    url = given.get("FIELDVISIT_MAP_TILES", "")
    if not url:
        return None
    origin = origin_of(url)
    if origin is None:
        raise SettingsError(
            f"FIELDVISIT_MAP_TILES must be https://host/… with {{z}}, {{x}} and {{y}} once each, not {url!r}"
        )
    by, datum = given.get("FIELDVISIT_MAP_BY", "").strip(), given.get("FIELDVISIT_MAP_DATUM", "")
    if not by:
        raise SettingsError("FIELDVISIT_MAP_BY must name whose map it is, as its terms ask")
    if datum not in (Datum.WGS84, Datum.GCJ02):
        raise SettingsError(
            f"FIELDVISIT_MAP_DATUM must be wgs84, or gcj02 as mainland tiles are, not {datum!r}"
        )
    return MapTiles(url, origin, by, Datum(datum), min(_count(given, "FIELDVISIT_MAP_DEEPEST", 18), 22))


def _port(given: Mapping[str, str], name: str, default: str) -> int:
    port = given.get(name, default)
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise SettingsError(f"{name} must be a port number, not {port!r}")
    return int(port)


def _read_https(given: Mapping[str, str]) -> HttpsSettings:
    port = _port(given, "FIELDVISIT_HTTPS_PORT", "8443")
    if given.get("FIELDVISIT_HTTPS_PORT") and port == _port(given, "FIELDVISIT_PORT", "8000"):
        raise SettingsError("FIELDVISIT_HTTPS_PORT must be another port than FIELDVISIT_PORT")
    return HttpsSettings(port, _read_names(given))


def _read_names(given: Mapping[str, str]) -> tuple[str, ...]:
    """Names and addresses without port or scheme: they go into a certificate as they stand."""
    names = tuple(
        name.strip().lower() for name in given.get("FIELDVISIT_HTTPS_NAMES", "").split(",") if name.strip()
    )
    for name in names:
        if _NAME_OR_ADDRESS.fullmatch(name) is None:
            raise SettingsError(
                f"FIELDVISIT_HTTPS_NAMES holds {name!r}; each is a host name or an address, without port"
            )
    return names


def _read_geocoder(given: Mapping[str, str], secrets_file: Path) -> GeocoderSettings:
    """The key stands in the environment or, better, as `geocoder_key` in the secrets file."""
    provider = given.get("FIELDVISIT_GEOCODER", "")
    if not provider:
        return GeocoderSettings("", "", 1, "")
    if provider not in _GEOCODERS:
        names = ", ".join(_GEOCODERS)
        raise SettingsError(f"FIELDVISIT_GEOCODER must be one of {names}, or empty, not {provider!r}")
    url = given.get("FIELDVISIT_GEOCODER_URL") or _GEOCODERS[provider]
    if _WEB_HOST.fullmatch(url) is None:
        raise SettingsError(f"FIELDVISIT_GEOCODER_URL must be https://host for {provider}, not {url!r}")
    per_minute = given.get("FIELDVISIT_GEOCODER_PER_MINUTE", "30")
    if re.fullmatch(r"[1-9][0-9]{0,3}", per_minute) is None:
        raise SettingsError(f"FIELDVISIT_GEOCODER_PER_MINUTE must be from 1 to 9999, not {per_minute!r}")
    key = given.get("FIELDVISIT_GEOCODER_KEY") or str(_held_secrets(secrets_file).get("geocoder_key", ""))
    if not key and provider != "nominatim":
        raise SettingsError(
            f"{provider} needs a key: put geocoder_key into {secrets_file}, or set FIELDVISIT_GEOCODER_KEY"
        )
    return GeocoderSettings(provider, url.rstrip("/"), int(per_minute), key)


def _held_secrets(path: Path) -> Mapping[str, object]:
    held = json.loads(path.read_text()) if path.exists() else {}
    return held if isinstance(held, dict) else {}


def _count(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name, str(default))
    if re.fullmatch(r"[1-9][0-9]{0,8}", text) is None:
        raise SettingsError(f"{name} must be a whole number from 1 on, not {text!r}")
    return int(text)


def _clock_offset(text: str) -> timedelta:
    """Seconds by which the house's clock goes before the machine's: for demos and tests, never for a firm at work.

    An offset and no instant, so that web process, worker and commands keep one time, whenever they started.
    """
    if re.fullmatch(r"-?[0-9]{1,9}", text) is None:
        raise SettingsError(f"FIELDVISIT_CLOCK_OFFSET must be a whole number of seconds, not {text!r}")
    return timedelta(seconds=int(text))


def _read_hosts(text: str) -> tuple[str, ...]:
    """An address where a host is meant would match nothing in silence, so it is refused."""
    hosts = tuple(host.strip() for host in text.split(",") if host.strip())
    for host in hosts:
        if _HOST.fullmatch(host) is None:
            raise SettingsError(f"FIELDVISIT_WEBHOOK_HOSTS holds {host!r}; each is a host, or host:port")
    return hosts


def _read_secrets(path: Path) -> dict[str, bytes]:
    if not path.exists():
        _make_secrets(path)
    try:
        held = json.loads(path.read_text())
        found = {name: bytes.fromhex(held[name]) for name in _SECRET_NAMES}
    except (ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            f"the secrets file {path} is not readable: {error}; restore it from its backup"
        ) from error
    short = [name for name, secret in found.items() if len(secret) != _SECRET_BYTES]
    if short:
        raise SettingsError(f"the secrets file {path} has no {_SECRET_BYTES} bytes for {', '.join(short)}")
    return found


def _make_secrets(path: Path) -> None:
    """Made once, before anything is stored with them; two processes that start at once agree on one file."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = json.dumps({name: secrets.token_hex(_SECRET_BYTES) for name in _SECRET_NAMES}, indent=1)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(made)
            file.flush()
            os.fsync(file.fileno())
        os.link(fresh, path)  # fails where another process was first; its file then holds
    except FileExistsError:
        return
    finally:
        fresh.unlink()

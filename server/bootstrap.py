"""Puts the house together: the only module that names concrete adapters. Everything else receives them as ports."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from server.bulk.apart import FactTablesApart
from server.bulk.late import LateFactTables
from server.clock import SystemClock
from server.domain.uploads import UploadLimits
from server.geo.checker import GazetteerAddresses
from server.geo.distances import EarthDistances
from server.geo.no_geocoder import NoGeocoder
from server.geo.outlines import OutlineTable
from server.jobs.capture_chain import check_chain
from server.jobs.credit import score_placement, score_placements
from server.jobs.evidence import sweep_objects
from server.jobs.evidence_packs import expire_packs, make_pack, pack_given_up
from server.jobs.evidence_work import flag_visit, work_evidence
from server.jobs.figures import count_figures, renew_figures
from server.jobs.geocoding import ask_for_points
from server.jobs.imports import run_import
from server.jobs.integrity import glance_at_evidence, verify_evidence
from server.jobs.kept_rows import check_rows
from server.jobs.letters import escalate_counterfoil
from server.jobs.outbox import outbox_given_up, send_outbox_message
from server.jobs.placements import end_due_placements
from server.jobs.playable import make_copies
from server.jobs.queue import Waker, open_queue
from server.jobs.runner import GivenUp, Handler, JobRunner
from server.jobs.second_scorer import NoSecondScorer, Opening, ProcessScorer
from server.jobs.simulations import take_snapshot
from server.jobs.uploads import close_abandoned
from server.notify.sender import HttpRobots
from server.services.capture_chain import CHAIN_JOB
from server.services.credit import PLACEMENT_JOB, PLACEMENTS_JOB
from server.services.evidence import PLAYABLE_JOB
from server.services.evidence_integrity import GLANCE_JOB, VERIFY_JOB
from server.services.evidence_packs import EXPIRE_JOB, MAKE_JOB
from server.services.evidence_upkeep import SWEEP_JOB
from server.services.evidence_work import FLAGS_JOB, WORK_JOB
from server.services.geocoding import GEOCODE_JOB
from server.services.house import House
from server.services.imports import RUN_JOB
from server.services.kept_rows import ROWS_JOB
from server.services.letters import ESCALATE_JOB
from server.services.month_figures import FIGURES_JOB, RENEW_JOB
from server.services.notices import OUTBOX_JOB
from server.services.placements import END_DUE_JOB
from server.services.ports.clock import Clock
from server.services.ports.objects import ObjectStoreUnavailable
from server.services.ports.people import PasswordHasher
from server.services.ports.places import AddressGeocoder
from server.services.ports.second_scorer import SecondScorer
from server.services.simulations import SNAPSHOT_JOB
from server.services.uploads import SALVAGE_JOB
from server.settings import GeocoderSettings, Settings, SettingsError
from storage.files.packs import FilePacks
from storage.files.tables import FileTables
from storage.files.text_messages import FileSmsSender
from storage.media.late_likeness import LateLikenesses
from storage.media.reader import FileMediaReader
from storage.objects.key_store import KeyStore
from storage.objects.local import LocalObjectStore
from storage.objects.master_keys import MasterKeys
from storage.objects.pieces import PieceStore
from storage.objects.sealed import SealedObjectStore
from storage.passwords import Argon2Passwords
from storage.phone_seals import HeldPhoneSeals
from storage.rows.column_cipher import ColumnCipher
from storage.rows.database import open_engine
from storage.rows.unit_of_work import SqlUnitsOfWork
from storage.signatures import P256Signatures

HANDLERS: Mapping[str, Handler] = {
    PLACEMENT_JOB: score_placement,
    PLACEMENTS_JOB: score_placements,
    END_DUE_JOB: end_due_placements,
    PLAYABLE_JOB: make_copies,
    CHAIN_JOB: check_chain,
    WORK_JOB: work_evidence,
    FLAGS_JOB: flag_visit,
    SWEEP_JOB: sweep_objects,
    GLANCE_JOB: glance_at_evidence,
    VERIFY_JOB: verify_evidence,
    ROWS_JOB: check_rows,
    MAKE_JOB: make_pack,
    EXPIRE_JOB: expire_packs,
    ESCALATE_JOB: escalate_counterfoil,
    RUN_JOB: run_import,
    OUTBOX_JOB: send_outbox_message,
    SALVAGE_JOB: close_abandoned,
    GEOCODE_JOB: ask_for_points,
    SNAPSHOT_JOB: take_snapshot,
    FIGURES_JOB: count_figures,
    RENEW_JOB: renew_figures,
}
# Enqueued once a local day by whichever worker wakes first.
DAILY = (
    END_DUE_JOB,
    SWEEP_JOB,
    GLANCE_JOB,
    VERIFY_JOB,
    ROWS_JOB,
    GEOCODE_JOB,
    EXPIRE_JOB,
    SNAPSHOT_JOB,
    RENEW_JOB,
)
HOURLY = (SALVAGE_JOB,)
LONG = (PLAYABLE_JOB, WORK_JOB, VERIFY_JOB, MAKE_JOB, SNAPSHOT_JOB, FIGURES_JOB)
# What is done when a job of a kind is given up; of others IT is told.
GIVEN_UP: Mapping[str, GivenUp] = {
    OUTBOX_JOB: outbox_given_up,
    MAKE_JOB: pack_given_up,
}


@dataclass(frozen=True, slots=True)
class Installation:
    """The house with what runs around it: the job runner, the waker, the settings, the keys of evidence."""

    house: House
    runner: JobRunner
    waker: Waker
    settings: Settings
    engine: sa.Engine
    keys: KeyStore


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    wake: Callable[[], None] | None = None,
    passwords: PasswordHasher | None = None,
) -> Installation:
    """An installation by its settings; `clock` and `wake` are replaced in tests and by the demo."""
    # Rows by the thousand are no cycles: to look for some every 700 objects took a fifth of scoring and importing.
    gc.set_threshold(50_000, 10, 50)
    waker = Waker(open_queue(settings.queue_url))
    cipher = ColumnCipher(settings.secrets["column_seal_key"], settings.secrets["column_hash_key"])
    used_clock = clock or SystemClock(settings.clock_offset)
    engine = open_engine(settings.database_url)
    units = SqlUnitsOfWork(engine, cipher, used_clock, wake or waker.wake)
    keys = _open_keys(settings)
    house = House(
        clock=used_clock,
        units=units,
        passwords=passwords or Argon2Passwords(),
        addresses=GazetteerAddresses(),
        outlines=OutlineTable(settings.outlines_file),
        distances=EarthDistances(),
        geocoder=_open_geocoder(settings.geocoder),
        objects=SealedObjectStore(_open_store(settings, settings.object_store), keys),
        signatures=P256Signatures(),
        phone_seals=HeldPhoneSeals(settings.secrets["column_seal_key"]),
        media=FileMediaReader(),
        likeness=LateLikenesses(),
        tables=FileTables(),
        packs=FilePacks(),
        robots=HttpRobots(settings.webhook_hosts, settings.public_url),
        sms=FileSmsSender(FileTables()),
        fact_tables=LateFactTables(),
        second_scorer=_open_second_scorer(settings),
        receiving=settings.data_dir / "uploads",
        cache=settings.data_dir / "cache",
        folders=_folders(settings),
        upload_limits=UploadLimits(
            settings.uploads.day_mib << 20,
            settings.uploads.device_mib << 20,
            timedelta(hours=settings.uploads.idle_hours),
        ),
        map_tiles=settings.map_tiles,
    )
    return Installation(
        house,
        JobRunner(
            replace(house, fact_tables=FactTablesApart()), HANDLERS, DAILY, GIVEN_UP, hourly=HOURLY, long=LONG
        ),
        waker,
        settings,
        engine,
        keys,
    )


def _folders(settings: Settings) -> tuple[Path, ...]:
    """The data folder, and where evidence lies when that is a folder of its own."""
    return (
        settings.data_dir,
        *(() if settings.object_store.startswith("s3://") else (Path(settings.object_store),)),
    )


def _open_second_scorer(settings: Settings) -> SecondScorer:
    if settings.scoring_processes < 2:
        return NoSecondScorer()
    seal_key, hash_key = (settings.secrets[f"column_{name}_key"] for name in ("seal", "hash"))
    return ProcessScorer(Opening(settings.database_url, seal_key, hash_key))


def _open_geocoder(settings: GeocoderSettings) -> AddressGeocoder:
    if not settings.provider:
        return NoGeocoder()
    # geopy takes a second to import; a firm that asks nobody does not wait for it.
    from server.geo.geocoding import open_geocoder

    return open_geocoder(settings.provider, settings.url, settings.key, settings.per_minute)


def _open_keys(settings: Settings) -> KeyStore:
    """The keys of evidence (S6). A master key is made for a key store that is empty, and for no other."""
    if settings.key_store == settings.object_store:
        raise SettingsError(
            "FIELDVISIT_KEY_STORE must not be where FIELDVISIT_OBJECT_STORE is: whoever has both reads"
        )
    store = _open_store(settings, settings.key_store, shard_digits=1)
    masters = MasterKeys(settings.master_key_file, settings.data_dir / "keys" / "master.lock")
    try:
        if not masters.exists():
            if next(iter(store.keys()), None) is not None:
                raise SettingsError(
                    f"the master keys {settings.master_key_file} are gone but there are keys under them: "
                    "restore the file from its backup"
                )
            masters.make()
        masters.all()
    except ObjectStoreUnavailable as error:
        raise SettingsError(str(error)) from error
    return KeyStore(store, masters)


def _open_store(settings: Settings, place: str, *, shard_digits: int = 2) -> PieceStore:
    """`s3://BUCKET`, or a folder."""
    if not place.startswith("s3://"):
        return LocalObjectStore(Path(place), shard_digits=shard_digits)
    if not settings.s3.endpoint:
        raise SettingsError("FIELDVISIT_S3_ENDPOINT must be set when evidence or its keys are in s3://BUCKET")
    # boto3 takes a second to import; a branch with a folder does not wait for it.
    from storage.objects.s3 import S3Address, S3ObjectStore, connect

    bucket = place.removeprefix("s3://").strip("/")
    address = S3Address(
        settings.s3.endpoint, bucket, settings.s3.access_key, settings.s3.secret_key, settings.s3.region
    )
    return S3ObjectStore(connect(address), bucket)

"""The house: every port a use case may need besides its transaction, made once by `server.bootstrap`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from server.domain.map_tiles import MapTiles
from server.domain.uploads import UploadLimits
from server.services.ports.addresses import AddressCheck
from server.services.ports.clock import Clock
from server.services.ports.likeness import LikenessPort
from server.services.ports.media import MediaReader
from server.services.ports.objects import ObjectStore
from server.services.ports.packs import PackFiles
from server.services.ports.people import PasswordHasher
from server.services.ports.phone_seals import PhoneSeals
from server.services.ports.places import AddressGeocoder, CountyOutlines, Distances
from server.services.ports.robots import RobotSender
from server.services.ports.second_scorer import SecondScorer
from server.services.ports.signatures import SignatureCheck
from server.services.ports.simulation import FactTables
from server.services.ports.sms import SmsSender
from server.services.ports.tables import TableFiles
from server.services.ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True)
class House:
    """The ports. Each is a Protocol of `server.services.ports`; only bootstrap knows the adapters.

    `receiving` is the folder on a local disk where bodies lie while they come in and are looked at;
    `cache` holds what is made anew or fetched again when it is gone; `folders` are those whose disks can fill up.
    """

    clock: Clock
    units: UnitsOfWork
    passwords: PasswordHasher
    addresses: AddressCheck
    outlines: CountyOutlines
    distances: Distances
    geocoder: AddressGeocoder
    objects: ObjectStore
    signatures: SignatureCheck
    phone_seals: PhoneSeals
    media: MediaReader
    likeness: LikenessPort
    tables: TableFiles
    packs: PackFiles
    robots: RobotSender
    sms: SmsSender
    fact_tables: FactTables
    second_scorer: SecondScorer
    receiving: Path
    cache: Path
    folders: Sequence[Path]
    upload_limits: UploadLimits
    map_tiles: MapTiles | None

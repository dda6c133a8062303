"""Evidence bytes in an S3-compatible store, through boto3.

It owns one bucket (made by the operator, never by us). It refuses to overwrite: every object is created under
the condition that its key is free, which the store decides. An object goes up in one request, spooled to an
unnamed file first when it is over 8 MiB, and not in parts: SeaweedFS 4.48 decides that condition for one
PutObject without a race, while completing an upload in parts let up to 8 of 8 writers of one key win.
Each object goes with its SHA-256, which the store checks, so damage on the way is refused. The signature does
not do that (SeaweedFS takes a body that it does not fit), and boto3's own checksums, which trail the body,
are left off because not every compatible store reads them.
"""

import hashlib
import io
import uuid
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, BinaryIO

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.response import StreamingBody

from server.services.ports.objects import (
    ObjectExists,
    ObjectMissing,
    ObjectStat,
    ObjectStoreError,
    ObjectStoreUnavailable,
    ObjectTooLarge,
    StoredObject,
)
from storage.objects.keys import checked_key, checked_range
from storage.objects.pieces import Measured, buffered

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

PIECE = 1 << 20
SPOOLED_IN_MEMORY = 8 << 20
LARGEST = 5 << 30  # what S3 takes in one PutObject
_TAKEN = {"PreconditionFailed", "412", "ConditionalRequestConflict", "409"}
_GONE = {"NoSuchKey", "NotFound", "404"}
_WRITER = "writer"


@dataclass(frozen=True, slots=True)
class S3Address:
    """Where the bucket is and who we are there."""

    endpoint: str
    bucket: str
    access_key: str
    secret_key: str = field(repr=False)
    region: str = "us-east-1"


def connect(address: S3Address) -> "S3Client":
    """A client with path-style addresses; it may be shared by threads."""
    return boto3.client(
        "s3",
        endpoint_url=address.endpoint,
        region_name=address.region,
        aws_access_key_id=address.access_key,
        aws_secret_access_key=address.secret_key,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            retries={"mode": "standard", "max_attempts": 3},
            connect_timeout=5,
            read_timeout=60,
            max_pool_connections=32,
        ),
    )


class S3ObjectStore:
    """Keys are the object names in the bucket, unchanged."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def write(self, key: str, source: BinaryIO, *, limit: int) -> StoredObject:
        measured = Measured(source, limit=min(limit, LARGEST), piece=PIECE)
        self.put(key, measured)
        return measured.stored(key)

    def put(
        self, key: str, pieces: Iterable[bytes | memoryview], ready: Callable[[], None] = lambda: None
    ) -> None:
        if self.exists(key):
            raise ObjectExists(key)
        writer, digest = uuid.uuid4().hex, hashlib.sha256()
        with SpooledTemporaryFile(max_size=SPOOLED_IN_MEMORY) as spool:
            for piece in pieces:
                digest.update(piece)
                spool.write(piece)
            if spool.tell() > LARGEST:
                raise ObjectTooLarge(f"more than {LARGEST} bytes")
            spool.seek(0)
            ready()
            with self._own_write_forgiven(key, writer):
                self._client.put_object(
                    Bucket=self._bucket,
                    Key=key,
                    Body=spool,
                    IfNoneMatch="*",
                    ChecksumSHA256=b64encode(digest.digest()).decode(),
                    Metadata={_WRITER: writer},
                )

    def open(self, key: str, start: int = 0, length: int | None = None) -> BinaryIO:
        checked_range(start, length)
        if length == 0:
            self.stat(key)
            return io.BytesIO()
        last = "" if length is None else str(start + length - 1)
        try:
            with _answers(key):
                answer = self._client.get_object(
                    Bucket=self._bucket, Key=checked_key(key), Range=f"bytes={start}-{last}"
                )
        except _BeyondEndError:
            self.stat(key)
            return io.BytesIO()
        return buffered(_Body(answer["Body"]))

    def exists(self, key: str) -> bool:
        try:
            self.stat(key)
        except ObjectMissing:
            return False
        return True

    def stat(self, key: str) -> ObjectStat:
        with _answers(key):
            found = self._client.head_object(Bucket=self._bucket, Key=checked_key(key))
        return ObjectStat(key=key, size=found["ContentLength"], stored_at=found["LastModified"])

    def delete(self, key: str) -> None:
        with _answers(key):
            self._client.delete_object(Bucket=self._bucket, Key=checked_key(key))

    def keys(self, prefix: str = "") -> Iterator[str]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        with _answers(prefix):
            for page in pages:
                for found in page.get("Contents", ()):
                    yield found["Key"]

    def discard_unfinished(self, before: datetime) -> int:
        """A killed writer leaves nothing behind: its spool has no name and its request no effect."""
        return 0

    @contextmanager
    def _own_write_forgiven(self, key: str, writer: str) -> Iterator[None]:
        """When an answer is lost, boto3 asks again and then meets the object that its first try made: the
        mark of the writer tells that one from somebody else's."""
        try:
            with _answers(key):
                yield
        except ObjectExists:
            with _answers(key):
                found = self._client.head_object(Bucket=self._bucket, Key=key)
            if found["Metadata"].get(_WRITER) != writer:
                raise


class _BeyondEndError(ObjectStoreError):
    """The range starts at or after the end of the object."""


@contextmanager
def _answers(key: str) -> Iterator[None]:
    """The store's errors in the port's words."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _GONE:
            raise ObjectMissing(key) from error
        if code in _TAKEN:
            raise ObjectExists(key) from error
        if code in {"InvalidRange", "416"}:
            raise _BeyondEndError(key) from error
        raise ObjectStoreUnavailable(f"the store answered {code}") from error
    except BotoCoreError as error:
        raise ObjectStoreUnavailable(f"the store did not answer: {type(error).__name__}") from error


class _Body(io.RawIOBase):
    """The body of an answer as a raw stream; an answer that ends early is an error and not the end."""

    def __init__(self, body: StreamingBody) -> None:
        super().__init__()
        self._body = body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        with _answers("body"):
            piece = self._body.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._body.close()
        super().close()

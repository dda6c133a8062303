"""Phones in the field: each sends photos and a recording that grows, by tus, until it holds a receipt for all of them.

They know nothing of the server but its answers, and keep every receipt that they were ever given.
"""

from __future__ import annotations

import io
import random
import threading
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

import requests

from storage.media.invented_photos import PHOTO_KINDS, draw_photo
from storage.media.invented_recordings import CONTAINERS, mux_recording
from tests.support import evidence as files
from tests.support.cast import PASSWORD, Member
from tests.support.tus import OFFSET_TYPE, packed

PHOTOS = 5
RECORDED_SECONDS = 20 * 60
_LARGEST_SEGMENT, _SMALLEST_SEGMENT = 1 << 18, 1 << 15
_TIMEOUT = 8
_PAUSE = 1.0
# What a phone tries again: it asks for the offset first.
_AGAIN = {401, 409, 423, 503}


@dataclass(frozen=True)
class Media:
    """A file as it lies on the phone; a recording is sent while it grows."""

    id: str
    kind: str
    filename: str
    content: bytes

    @property
    def grows(self) -> bool:
        return self.kind == "recording"

    @property
    def sha256(self) -> str:
        return files.sha256(self.content)


def media_of(number: int) -> list[Media]:
    """The photos and the recording of one visit, like no other phone's."""
    made = [
        Media(
            files.fresh_id(), kind, f"{kind}.jpg", draw_photo(number * PHOTOS + place, kind, at, *files.PLACE)
        )
        for place, kind in enumerate(PHOTO_KINDS[:PHOTOS])
        for at in [files.STARTED + timedelta(minutes=place)]
    ]
    container = CONTAINERS[number % len(CONTAINERS)]
    sound = mux_recording(number, RECORDED_SECONDS, container, files.STARTED)
    return [*made, Media(files.fresh_id(), "recording", f"run.{container}", sound)]


@dataclass
class FieldPhone:
    """`receipts` holds by item every digest that the server gave; `wrong` what no answer may be."""

    url: str
    member: Member
    visit_id: str
    media: list[Media]
    dice: random.Random
    stop: threading.Event
    receipts: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    wrong: list[str] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)
    _bearer: str = ""
    _segment: int = _LARGEST_SEGMENT  # of a growing file; smaller while the line breaks
    _begun_before: set[str] = field(default_factory=set)

    def run(self) -> None:
        for one in self.media:
            while not self.stop.is_set() and not self.wrong and not self._have_receipt(one):
                self.stop.wait(_PAUSE * self.dice.random())

    def _have_receipt(self, one: Media) -> bool:
        """One try from wherever the upload stands; whether it came to its end."""
        try:
            return self._signed_in() and self._sent(one, self._begun(one))
        except requests.RequestException:
            self.met["line broke"] += 1
            self._segment = max(_SMALLEST_SEGMENT, self._segment // 2)
            return False

    def _signed_in(self) -> bool:
        if not self._bearer:
            told = {"username": self.member.username, "password": PASSWORD}
            answer = requests.post(f"{self.url}/api/v1/auth/login", json=told, timeout=_TIMEOUT)
            if self._good(answer, 200):
                self._bearer = f"Bearer {answer.json()['access_token']}"
        return bool(self._bearer)

    def _begun(self, one: Media) -> requests.Response | None:
        """The first answer of a try: how far it came, or the creation, which is safe to repeat; a photo's has bytes."""
        if one.id in self._begun_before and self.dice.random() < 0.5:
            head = self._ask("HEAD", f"/api/v1/uploads/{one.id}", {}, b"")
            return head if self._good(head, 200) else None
        told = {"item": one.id, "visit": self.visit_id, "kind": one.kind, "filename": one.filename}
        said = {"Upload-Metadata": packed(told)}
        if one.grows:
            answer = self._ask("POST", "/api/v1/uploads", said | {"Upload-Defer-Length": "1"}, b"")
        else:
            said |= {"Upload-Length": str(len(one.content)), "Content-Type": OFFSET_TYPE}
            first = one.content[: self.dice.randrange(1, len(one.content) + 1)]
            answer = self._ask("POST", "/api/v1/uploads", said, first)
        if not self._good(answer, 201):
            return None
        self._begun_before.add(one.id)
        return answer

    def _sent(self, one: Media, begun: requests.Response | None) -> bool:
        """Add segments from the offset on until the receipt comes."""
        answer = begun
        while answer is not None and not self.stop.is_set():
            if self._kept(one, answer):
                return True
            offset = int(answer.headers["Upload-Offset"])
            segment = self._segment if one.grows else len(one.content)
            said = {"Upload-Offset": str(offset), "Content-Type": OFFSET_TYPE}
            if offset + segment >= len(one.content):
                said["Upload-Length"] = str(len(one.content))
            where = f"/api/v1/uploads/{one.id}"
            answer = self._ask("PATCH", where, said, one.content[offset : offset + segment])
            if not self._good(answer, 204):
                return False
            self._segment = min(_LARGEST_SEGMENT, self._segment * 2)
        return False

    def _kept(self, one: Media, answer: requests.Response) -> bool:
        if "Fieldvisit-Receipt" not in answer.headers:
            return False
        self.receipts[one.id].add(answer.headers["Fieldvisit-Sha256"])
        receipt = self._ask("GET", answer.headers["Fieldvisit-Receipt"], {}, b"")
        if not self._good(receipt, 200):
            return False
        told = receipt.json()
        self.receipts[one.id].add(told["sha256"])
        if (told["id"], told["size"]) != (one.id, len(one.content)):
            self.wrong.append(f"{one.id}: the receipt says {told}")
        return True

    def _ask(self, method: str, path: str, said: dict[str, str], body: bytes) -> requests.Response:
        headers = {"Authorization": self._bearer, "Tus-Resumable": "1.0.0"} | said
        source = io.BytesIO(body) if body else None  # read piece by piece: a time-out is that of a piece
        return requests.request(method, f"{self.url}{path}", headers=headers, data=source, timeout=_TIMEOUT)

    def _good(self, answer: requests.Response, status: int) -> bool:
        if answer.status_code == status:
            return True
        self.met[str(answer.status_code)] += 1
        if answer.status_code == 401:
            self._bearer = ""
        if answer.status_code not in _AGAIN:
            self.wrong.append(
                f"{answer.request.method} {answer.url} {answer.status_code} {answer.text[:500]}"
            )
        return False

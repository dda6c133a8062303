"""Random alterations of packs, each found and the item named; and no fault in packs that nobody altered.

200 alterations by default, 1,000 with FIELDVISIT_SCALE=full; FIELDVISIT_SEED repeats a run by the seed that it printed.
Whoever alters with the password is found by the lists; where these are altered too, so that all agrees, by the digest
of the register, which names the pack as a whole.
"""

from __future__ import annotations

import hashlib
import json
import os
from bisect import bisect_right
from collections.abc import Callable
from pathlib import Path
from random import Random, SystemRandom

import pytest

from server.services.evidence_packing import fresh_password
from server.verify.archive import END, Archive
from server.verify.checking import check_pack
from server.verify.faults import Fault
from tests.conftest import Desk
from tests.support import evidence as files
from tests.support import packs
from tests.support.cast import AGENT, DISPATCHER

ALTERATIONS = 1_000 if os.environ.get("FIELDVISIT_SCALE") == "full" else 200
CLEAN_RUNS = 100

Contents = dict[str, bytes]


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    chosen = int(os.environ.get("FIELDVISIT_SEED") or SystemRandom().getrandbits(32))
    # Past the capture: the seed of a run that passed belongs into its log too.
    capture = request.config.pluginmanager.getplugin("capturemanager")
    assert capture is not None
    with capture.global_and_fixture_disabled():
        print(f" FIELDVISIT_SEED={chosen} ", end="", flush=True)
    return chosen


@pytest.fixture
def pack(desk: Desk) -> tuple[bytes, str]:
    """A pack with photos and a recording that a phone signed for, and files that came by the desk; and its password."""
    visit = packs.make_signed(desk)
    brought = {"brought_by": AGENT.id, "reason": "手机送修"}
    for number in range(3, 6):
        desk.ok(files.send(desk, DISPATCHER, visit, files.photo(number), desk_import=True, **brought), 201)
    return packs.taken(desk, packs.made(desk, visit))


@pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
def test_each_random_alteration_is_found_and_its_item_named(
    pack: tuple[bytes, str], tmp_path: Path, seed: int
) -> None:
    content, password = pack
    random, places = Random(seed), _Places(packs.written(tmp_path, content))
    for number in range(ALTERATIONS):
        told = f"FIELDVISIT_SEED={seed} alteration {number}"
        if random.random() < 0.7:
            how = random.choice(BYTEWISE)
            altered, wanted = how(content, places, random)
        else:
            how = random.choice(BY_HAND)
            contents, wanted = how(packs.opened(content, password), random)
            altered = packs.packed_again(contents, password)
        assert altered != content, told
        faults = _faults(tmp_path, altered, password)
        # A list that disagrees with an item is named beside it: which of the two was altered, nobody can see.
        named = {fault.item for fault in faults} | {str(fault.facts.get("source")) for fault in faults}
        assert named & wanted, f"{told} {how.__name__}: {named} does not name {wanted}"


@pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
def test_a_pack_that_nobody_altered_has_no_fault_a_hundred_times(
    pack: tuple[bytes, str], tmp_path: Path, seed: int
) -> None:
    """Each with another password, other salts and another number of items."""
    content, password = pack
    assert _faults(tmp_path, content, password) == []
    contents, random = packs.opened(content, password), Random(seed)
    for _ in range(CLEAN_RUNS):
        other = fresh_password()
        fewer = _without(contents, random.sample(_unsigned(contents), random.randrange(4)))
        path = packs.written(tmp_path, packs.packed_again(fewer, other))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert check_pack(path, other, digest).faults == []


@pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
def test_bytes_taken_out_of_any_salt_are_found_in_that_item(pack: tuple[bytes, str], tmp_path: Path) -> None:
    """Everything behind them has moved, the directory too: the check said once that the password was wrong."""
    content, password = pack
    with packs.written(tmp_path, content).open("rb") as source:
        entries = list(Archive(source).entries.values())
    for entry in entries:
        altered = content[: entry.begins] + content[entry.begins + 3 :]
        faults = _faults(tmp_path, altered, password)
        assert [fault.item for fault in faults if fault.code == "password_other"] == [entry.name]
        assert END in {fault.item for fault in faults}


@pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
def test_lists_that_were_made_to_agree_are_found_by_the_digest_of_the_register(
    pack: tuple[bytes, str], tmp_path: Path
) -> None:
    """What the guide says: somebody who has the password can make a pack that agrees with itself, and no other one."""
    content, password = pack
    contents = packs.opened(content, password)
    fewer = packs.packed_again(_without(contents, _unsigned(contents)[:1]), password)
    path = packs.written(tmp_path, fewer)
    assert check_pack(path, password).faults == []
    register = hashlib.sha256(content).hexdigest()
    assert [(f.item, f.code) for f in check_pack(path, password, register).faults] == [
        ("pack.zip", "pack_differs")
    ]
    path.write_bytes(content)
    assert check_pack(path, password, register.upper()).faults == []


def _faults(folder: Path, content: bytes, password: str) -> list[Fault]:
    return check_pack(packs.written(folder, content), password).faults


class _Places:
    """Which item a byte of the archive belongs to: by its entry, and in the directory by its line."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as source:
            entries = list(Archive(source).entries.values())
        self.begins = [entry.offset for entry in entries]
        self.names = [entry.name for entry in entries]
        self.headers = [(entry.offset, entry.begins) for entry in entries]
        place = entries[-1].ends
        for entry in entries:
            self.begins.append(place)
            self.names.append(entry.name)
            place += len(entry.central_header())
        self.begins.append(place)
        self.names.append(END)

    def at(self, place: int) -> str:
        return self.names[bisect_right(self.begins, place) - 1]


def a_bit(content: bytes, places: _Places, random: Random) -> tuple[bytes, set[str]]:
    place = random.randrange(len(content))
    changed = bytes([content[place] ^ 1 << random.randrange(8)])
    return content[:place] + changed + content[place + 1 :], {places.at(place)}


def a_bit_of_the_form(content: bytes, places: _Places, random: Random) -> tuple[bytes, set[str]]:
    """Headers and directory are a small part of the bytes: most flips elsewhere would miss them."""
    begin = random.choice(places.begins)
    place = min(begin + random.randrange(60), len(content) - 1)
    changed = bytes([content[place] ^ 1 << random.randrange(8)])
    return content[:place] + changed + content[place + 1 :], {places.at(place)}


def some_bytes(content: bytes, places: _Places, random: Random) -> tuple[bytes, set[str]]:
    place = random.randrange(len(content))
    count = min(random.randrange(1, 40), len(content) - place)
    noise = bytes(held ^ random.randrange(1, 256) for held in content[place : place + count])
    wanted = {places.at(place + step) for step in range(count)}
    return content[:place] + noise + content[place + count :], wanted


def cut(content: bytes, places: _Places, random: Random) -> tuple[bytes, set[str]]:
    place = random.randrange(100, len(content))
    # What is cut within its header has no name left that anybody could read.
    nameless = any(begins <= place < ends for begins, ends in places.headers)
    return content[:place], {places.at(place), places.at(place - 1)} | ({END} if nameless else set())


def bytes_more(content: bytes, places: _Places, random: Random) -> tuple[bytes, set[str]]:
    place = random.randrange(len(content) + 1)
    noise = random.randbytes(random.randrange(1, 30))
    return content[:place] + noise + content[place:], {places.at(place), places.at(max(0, place - 1)), END}


def bytes_less(content: bytes, places: _Places, random: Random) -> tuple[bytes, set[str]]:
    place, count = random.randrange(len(content) - 1), random.randrange(1, 30)
    return content[:place] + content[place + count :], {places.at(place), places.at(place + count - 1), END}


def an_item_changed(contents: Contents, random: Random) -> tuple[Contents, set[str]]:
    name = random.choice([*contents])
    held = contents[name]
    place = random.randrange(len(held))
    changed = bytes([held[place] ^ 1 << random.randrange(8)])
    return contents | {name: held[:place] + changed + held[place + 1 :]}, {name}


def an_item_removed(contents: Contents, random: Random) -> tuple[Contents, set[str]]:
    name = random.choice([*contents])
    return {other: held for other, held in contents.items() if other != name}, {name}


def an_item_added(contents: Contents, random: Random) -> tuple[Contents, set[str]]:
    name = f"originals/photo_{random.randrange(10**6)}.jpg"
    return contents | {name: random.randbytes(50)}, {name}


def an_item_renamed(contents: Contents, random: Random) -> tuple[Contents, set[str]]:
    name = random.choice([*contents])
    renamed = {(f"x{other}" if other == name else other): held for other, held in contents.items()}
    return renamed, {name}


def two_items_exchanged(contents: Contents, random: Random) -> tuple[Contents, set[str]]:
    one, other = random.sample(_originals(contents), 2)
    return contents | {one: contents[other], other: contents[one]}, {one}


def an_item_and_both_lists(contents: Contents, random: Random) -> tuple[Contents, set[str]]:
    """The receipt and the trail still tell of the file that came."""
    name = random.choice(_originals(contents))
    forged = random.randbytes(len(contents[name]))
    digest, was = (hashlib.sha256(held).hexdigest() for held in (forged, contents[name]))
    manifest = contents["manifest.json"].replace(was.encode(), digest.encode())
    return _listed_anew(contents | {name: forged, "manifest.json": manifest}), {name}


def a_line_of_the_trail_and_its_digests(contents: Contents, random: Random) -> tuple[Contents, set[str]]:
    """The line says another actor, and every list agrees with the new file."""
    trail = json.loads(contents["trail.json"])
    random.choice(trail["lines"])["actor_id"] = AGENT.id.replace("0", "1").replace("a", "b")
    changed = json.dumps(trail, ensure_ascii=False).encode()
    manifest = json.loads(contents["manifest.json"])
    for one in manifest["files"]:
        if one["path"] == "trail.json":
            one |= {"sha256": hashlib.sha256(changed).hexdigest(), "size": len(changed)}
    told = json.dumps(manifest, ensure_ascii=False).encode()
    return _listed_anew(contents | {"trail.json": changed, "manifest.json": told}), {"trail.json"}


def a_line_of_a_phones_manifest(contents: Contents, random: Random) -> tuple[Contents, set[str]]:
    """A character of signature, key or nonce, and every list agrees: the phone's text still names what it signed."""
    manifest = json.loads(contents["manifest.json"])
    (line,) = manifest["capture_manifests"]
    holder, name = random.choice(
        [(line, "signature"), (line["key"], "x"), (line["key"], "y"), (line, "nonce")]
    )
    held = holder[name]
    place = random.randrange(len(held))
    other = random.choice([letter for letter in "0123456789abcdef" if letter != held[place]])
    holder[name] = held[:place] + other + held[place + 1 :]
    told = json.dumps(manifest, ensure_ascii=False).encode()
    return _listed_anew(contents | {"manifest.json": told}), {line["path"]}


def a_file_that_a_phone_signed_for(contents: Contents, random: Random) -> tuple[Contents, set[str]]:
    """Taken out of every list, of the receipts and of the trail: the phone's text still names it."""
    items = json.loads(contents["manifest.json"])["items"]
    item = random.choice([one for one in items if one["source"] == "phone"])
    line = json.loads(contents["manifest.json"])["capture_manifests"][0]
    return _without(contents, [item["path"]]), {line["path"]}


Bytewise = Callable[[bytes, _Places, Random], tuple[bytes, set[str]]]
ByHand = Callable[[Contents, Random], tuple[Contents, set[str]]]
BYTEWISE: list[Bytewise] = [a_bit, a_bit_of_the_form, some_bytes, cut, bytes_more, bytes_less]
BY_HAND: list[ByHand] = [
    an_item_changed, an_item_removed, an_item_added, an_item_renamed, two_items_exchanged, an_item_and_both_lists,
    a_line_of_the_trail_and_its_digests, a_line_of_a_phones_manifest, a_file_that_a_phone_signed_for,
]  # fmt: skip


def _originals(contents: Contents) -> list[str]:
    return [name for name in contents if name.startswith("originals/")]


def _unsigned(contents: Contents) -> list[str]:
    """What came by the desk: no phone speaks for it."""
    items = json.loads(contents["manifest.json"])["items"]
    return [one["path"] for one in items if one["source"] == "desk"]


def _without(contents: Contents, names: list[str]) -> Contents:
    """A pack without these, every list agreeing."""
    manifest = json.loads(contents["manifest.json"])
    manifest["items"] = [one for one in manifest["items"] if one["path"] not in names]
    told = json.dumps(manifest, ensure_ascii=False).encode()
    fewer = {name: held for name, held in contents.items() if name not in names}
    return _listed_anew(fewer | {"manifest.json": told})


def _listed_anew(contents: Contents) -> Contents:
    lines = [
        f"{hashlib.sha256(held).hexdigest()}  {name}\n"
        for name, held in contents.items()
        if name != "sha256sums.txt"
    ]
    return contents | {"sha256sums.txt": "".join(lines).encode()}

"""What phones signed, within a pack: carried to the letter, held against the files, and found when one byte changed."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from server.domain.visits import Visit
from server.verify.checking import check_pack, told
from tests.conftest import Desk
from tests.support import evidence as files
from tests.support import packs
from tests.support.captures import NONCE, Chain, Phone, Signer
from tests.support.cast import AGENT, PARTNER
from tests.support.evidence import STARTED

pytestmark = pytest.mark.parametrize("environment", ["sqlite"], indirect=True)

Contents = dict[str, bytes]


@pytest.fixture
def phone(desk: Desk) -> Phone:
    return Phone(desk, AGENT)


@pytest.fixture
def visit(desk: Desk, phone: Phone) -> Visit:
    return packs.make_signed(desk, phone)


def pack_of(desk: Desk, visit: Visit) -> tuple[Contents, str]:
    content, password = packs.taken(desk, packs.made(desk, visit))
    return packs.opened(content, password), password


def manifest_of(contents: Contents) -> Any:
    return json.loads(contents["manifest.json"])


def agreeing(contents: Contents, manifest: Any) -> Contents:
    """As somebody who has the password would make it: every digest of the pack's own lists is that of the file."""
    for one in [*manifest["items"], *manifest["files"]]:
        held = contents[one["path"]]
        one |= {"sha256": hashlib.sha256(held).hexdigest(), "size": len(held)}
    kept = {one["id"]: one for one in manifest["items"]}
    receipts = [one | {"sha256": kept[one["id"]]["sha256"]} for one in json.loads(contents["receipts.json"])]
    changed = contents | {"receipts.json": json.dumps(receipts).encode()}
    for one in manifest["files"]:
        held = changed[one["path"]]
        one |= {"sha256": hashlib.sha256(held).hexdigest(), "size": len(held)}
    changed["manifest.json"] = json.dumps(manifest, ensure_ascii=False).encode()
    lines = (
        f"{hashlib.sha256(held).hexdigest()}  {name}\n"
        for name, held in changed.items()
        if name != "sha256sums.txt"
    )
    return changed | {"sha256sums.txt": "".join(lines).encode()}


def faults_of(folder: Path, contents: Contents, password: str) -> list[tuple[str, str]]:
    checked = check_pack(packs.written(folder, packs.packed_again(contents, password)), password)
    return [(fault.item, fault.code) for fault in checked.faults]


def a_byte(held: bytes, place: int) -> bytes:
    return held[:place] + bytes([held[place] ^ 1]) + held[place + 1 :]


def another(letter: str) -> str:
    return "A" if letter != "A" else "B"


@pytest.mark.parametrize("suffix", ["json", "der", "pem"])
def test_one_altered_byte_of_a_text_a_signature_or_a_key_is_found_wherever_it_is(
    desk: Desk, visit: Visit, tmp_path: Path, suffix: str
) -> None:
    contents, password = pack_of(desk, visit)
    (line,) = manifest_of(contents)["capture_manifests"]
    path = line["path"].replace(".json", f".{suffix}")
    for place in range(0, len(contents[path]), 1 + len(contents[path]) // 40):
        altered = agreeing(contents | {path: a_byte(contents[path], place)}, manifest_of(contents))
        found = faults_of(tmp_path, altered, password)
        assert (path, "signature_bad" if suffix == "json" else "stock_differs") in found, place


@pytest.mark.parametrize("where", ["signature", "x", "y", "nonce"])
def test_one_altered_letter_of_signature_key_or_nonce_is_found_though_every_list_agrees(
    desk: Desk, visit: Visit, tmp_path: Path, where: str
) -> None:
    """Each place of it: the last letter has bits that no digest binds, and one spelling alone is right."""
    contents, password = pack_of(desk, visit)
    path = manifest_of(contents)["capture_manifests"][0]["path"]
    wanted = "nonce_differs" if where == "nonce" else "signature_bad"
    length = {"signature": 86, "nonce": 64}.get(where, 43)
    for place in {*range(0, length, 7), length - 1}:
        manifest = manifest_of(contents)
        (line,) = manifest["capture_manifests"]
        holder = line["key"] if where in ("x", "y") else line
        held = holder[where]
        assert len(held) == length
        holder[where] = held[:place] + another(held[place]) + held[place + 1 :]
        assert (path, wanted) in faults_of(tmp_path, agreeing(contents, manifest), password), place


@pytest.mark.parametrize("kind", ["photo_door", "recording"])
def test_one_altered_byte_of_a_file_is_found_by_what_the_phone_signed(
    desk: Desk, visit: Visit, tmp_path: Path, kind: str
) -> None:
    contents, password = pack_of(desk, visit)
    path = next(one["path"] for one in manifest_of(contents)["items"] if one["kind"] == kind)
    size = len(contents[path])
    for place in (0, size // 2, size - 1):
        altered = agreeing(contents | {path: a_byte(contents[path], place)}, manifest_of(contents))
        found = faults_of(tmp_path, altered, password)
        assert (path, "capture_differs") in found, place
        assert {item for item, _ in found} == {path}


@pytest.mark.parametrize(
    ("change", "code"),
    [(lambda held: held + b"\0", "capture_uncovered"), (lambda held: held[:-1], "capture_cut")],
    ids=["longer", "shorter"],
)
def test_a_recording_made_longer_or_shorter_is_found(
    desk: Desk, visit: Visit, tmp_path: Path, change: Callable[[bytes], bytes], code: str
) -> None:
    contents, password = pack_of(desk, visit)
    path = next(one["path"] for one in manifest_of(contents)["items"] if one["kind"] == "recording")
    altered = agreeing(contents | {path: change(contents[path])}, manifest_of(contents))
    assert (path, code) in faults_of(tmp_path, altered, password)


def test_a_file_taken_out_of_every_list_is_missed_by_the_phones_text(
    desk: Desk, visit: Visit, tmp_path: Path
) -> None:
    contents, password = pack_of(desk, visit)
    manifest = manifest_of(contents)
    gone = next(one for one in manifest["items"] if one["kind"] != "recording")  # which is several captures
    manifest["items"].remove(gone)
    receipts = [one for one in json.loads(contents["receipts.json"]) if one["id"] != gone["id"]]
    fewer = {name: held for name, held in contents.items() if name != gone["path"]}
    altered = agreeing(fewer | {"receipts.json": json.dumps(receipts).encode()}, manifest)
    path = manifest["capture_manifests"][0]["path"]
    assert faults_of(tmp_path, altered, password) == [(path, "capture_missing")]


def test_a_manifest_taken_out_of_every_list_is_missed_by_the_trail(
    desk: Desk, visit: Visit, tmp_path: Path
) -> None:
    contents, password = pack_of(desk, visit)
    manifest = manifest_of(contents)
    manifest["capture_manifests"] = []
    manifest["files"] = [one for one in manifest["files"] if not one["path"].startswith("chain/")]
    fewer = {name: held for name, held in contents.items() if not name.startswith("chain/")}
    assert faults_of(tmp_path, agreeing(fewer, manifest), password) == [("trail.json", "chain_dropped")]


def test_another_phones_text_over_another_order_is_no_chain(desk: Desk, visit: Visit, tmp_path: Path) -> None:
    """Signed anew with a key of the forger's own: the signature fits, and the nonce and the order do not."""
    contents, password = pack_of(desk, visit)
    manifest = manifest_of(contents)
    (line,) = manifest["capture_manifests"]
    said = json.loads(contents[line["path"]])
    said["entries"][0], said["entries"][1] = said["entries"][1], said["entries"][0]
    text, forger = json.dumps(said), Signer()
    line["signature"] = forger.sign(text)
    line["key"] |= {"x": forger.jwk["x"], "y": forger.jwk["y"]}
    found = faults_of(tmp_path, agreeing(contents | {line["path"]: text.encode()}, manifest), password)
    assert {(line["path"], "chain_order"), (line["path"], "not_in_trail")} <= set(found)
    assert {code for _, code in found} >= {"stock_differs"}
    said["entries"][0]["seq"], said["entries"][1]["seq"] = 1, 2
    text = json.dumps(said | {"nonce": "0" * 64, "visit": line["id"]})
    line["signature"] = forger.sign(text)
    found = faults_of(tmp_path, agreeing(contents | {line["path"]: text.encode()}, manifest), password)
    assert {"chain_broken", "nonce_differs", "visit_differs"} <= {code for _, code in found}


def test_a_manifest_lies_in_the_pack_to_the_letter_with_what_checks_it(
    desk: Desk, visit: Visit, phone: Phone, tmp_path: Path
) -> None:
    contents, password = pack_of(desk, visit)
    with desk.installation.house.units.read() as uow:
        (row,) = uow.capture_manifests.having(visit_id=visit.id)
    (line,) = manifest_of(contents)["capture_manifests"]
    assert line["path"] == f"chain/{visit.id}/{row.id}.json"
    assert contents[line["path"]] == row.signed.encode()
    assert (line["signature"], line["key_id"], line["nonce"]) == (row.signature, phone.key_id, NONCE)
    assert {name: line["key"][name] for name in ("x", "y")} == {
        name: phone.signer.jwk[name] for name in ("x", "y")
    }
    assert (line["findings"], manifest_of(contents)["visits"][0]["awaited"]) == ([], [])
    assert faults_of(tmp_path, contents, password) == []


def test_stock_openssl_checks_a_signature_as_the_guide_says(desk: Desk, visit: Visit, tmp_path: Path) -> None:
    contents, _ = pack_of(desk, visit)
    (line,) = manifest_of(contents)["capture_manifests"]
    tool = shutil.which("openssl")
    assert tool is not None, "openssl is part of every Debian that speaks TLS"
    stem = line["path"].removesuffix(".json")
    assert "openssl dgst -sha256 -verify" in contents["guide.txt"].decode()
    for name in (f"{stem}.json", f"{stem}.der", f"{stem}.pem"):
        (tmp_path / name.rpartition("/")[2]).write_bytes(contents[name])
    id_ = line["id"]
    command = [tool, "dgst", "-sha256", "-verify", f"{id_}.pem", "-signature", f"{id_}.der", f"{id_}.json"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, "Verified OK\n")
    (tmp_path / f"{id_}.json").write_bytes(contents[f"{stem}.json"] + b" ")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 1


def dishonest(desk: Desk, phone: Phone, how: str) -> Visit:
    """A visit whose manifest does not fit, as the house knew before it was packed."""
    visit = files.make_visited(desk, capture_nonce=NONCE)
    first, second, run = (files.fresh_id() for _ in range(3))
    chain = Chain(visit.id)
    chain.add(files.photo(1), first, STARTED)
    chain.add(files.photo(2), second, STARTED + timedelta(seconds=1))
    sound = files.recording()
    chain.run(sound, run, STARTED + timedelta(seconds=2), packs.RUN_MS)
    desk.ok(files.send(desk, AGENT, visit, files.photo(1), id=first), 201)
    desk.ok(files.send(desk, AGENT, visit, sound, "recording", id=run, run=1), 201)
    if how != "item_missing":
        desk.ok(files.send(desk, AGENT, visit, files.photo(2), id=second), 201)
    changes: dict[str, Any] = {}
    match how:
        case "bad_signature":
            changes["signature"] = Signer().sign(chain.text())
        case "unknown_key":
            changes["key_id"] = files.fresh_id()
        case "broken_link":
            chain.entries[1]["previous"] = "0" * 64
        case "seq_missing":
            del chain.entries[1]
        case "digest_differs":
            chain.entries[3]["sha256"] = "0" * 64
        case "segment_gap":
            chain.entries[-1]["size"] -= 1
        case "segment_cut":
            chain.entries[-1]["size"] += 1
        case "segment_overlap":
            chain.entries[-1]["offset"] -= 1
        case "manifest_unreadable":
            chain.entries[0]["at"] = "yesterday"
        case "wrong_nonce":
            chain.nonce = "other"
    phone.send(visit, chain.text(), **changes)
    return visit


DISHONEST = [
    "bad_signature", "unknown_key", "broken_link", "seq_missing", "digest_differs", "segment_gap", "segment_cut",
    "segment_overlap", "manifest_unreadable", "wrong_nonce", "item_missing",
]  # fmt: skip


@pytest.mark.parametrize("how", DISHONEST)
def test_what_was_known_to_be_wrong_is_shown_and_is_no_fault_of_the_pack(
    desk: Desk, phone: Phone, tmp_path: Path, how: str, later: Callable[..., None]
) -> None:
    visit = dishonest(desk, phone, how)
    later(days=3)
    for member in packs.PACKERS:
        desk.forget(member)
    contents, password = pack_of(desk, visit)
    (line,) = manifest_of(contents)["capture_manifests"]
    assert how in [one["code"] for one in line["findings"]]
    checked = check_pack(packs.written(tmp_path, packs.packed_again(contents, password)), password)
    assert checked.faults == []
    assert any(one.startswith(f"{line['path']}: 打包时已注明：{how}") for one in told(checked))


def test_what_had_yet_to_come_is_shown_and_what_comes_by_another_key_is_another_chain(
    desk: Desk, visit: Visit, tmp_path: Path
) -> None:
    other, awaited = Phone(desk, PARTNER), files.fresh_id()
    chain = Chain(visit.id)
    chain.add(files.photo(7), awaited, STARTED)
    other.send(visit, chain.text())
    content, password = packs.taken(desk, packs.made(desk, visit))
    checked = check_pack(packs.written(tmp_path, content), password)
    assert checked.faults == []
    assert [one for one in told(checked) if awaited in one] == [
        f"chain/{visit.id}: 打包时文件 {awaited} 尚未到齐（文件或清单） / "
        f"of the file {awaited} something had yet to come when it was packed (the file, or a list of it)"
    ]


def test_a_chain_that_goes_on_and_is_told_again_is_one_chain(
    desk: Desk, phone: Phone, tmp_path: Path
) -> None:
    visit = files.make_visited(desk, capture_nonce=NONCE)
    chain = Chain(visit.id)
    for number in range(3):
        id_ = files.fresh_id()
        desk.ok(files.send(desk, AGENT, visit, files.photo(number), id=id_), 201)
        chain.add(files.photo(number), id_, STARTED + timedelta(seconds=number))
    phone.send(visit, chain.text(entries=chain.entries[:1]))
    phone.send(visit, chain.text(entries=chain.entries[1:2]))
    phone.send(visit, chain.text())
    content, password = packs.taken(desk, packs.made(desk, visit))
    checked = check_pack(packs.written(tmp_path, content), password)
    assert (checked.faults, checked.noted) == ([], [])
    assert sum(name.endswith(".pem") for name in packs.opened(content, password)) == 3


def test_words_of_an_unknown_hand_do_not_end_the_check(desk: Desk, visit: Visit, tmp_path: Path) -> None:
    """A number without end, an id that is none, a letter that no encoding has: faults, and the rest is checked."""
    contents, password = pack_of(desk, visit)
    manifest, trail = manifest_of(contents), json.loads(contents["trail.json"])
    path = manifest["capture_manifests"][0]["path"]
    endless = contents["manifest.json"].replace(
        b'"findings": []', b'"findings": [{"code": "late", "item_id": null, "seq": 1e999}]'
    )
    assert endless != contents["manifest.json"]
    found = faults_of(tmp_path, contents | {"manifest.json": endless}, password)
    assert ("manifest.json", "manifest_unreadable") in found
    (line,) = (one for one in trail["lines"] if one["action"] == "evidence.manifest_kept")
    for id_ in (7, "x"):
        trail["lines"].append(line | {"detail": line["detail"] | {"manifest_id": id_}})
    found = faults_of(tmp_path, contents | {"trail.json": json.dumps(trail).encode()}, password)
    assert found.count(("trail.json", "chain_dropped")) == 2
    manifest["capture_manifests"][0]["nonce"] = "\ud800"
    found = faults_of(tmp_path, contents | {"manifest.json": json.dumps(manifest).encode()}, password)
    assert {(path, "nonce_differs"), (path, "chain_broken")} <= set(found)


def test_a_hostile_name_in_a_list_moves_no_cursor(desk: Desk, visit: Visit, tmp_path: Path) -> None:
    contents, password = pack_of(desk, visit)
    manifest = manifest_of(contents)
    manifest["items"][0]["path"] = "originals/\x1b[2J\r\u202e.jpg"
    contents["manifest.json"] = json.dumps(manifest).encode()
    path = packs.written(tmp_path, packs.packed_again(contents, password))
    lines = list(told(check_pack(path, password)))
    assert any("originals/" in line for line in lines)
    assert all(line.isprintable() for line in lines)

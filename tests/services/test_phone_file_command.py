"""`fieldvisit phone-file`: a phone's sealed file opens for IT and for nobody else, and says what is damaged (S19)."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.cli import main
from server.domain.phone_exports import MAGIC
from storage.phone_keys import base64url
from tests.conftest import Desk
from tests.support import builders
from tests.support import evidence as files
from tests.support.cast import AGENT, DISPATCHER, IT, PARTNER
from tests.support.custody import sealed_key

VAULT = bytes(range(32))
PHOTO = b"\xff\xd8 the photo \xff\xd9"


@dataclass
class Handed:
    """A phone's file in the making: one record and one photo in two pieces."""

    desk: Desk
    device_id: str
    record: str = field(default_factory=files.fresh_id)
    photo: str = field(default_factory=files.fresh_id)
    visit: str = field(default_factory=files.fresh_id)

    def parts(self) -> list[tuple[str, bytes]]:
        about = {"filetype": "image/jpeg", "captured_at": "2026-03-10T02:00:00Z"}
        return [
            (f"body:{self.record}", json.dumps({"note": "门口无人"}).encode()),
            (f"about:{self.photo}", json.dumps(about).encode()),
            (f"piece:{self.photo}:0", PHOTO[:5]),
            (f"piece:{self.photo}:5", PHOTO[5:]),
        ]

    def head(self) -> dict[str, Any]:
        day = self.desk.ok(self.desk.get(AGENT, "/api/v1/phone/day"))
        items = [
            {"id": self.record, "visit": self.visit, "what": "outcome", "path": "/api/v1/visits/x/outcome"},
            {"id": self.photo, "visit": self.visit, "what": "photo_far", "path": None},
        ]
        sealed = sealed_key(day["sealing_key"], self.device_id, AGENT.id, VAULT)
        return {"device_id": self.device_id, "account_id": AGENT.id, "sealed": sealed, "items": items}

    def written(self, path: Path, *, damage: str = "", **changes: Any) -> Path:
        told, data = [], []
        for name, clear in self.parts():
            iv = os.urandom(12)
            sealed = AESGCM(VAULT).encrypt(iv, clear, name.encode())
            data.append(bytes([sealed[0] ^ 1]) + sealed[1:] if name == damage else sealed)
            told.append({"name": name, "iv": base64url(iv), "size": len(sealed)})
        head = self.head() | {"parts": told} | changes
        path.write_bytes(MAGIC + json.dumps(head).encode() + b"\n" + b"".join(data))
        return path


@pytest.fixture
def handed(desk: Desk) -> Handed:
    return Handed(desk, builders.make_device(desk, AGENT).id)


@pytest.fixture
def command(desk: Desk, environment: dict[str, str]) -> CliRunner:
    return CliRunner(env=environment)


def opened(command: CliRunner, file: Path, by: str = IT.username) -> Result:
    words = ["phone-file", str(file), str(file.parent / "opened"), "--reason", "上传被拒", "--opened-by", by]
    return command.invoke(main, words)


@pytest.mark.parametrize("by", [AGENT.username, DISPATCHER.username, "nobody"])
def test_whoever_is_not_it_opens_nothing(handed: Handed, command: CliRunner, tmp_path: Path, by: str) -> None:
    refused = opened(command, handed.written(tmp_path / "f"), by)
    assert (refused.exit_code, "forbidden" in refused.output) == (1, True)
    assert not (tmp_path / "opened").exists()
    assert "device.export_opened" not in files.actions(handed.desk)


@pytest.mark.parametrize("wrong", ["person", "device", "key"])
def test_what_was_sealed_for_something_else_does_not_open(
    handed: Handed, command: CliRunner, tmp_path: Path, wrong: str
) -> None:
    other = {
        "person": {"account_id": PARTNER.id},
        "device": {"device_id": builders.make_device(handed.desk, PARTNER).id},
        "key": {"sealed": handed.head()["sealed"] | {"key_id": "0" * 16}},
    }
    refused = opened(command, handed.written(tmp_path / "f", **other[wrong]))
    assert (refused.exit_code, "seal_broken [S19]" in refused.output) == (1, True)
    assert not (tmp_path / "opened").exists()


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "first line"),
        (b"PK\x03\x04", "first line"),
        (MAGIC, "head"),
        (MAGIC + b"{}", "head"),
        (MAGIC + b"{}\n", "head"),
        (MAGIC + b"[1]\n", "head"),
        (MAGIC + b"\xff\n", "head"),
        (MAGIC + b" " * (4 << 20) + b"\n", "head"),
    ],
    ids=["empty", "zip", "no-head", "cut-head", "bare-head", "list", "no-text", "too-long"],
)
def test_a_file_of_another_form_is_told_so(command: CliRunner, tmp_path: Path, raw: bytes, why: str) -> None:
    (tmp_path / "f").write_bytes(raw)
    refused = opened(command, tmp_path / "f")
    assert refused.exit_code == 1
    assert (
        f"phone_export_unreadable [S19]: 文件读不出：不是手机导出的封存文件，或已损坏（{why}）"
        in refused.output
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"items": [{"id": "../../etc", "visit": files.fresh_id(), "what": "x", "path": None}]},
        {"items": []},
        {"parts": [{"name": "piece:../x:0", "iv": "A" * 16, "size": 16}]},
        {"parts": [{"name": f"body:{files.fresh_id()}", "iv": "A" * 16, "size": 16}]},
        {"device_id": "1"},
    ],
)
def test_a_head_that_lies_names_no_file(
    handed: Handed, command: CliRunner, tmp_path: Path, changes: dict[str, Any]
) -> None:
    refused = opened(command, handed.written(tmp_path / "f", **changes))
    assert (refused.exit_code, "phone_export_unreadable" in refused.output) == (1, True)
    assert not (tmp_path / "opened").exists()


def test_nothing_is_written_over(handed: Handed, command: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "opened").mkdir()
    assert opened(command, handed.written(tmp_path / "f")).exit_code == 2
    assert "device.export_opened" not in files.actions(handed.desk)


@pytest.mark.parametrize("damaged", ["body", "piece"])
def test_one_damaged_item_is_named_and_the_others_are_there(
    handed: Handed, command: CliRunner, tmp_path: Path, damaged: str
) -> None:
    item = handed.record if damaged == "body" else handed.photo
    name = f"body:{item}" if damaged == "body" else f"piece:{item}:5"
    told = opened(command, handed.written(tmp_path / "f", damage=name))
    assert told.exit_code == 1
    assert f"1 items are damaged and not whole: {item}" in told.output
    photo = tmp_path / "opened" / f"{handed.visit}-{handed.photo}.jpg"
    record = tmp_path / "opened" / f"{handed.visit}-{handed.record}.json"
    assert photo.read_bytes() == PHOTO if damaged == "body" else record.is_file()


def test_it_gets_every_item_as_it_was_captured_and_the_trail_says_who_and_why(
    handed: Handed, command: CliRunner, tmp_path: Path
) -> None:
    told = opened(command, handed.written(tmp_path / "f"))
    assert told.exit_code == 0, told.output
    folder = tmp_path / "opened"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / f"{handed.visit}-{handed.photo}.jpg").read_bytes() == PHOTO
    record = json.loads((folder / f"{handed.visit}-{handed.record}.json").read_text("utf-8"))
    assert record == {"what": "outcome", "path": "/api/v1/visits/x/outcome", "told": {"note": "门口无人"}}
    assert files.actions(handed.desk)[-1] == "device.export_opened"

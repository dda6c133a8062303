"""The journey's third part: at the door. Devices, a hold and its release, two visits and a follow-up on the spot."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from server.domain.calendar import SHANGHAI
from server.domain.capture_manifests import nonce_after
from server.domain.consents import CONSENT_VERSION
from storage.media.invented_photos import draw_photo
from storage.media.invented_recordings import mux_recording
from tests.house.journey_requests import due_back
from tests.support.captures import Chain, Signer
from tests.support.cast import AGENT, COLLECTOR, DISPATCHER, MANAGER, PARTNER, TEAM_LEAD, Member
from tests.support.evidence import sha256
from tests.support.over_http import Firm, fresh

DOOR = (34.7725, 113.6841)


class Visiting:
    """陈磊 and 王强 on their way, each with the company device that was handed out."""

    def __init__(self, firm: Firm, today: date) -> None:
        self.firm = firm
        self.devices = {member.username: self._device(member, today) for member in (AGENT, PARTNER)}
        self.signer = Signer()
        self.key_id = self._key(AGENT)
        for member in (AGENT, PARTNER):
            self.firm.post(member, "/consents", {"id": fresh(), "version": CONSENT_VERSION}, 201)
        self.chains: dict[str, Chain] = {}

    def _device(self, member: Member, today: date) -> str:
        """V20: registered, and handed out to one person with its condition."""
        device = self.firm.create(
            DISPATCHER, "/devices", label=f"{member.name}的手机", serial=f"SN-{member.username}", kind="phone"
        )
        self.firm.create(
            DISPATCHER,
            f"/devices/{device['id']}/hand-out",
            account_id=self.firm.id_of(member),
            condition="完好",
            due_at=due_back(today),
        )
        return str(device["id"])

    def _key(self, member: Member) -> str:
        """V20: the device's own key, enrolled by who has it; not by one who has another."""
        path, key_id = f"/devices/{self.devices[member.username]}/keys", fresh()
        made = self.firm.post(
            DISPATCHER, f"/devices/{self.devices[member.username]}/enrolment-code", None, 201
        )
        body = {"id": key_id, "jwk": self.signer.jwk, "code": made["code"]}
        assert self.firm.ask("POST", PARTNER, path, json=body).status_code == 404
        self.firm.post(member, path, body, 201)
        return key_id

    # steps
    def check_body(self, member: Member, direction: str) -> dict[str, Any]:
        return {
            "id": fresh(),
            "direction": direction,
            "at": self.firm.now().isoformat(),
            "latitude": DOOR[0],
            "longitude": DOOR[1],
            "accuracy_m": 8.0,
            "device_id": self.devices[member.username],
        }

    def check(self, member: Member, visit: str, direction: str) -> Any:
        body = self.check_body(member, direction)
        answer = self.firm.post(member, f"/visits/{visit}/check-ins", body, 201)
        assert answer["check_in"]["refusal"] is None
        return answer

    def both_check_in(self, visit: str) -> Any:
        self.check(AGENT, visit, "in")
        answer = self.check(PARTNER, visit, "in")
        assert answer["present"] == [self.firm.id_of(AGENT), self.firm.id_of(PARTNER)]
        assert answer["visit"]["state"] == "in_progress"
        return answer

    def both_check_out(self, visit: str) -> list[str]:
        """What the visit still lacks, as the lead is told."""
        self.check(PARTNER, visit, "out")
        answer = self.check(AGENT, visit, "out")
        assert answer["visit"]["state"] == "completed"
        return [missing["code"] for missing in answer["missing"]]

    def record(self, visit: str, path: str, **values: Any) -> Any:
        """Something that happens now."""
        return self.firm.create(AGENT, f"/visits/{visit}/{path}", at=self.firm.now().isoformat(), **values)

    def photo(self, visit: str, kind: str, seed: int) -> None:
        at = self.firm.now()
        content = draw_photo(seed, kind, at, *DOOR)
        self._chain(visit).add(content, self._send(visit, kind, f"{kind}.jpg", content), at)

    def recording(self, visit: str, seed: int) -> None:
        """A run of one segment that is full now."""
        at = self.firm.now() - timedelta(seconds=20)
        content = mux_recording(seed, 20, "webm", at)
        item = self._send(visit, "recording", "run-1.webm", content)
        self._chain(visit).run(content, item, at, 20_000, pieces=1)

    def _chain(self, visit: str) -> Chain:
        """What the lead's phone captured on a visit, under the nonce that it was given with it."""
        if visit not in self.chains:
            nonce = self.firm.get(AGENT, f"/visits/{visit}")["capture_nonce"]
            self.chains[visit] = Chain(visit, nonce, begins=self.firm.now())
        return self.chains[visit]

    def manifest(self, visit: str) -> None:
        """V2, V8: everything as it was captured, signed; all of it fits, and the stored bytes are read to say so.

        A letter changed after it was signed is kept and told.
        """
        signed = self.chains[visit].text()
        body = {"key_id": self.key_id, "signed": signed, "signature": self.signer.sign(signed)}
        receipt = self.firm.create(AGENT, f"/visits/{visit}/manifests", **body)
        assert (receipt["captures"], receipt["findings"], receipt["awaited"]) == (
            len(self.chains[visit].entries),
            [],
            [],
        )
        kept = {item["id"] for item in self.firm.get(MANAGER, f"/visits/{visit}/evidence")["items"]}
        assert {entry["item"] for entry in self.chains[visit].entries} == kept
        altered = body | {"signed": signed.replace('"accuracy_m":8.0', '"accuracy_m":7.0', 1)}
        found = self.firm.create(AGENT, f"/visits/{visit}/manifests", **altered)["findings"]
        assert [finding["code"] for finding in found] == ["bad_signature"]

    def _send(self, visit: str, kind: str, name: str, content: bytes) -> str:
        """The receipt names the digest of the whole file; sent again, it is the same; and the bytes come back."""
        query = {"id": fresh(), "kind": kind, "filename": name, "sha256": sha256(content)}
        headers = {"Content-Type": "application/octet-stream"}
        path = f"/visits/{visit}/evidence"
        sent = self.firm.ask("POST", AGENT, path, params=query, data=content, headers=headers)
        receipt = self.firm.ok(sent, 201)
        assert (receipt["sha256"], receipt["size"]) == (sha256(content), len(content))
        again = self.firm.ask("POST", AGENT, path, params=query, data=content, headers=headers)
        assert (self.firm.ok(again, 201), again.headers["X-Repeated"]) == (receipt, "true")
        assert self.firm.file(AGENT, f"/evidence/{query['id']}/content") == content
        wrong = query | {"id": fresh(), "sha256": sha256(b"another file")}
        cut = self.firm.ask("POST", AGENT, path, params=wrong, data=content, headers=headers)
        assert cut.json()["title"] == "digest_differs"
        return query["id"]

    def answers(self, visit: str) -> None:
        given = self.firm.create(
            AGENT,
            f"/visits/{visit}/answers",
            identity_shown_at=self.firm.now().isoformat(),
            entered=False,
            vulnerable_person=False,
            asked_to_leave=False,
            benefits_offered=False,
            cash_offered=False,
        )
        assert given["findings"] == []

    def outcome(self, visit: str, outcome: str) -> None:
        body = {"id": fresh(), "outcome": outcome, "debtor_gone": False, "note": ""}
        self.firm.post(AGENT, f"/visits/{visit}/outcome", body)


def held(visiting: Visiting, visit: str) -> None:
    """V13: one tap of the collector stops it, the lead and the phones are told; the dispatcher lets it go on."""
    firm = visiting.firm
    path = f"/placements/{firm.ids['J-RELAYED']}"
    hold = firm.create(COLLECTOR, f"{path}/holds", reason="complaint", note="来电表示要投诉")
    firm.post(MANAGER, f"/holds/{hold['id']}/lead", {"lead_id": firm.id_of(TEAM_LEAD)})
    for member, kind in (
        (MANAGER, "case_stopped"),
        (TEAM_LEAD, "hold_lead"),
        (AGENT, "visit_held"),
        (PARTNER, "visit_held"),
    ):
        assert kind in [message["kind"] for message in firm.get(member, "/inbox")["items"]]
    assert firm.get(AGENT, f"/visits/{visit}")["hold"]["reason"] == "complaint"
    body = visiting.check_body(AGENT, "in")
    firm.refused(
        firm.ask("POST", AGENT, f"/visits/{visit}/check-ins", json=body), 422, "visit_on_hold", "V13"
    )
    reported = firm.post(MANAGER, f"/holds/{hold['id']}/reported")
    assert reported["reported_to_client_at"] is not None
    forbidden = firm.ask("POST", COLLECTOR, f"/holds/{hold['id']}/release", json={"reason": "已安抚"})
    assert forbidden.status_code == 403
    firm.post(DISPATCHER, f"/holds/{hold['id']}/release", {"reason": "已安抚"})
    assert firm.get(AGENT, f"/visits/{visit}")["hold"] is None


def relayed(visiting: Visiting) -> None:
    """C3: the former wife will relay, and a letter is left as V6 wants it; the counterfoil and the relay come later."""
    firm, visit = visiting.firm, visiting.firm.ids["visit J-RELAYED"]
    held(visiting, visit)
    visiting.both_check_in(visit)
    visiting.photo(visit, "photo_door", 1)
    visiting.recording(visit, 2)
    shown = firm.get(AGENT, f"/visits/{visit}")
    assert (shown["brief"]["debtor_name"], shown["total_debt"]) == ("张*", None)
    contact = visiting.record(
        visit, "contacts", who="other_contact", channel="in_person", name="李四", relation="前妻",
        communicated=True, will_relay=True, can_relay=True,
    )  # fmt: skip
    assert contact["total_debt_visible"] is False
    (own,) = [phone for phone in shown["phones"] if phone["owner"] == "debtor"]
    assert own["number"] == "139****0001"
    dialled = firm.post(AGENT, f"/visits/{visit}/dial", {"phone_id": own["id"]})
    assert dialled["number"] == "13900000001"
    call = visiting.record(
        visit, "calls", phone_id=own["id"], answered=False, seconds=0, line="company_device",
        recording_offset_ms=4000,
    )  # fmt: skip
    assert call["findings"] == []
    letter = visiting.record(visit, "letter", left_at="visited_address", manner="投入信箱")
    visiting.photo(visit, "letter_address", 3)
    visiting.photo(visit, "letter_manner", 4)
    visiting.manifest(visit)
    visiting.answers(visit)
    visiting.outcome(visit, "nobody")
    assert visiting.both_check_out(visit) == ["counterfoil", "message_not_sent"]
    assert "visit_outcome" in [message["kind"] for message in firm.get(COLLECTOR, "/inbox")["items"]]
    received = firm.post(DISPATCHER, f"/letters/{letter['id']}/counterfoil", {"id": fresh()})
    assert received["counterfoil_received_by"] == firm.id_of(DISPATCHER)
    today = firm.now().astimezone(SHANGHAI).date().isoformat()
    relay = {"id": fresh(), "on": today}
    assert firm.post(COLLECTOR, f"/visit-contacts/{contact['id']}/relay", relay)["relayed_on"] == relay["on"]
    _evidence_is_whole(visiting, visit, {"photo_door", "letter_address", "letter_manner", "recording"})


def followed(visiting: Visiting) -> tuple[datetime, datetime]:
    """V7: a neighbour tells where the debtor lives now; the team goes there at once and meets them (C1).

    Answers when the first visit began and when the follow-up did.
    """
    firm, parent = visiting.firm, visiting.firm.ids["visit J-FOLLOWED"]
    began = visiting.both_check_in(parent)["visit"]["started_at"]
    visiting.photo(parent, "photo_door", 11)
    visiting.recording(parent, 12)
    visiting.record(parent, "contacts", who="stranger", channel="in_person", communicated=True)
    learnt = visiting.record(
        parent, "information/addresses", kind="home", text="河南省郑州市中原区建设西路99号院5号楼"
    )
    assert learnt["county"] == "中原区"
    phone = visiting.record(
        parent, "information/phones", number="138 1111 2222", owner="debtor", owner_name="张三"
    )
    assert phone["number"] == "138****2222"
    visiting.outcome(parent, "moved")
    visiting.answers(parent)
    visiting.both_check_out(parent)
    followed = visiting.record(parent, "follow-up", address_id=learnt["id"], on_the_spot=True)
    assert (followed["parent_id"], followed["findings"]) == (parent, [])
    assert "follow_up_started" in [message["kind"] for message in firm.get(DISPATCHER, "/inbox")["items"]]
    visit = followed["visit"]["id"]
    firm.ids["follow-up"] = visit
    started = visiting.both_check_in(visit)["visit"]["started_at"]
    visiting.photo(visit, "photo_door", 21)
    visiting.recording(visit, 22)
    met = visiting.record(
        visit, "contacts", who="debtor", channel="in_person", name="张三", communicated=True
    )
    assert met["total_debt_visible"] is True
    assert firm.get(AGENT, f"/visits/{visit}")["total_debt"] == "10000.00"
    visiting.manifest(visit)
    parents, own = (visiting.chains[one].nonce for one in (parent, visit))
    assert own == nonce_after(parents, visit), "the phone could have made it without a network"
    visiting.answers(visit)
    visiting.outcome(visit, "found")
    assert visiting.both_check_out(visit) == []
    assert firm.get(AGENT, f"/visits/{parent}")["moment"]["superseded_by"] == visit
    file = firm.get(COLLECTOR, f"/placements/{firm.ids['J-FOLLOWED']}")
    (home,) = [held for held in file["addresses"] if held["address"]["id"] == learnt["id"]]
    assert home["confirmations"][0]["how"].startswith("外访查得")
    assert "138****2222" in [held["phone"]["number"] for held in file["phones"]]
    return datetime.fromisoformat(began), datetime.fromisoformat(started)


def back_in(visiting: Visiting) -> None:
    """V20: the devices come back to the safe."""
    for device in visiting.devices.values():
        visiting.firm.post(DISPATCHER, f"/devices/{device}/take-back", {"condition": "完好"})


def _evidence_is_whole(visiting: Visiting, visit: str, kinds: set[str]) -> None:
    """What is on record of the files, and their copies once the worker has made them."""
    firm = visiting.firm
    path = f"/visits/{visit}/evidence"
    items = firm.until(
        lambda: firm.get(MANAGER, path)["items"],
        lambda seen: all(item["has_thumbnail"] for item in seen if item["kind"] != "recording"),
    )
    assert {item["kind"] for item in items} == kinds
    by_kind = {item["kind"]: item for item in items}
    assert by_kind["recording"]["duration_ms"] > 10_000
    assert by_kind["photo_door"]["media_type"] == "image/jpeg"
    assert abs(by_kind["photo_door"]["latitude"] - DOOR[0]) < 0.001
    small = firm.file(MANAGER, f"/evidence/{by_kind['photo_door']['id']}/thumbnail")
    assert small.startswith(b"\xff\xd8")
    heard = firm.until(
        lambda: firm.ask("GET", AGENT, f"/evidence/{by_kind['recording']['id']}/playable"),
        lambda answer: answer.status_code != 404,
    )
    assert (heard.status_code, heard.headers["Content-Type"]) == (200, "audio/webm")
    assert len(firm.file(MANAGER, f"/evidence/{by_kind['recording']['id']}/peaks")) > 2 * 10 * 10
    chain = firm.get(MANAGER, f"/visits/{visit}/chain")
    assert [finding["code"] for finding in chain["findings"]] == ["bad_signature"]
    recorded = firm.get(MANAGER, f"/visits/{visit}")["recorded"]
    assert recorded["unplaced_ms"] == 0
    assert recorded["recorded_ms"] > 0

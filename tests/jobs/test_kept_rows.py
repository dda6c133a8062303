"""Rows of evidence altered, removed and added behind the house's back: all are found and named, and nothing else is.

FIELDVISIT_SCALE=full makes 1,000 alterations instead of 100; after each the row is put back, and nothing may be found.
"""

from __future__ import annotations

import dataclasses
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from server.domain.evidence_flags import FlagCode, Raised
from server.domain.integrity import EvidenceDifference
from server.domain.kept_rows import KEPT, LISTED_CHANGING, LISTED_FIELDS, KeptTable
from server.domain.visits import Visit, VisitState
from server.jobs import kept_rows as jobs
from server.jobs.integrity import verify_evidence
from server.jobs.kept_rows import check_rows
from server.services import evidence
from server.services.evidence_flags import raise_flags
from server.services.house import House
from storage.rows import tables
from storage.rows.columns import Choice, Instant, Values
from storage.rows.tables.captures import capture_manifests, captures, recording_gaps
from storage.rows.tables.evidence import evidence_items
from storage.rows.tables.flags import evidence_flags
from tests.conftest import NOON, Desk
from tests.support import evidence as files
from tests.support.captures import Chain, Phone, Signer, code_for
from tests.support.cast import AGENT, DISPATCHER, IT, MANAGER, PARTNER, QA
from tests.support.on_site import new_id
from tests.support.statements import statements_of

ALTERATIONS = 1000 if os.environ.get("FIELDVISIT_SCALE") == "full" else 100
SEED = int(os.environ.get("FIELDVISIT_SEED", random.randrange(2**32)))
device_keys = tables.visits.device_keys
OF: dict[str, sa.Table] = {
    "evidence_items": evidence_items,
    "capture_manifests": capture_manifests,
    "device_keys": device_keys,
    "evidence_flags": evidence_flags,
    "captures": captures,
    "recording_gaps": recording_gaps,
}
UNIQUE = {"object_key", "x"}
IMMUTABLE: dict[str, list[str]] = {
    **{table.value: [c for act in KEPT[table].acts for c in act.fields] for table in KeptTable},
    **{
        rows: list(fields)
        for rows, fields in zip(("captures", "recording_gaps"), LISTED_FIELDS.values(), strict=True)
    },
}


def house_of(desk: Desk) -> House:
    return desk.installation.house


def look(desk: Desk) -> None:
    check_rows(house_of(desk), {}, lambda *_: None)


def on_record(desk: Desk, *, opened: bool = True) -> list[EvidenceDifference]:
    with house_of(desk).units.read() as uow:
        found = uow.evidence_differences.having()
    return [one for one in found if one.mended_at is None or not opened]


@dataclass
class Vandal:
    """Somebody with the database in his hands, whom no reference and no trigger stops."""

    engine: sa.Engine
    dice: random.Random
    ids: dict[str, list[str]] = field(default_factory=dict)

    @contextmanager
    def at_work(self) -> Iterator[sa.Connection]:
        with self.engine.begin() as connection:
            if self.engine.dialect.name == "postgresql":
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            yield connection

    def put_back(self, table: str, row: dict[str, Any]) -> None:
        """The table as it was: the row and none that is not one of the house's."""
        kept = OF[table].c.id.in_(self.ids[table])
        with self.at_work() as connection:
            connection.execute(sa.delete(OF[table]).where(sa.or_(~kept, OF[table].c.id == row["id"])))
            connection.execute(sa.insert(OF[table]), row)

    def row(self, table: str) -> dict[str, Any]:
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(OF[table]).order_by(OF[table].c.id)).mappings().all()
        self.ids[table] = [row["id"] for row in rows]
        return dict(self.dice.choice(rows))

    def put(self, table: str, id_: str, values: dict[str, Any]) -> None:
        with self.at_work() as connection:
            connection.execute(sa.update(OF[table]).where(OF[table].c.id == id_).values(**values))

    def remove(self, table: str, id_: str) -> None:
        with self.at_work() as connection:
            connection.execute(sa.delete(OF[table]).where(OF[table].c.id == id_))

    def add(self, table: str, row: dict[str, Any]) -> None:
        with self.at_work() as connection:
            connection.execute(sa.insert(OF[table]), row)

    def other(self, table: str, name: str, value: Any) -> Any:
        """Another value of the column's kind."""
        column = OF[table].c[name]
        if column.nullable and value is not None and self.dice.random() < 0.25:
            return None
        match column.type:
            case Choice() as choice:
                return self.dice.choice([each for each in choice.choices if each != value])
            case Instant():
                return NOON if value is None else value + timedelta(microseconds=self.dice.choice((-1, 1)))
            case Values():
                return [*value, "forged"] if self.dice.random() < 0.5 or not value else [*value[:-1]]
            case sa.JSON():
                return dict(value) | {"distance_m": 1}
            case sa.Boolean():
                return not value
            case sa.BigInteger():
                return 1 if value is None else value + self.dice.choice((-1, 1))
            case sa.Double():
                return 1.5 if value is None else value + self.dice.choice((-1e-7, 1e-7))
        assert isinstance(column.type, sa.Text)
        return f"{value or ''}{self.dice.getrandbits(16):04x}"


@pytest.fixture
def vandal(desk: Desk) -> Iterator[Vandal]:
    url = sa.make_url(desk.installation.settings.database_url)
    if url.get_backend_name() == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    yield Vandal(engine, random.Random(SEED))
    engine.dispose()


def live(desk: Desk) -> None:
    """Files of phone and desk, countersigned, manifests with gaps, keys new and revoked, flags in every state."""
    phone, old = Phone(desk, AGENT), Phone(desk, PARTNER)
    anew = {"id": new_id(), "jwk": Signer().jwk, "code": code_for(desk, old.device_id)}
    desk.ok(desk.post(PARTNER, f"/api/v1/devices/{old.device_id}/keys", anew), 201)
    visits = [files.make_visited(desk) for _ in range(3)]
    for number, visit in enumerate(visits):
        item_id = _send_all(desk, phone, visit, number)
        _flag(desk, visit, item_id if number else None)
    brought = {"brought_by": AGENT.id, "reason": "手机进水"}
    sent = files.send(desk, DISPATCHER, visits[0], files.photo(9), desk_import=True, **brought)
    at_desk = desk.ok(sent, 201)["id"]
    desk.ok(desk.post(IT, f"/api/v1/desk-import/{at_desk}/countersign", {"id": new_id()}))
    while desk.work():
        pass


def _send_all(desk: Desk, phone: Phone, visit: Visit, number: int) -> str:
    photo, sound = files.photo(number), files.recording(number + 1)
    photo_id, sound_id = files.fresh_id(), files.fresh_id()
    place = {
        "latitude": 35.0532,
        "longitude": 113.9401,
        "accuracy_m": 12,
        "captured_at": files.STARTED.isoformat(),
    }
    desk.ok(files.send(desk, AGENT, visit, photo, id=photo_id, **place), 201)
    desk.ok(files.send(desk, AGENT, visit, sound, "recording", id=sound_id, run=1), 201)
    chain = Chain(visit.id)
    chain.add(photo, photo_id, files.STARTED)
    chain.run(sound, sound_id, files.STARTED + timedelta(minutes=1), 2000)
    for minute in (5, 7):
        begins = files.STARTED + timedelta(minutes=minute)
        chain.gap(begins, begins + timedelta(minutes=1), "call")
    phone.send(visit, chain.text())
    return photo_id


def _flag(desk: Desk, visit: Visit, item_id: str | None) -> None:
    codes = (FlagCode.OUTSIDE_FENCE, FlagCode.CAPTURE_TIME_DIFFERS, FlagCode.SAME_BYTES)
    with house_of(desk).units.write() as uow:
        raised = [Raised(code, 0.5, item_id, evidence={"distance_m": 9000}) for code in codes]
        flags = raise_flags(uow, visit, raised)
        uow.commit()
    words = {"id": new_id(), "answer": "手机定位漂移"}
    desk.ok(desk.post(AGENT, f"/api/v1/evidence-flags/{flags[0].id}/answer", words))
    for flag in flags[:2]:
        verdict = {"id": new_id(), "decision": "dismissed", "reason": "与照片核对"}
        desk.ok(desk.post(MANAGER, f"/api/v1/evidence-flags/{flag.id}/decide", verdict))


def test_every_column_is_kept_or_changes_for_a_reason() -> None:
    for table in KeptTable:
        columns = {column.name for column in OF[table].c} - {"id"}
        kept = set(IMMUTABLE[table])
        assert kept | set(KEPT[table].changing) == columns, table
        assert not kept & set(KEPT[table].changing)
        assert all(KEPT[table].changing.values())
    for (entity, fields), table in zip(LISTED_FIELDS.items(), (captures, recording_gaps), strict=True):
        changing = set(LISTED_CHANGING) & {each.name for each in dataclasses.fields(entity)}
        assert {*fields} | changing == {column.name for column in table.c}, table
        assert not {*fields} & changing


@pytest.mark.slow
def test_every_alteration_of_a_row_is_found_and_named_and_nothing_else(desk: Desk, vandal: Vandal) -> None:
    print(f"seed {SEED}, {ALTERATIONS} alterations")
    live(desk)
    look(desk)
    assert on_record(desk, opened=False) == []
    ways = [(table, name) for table, names in IMMUTABLE.items() for name in names]
    ways += [(table, act) for table in OF for act in ("removed", "added")]
    for number in range(ALTERATIONS):
        table, way = ways[number] if number < len(ways) else vandal.dice.choice(ways)
        row = vandal.row(table)
        about, kind = alter(vandal, table, way, row)
        look(desk)
        found = on_record(desk)
        told = (SEED, table, way, row, found)
        assert {one.object_key for one in found} == {about}, told
        assert kind in [one.difference for one in found], told
        if way in IMMUTABLE[table] and table in set(KeptTable):
            assert way in str(found), told  # the field
        elif table == "captures" and way != "id":
            assert row["item_id"] in [one.evidence_id for one in found], told
        vandal.put_back(table, row)
        look(desk)
        assert on_record(desk) == [], told
    assert len(ways) <= ALTERATIONS


def alter(vandal: Vandal, table: str, way: str, row: dict[str, Any]) -> tuple[str, str]:
    """What is to be named, and as what."""
    listed = table in ("captures", "recording_gaps")
    about = f"capture_manifests/{row['manifest_id']}" if listed else f"{table}/{row['id']}"
    match way:
        case "removed":
            vandal.remove(table, row["id"])
            return about, "row_differs" if listed else "row_missing"
        case "added":
            stranger = row | {"id": new_id()} | {name: new_id() for name in UNIQUE & row.keys()}
            vandal.add(table, stranger)
            return (about, "row_differs") if listed else (f"{table}/{stranger['id']}", "row_unknown")
        case _:
            vandal.put(table, row["id"], {way: vandal.other(table, way, row[way])})
            return about, "row_differs"


def test_what_differs_becomes_an_incident_is_told_once_and_closed_when_mended(
    desk: Desk, vandal: Vandal
) -> None:
    live(desk)
    row = vandal.row("evidence_items")
    vandal.put("evidence_items", row["id"], {"latitude": 1.5, "notes": ["forged"]})
    for _ in range(2):
        look(desk)
    verify_evidence(house_of(desk), {}, lambda *_: None)  # the bytes are whole, which mends no row
    (found,) = on_record(desk)
    assert (found.evidence_id, found.object_key) == (row["id"], f"evidence_items/{row['id']}")
    assert found.detail == "notes, filename, captured_at, latitude, longitude, accuracy_m"
    with house_of(desk).units.read() as uow:
        (incident,) = uow.incidents.having(kind="evidence_damaged")
        told = [
            one
            for member in (IT, QA)
            for one in uow.inbox_messages.having(account_id=member.id)
            if one.kind == "evidence_damaged"
        ]
    assert (incident.visit_id, incident.note) == (row["visit_id"], f"{row['id']}: row_differs")
    assert [message.params["damage"] for message in told] == ["row_differs"] * 2
    vandal.put_back("evidence_items", row)
    look(desk)
    assert on_record(desk) == []
    assert files.actions(desk).count("evidence.mended") == 1


def test_a_value_without_sense_is_found_and_hides_no_other_row(desk: Desk, vandal: Vandal) -> None:
    if vandal.engine.dialect.name == "postgresql":
        pytest.skip("PostgreSQL refuses most of them itself; what it takes is looked at on SQLite")
    live(desk)
    senseless = {
        "evidence_items": "kind = 'portrait'",
        "capture_manifests": "received_at = 'yesterday'",
        "device_keys": "x = CAST(x'ff' AS TEXT)",
        "evidence_flags": "evidence = '{'",
        "captures": "kind = 'portrait'",
        "recording_gaps": "begins_at = ''",
    }
    for table, words in senseless.items():
        row, other = vandal.row(table), vandal.row("evidence_flags")
        with vandal.at_work() as connection:
            connection.exec_driver_sql(f"UPDATE {table} SET {words} WHERE id = '{row['id']}'")
        if other["id"] != row["id"]:
            vandal.put("evidence_flags", other["id"], {"score": 0.1})
        look(desk)
        listed = table in ("captures", "recording_gaps")
        name = f"capture_manifests/{row['manifest_id']}" if listed else f"{table}/{row['id']}"
        assert {one.object_key for one in on_record(desk)} == {name, f"evidence_flags/{other['id']}"}
        vandal.put_back(table, row)
        vandal.put_back("evidence_flags", other)
        look(desk)
        assert on_record(desk) == []


def test_lateness_that_a_check_out_changes_is_in_the_trail(desk: Desk, vandal: Vandal) -> None:
    visit = files.make_visited(desk, ended_at=None, state=VisitState.IN_PROGRESS)
    desk.clock.advance(timedelta(days=2))
    item = desk.ok(files.send(desk, AGENT, visit, files.photo()), 201)["id"]
    with house_of(desk).units.write() as uow:
        ended = uow.visits.save(dataclasses.replace(uow.visits.need(visit.id), ended_at=files.ENDED))
        evidence.checked_out(uow, ended)
        uow.commit()
    look(desk)
    assert ([one.late for one in files.kept(desk)], on_record(desk)) == ([True], [])
    vandal.put("evidence_items", item, {"late": False})
    look(desk)
    assert [(one.evidence_id, one.detail) for one in on_record(desk)] == [(item, "late")]


def test_a_run_looks_at_so_many_rows_and_the_next_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, vandal: Vandal
) -> None:
    live(desk)
    rows = {table: vandal.row(table) for table in OF}
    for table in set(KeptTable):
        vandal.remove(table, rows[table]["id"])
    monkeypatch.setattr(jobs, "_BATCH", 2)
    monkeypatch.setattr(jobs, "_ROWS_A_RUN", 3)
    look(desk)
    assert desk.work() > 10
    assert {one.object_key for one in on_record(desk)} == {
        f"{table}/{rows[table]['id']}" for table in KeptTable
    }


def test_ten_times_the_rows_are_asked_for_with_as_many_statements(desk: Desk) -> None:
    visit = files.make_visited(desk)
    said = []
    for count in (2, 20):
        for number in range(count):
            desk.ok(files.send(desk, AGENT, visit, files.photo(number)), 201)
        with statements_of(desk) as statements:
            look(desk)
        said.append(len(statements))
    assert said[0] == said[1] <= 60, said

"""Rows for the desk's further lists in a branch of many visits: hardly any of them open, the others long settled.

What is open is the smallest part of each list, and the first that is asked for: an order that walks over what is
settled finds it last. Each list has as many rows as the branch has cases, but for the few that a house has few of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import sqlalchemy as sa

from server.bootstrap import Installation
from server.domain.evidence import EvidenceKind, EvidenceSource
from server.domain.evidence_flags import FlagState
from server.domain.fines import FineState
from server.domain.imports import ImportState
from server.domain.jobs import JobKind, JobState
from server.domain.messages import OutboxState, RobotFlavour, Webhook
from server.domain.pay_targets import MonthTarget
from server.domain.placements import HoldReason
from server.domain.quality import Verdict
from server.domain.requests import RequestState
from storage.rows import tables
from storage.rows.columns import Choice, Instant, Values
from tests.bench.pay_rows import AGENTS, COLLECTORS, MONTH, Row, month_of_pay
from tests.conftest import NOON
from tests.support import cast
from tests.support.rows import fresh_id

_SOME = 5_000
OPEN = 40  # of each list

# The lists beside those of visits, by who looks at them.
LISTS: dict[cast.Member, tuple[str, ...]] = {
    cast.DISPATCHER: (
        "/desk/requests", "/desk/requests?state=filed",
        "/desk/papers", "/desk/papers?listed=unreleased", "/desk/papers?listed=out", "/desk/papers?listed=overdue",
        "/desk/papers?listed=left", "/desk/papers?listed=to_shred", "/desk/papers?listed=shredded",
        "/desk/counterfoils",
        "/desk/devices", "/desk/complaints", "/desk/complaints?which=released",
    ),
    cast.MANAGER: (
        "/desk/incidents", "/desk/incidents?open=true", "/desk/incidents?open=false", "/desk/fines",
        "/desk/fines?state=found", "/desk/flags", "/desk/flags?state=raised", "/desk/travel",
        "/desk/packs", "/desk/packs?state=proposed", f"/desk/months/{MONTH}", "/desk/months", "/desk/pay",
        f"/desk/pay/{MONTH}/{AGENTS[3].id}", f"/desk/pay/{MONTH}/{COLLECTORS[3].id}",
        "/desk/leave", "/desk/leave?listed=past", "/desk/leave?listed=withdrawn",
        "/desk/disputes", "/desk/people", "/desk/imports", "/desk/texts", "/desk/texts?which=others",
        f"/desk/figures/errors?month={MONTH}", f"/desk/figures/visits?month={MONTH}",
    ),
    cast.QA: (
        "/desk/quality", "/desk/quality?checked=false", "/desk/quality?checked=true", "/desk/evidence-late",
        "/desk/imports", "/desk/imports?state=waiting", "/desk/imports?state=refused", "/desk/flags?state=raised",
        "/desk/incidents?open=true",
    ),
    cast.IT: (
        "/desk/jobs", "/desk/jobs?state=waiting", "/desk/jobs?state=failed", "/desk/jobs?state=running",
        "/desk/jobs?kind=packs.make", "/desk/jobs?state=waiting&kind=packs.make", "/desk/house-state",
        "/desk/webhooks", "/desk/daily-checks", "/desk/devices",
    ),
    cast.COLLECTOR: (
        "/desk/cases", "/desk/cases?which=ended", "/desk/requests",
        "/desk/fines", f"/desk/months/{MONTH}", "/desk/disputes",
    ),
    cast.AGENT: ("/desk/fines",),
}  # fmt: skip


def enter_staff(installation: Installation) -> None:
    """A hundred collectors and a hundred agents, each but the last few with a target of the month."""
    with installation.house.units.write() as uow:
        like = uow.accounts.need(cast.COLLECTOR.id)
        staff = [one for one in (*COLLECTORS, *AGENTS) if one not in cast.CAST]
        uow.accounts.add_all([cast.account(one, like.password_hash, NOON) for one in staff])
        uow.month_targets.add_all(
            [
                MonthTarget(fresh_id(), MONTH, one.id, 10_000_000, cast.MANAGER.id, NOON, 1)
                for one in (*COLLECTORS[:-3], *AGENTS[:-3])
            ]
        )
        uow.commit()


def fill_lists(installation: Installation, cases: list[str]) -> None:
    """`cases` are the ids of placements, whose addresses have the same ids and whose visits these and a turn."""
    for table, rows in _rows(installation, cases):
        plain = _plain(table)
        some: list[Row] = []
        with installation.engine.begin() as connection:
            for row in rows:
                some.append(plain() | row)
                if len(some) == _SOME:
                    connection.execute(sa.insert(table), some)
                    some = []
            if some:
                connection.execute(sa.insert(table), some)
    with installation.engine.begin() as connection:
        connection.execute(sa.text("ANALYZE"))


def _plain(table: sa.Table) -> Callable[[], Row]:
    """Something in every column that must have something."""
    row: Row = {}
    for column in table.columns:
        if column.nullable or column.name == "id":
            continue
        kind = column.type
        if isinstance(kind, Choice):
            row[column.name] = next(iter(kind.choices))
        elif isinstance(kind, Instant):
            row[column.name] = NOON - timedelta(days=300)
        elif isinstance(kind, Values):
            row[column.name] = ()
        elif isinstance(kind, sa.JSON):
            row[column.name] = {}
        elif isinstance(kind, sa.Date):
            row[column.name] = NOON.date() - timedelta(days=300)
        elif isinstance(kind, sa.Boolean):
            row[column.name] = False
        elif isinstance(kind, (sa.Integer, sa.Double)):
            row[column.name] = 1
        elif isinstance(kind, sa.LargeBinary):
            row[column.name] = b""
        else:
            row[column.name] = "…"
    return lambda: {"id": fresh_id()} | row


def _rows(installation: Installation, cases: list[str]) -> Iterator[tuple[sa.Table, Iterator[Row]]]:
    size = len(cases)
    long_ago, lately = NOON - timedelta(days=200), NOON - timedelta(days=2)

    def numbered(row: Callable[[int, bool], Row], many: int = size) -> Iterator[Row]:
        """Of `many` the last few are open."""
        return (row(number, number >= many - OPEN) for number in range(many))

    def visit(number: int) -> str:
        return f"{cases[number % size]}-{number % 10}"

    yield (
        tables.jobs.jobs,
        numbered(
            lambda n, _: {"kind": JobKind.CREDIT_PLACEMENT, "state": JobState.DONE, "finished_at": long_ago}
        ),
    )
    yield (
        tables.jobs.jobs,
        numbered(
            lambda n, few: {
                "kind": JobKind.PACK,
                "state": JobState.FAILED,
                "last_error": "program",
                "finished_at": lately,
            },
            OPEN,
        ),
    )
    yield (
        tables.jobs.jobs,
        numbered(
            lambda n, _: {
                "kind": JobKind.CREDIT_PLACEMENT,
                "state": JobState.WAITING,
                "payload": {"placement_id": cases[n]},
            }
        ),
    )
    yield (
        tables.jobs.jobs,
        numbered(
            lambda n, _: {"kind": JobKind.CREDIT_PLACEMENT, "state": JobState.DONE, "finished_at": lately}
        ),
    )
    yield (
        tables.imports.import_files,
        numbered(
            lambda n, few: {
                "state": ImportState.WAITING if few else ImportState.APPLIED,
                "filename": f"{n}.csv",
                "branch_id": cast.BRANCH.id,
                "uploaded_by": cast.MANAGER.id,
                "uploaded_at": long_ago,
            },
            size // 10,
        ),
    )
    robots = [fresh_id() for _ in range(50)]
    with installation.house.units.write() as uow:
        uow.webhooks.add_all(
            [
                Webhook(id_, cast.BRANCH.id, RobotFlavour.WECOM, id_, "https://example.cn", None, True, 1)
                for id_ in robots
            ]
        )
        uow.commit()
    yield (
        tables.messages.outbox_messages,
        numbered(
            lambda n, few: {
                "webhook_id": robots[n % 50],
                "state": OutboxState.WAITING if few else OutboxState.SENT,
            }
        ),
    )
    yield (
        tables.visits.incidents,
        numbered(
            lambda n, few: {
                "kind": "unsafe",
                "clause": "V19",
                "placement_id": cases[n],
                "visit_id": visit(n),
                "opened_at": long_ago + timedelta(seconds=n),
                "opened_by": cast.AGENT.id,
                "closed_at": lately if n >= OPEN else None,
                "closed_by": cast.MANAGER.id if n >= OPEN else None,
            }
        ),
    )
    yield (
        tables.visits.papers,
        numbered(
            lambda n, few: {
                "visit_id": visit(n),
                "issued_by": cast.DISPATCHER.id,
                "released_at": None if few else long_ago,
                "returned_at": None if few else long_ago,
                "shredded_at": None if few or n % 10_000 == 7 else long_ago,
            },
            2 * size,
        ),
    )
    yield (
        tables.visits.letters,
        numbered(
            lambda n, few: {
                "visit_id": visit(n),
                "left_on": long_ago.date() + timedelta(days=n * 150 // size),
                "counterfoil_returned_at": None if few else lately,
            }
        ),
    )
    yield (
        tables.leave.leave,
        numbered(
            lambda n, few: {
                "account_id": cast.AGENT.id,
                "entered_by": cast.MANAGER.id,
                "first_day": NOON.date() + timedelta(days=1 if few else -3 - n % 1000),
                "last_day": NOON.date() + timedelta(days=2 if few else -2 - n % 1000),
            },
            size // 10,
        ),
    )
    yield (
        tables.flags.evidence_flags,
        numbered(
            lambda n, few: {
                "visit_id": visit(n),
                "state": FlagState.RAISED if n < OPEN else FlagState.DECIDED,
                "raised_at": long_ago + timedelta(seconds=n),
            }
        ),
    )
    yield (
        tables.placements.holds,
        numbered(
            lambda n, few: {
                "placement_id": cases[n],
                "reason": HoldReason.COMPLAINT if n % 2 else HoldReason.DO_NOT_CONTACT,
                "released_at": lately if n >= OPEN else None,
            }
        ),
    )
    yield (
        tables.pay.fines,
        numbered(
            lambda n, few: {
                "account_id": cast.AGENT.id,
                "entry": f"catalogue-{n}",
                "month": MONTH,
                "state": FineState.FOUND if n < OPEN else FineState.PAID,
                "found_by": cast.MANAGER.id,
            },
            size // 10,
        ),
    )
    samples = [(fresh_id(), f"20{20 + n // 12:02}-{n % 12 + 1:02}") for n in range(60)]
    yield (
        tables.quality.quality_samples,
        ({"id": id_, "month": month, "drawn_by": cast.QA.id} for id_, month in samples),
    )
    items = [fresh_id() for _ in range(size)]
    yield (
        tables.quality.quality_items,
        numbered(
            lambda n, few: {
                "id": items[n],
                "sample_id": samples[n * 60 // size][0],
                "visit_id": visit(n),
                "position": n,
            }
        ),
    )
    yield (
        tables.quality.quality_checks,
        numbered(
            lambda n, few: {"item_id": items[n], "verdict": next(iter(Verdict)), "checked_by": cast.QA.id},
            size - OPEN,
        ),
    )
    yield (
        tables.evidence_packs.evidence_packs,
        numbered(lambda n, few: {"placement_id": cases[n], "proposed_by": cast.MANAGER.id}, size // 10),
    )
    yield (
        tables.requests.visit_requests,
        numbered(
            lambda n, few: {
                "placement_id": cases[n],
                "author_id": cast.COLLECTOR.id,
                "state": RequestState.FILED if few else RequestState.ACCEPTED,
                "requested_on": NOON.date(),
                "created_at": long_ago + timedelta(seconds=n),
            }
        ),
    )
    yield (
        tables.evidence.evidence_items,
        numbered(
            lambda n, few: {
                "visit_id": visit(n),
                "account_id": cast.AGENT.id,
                "kind": EvidenceKind.RECORDING,
                "source": EvidenceSource.PHONE,
                "object_key": f"bench/{n}",
                "sha256": f"{n:064x}",
                "duration_ms": 60_000,
                "late": n < OPEN,
            }
        ),
    )
    yield (
        tables.visits.message_templates,
        numbered(
            lambda n, few: {
                "name": f"文本{n}",
                "approved_at": long_ago,
                "approved_by": cast.MANAGER.id,
                "retired_at": None if few else lately,
            },
            1000,
        ),
    )
    yield (
        tables.requests.address_errors,
        numbered(
            lambda n, few: {
                "account_id": cast.COLLECTOR.id,
                "address_id": cases[n],
                "discovered_on": long_ago.date(),
            },
        ),
    )
    yield from month_of_pay(cases)

"""Evidence packs at the desk: asked for by one post, confirmed by the other, taken in two halves (S11, S16, S22).

Owns the forms and how far a pack has come. Refuses nothing of its own: whose names it needs, and who has had which
half, the use cases say.
"""

from __future__ import annotations

import io
from typing import Any

from flask import Response

from admin_ui.forms import see_other
from admin_ui.lists import Tab, href, next_page
from admin_ui.page import page
from admin_ui.telling import language, rendered
from api_schemas.base import Reason
from api_schemas.desk_packs import PackCaseQuery, PackForm, PackList
from server.domain.access import Permission, reach
from server.domain.evidence_packs import (
    EvidencePack,
    PackRecipient,
    PackState,
    other_post,
    post_for_packs,
    s16_second_findings,
)
from server.services import evidence_packs
from server.services.evidence_pack_subjects import cases_to_pack
from server.services.evidence_pack_table import COLUMNS, register
from server.services.evidence_reading import ByteRange
from server.services.ports.paging import PageRequest
from server.services.ports.tables import Language
from server.web.endpoint import Call
from server.web.files import asked_part, file_response

LIST = "/desk/packs"
ONE = f"{LIST}/<uuid:pack_id>"
_READS, _MAKES = [Permission.PACKS_READ], [Permission.PACKS_MAKE]
_CLAUSES = ("S11", "S16", "S22")
_TABS = (None, *PackState)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page("GET", LIST, needs=_READS, template="packs.html", query=PackList, clauses=_CLAUSES)
def pack_list(call: Call) -> dict[str, Any]:
    """The register within reach, the newest first."""
    state = call.query["state"]
    found = call.uow.evidence_packs.page(
        PageRequest(call.query["limit"], call.query.get("after")),
        reach(call.actor, Permission.PACKS_READ),
        state=state,
        placement_id=None,
    )
    return _named(call, found.items) | {
        "packs": found.items,
        "next": next_page(LIST, found.next),
        "makes": call.actor.may(Permission.PACKS_MAKE),
        "tabs": [
            Tab(
                "pack.all" if one is None else f"PackState.{one.value}",
                href(LIST, {"state": None if one is None else one.value}),
                None,
                one is state,
            )
            for one in _TABS
        ],
    }


@page("GET", f"{LIST}/new", needs=_MAKES, template="pack_new.html", query=PackCaseQuery, clauses=_CLAUSES)
def pack_form(call: Call) -> dict[str, Any]:
    """What of a case can be packed, and the form."""
    number = call.query["case_number"]
    return {
        "cases": cases_to_pack(call.uow, call.actor, number) if number else [],
        "chosen": call.query["visit_id"],
        "number": number,
        "recipients": list(PackRecipient),
        "form_id": call.uow.new_id(),
    }


@page("POST", LIST, needs=_MAKES, template=None, fields=PackForm)
def ask_for_pack(call: Call) -> Response:
    """S16: the first of two names; the same form sent again is the same pack."""
    if call.uow.evidence_packs.get(call.body["id"]) is None:
        of_visit = call.body["visit_id"] is not None
        evidence_packs.propose(
            call.uow, call.actor, call.body | ({"placement_id": None} if of_visit else {"visit_id": None})
        )
    return _to(call.body["id"])


@page("GET", ONE, needs=_READS, template="pack.html", clauses=_CLAUSES)
def show_one_pack(call: Call) -> dict[str, Any]:
    """One pack: whose names it bears, how far it is, who has had which half, how it is checked."""
    pack = _pack(call)
    may = call.actor.may(Permission.PACKS_MAKE)
    waits = pack.state is PackState.PROPOSED and may
    return {
        "confirms": waits and not s16_second_findings(pack, call.actor),
        "takes_back": waits and pack.proposed_by == call.actor.account_id,
        "takes": pack.state is PackState.READY and may and post_for_packs(call.actor) is not None,
        "had_file": call.actor.account_id in pack.downloaded_by,
        "had_password": call.actor.account_id in pack.password_seen_by,
        "second_post": other_post(pack.proposed_post),
        **_named(call, [pack]),
        **_progress(call, pack),
    }


@page("GET", f"{ONE}/progress", needs=_READS, template=None)
def pack_progress(call: Call) -> Response:
    """How far it has come; a piece that is asked for again and again, and that loads the page anew at the end."""
    pack = _pack(call)
    told = rendered("pack_progress.html", None, _progress(call, pack))
    if pack.state is not PackState.PACKING:
        told.headers["HX-Refresh"] = "true"
    return told


@page("POST", f"{ONE}/confirm", needs=_MAKES, template=None)
def confirm_this_pack(call: Call) -> Response:
    """S16: the second name, of the other post; then it is packed."""
    return _to(evidence_packs.confirm(call.uow, call.actor, call.path["pack_id"]).id)


@page("POST", f"{ONE}/decline", needs=_MAKES, template=None, fields=Reason)
def decline_this_pack(call: Call) -> Response:
    """The other post says no, or who asked takes it back."""
    return _to(evidence_packs.decline(call.uow, call.actor, call.path["pack_id"], call.body["reason"]).id)


@page("GET", f"{ONE}/content", needs=_MAKES, template=None, reads_personal=True)
def take_pack(call: Call) -> Response:
    """S11: the encrypted file; whoever takes it is not shown its password."""
    pack = evidence_packs.file_of(call.uow, call.actor, call.path["pack_id"])
    size, digest = pack.size or 0, pack.sha256 or ""
    part = asked_part(size, digest)
    stream = evidence_packs.open_file(
        call.house, call.uow, call.actor, pack, ByteRange(part.start, part.stop)
    )
    return file_response(stream, part, size, "application/zip", f"evidence-{pack.id}.zip", digest)


@page("POST", f"{ONE}/password", needs=_MAKES, template="pack_password.html", clauses=("S11",))
def show_pack_password(call: Call) -> dict[str, Any]:
    """S11: the password, to another person than the file's; it travels by another channel."""
    return {"pack": evidence_packs.reveal(call.uow, call.actor, call.path["pack_id"])}


@page("GET", f"{LIST}/register.csv", needs=_READS, template=None, reads_personal=True)
def pack_register_csv(call: Call) -> Response:
    """S8: the register as CSV."""
    tongue = _tongue()
    rows = register(call.uow, call.actor, tongue)
    body = b"".join(call.house.tables.csv_pieces(COLUMNS, rows, tongue))
    return _file(body, "text/csv; charset=utf-8", "csv")


@page("GET", f"{LIST}/register.xlsx", needs=_READS, template=None, reads_personal=True)
def pack_register_xlsx(call: Call) -> Response:
    """S8: the register as a workbook, to be printed."""
    tongue, output = _tongue(), io.BytesIO()
    call.house.tables.write_xlsx(output, COLUMNS, register(call.uow, call.actor, tongue), tongue)
    return _file(output.getvalue(), _XLSX, "xlsx")


def _pack(call: Call) -> EvidencePack:
    return evidence_packs.pack_within(call.uow, call.actor, call.path["pack_id"], Permission.PACKS_READ)


def _progress(call: Call, pack: EvidencePack) -> dict[str, Any]:
    shown = evidence_packs.shown(call.uow, pack)
    return {"pack": pack, "done": shown.done, "total": shown.total}


def _named(call: Call, packs: list[EvidencePack]) -> dict[str, Any]:
    """Cases and people of the packs; two queries however many there are."""
    names = {
        name
        for pack in packs
        for name in (pack.proposed_by, pack.decided_by, *pack.downloaded_by, *pack.password_seen_by)
        if name is not None
    }
    return {
        "cases_of": call.uow.placements.by_ids(pack.placement_id for pack in packs),
        "people": {id_: one.display_name for id_, one in call.uow.accounts.by_ids(names).items()},
    }


def _tongue() -> Language:
    return "zh" if language() == "zh" else "en"


def _file(body: bytes, media_type: str, suffix: str) -> Response:
    response = Response(body, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="evidence-packs.{suffix}"'
    return response


def _to(pack_id: str) -> Response:
    return see_other(f"{LIST}/{pack_id}")

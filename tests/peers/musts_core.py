"""MUSTs of tus 1.0's core, in the order of the specification."""

from __future__ import annotations

from tests.peers.musts import must
from tests.peers.speaker import NUMBER, Speaker, refused
from tests.support.tus import PDF

CORE = "core"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


@must(CORE, "[Upload-Offset] The value MUST be a non-negative integer.")
def offset_told_is_a_number(server: Speaker) -> None:
    where = server.begun()
    assert server.offset(where) == 0
    assert NUMBER.fullmatch(server.patch(where, 0, PDF[:10]).headers["Upload-Offset"])


@must(CORE, "[Upload-Offset] The value MUST be a non-negative integer.", binds="client")
def offset_asked_is_a_number(server: Speaker) -> None:
    where = server.begun()
    for given in (None, "-1", "+0", "1.0", "x"):
        refused(server.patch(where, given, PDF[:10]))
    assert server.offset(where) == 0


@must(CORE, "[Upload-Length] The value MUST be a non-negative integer.")
def length_told_is_a_number(server: Speaker) -> None:
    assert server.head(server.begun()).headers["Upload-Length"] == str(len(PDF))


@must(CORE, "[Upload-Length] The value MUST be a non-negative integer.", binds="client")
def length_asked_is_a_number(server: Speaker) -> None:
    for given in ("-1", "1.5", "x"):
        refused(server.create({"Upload-Length": given}))


@must(CORE, "The Tus-Version response header MUST be a comma-separated list of protocol versions supported.")
def versions_are_a_list(server: Speaker) -> None:
    for version in server.told("Tus-Version"):
        assert all(NUMBER.fullmatch(part) for part in version.split(".")), version


@must(CORE, "The list MUST be sorted by Server's preference where the first one is the most preferred one.")
def the_first_version_is_preferred(server: Speaker) -> None:
    assert server.told("Tus-Version")[0] == server.create().headers["Tus-Resumable"] == "1.0.0"


@must(CORE, "The Tus-Resumable header MUST be included in every request and response except for OPTIONS.")
def every_answer_says_its_version(server: Speaker) -> None:
    where = server.begun()
    answers = {
        "created": server.create(),
        "not created": server.create({"Upload-Length": "x"}),
        "head": server.head(where),
        "head of nothing": server.head(f"{server.where}/{UNKNOWN}"),
        "patch": server.patch(where, 0, PDF[:10]),
        "patch elsewhere": server.patch(where, 0, PDF[:10]),
        "patch of another type": server.patch(where, 10, PDF[:10], {"Content-Type": "text/plain"}),
        "patch of nothing": server.patch(f"{server.where}/{UNKNOWN}", 0, PDF[:10]),
        "another version": server.ask("HEAD", where, {"Tus-Resumable": "0.2.2"}),
    }
    assert [name for name, answer in answers.items() if answer.headers.get("Tus-Resumable") != "1.0.0"] == []


@must(CORE, "The Tus-Resumable header MUST be included in every request.", binds="client")
def every_request_says_its_version(server: Speaker) -> None:
    where = server.begun()
    refused(server.create({"Tus-Resumable": None}))
    refused(server.patch(where, 0, PDF[:10], {"Tus-Resumable": None}))
    assert server.offset(where) == 0


@must(CORE, "If the version is not supported by the Server, it MUST respond with the 412 status.")
def another_version_is_412(server: Speaker) -> None:
    where, said = server.begun(), {"Tus-Resumable": "0.2.2"}
    for answer in (
        server.create(said),
        server.patch(where, 0, PDF[:10], said),
        server.ask("HEAD", where, said),
    ):
        assert answer.status_code == 412, answer.status_code


@must(CORE, "[412] … and MUST include the Tus-Version header into the response.")
def another_version_is_told_ours(server: Speaker) -> None:
    where, said = server.begun(), {"Tus-Resumable": "0.2.2"}
    for answer in (server.create(said), server.patch(where, 0, PDF[:10], said)):
        assert "1.0.0" in answer.headers["Tus-Version"].split(","), answer.headers


@must(CORE, "[412] In addition, the Server MUST NOT process the request.")
def another_version_changes_nothing(server: Speaker) -> None:
    where = server.begun()
    server.patch(where, 0, PDF[:10], {"Tus-Resumable": "2.0.0"})
    assert server.offset(where) == 0


@must(CORE, "The Tus-Extension response header MUST be a comma-separated list of the extensions supported.")
def extensions_are_a_list(server: Speaker) -> None:
    assert server.offered
    assert all(word == word.strip() and word.replace("-", "").isalpha() for word in server.offered)


@must(CORE, "The Tus-Max-Size response header MUST be a non-negative integer.")
def the_largest_size_is_a_number(server: Speaker) -> None:
    assert NUMBER.fullmatch(server.options().headers["Tus-Max-Size"])


@must(CORE, "The X-HTTP-Method-Override header MUST be interpreted as the request's method by the Server.")
def a_method_in_disguise_counts(server: Speaker) -> None:
    where = server.begun()
    usual = {"Upload-Offset": 0, "Content-Type": "application/offset+octet-stream"}
    answer = server.ask("POST", where, usual | {"X-HTTP-Method-Override": "PATCH"}, PDF[:10])
    assert (answer.status_code, server.offset(where)) == (204, 10)


@must(CORE, "[X-HTTP-Method-Override] The actual method of the request MUST be ignored.")
def the_method_under_a_disguise_is_ignored(server: Speaker) -> None:
    where = server.begun()
    for method in ("GET", "PATCH", "DELETE"):
        answer = server.ask(method, where, {"X-HTTP-Method-Override": "HEAD"})
        assert answer.headers["Upload-Offset"] == "0", f"{method}: {answer.status_code}"


@must(CORE, "The Server MUST always include the Upload-Offset header in the response for a HEAD request.")
def head_tells_the_offset(server: Speaker) -> None:
    where = server.begun()
    assert server.offset(where) == 0
    server.patch(where, 0, PDF[:10])
    assert server.offset(where) == 10


@must(CORE, "[Upload-Offset of HEAD] … even if the upload is already considered completed.")
def head_tells_the_offset_of_what_is_whole(server: Speaker) -> None:
    where = server.begun()
    server.patch(where, 0, PDF)
    assert server.offset(where) == len(PDF)


@must(CORE, "If the size of the upload is known, the Server MUST include the Upload-Length header (HEAD).")
def head_tells_the_length(server: Speaker) -> None:
    where = server.begun()
    assert server.head(where).headers["Upload-Length"] == str(len(PDF))
    server.patch(where, 0, PDF)
    assert server.head(where).headers["Upload-Length"] == str(len(PDF))


@must(CORE, "The Server MUST prevent caching by adding the Cache-Control: no-store header (HEAD).")
def head_is_not_kept(server: Speaker) -> None:
    assert server.head(server.begun()).headers["Cache-Control"] == "no-store"


@must(CORE, "All PATCH requests MUST use Content-Type: application/offset+octet-stream.", binds="client")
def a_patch_has_its_type(server: Speaker) -> None:
    where = server.begun()
    for given in (None, "application/octet-stream", "text/plain"):
        refused(server.patch(where, 0, PDF[:10], {"Content-Type": given}))
    assert server.offset(where) == 0


@must(CORE, "The Upload-Offset header's value MUST be equal to the current offset of the resource.")
def a_patch_is_taken_at_the_offset(server: Speaker) -> None:
    where = server.begun()
    for start in (0, 10):
        assert server.patch(where, start, PDF[start : start + 10]).status_code == 204


@must(CORE, "If the offsets do not match, the Server MUST respond with the 409 Conflict status …")
def another_offset_is_409(server: Speaker) -> None:
    where = server.begun()
    server.patch(where, 0, PDF[:10])
    for asked in (0, 9, 11, len(PDF)):
        assert server.patch(where, asked, PDF[:10]).status_code == 409, asked


@must(CORE, "[409] … without modifying the upload resource.")
def another_offset_changes_nothing(server: Speaker) -> None:
    where = server.begun()
    server.patch(where, 0, PDF[:10])
    for asked in (0, 9, 11):
        server.patch(where, asked, PDF[:10])
        assert server.offset(where) == 10, asked


@must(CORE, "The Server MUST acknowledge successful PATCH requests with the 204 No Content status.")
def a_patch_is_204(server: Speaker) -> None:
    where = server.begun()
    assert server.patch(where, 0, PDF[:10]).status_code == 204
    assert server.patch(where, 10, PDF[10:]).status_code == 204


@must(CORE, "[PATCH] It MUST include the Upload-Offset header containing the new offset.")
def a_patch_tells_the_new_offset(server: Speaker) -> None:
    where = server.begun()
    assert server.patch(where, 0, PDF[:10]).headers["Upload-Offset"] == "10"
    assert server.patch(where, 10, PDF[10:]).headers["Upload-Offset"] == str(len(PDF))


@must(CORE, "The new offset MUST be the sum of the offset before and the number of bytes received.")
def offsets_add_up(server: Speaker) -> None:
    where, start = server.begun(), 0
    for size in (1, 0, 999, 1000, 2):
        answer = server.patch(where, start, PDF[start : start + size])
        start += size
        assert (answer.headers["Upload-Offset"], server.offset(where)) == (str(start), start), size


@must(CORE, "A successful response [to OPTIONS] MUST contain the Tus-Version header.")
def options_tell_the_version(server: Speaker) -> None:
    answer = server.options()
    assert answer.status_code in (200, 204)
    assert "1.0.0" in answer.headers["Tus-Version"].split(",")


@must(CORE, "[OPTIONS] The Client SHOULD NOT include Tus-Resumable and the Server MUST ignore the header.")
def options_hear_no_version(server: Speaker) -> None:
    answer = server.options({"Tus-Resumable": "0.2.2"})
    assert answer.status_code in (200, 204)
    assert "1.0.0" in answer.headers["Tus-Version"].split(",")

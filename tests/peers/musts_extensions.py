"""MUSTs of the extensions that we offer: creation, creation-with-upload, creation-defer-length, checksum."""

from __future__ import annotations

from tests.peers.musts import must
from tests.peers.speaker import Speaker, refused
from tests.support.tus import OFFSET_TYPE, PDF, checksum

CREATION = "creation"
WITH_UPLOAD = "creation-with-upload"
DEFERRED = "creation-defer-length"
CHECKSUM = "checksum"
_DEFERRED = {"Upload-Length": None, "Upload-Defer-Length": 1}
_BYTES = {"Content-Type": OFFSET_TYPE}


@must(CREATION, "If the Server supports this extension, it MUST add creation to the Tus-Extension header.")
def creation_is_offered(server: Speaker) -> None:
    server.begun()
    assert CREATION in server.offered


@must(CREATION, "If the length of an upload is not deferred, [Upload-Defer-Length] MUST be omitted.")
def a_known_length_is_not_deferred(server: Speaker) -> None:
    where = server.begun()
    assert "Upload-Defer-Length" not in server.head(where).headers
    server.patch(where, 0, PDF)
    assert "Upload-Defer-Length" not in server.head(where).headers


@must(
    CREATION, "Upload-Metadata MUST consist of one or more comma-separated key-value pairs.", binds="client"
)
def metadata_are_pairs(server: Speaker) -> None:
    given = server.metadata()["Upload-Metadata"]
    refused(server.create({"Upload-Metadata": f"{given},,other YQ=="}))
    refused(server.create({"Upload-Metadata": f"{given};other YQ=="}))


@must(CREATION, "The key and value MUST be separated by a space.", binds="client")
def a_key_and_its_value_are_parted_by_a_space(server: Speaker) -> None:
    given = server.metadata()["Upload-Metadata"]
    refused(server.create({"Upload-Metadata": f"{given},other:YQ=="}))


@must(CREATION, "The key MUST NOT contain spaces and commas and MUST NOT be empty.", binds="client")
def a_key_is_a_word(server: Speaker) -> None:
    given = server.metadata()["Upload-Metadata"]
    for key in ("", "an other", " other"):
        refused(server.create({"Upload-Metadata": f"{given},{key} YQ=="}))


@must(CREATION, "… and the value MUST be Base64 encoded.", binds="client")
def a_value_is_base64(server: Speaker) -> None:
    given = server.metadata()["Upload-Metadata"]
    for value in ("a.pdf", "YQ", "???="):
        refused(server.create({"Upload-Metadata": f"{given},other {value}"}))


@must(CREATION, "All keys MUST be unique.", binds="client")
def keys_are_unique(server: Speaker) -> None:
    given = server.metadata()["Upload-Metadata"]
    refused(server.create({"Upload-Metadata": f"{given},filename YQ=="}))


@must(CREATION, "The request MUST include Upload-Length or Upload-Defer-Length: 1.", binds="client")
def a_creation_tells_a_length(server: Speaker) -> None:
    refused(server.create({"Upload-Length": None}))


@must(
    CREATION,
    "If an upload contains metadata, responses to HEAD MUST include them as specified by the Client.",
)
def metadata_come_back(server: Speaker) -> None:
    given = server.metadata()["Upload-Metadata"]
    where = server.begun({"Upload-Metadata": given})
    assert server.head(where).headers["Upload-Metadata"] == given
    server.patch(where, 0, PDF)
    assert server.head(where).headers["Upload-Metadata"] == given


@must(
    CREATION, "If the length of the upload exceeds the maximum, the Server MUST respond with the 413 status."
)
def a_length_over_the_largest_is_413(server: Speaker) -> None:
    largest = int(server.options().headers["Tus-Max-Size"])
    assert server.create({"Upload-Length": largest + 1}).status_code == 413


@must(CREATION, "The Server MUST acknowledge a successful upload creation with the 201 Created status.")
def a_creation_is_201(server: Speaker) -> None:
    assert server.create().status_code == 201


@must(CREATION, "The Server MUST set the Location header to the URL of the created resource.")
def a_creation_tells_where(server: Speaker) -> None:
    first, second = server.begun(), server.begun()
    assert first != second
    assert [server.offset(where) for where in (first, second)] == [0, 0]


@must(WITH_UPLOAD, "The Server MUST advertise this by including creation-with-upload in Tus-Extension.")
def creation_with_upload_is_offered(server: Speaker) -> None:
    assert server.offset(server.begun(_BYTES, PDF[:10])) == 10
    assert WITH_UPLOAD in server.offered


@must(WITH_UPLOAD, "If the Server does not offer the Creation extension, it MUST NOT offer this one either.")
def creation_with_upload_comes_with_creation(server: Speaker) -> None:
    assert CREATION in server.offered


@must(
    WITH_UPLOAD, "The Client MUST include the Content-Type: application/offset+octet-stream.", binds="client"
)
def bytes_of_a_creation_have_their_type(server: Speaker) -> None:
    refused(server.create({"Content-Type": "application/octet-stream"}, PDF[:10]))


@must(WITH_UPLOAD, "The Server MUST include the Upload-Offset header in the response [to POST].")
def a_creation_with_bytes_tells_an_offset(server: Speaker) -> None:
    for data in (PDF[:10], PDF):
        assert "Upload-Offset" in server.create(_BYTES, data).headers


@must(WITH_UPLOAD, "… and MUST set its value to the offset of the upload after applying the accepted bytes.")
def a_creation_with_bytes_tells_what_it_took(server: Speaker) -> None:
    for data in (PDF[:1], PDF[:1000], PDF):
        answer = server.create(_BYTES, data)
        assert answer.headers["Upload-Offset"] == str(server.offset(server.address(answer)))


@must(DEFERRED, "If the Server supports this, it MUST add creation-defer-length to the Tus-Extension header.")
def deferring_is_offered(server: Speaker) -> None:
    server.begun(_DEFERRED)
    assert DEFERRED in server.offered


@must(DEFERRED, "[Upload-Defer-Length] Its value MUST be 1.", binds="client")
def deferring_is_said_by_one(server: Speaker) -> None:
    for given in ("0", "2", "true"):
        refused(server.create({"Upload-Length": None, "Upload-Defer-Length": given}))


@must(DEFERRED, "If the length is not deferred, this header MUST be omitted [by the Client].", binds="client")
def a_length_is_not_told_and_deferred(server: Speaker) -> None:
    refused(server.create({"Upload-Defer-Length": 1}))


@must(DEFERRED, "As long as the length is not known, the Server MUST set Upload-Defer-Length: 1 (HEAD).")
def head_says_that_the_length_is_deferred(server: Speaker) -> None:
    where = server.begun(_DEFERRED)
    assert server.head(where).headers["Upload-Defer-Length"] == "1"
    server.patch(where, 0, PDF[:10])
    assert server.head(where).headers["Upload-Defer-Length"] == "1"


@must(DEFERRED, "The Client MUST set the Upload-Length header in the next PATCH, once the length is known.")
def a_length_comes_with_a_patch(server: Speaker) -> None:
    where = server.begun(_DEFERRED)
    server.patch(where, 0, PDF[:10])
    assert server.patch(where, 10, PDF[10:], {"Upload-Length": len(PDF)}).status_code == 204
    head = server.head(where)
    assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == (str(len(PDF)), str(len(PDF)))


@must(DEFERRED, "Once set the length MUST NOT be changed.")
def a_length_is_fixed(server: Speaker) -> None:
    where = server.begun(_DEFERRED)
    server.patch(where, 0, PDF[:10], {"Upload-Length": len(PDF)})
    for other in (len(PDF) - 1, len(PDF) + 1):
        server.patch(where, 10, b"", {"Upload-Length": other})
        assert server.head(where).headers["Upload-Length"] == str(len(PDF)), other


@must(CHECKSUM, "If supported, the Server MUST add checksum to the Tus-Extension header.")
def checksums_are_offered(server: Speaker) -> None:
    assert CHECKSUM in server.offered


@must(CHECKSUM, "The Server MUST verify the uploaded chunk against the provided checksum.")
def a_chunk_that_differs_is_refused(server: Speaker) -> None:
    where = server.begun()
    refused(server.patch(where, 0, PDF[:10], {"Upload-Checksum": checksum(PDF[:11], "sha1")}))
    assert server.patch(where, server.offset(where), PDF[:10]).status_code == 204


@must(
    CHECKSUM, "[460] the uploaded chunk MUST be discarded, and the upload and its offset MUST NOT be updated."
)
def a_chunk_that_differs_is_discarded(server: Speaker) -> None:
    where = server.begun()
    server.patch(where, 0, PDF[:10])
    server.patch(where, 10, PDF[10:], {"Upload-Checksum": checksum(PDF[:10], "sha1")})
    assert server.offset(where) == 10


@must(
    CHECKSUM, "[400] the uploaded chunk MUST be discarded, and the upload and its offset MUST NOT be updated."
)
def a_chunk_of_an_unknown_algorithm_is_discarded(server: Speaker) -> None:
    where = server.begun()
    refused(server.patch(where, 0, PDF[:10], {"Upload-Checksum": "whirl0 YQ=="}))
    assert server.offset(where) == 0


@must(CHECKSUM, "The Server MUST support at least the SHA1 checksum algorithm identified by sha1.")
def sha1_is_known(server: Speaker) -> None:
    assert "sha1" in server.told("Tus-Checksum-Algorithm")
    where = server.begun()
    answer = server.patch(where, 0, PDF[:10], {"Upload-Checksum": checksum(PDF[:10], "sha1")})
    assert (answer.status_code, server.offset(where)) == (204, 10)


@must(CHECKSUM, "The names of the checksum algorithms MUST only consist of ASCII characters, none uppercase.")
def algorithms_are_in_lower_case(server: Speaker) -> None:
    for name in server.told("Tus-Checksum-Algorithm"):
        assert name.isascii(), name
        assert name == name.lower(), name


@must(CHECKSUM, "The Tus-Checksum-Algorithm header MUST be included in the response to an OPTIONS request.")
def algorithms_are_told(server: Speaker) -> None:
    assert "Tus-Checksum-Algorithm" in server.options().headers


@must(CHECKSUM, "Tus-Checksum-Algorithm MUST be a comma-separated list of the algorithms supported.")
def algorithms_are_a_list(server: Speaker) -> None:
    told = server.told("Tus-Checksum-Algorithm")
    assert told
    for name in told:
        where = server.begun()
        answer = server.patch(where, 0, PDF[:10], {"Upload-Checksum": checksum(PDF[:10], name.strip())})
        assert answer.status_code == 204, name


@must(
    CHECKSUM,
    "Upload-Checksum MUST consist of the algorithm and the Base64, parted by a space.",
    binds="client",
)
def a_checksum_has_its_form(server: Speaker) -> None:
    where = server.begun()
    for given in ("sha1", "sha1 ???", checksum(PDF[:10], "sha1").replace(" ", ":")):
        refused(server.patch(where, 0, PDF[:10], {"Upload-Checksum": given}))
    assert server.offset(where) == 0

"""Signatures as WebCrypto makes them: what fits, and that nothing malformed fits or breaks anything."""

from __future__ import annotations

import string

import pytest

from storage.phone_keys import base64url
from storage.signatures import P256Signatures
from tests.support.captures import Signer

TEXT = '{"visit": "…"}'
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
SIGNER, OTHER = Signer(), Signer()
X, Y = SIGNER.jwk["x"], SIGNER.jwk["y"]
CHECK = P256Signatures()


def test_a_signature_is_of_one_key_and_one_text() -> None:
    signature = SIGNER.sign(TEXT)
    assert CHECK.fits(X, Y, TEXT.encode(), signature)
    assert not CHECK.fits(X, Y, (TEXT + " ").encode(), signature)
    assert not CHECK.fits(OTHER.jwk["x"], OTHER.jwk["y"], TEXT.encode(), signature)
    assert not CHECK.fits(X, Y, TEXT.encode(), OTHER.sign(TEXT))


def test_the_vector_of_rfc_7515_fits() -> None:
    """RFC 7515, appendix A.3: a signature that others made."""
    signed = (
        b"eyJhbGciOiJFUzI1NiJ9"
        b".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    )
    x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"  # pragma: allowlist secret
    y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"  # pragma: allowlist secret
    r = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmX"  # pragma: allowlist secret
    s = "FCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"  # pragma: allowlist secret
    signature = r + s
    assert CHECK.is_key(x, y)
    assert CHECK.fits(x, y, signed, signature)
    assert not CHECK.fits(x, y, signed, signature[:-1] + "R")


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "=",
        "not base64!" * 8,
        "签名" * 43,
        "A" * 85,
        "A" * 86,
        "A" * 87,
        "_" * 86,
        base64url(bytes(64)),
        base64url((ORDER).to_bytes(32) * 2),
        base64url((ORDER + 1).to_bytes(32) * 2),
        base64url(b"\xff" * 64),
        base64url(bytes(31)),
    ],
    ids=range(13),
)
def test_a_malformed_signature_does_not_fit(signature: str) -> None:
    assert not CHECK.fits(X, Y, TEXT.encode(), signature)


def test_a_signature_is_written_in_one_way() -> None:
    signature = SIGNER.sign(TEXT)
    letters = f"{string.ascii_uppercase}{string.ascii_lowercase}{string.digits}-_"
    last = letters.index(signature[-1])
    respelt = [signature[:-1] + letters[last ^ bit] for bit in (1, 2, 4, 8)]
    assert [CHECK.fits(X, Y, TEXT.encode(), other) for other in respelt] == [False] * 4
    assert not CHECK.fits(X, Y, TEXT.encode(), signature + "==")


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ("", ""),
        (X, Y[:-1]),
        (X, X),
        (Y, X),
        ("A" * 43, "A" * 43),
        ("_" * 43, "_" * 43),
        ("!" * 43, Y),
        ("钥" * 43, Y),
        (X + "=", Y),
    ],
    ids=range(9),
)
def test_what_is_no_point_of_the_curve_is_no_key(x: str, y: str) -> None:
    assert not CHECK.is_key(x, y)
    assert not CHECK.fits(x, y, TEXT.encode(), SIGNER.sign(TEXT))

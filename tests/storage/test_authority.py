"""A branch's own certificate authority: whom a client that trusts it alone believes, and when what is made anew."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from server.clock import SystemClock
from storage.authority import (
    AUTHORITY_LIFETIME,
    LIFETIME,
    RENEWED_BEFORE,
    AuthorityError,
    authority,
    hosts_vouched_for,
    vouch,
)

MACHINE = "branch-pc"
FOUND = ["192.168.1.5", "127.0.0.1", "branch-pc.local", "localhost"]
NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def make(folder: Path, *, asked: tuple[str, ...] = (), found: list[str] = FOUND, now: datetime = NOW) -> Path:
    return vouch(folder, asked, found, MACHINE, now).file


def meets(server: Path, trusted: Path, host: str) -> None:
    """A real client that trusts `trusted` alone and a real server shake hands; raises what the client finds wrong."""
    client_side = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    own = authority(trusted, (), MACHINE, SystemClock().now())
    client_side.load_verify_locations(cadata=own.der)
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(server)
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_side.wrap_bio(down, up, server_hostname=host)
    serving = server_side.wrap_bio(up, down, server_side=True)
    for _ in range(4):
        for side in (client, serving):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert client.version() == "TLSv1.3"


def rogue(folder: Path, name: x509.GeneralName) -> Path:
    """What a thief of the authority's key would make: a certificate for a name that the authority may not give."""
    held = (folder / "authority.pem").read_bytes()
    signer = x509.load_pem_x509_certificate(held)
    key = serialization.load_pem_private_key(held, None)
    own = ec.generate_private_key(ec.SECP256R1())
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(signer.subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(SystemClock().now() - timedelta(hours=1))
        .not_valid_after(SystemClock().now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([name]), critical=True)
        .sign(key, hashes.SHA256())  # type: ignore[arg-type]
    )
    file = folder / "rogue.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + own.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return file


def test_whoever_does_not_trust_the_authority_or_asks_for_another_host_is_not_served(tmp_path: Path) -> None:
    now = SystemClock().now()
    server = make(tmp_path / "ours", now=now)
    make(tmp_path / "theirs", now=now)
    with pytest.raises(ssl.SSLCertVerificationError, match=r"self-signed|unable to get"):
        meets(server, tmp_path / "theirs", "192.168.1.5")
    for host in ("192.168.1.6", "other.local", "example.com"):
        with pytest.raises(ssl.SSLCertVerificationError, match=r"mismatch|not valid for"):
            meets(server, tmp_path / "ours", host)


@pytest.mark.parametrize("host", FOUND)
def test_whoever_trusts_the_authority_alone_is_served(tmp_path: Path, host: str) -> None:
    meets(make(tmp_path, now=SystemClock().now()), tmp_path, host)


@pytest.mark.parametrize("host", ["bank.example", "8.8.8.8", "172.32.0.1"])
def test_who_steals_the_authority_can_stand_for_nobody_outside_a_local_network(
    tmp_path: Path, host: str
) -> None:
    make(tmp_path, now=SystemClock().now())
    address = host.replace(".", "").isdigit()
    name = x509.IPAddress(ip_address(host)) if address else x509.DNSName(host)
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        meets(rogue(tmp_path, name), tmp_path, host)


def test_an_address_outside_a_local_network_is_left_out_unless_it_was_asked_for_from_the_start(
    tmp_path: Path,
) -> None:
    assert vouch(tmp_path, (), ["172.31.255.255", "172.32.0.0"], MACHINE, NOW).hosts == ("172.31.255.255",)
    for asked in ("172.32.0.0", "fieldvisit.firm.example"):
        with pytest.raises(AuthorityError, match="made for other names"):
            make(tmp_path, asked=(asked,))
    other = tmp_path / "other"
    asked = ("Fieldvisit.firm.example", "172.32.0.0", "2001:DB8::1")
    told = vouch(other, asked, ["127.0.0.1"], MACHINE, NOW)
    assert told.hosts == ("fieldvisit.firm.example", "172.32.0.0", "2001:db8::1", "127.0.0.1")
    assert not vouch(other, asked, ["127.0.0.1"], MACHINE, NOW).renewed


def test_keys_are_for_the_owner_alone_and_one_that_others_read_is_not_used(tmp_path: Path) -> None:
    make(tmp_path)
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("authority.pem", "server.pem")] == [
        0o600,
        0o600,
    ]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["authority.pem", "server.pem"]
    (tmp_path / "authority.pem").chmod(0o640)
    with pytest.raises(AuthorityError, match="others on this machine can read"):
        make(tmp_path)


def test_what_is_damaged_is_told_and_not_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "authority.pem"
    make(tmp_path)
    file.write_bytes(file.read_bytes()[:300])
    with pytest.raises(AuthorityError, match="not readable"):
        make(tmp_path)


@pytest.mark.parametrize(("by", "renewed"), [(-SECOND, False), (0 * SECOND, True), (SECOND, True)])
def test_a_certificate_is_made_anew_sixty_days_before_it_ends(
    tmp_path: Path, by: timedelta, renewed: bool
) -> None:
    first = vouch(tmp_path, (), FOUND, MACHINE, NOW)
    assert first.renewed
    assert first.ends_at == NOW + LIFETIME
    own = authority(tmp_path, (), MACHINE, NOW)
    then = NOW + LIFETIME - RENEWED_BEFORE + by
    again = vouch(tmp_path, (), FOUND, MACHINE, then)
    assert again.renewed == renewed
    assert again.ends_at == (then if renewed else NOW) + LIFETIME
    assert authority(tmp_path, (), MACHINE, then) == own  # phones need install nothing


def test_a_machine_with_a_new_address_has_a_new_certificate_and_one_that_lost_one_has_not(
    tmp_path: Path,
) -> None:
    make(tmp_path)
    assert not vouch(tmp_path, (), FOUND[1:], MACHINE, NOW).renewed
    assert hosts_vouched_for(tmp_path) == tuple(FOUND)
    moved = vouch(tmp_path, (), ["192.168.1.77", *FOUND[1:]], MACHINE, NOW)
    assert moved.renewed
    assert hosts_vouched_for(tmp_path) == moved.hosts == ("192.168.1.77", *FOUND[1:])


def test_no_certificate_outlives_its_authority_and_the_last_one_is_made_once(tmp_path: Path) -> None:
    make(tmp_path)
    end = NOW + AUTHORITY_LIFETIME
    last = vouch(tmp_path, (), FOUND, MACHINE, end - timedelta(days=30))
    assert (last.renewed, last.ends_at) == (True, end)
    assert not vouch(tmp_path, (), FOUND, MACHINE, end - SECOND).renewed
    with pytest.raises(AuthorityError, match="ended on"):
        make(tmp_path, now=end)


def test_the_fingerprint_is_that_of_the_bytes_that_phones_install(tmp_path: Path) -> None:
    own = authority(tmp_path, (), MACHINE, NOW)
    assert own.fingerprint.replace(":", "").lower() == sha256(own.der).hexdigest()

"""A branch's own certificate authority: what lets phones reach the house by HTTPS where no public name leads to it.

Owns the authority (`authority.pem`, made once) and the server's certificate (`server.pem`, made anew before it ends or
when the machine has other addresses). Each file holds a certificate and its key, so that no start finds one without
the other. Refuses to vouch for what lies outside a local network: whoever steals the authority's key can stand for no
bank and no mailbox (name constraints, RFC 5280, section 4.2.1.10). Times are arguments.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_LIFETIME = timedelta(days=3650)
# Apple's limit for certificates of authorities that a person installed is 825 days, of the shipped ones 398.
LIFETIME = timedelta(days=397)
RENEWED_BEFORE = timedelta(days=60)
_EARLIER = timedelta(hours=1)  # a phone whose clock is a little behind trusts it all the same
_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8",
        "fc00::/7", "fe80::/10", "::1/128",
    )
)  # fmt: skip
_LOCAL_NAMES = ("localhost", "local")
_COMMON_NAME = 64  # characters, RFC 5280, appendix A


class AuthorityError(Exception):
    """Certificates that cannot be used as asked; the message says why and what helps."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """The server's certificate with its key at `file`; `renewed` where it was made by this call."""

    file: Path
    hosts: tuple[str, ...]
    ends_at: datetime
    renewed: bool


@dataclass(frozen=True, slots=True)
class Authority:
    """The authority's certificate as phones install it; `fingerprint` is its SHA-256, in pairs, as phones show it."""

    der: bytes
    fingerprint: str
    ends_at: datetime


def authority(folder: Path, asked: Sequence[str], machine: str, now: datetime) -> Authority:
    """The authority of `folder`, made where there is none, for the names that were `asked` for and local ones."""
    certificate, _ = _authority(folder, asked, machine, now)
    der = certificate.public_bytes(serialization.Encoding.DER)
    digest = certificate.fingerprint(hashes.SHA256()).hex(":").upper()
    return Authority(der, digest, certificate.not_valid_after_utc)


def vouch(folder: Path, asked: Sequence[str], found: Sequence[str], machine: str, now: datetime) -> Vouched:
    """The server's certificate for the hosts that were `asked` for and those `found` that the authority may name.

    Raises AuthorityError for an asked host that it may not name, and for an authority that has ended.
    """
    signer, key = _authority(folder, asked, machine, now)
    allowed = signer.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or ()
    asked = [_plain(host) for host in asked]
    for host in asked:
        if not _may_name(allowed, host):
            raise AuthorityError(
                f"the authority in {folder} was made for other names than {host!r}: remove the folder, start again, "
                "and have every phone install the new authority"
            )
    hosts = tuple(dict.fromkeys((*asked, *(host for host in found if _may_name(allowed, host)))))
    file = folder / "server.pem"
    held = _read(file)[0] if file.exists() else None
    ends_at = min(now + LIFETIME, signer.not_valid_after_utc)
    if held is not None and _still_good(held, signer, hosts, ends_at, now):
        return Vouched(file, hosts, held.not_valid_after_utc, renewed=False)
    own = ec.generate_private_key(ec.SECP256R1())
    made = _server_certificate(own, signer, key, hosts, now, ends_at)
    os.replace(_written(file, own, made), file)
    return Vouched(file, hosts, made.not_valid_after_utc, renewed=True)


def hosts_vouched_for(folder: Path) -> tuple[str, ...]:
    """What the server's certificate names, the preferred one first."""
    return _hosts_of(_read(folder / "server.pem")[0])


def _still_good(
    held: x509.Certificate, signer: x509.Certificate, hosts: tuple[str, ...], ends_at: datetime, now: datetime
) -> bool:
    """One that could not be made to last longer is not made anew: an authority in its last days would do so hourly."""
    if held.issuer != signer.subject or not set(hosts) <= set(_hosts_of(held)):
        return False
    lasts = held.not_valid_after_utc - now > RENEWED_BEFORE
    return lasts or (now < held.not_valid_after_utc == ends_at)


def _authority(
    folder: Path, asked: Sequence[str], machine: str, now: datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    file = folder / "authority.pem"
    if not file.exists():
        _make_authority(file, asked, machine, now)
    if file.stat().st_mode & 0o077:
        raise AuthorityError(
            f"others on this machine can read {file}: whoever did can pass for this server. Remove {folder}, start "
            "again, and have every phone install the new authority"
        )
    certificate, key = _read(file)
    if now >= certificate.not_valid_after_utc:
        raise AuthorityError(
            f"the authority in {folder} ended on {certificate.not_valid_after_utc:%Y-%m-%d}: remove the folder, "
            "start again, and have every phone install the new authority"
        )
    return certificate, key


def _make_authority(file: Path, asked: Sequence[str], machine: str, now: datetime) -> None:
    """Made once; two processes that start at once agree on one file."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"Fieldvisit CA {now:%Y-%m-%d} {machine}")
    asked = [_plain(host) for host in asked]
    permitted = [_general(host) for host in (*_LOCAL_NAMES, machine, *asked) if not _is_address(host)]
    networks = [*_NETWORKS, *(ipaddress.ip_network(host) for host in asked if _is_address(host))]
    certificate = (
        _builder(name, name, key.public_key(), now, now + AUTHORITY_LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(
            x509.NameConstraints([*permitted, *(x509.IPAddress(network) for network in networks)], None),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    fresh = _written(file, key, certificate)
    try:
        os.link(fresh, file)  # fails where another process was first; its file then holds
    except FileExistsError:
        return
    finally:
        fresh.unlink()


def _server_certificate(
    own: ec.EllipticCurvePrivateKey,
    signer: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    hosts: tuple[str, ...],
    now: datetime,
    ends_at: datetime,
) -> x509.Certificate:
    return (
        _builder(_name(f"Fieldvisit {hosts[0]}"), signer.subject, own.public_key(), now, ends_at)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_general(host) for host in hosts]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()),  # type: ignore[arg-type]
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, ends_at: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(ends_at)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Fieldvisit"),
            x509.NameAttribute(NameOID.COMMON_NAME, common[:_COMMON_NAME]),
        ]
    )


def _plain(host: str) -> str:
    """The one spelling in which a certificate gives it back."""
    return str(ipaddress.ip_address(host)) if _is_address(host) else host.lower()


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _general(host: str) -> x509.GeneralName:
    return x509.IPAddress(ipaddress.ip_address(host)) if _is_address(host) else x509.DNSName(host)


def _hosts_of(certificate: x509.Certificate) -> tuple[str, ...]:
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return tuple(str(name.value) for name in names)


def _may_name(allowed: Sequence[x509.GeneralName], host: str) -> bool:
    if _is_address(host):
        address = ipaddress.ip_address(host)
        networks = (one.value for one in allowed if isinstance(one, x509.IPAddress))
        return any(address in ipaddress.ip_network(network) for network in networks)
    return any(
        host == one.value or host.endswith(f".{one.value}")
        for one in allowed
        if isinstance(one, x509.DNSName)
    )


def _read(file: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    held = file.read_bytes()
    try:
        key = serialization.load_pem_private_key(held, None)
        certificate = x509.load_pem_x509_certificate(held)
    except ValueError as error:
        raise AuthorityError(f"{file} is not readable: {error}; restore it from its backup") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise AuthorityError(f"{file} holds a key of another kind; restore it from its backup")
    return certificate, key


def _written(file: Path, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> Path:
    """Key and certificate beside where they will lie, for the owner alone, on the disk when this returns."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(certificate.public_bytes(serialization.Encoding.PEM))
        opened.write(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        opened.flush()
        os.fsync(opened.fileno())
    return fresh

"""`fieldvisit run --https`: served by TLS alone, to clients that trust the branch's own authority and nobody else."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import pytest
import requests
from cryptography import x509
from flask.testing import FlaskClient

from server.bootstrap import build
from server.clock import SystemClock
from server.doorway import create_doorway
from server.settings import SettingsError, read_settings
from storage.authority import Authority, authority, hosts_vouched_for, vouch
from tests.support import cast
from tests.support.server import Server, free_port, renew_passwords

HOSTS = ("192.168.1.5", "branch-pc.local")
PATIENCE_SECONDS = 60


@dataclass
class Branch:
    """A house that was started with --https, and the authority that its phones have installed."""

    server: Server
    keys: Path
    trusted: str

    def serial(self) -> int:
        """The number of the certificate that the server shows to whoever trusts the authority alone."""
        context = ssl.create_default_context(cafile=self.trusted)
        with (
            socket.create_connection(("127.0.0.1", self.server.port), timeout=10) as line,
            context.wrap_socket(line, server_hostname="127.0.0.1") as tls,
        ):
            shown = tls.getpeercert(binary_form=True)
        assert shown is not None
        return x509.load_der_x509_certificate(shown).serial_number


@pytest.fixture(scope="module")
def branch(tmp_path_factory: pytest.TempPathFactory, stage: Path) -> Iterator[Branch]:
    folder = tmp_path_factory.mktemp("https")
    shutil.copytree(stage, folder / "data")
    environment = {"FIELDVISIT_DATA_DIR": str(folder / "data")}
    installation = build(read_settings(environment))
    renew_passwords(installation)
    installation.engine.dispose()
    server = Server(environment, folder / "log", https=True)
    server.start()
    try:
        der = requests.get(f"{server.door}/ca/fieldvisit.crt", timeout=10).content
        (folder / "trusted.pem").write_text(ssl.DER_cert_to_PEM_cert(der))
        yield Branch(server, folder / "data" / "keys" / "https", str(folder / "trusted.pem"))
    finally:
        server.stop()


@pytest.fixture
def door() -> FlaskClient:
    own = Authority(b"\x30\x03\x02\x01\x05", "AB:CD:EF", SystemClock().now())
    return create_doorway(own, lambda: HOSTS, 8443).test_client()


def test_who_does_not_trust_the_authority_is_not_spoken_to(branch: Branch) -> None:
    with pytest.raises(requests.exceptions.SSLError, match="certificate verify failed"):
        requests.get(f"{branch.server.url}/readyz", timeout=10)


def test_a_browser_that_trusts_the_authority_alone_signs_in_and_its_cookies_are_for_https(
    branch: Branch,
) -> None:
    answer = requests.post(
        f"{branch.server.url}/desk/sign-in",
        data={"username": cast.DISPATCHER.username, "password": cast.PASSWORD},
        verify=branch.trusted,
        timeout=30,
        allow_redirects=False,
    )
    assert answer.status_code == HTTPStatus.SEE_OTHER, answer.text
    cookies = answer.raw.headers.getlist("Set-Cookie")
    assert len(cookies) == 4
    assert [cookie for cookie in cookies if "; Secure" not in cookie] == []


def test_over_the_plain_port_no_password_is_taken_and_no_page_given(branch: Branch) -> None:
    who = {"username": cast.DISPATCHER.username, "password": cast.PASSWORD}
    for path in ("/api/v1/auth/login", "/desk/sign-in"):
        refused = requests.post(f"{branch.server.door}{path}", json=who, timeout=10)
        assert refused.status_code == HTTPStatus.UPGRADE_REQUIRED
        assert "https" in refused.text
    sent_on = requests.get(f"{branch.server.door}/app/", timeout=10, allow_redirects=False)
    assert sent_on.headers["Location"] == f"{branch.server.url}/app/"


def test_what_the_page_tells_is_what_the_server_shows(branch: Branch) -> None:
    own = authority(branch.keys, (), "", SystemClock().now())
    page = requests.get(f"{branch.server.door}/ca", timeout=10)
    assert own.fingerprint in page.text
    assert own.fingerprint in (branch.keys.parents[2] / "log").read_text()
    assert f'href="{branch.server.url}/app/"' in page.text
    assert ssl.DER_cert_to_PEM_cert(own.der) == Path(branch.trusted).read_text()


def test_a_certificate_that_was_made_anew_is_shown_without_a_new_start(branch: Branch) -> None:
    before = branch.serial()
    vouch(branch.keys, (), ["10.9.8.7", *hosts_vouched_for(branch.keys)], "", SystemClock().now())
    os.kill(branch.server.pid, signal.SIGHUP)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while branch.serial() == before:
        assert time.monotonic() < deadline, "the server went on with its old certificate"
        time.sleep(0.1)
    assert requests.get(f"{branch.server.url}/readyz", verify=branch.trusted, timeout=30).ok


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_door_takes_nothing(door: FlaskClient, method: str) -> None:
    for path in ("/", "/ca", "/api/v1/uploads"):
        answer = door.open(path, method=method, data=b"x" * 5000)
        assert answer.status_code == HTTPStatus.UPGRADE_REQUIRED


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        ("branch-pc.local:8000", "https://branch-pc.local:8443"),
        ("192.168.1.5", "https://192.168.1.5:8443"),
        ("example.com", "https://192.168.1.5:8443"),
        ("example.com:8000", "https://192.168.1.5:8443"),
        ("[::1]:8000", "https://192.168.1.5:8443"),
    ],
)
def test_whoever_asks_is_led_to_hosts_of_the_certificate_alone(
    door: FlaskClient, asked: str, led_to: str
) -> None:
    for path in ("/desk?next=%2Fdesk%2Fplans", "//example.com/x", "/"):
        answer = door.get(path, headers={"Host": asked})
        assert answer.status_code == HTTPStatus.TEMPORARY_REDIRECT
        assert answer.headers["Location"].startswith(f"{led_to}/"), path
    page = door.get("/ca", headers={"Host": asked})
    assert f'href="{led_to}/app/"' in page.text
    assert "example.com" not in page.text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_has_steps_for_each_system_and_a_code_for_each_address(
    door: FlaskClient, language: str
) -> None:
    page = door.get(f"/ca?lang={language}").text
    for system in ("iPhone", "Android", "HarmonyOS"):
        assert re.search(rf"<summary>[^<]*{system}", page)
    assert page.count("<ol>") == 3
    assert page.count("<svg") == 2
    assert "AB:CD:EF" in page
    certificate = door.get("/ca/fieldvisit.crt")
    assert certificate.content_type == "application/x-x509-ca-cert"
    assert certificate.data == b"\x30\x03\x02\x01\x05"
    with door.get("/ca/static/pages.css") as sheet:
        assert sheet.status_code == HTTPStatus.OK
    assert "style-src 'self'" in certificate.headers["Content-Security-Policy"]


@pytest.mark.parametrize("port", ["0", "65536", "https", "-1", ""])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    with pytest.raises(SettingsError, match="FIELDVISIT_HTTPS_PORT"):
        read_settings({"FIELDVISIT_DATA_DIR": str(tmp_path), "FIELDVISIT_HTTPS_PORT": port})


@pytest.mark.parametrize("port", [1, 65535])
def test_names_and_addresses_are_taken_without_port_or_scheme(tmp_path: Path, port: int) -> None:
    given = {"FIELDVISIT_DATA_DIR": str(tmp_path), "FIELDVISIT_HTTPS_PORT": str(port)}
    names = " Branch.example , 10.0.0.5,fd00::1"
    read = read_settings({**given, "FIELDVISIT_HTTPS_NAMES": names}).https
    assert (read.port, read.names) == (port, ("branch.example", "10.0.0.5", "fd00::1"))
    for name in ("https://branch.example", "branch.example:8443", "*.example", "-branch", "分公司"):
        with pytest.raises(SettingsError, match="FIELDVISIT_HTTPS_NAMES"):
            read_settings({**given, "FIELDVISIT_HTTPS_NAMES": name})


def test_two_doors_at_one_port_are_refused_before_anything_starts(tmp_path: Path) -> None:
    port = str(free_port())
    with pytest.raises(SettingsError, match="FIELDVISIT_HTTPS_PORT"):
        read_settings(
            {"FIELDVISIT_DATA_DIR": str(tmp_path), "FIELDVISIT_PORT": port, "FIELDVISIT_HTTPS_PORT": port}
        )

"""A real WebKit (WebKitGTK), the nearest to an iPhone's browser that a Debian machine has, driven by the WebDriver
protocol (W3C) over HTTP: a screen of its own that nobody sees, and an invented microphone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.support.server import free_port

_PATIENCE_SECONDS = 60
_DRIVER = "WebKitWebDriver"
_BROWSER = "*/webkit2gtk-4.*/MiniBrowser"
_MISSING = "there is no WebKit here: run  make deps-webkit"
_SWITCHES = [
    "--automation",
    "--enable-mock-capture-devices=true",
    "--enable-media-stream=true",
    "--enable-mediasource=true",
]


class WebKit:
    """One window; `run` executes the body of an async function and gives back what it returns."""

    def __init__(self, driver: str, session: str) -> None:
        self._at = f"{driver}/session/{session}"

    def go(self, url: str) -> None:
        self._post("url", {"url": url})

    def run(self, body: str, *arguments: Any) -> Any:
        """Raises AssertionError with the page's own words where the function throws."""
        script = (
            "const told = arguments[arguments.length - 1];"
            f"(async (...given) => {{ {body} }})(...arguments)"
            ".then(value => told({value}), error => told({error: `${error.name}: ${error.message}`}))"
        )
        answer = self._post("execute/async", {"script": script, "args": list(arguments)})
        assert "error" not in answer, answer["error"]
        return answer.get("value")

    def _post(self, command: str, body: dict[str, Any]) -> Any:
        answer = requests.post(f"{self._at}/{command}", json=body, timeout=2 * _PATIENCE_SECONDS)
        told = answer.json()["value"]
        assert answer.ok, told
        return told

    def end(self) -> None:
        requests.delete(self._at, timeout=_PATIENCE_SECONDS)


@contextmanager
def webkit(folder: Path) -> Iterator[WebKit]:
    """A browser whose disk is `folder`; a second one there finds what the first one kept."""
    found = [shutil.which(_DRIVER), shutil.which("Xvfb"), *map(str, Path("/usr/lib").glob(_BROWSER))]
    driver, screen, browser = [*found, None][:3]
    assert driver is not None, _MISSING
    assert screen is not None, _MISSING
    assert browser is not None, _MISSING
    with _display(screen, folder) as display:
        port = free_port()
        environment = {
            **os.environ,
            "DISPLAY": display,
            "HOME": str(folder),
            "XDG_DATA_HOME": str(folder / "data"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "LIBGL_ALWAYS_SOFTWARE": "1",
            # Its sandbox asks for namespaces that a container has not; the pages are our own.
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
        }
        process = subprocess.Popen(
            [driver, f"--port={port}", "--host=127.0.0.1"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            opened = _session(f"http://127.0.0.1:{port}", browser)
            yield opened
            opened.end()
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _session(driver: str, browser: str) -> WebKit:
    wanted = {
        "webkitgtk:browserOptions": {"binary": browser, "args": _SWITCHES},
        "timeouts": {"script": _PATIENCE_SECONDS * 1000},
    }
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            answer = requests.post(
                f"{driver}/session",
                json={"capabilities": {"alwaysMatch": wanted}},
                timeout=_PATIENCE_SECONDS,
            )
            break
        except requests.ConnectionError:
            assert time.monotonic() < deadline, "WebKit's driver did not answer"
            time.sleep(0.05)
    told = answer.json()["value"]
    assert answer.ok, told
    return WebKit(driver, told["sessionId"])


@contextmanager
def _display(screen: str, folder: Path) -> Iterator[str]:
    """A screen of memory, whose number it tells when it is ready."""
    read, write = os.pipe()
    process = subprocess.Popen(
        [screen, "-displayfd", str(write), "-screen", "0", "400x800x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as told:
        number = told.readline().strip()
    try:
        assert number, "the screen did not start"
        yield f":{number}"
    finally:
        process.terminate()
        process.wait()

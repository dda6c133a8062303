"""By which names and addresses the machine is found in its network.

Owns the asking of the machine. Refuses to send anything: the address towards the world is the one that a socket would
take, which no packet has to leave for.
"""

from __future__ import annotations

import re
import socket
import sys
from contextlib import suppress

_LABELS = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*")
_SIOCGIFADDR = 0x8915  # linux/sockios.h
_ELSEWHERE = ("192.0.2.1", 9)  # of the addresses that documents use (RFC 5737)


def machine_name() -> str:
    """The machine's name where it is one that a network can use, else `localhost`."""
    name = socket.gethostname().lower().rstrip(".")
    return name if _LABELS.fullmatch(name) else "localhost"


def local_hosts() -> list[str]:
    """Addresses first, the one towards the world before the others; then names, those of mDNS among them."""
    name = machine_name()
    names = [name] if "." in name or name == "localhost" else [f"{name}.local", name]
    addresses = [*_towards_the_world(), *_of_interfaces(), "127.0.0.1", "::1"]
    return list(dict.fromkeys([*addresses, *names, "localhost"]))


def _towards_the_world() -> list[str]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(_ELSEWHERE)
        return [str(probe.getsockname()[0])]
    return []


def _of_interfaces() -> list[str]:
    """Every interface's own of IPv4: those of IPv6 change by the day, and with each of them a certificate would.

    Where the machine is no Linux, the one towards the world is enough.
    """
    if sys.platform != "linux":
        return []
    import fcntl

    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in sorted(socket.if_nameindex()):
            with suppress(OSError):  # one without an address
                answer = fcntl.ioctl(probe, _SIOCGIFADDR, name.encode()[:15].ljust(256, b"\0"))
                found.append(socket.inet_ntoa(answer[20:24]))
    return found

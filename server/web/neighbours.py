"""Web processes of one machine: a request that went silent in one of them is ended for its successor in another.

Owns the question from process to process, under a name that the kernel keeps and that ends with its process (Linux).
Refuses processes of other users, and to wait for an answer longer than storing a piece takes: without one the lease
holds, as that of another machine does.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import struct
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from server.domain.problems import Problem

EndSilent = Callable[[str, str, float], None]

_STORING_SECONDS = 10.0
_LARGEST_QUESTION = 1 << 10
_WAITING = 128
_CREDENTIALS = struct.Struct("3i")  # process, user, group (unix(7))


def listen(holder: str, end_silent: EndSilent) -> socket.socket | None:
    """Answer as the holder of leases until the socket is closed: `end_silent` gets upload, account and patience."""
    if sys.platform != "linux":
        return None
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(_name(holder))
    listener.listen(_WAITING)
    threading.Thread(target=_answer_all, args=(listener, end_silent), name="neighbours", daemon=True).start()
    return listener


def ask(holder: str, upload_id: str, account_id: str, patience: float) -> bool:
    """Have the holder of a lease end its request if that is silent; False when nobody of ours answers."""
    if sys.platform != "linux":
        return False
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as line:
            line.settimeout(patience + _STORING_SECONDS)
            line.connect(_name(holder))
            if not _of_our_user(line):
                return False
            line.send(json.dumps([upload_id, account_id, patience]).encode())
            return line.recv(1) != b""
    except OSError:
        return False


def _answer_all(listener: socket.socket, end_silent: EndSilent) -> None:
    while True:
        try:
            line, _ = listener.accept()
        except OSError:
            return  # closed
        # One each, for a question may be patient; there are no more than requests of the others that wait for it.
        threading.Thread(target=_answer, args=(line, end_silent), name="neighbour", daemon=True).start()


def _answer(line: socket.socket, end_silent: EndSilent) -> None:
    with line, suppress(OSError):  # whoever asked may have gone
        line.settimeout(_STORING_SECONDS)
        question = line.recv(_LARGEST_QUESTION)
        if not question or not _of_our_user(line):
            return
        upload_id, account_id, patience = json.loads(question)
        with suppress(Problem):  # a lease that was lost meanwhile: the row tells
            end_silent(upload_id, account_id, patience)
        line.send(b"1")


def _of_our_user(line: socket.socket) -> bool:
    """Any process may take a name, or connect to one."""
    told = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _process, user, _group = _CREDENTIALS.unpack(told)
    return bool(user == os.geteuid())


def _name(holder: str) -> str:
    return f"\0fieldvisit {hashlib.sha256(holder.encode()).hexdigest()}"

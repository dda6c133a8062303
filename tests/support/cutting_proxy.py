"""A line that breaks: a TCP proxy on 127.0.0.1 that cuts connections after so many bytes, as a network would."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable

_PIECE = 1 << 14


class CuttingProxy:
    """`budget` says for each connection how many bytes of the client go through before it is cut; None cuts never.

    `cuts` counts the cuts, `sent` what clients sent in all.
    """

    def __init__(self, port: int, budget: Callable[[], int | None]) -> None:
        self._server_port = port
        self._budget = budget
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.cuts = 0
        self.sent = 0
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._server_port))
            left = self._budget()
            threading.Thread(target=self._up, args=(client, server, left), daemon=True).start()
            threading.Thread(target=self._down, args=(server, client), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket, left: int | None) -> None:
        try:
            while piece := client.recv(_PIECE if left is None else max(1, min(_PIECE, left))):
                server.sendall(piece)
                with self._lock:
                    self.sent += len(piece)
                if left is not None:
                    left -= len(piece)
                    if left <= 0:
                        with self._lock:
                            self.cuts += 1
                        break
        except OSError:
            pass
        _break(client, server)

    def _down(self, server: socket.socket, client: socket.socket) -> None:
        try:
            while piece := server.recv(_PIECE):
                client.sendall(piece)
        except OSError:
            pass
        _break(client, server)


def _break(*sockets: socket.socket) -> None:
    """A reset, as when a telephone changes its network; what the server has not read yet is lost with it."""
    for one in sockets:
        try:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        one.close()

"""The socket of the program: taken before anything else is touched."""

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from server.cli import lock
from server.cli.saying import CannotStart
from server.settings import Settings

BACKLOG = 2048
REASONS = {
    errno.EADDRINUSE: "Port {port} on {host} is taken by another program. Stop it, or set PORT.",
    errno.EACCES: "Port {port} is not open to this account. Set PORT to 1024 or higher.",
    errno.EADDRNOTAVAIL: "{host} is not an address of this machine. Set HOST, to 127.0.0.1 "
    "for this machine alone or 0.0.0.0 for everybody (then with DEMO=0).",
}


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """The socket, listening: who calls while we start waits instead of being refused."""
    try:
        taken = _listen(settings.host, settings.port)
    except OSError as problem:
        if problem.errno == errno.EADDRINUSE:
            lock.refuse_second(settings.var_dir)
        reason = REASONS.get(problem.errno or 0, "{host}:{port} cannot be used: {problem}.")
        raise CannotStart(
            reason.format(host=settings.host, port=settings.port, problem=problem)
        ) from problem
    with taken:
        yield taken


def _listen(host: str, port: int) -> socket.socket:
    family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    taken = socket.create_server(address[:2], family=family, backlog=BACKLOG)
    # Connections inherit it; without, an answer in two writes waits 40 ms for an acknowledgement.
    taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return taken

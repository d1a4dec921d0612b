"""One port on 127.0.0.1 and on ::1 together."""

from __future__ import annotations

import errno
import socket

_TRIES = 50


def bind_pair(port: int = 0) -> tuple[int, list[socket.socket]]:
    """Bind the same port on both loopback addresses; port 0 looks for a free one.

    Chromium asks ::1 first for `*.localhost`, so a port that is free on one address only is not
    enough. Where the machine has no IPv6 the second socket is left out. Raises OSError when
    no port is free.
    """
    for _ in range(_TRIES):
        first = _bound(socket.AF_INET, "127.0.0.1", port)
        chosen = first.getsockname()[1]
        try:
            return chosen, [first, _bound(socket.AF_INET6, "::1", chosen)]
        except OSError as error:
            if error.errno in {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}:
                return chosen, [first]
            first.close()
            if port:
                raise
    raise OSError(errno.EADDRINUSE, "no port is free on both 127.0.0.1 and ::1")


def _bound(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind((address, port))
    except OSError:
        made.close()
        raise
    return made

"""A web server for whoever sits at this machine, and nobody else; imports errors alone.

It listens on the loopback address only. Every address begins with a random token, so other users
and programs of the machine find nothing; the ``Host`` header must name the loopback, so a page from
elsewhere cannot reach it under a name of its own (DNS rebinding). It answers GET and HEAD. What there is
to see is a function from a path to an `Answer`; a path never holds ``..``, a hidden name, a
backslash or a control character when it gets there. The standard library's server does the rest:
there is one reader, and none from a network.
"""

from __future__ import annotations

import contextlib
import hmac
import http.server
import ipaddress
import re
import secrets
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from urllib.parse import unquote, urlsplit

from scorelib.errors import UsageError

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["HTML", "Answer", "LoopbackServer", "Pages", "clean_path", "is_loopback"]

HTML = "text/html; charset=utf-8"
ADDRESS = "127.0.0.1"
IDLE = 30
"""Seconds after which a connection on which nothing comes is closed."""

POLICY = "default-src 'self' 'unsafe-inline' data:"
"""For answers without a stricter one: nothing is loaded from elsewhere, whatever a page says itself."""

HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # The token is in the address.
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
}
HOST = re.compile(r"(?:localhost|(?P<address>[0-9.]+|\[[0-9a-f:.]+\]))(?::[0-9]{1,5})?", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x1f\x7f\\]")


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back.

    Parameters
    ----------
    body
        The content, or pieces of it that come as they are ready, as long as the reader listens.
    kind
        Its MIME type.
    status
        The status code.
    policy
        Its Content-Security-Policy; by default nothing from elsewhere is loaded.
    location
        Where to look instead, for a status of 3xx.
    """

    body: bytes | Iterator[bytes] = b""
    kind: str = HTML
    status: int = 200
    policy: str = POLICY
    location: str = ""


Pages = Callable[[str], Answer | None]
"""Gives what is at a path such as ``iom/2024/nl/index.html``; None if nothing is."""


def clean_path(raw: str) -> str | None:
    """The path of a request without its query, decoded once; None for one that nothing can be at.

    Examples
    --------
    >>> clean_path("/a%20b/c/?x=1")
    'a b/c/'
    >>> clean_path("/a/%2e%2e/c") is None
    True
    """
    try:
        path = unquote(urlsplit(raw).path, errors="strict")
    except ValueError:
        return None
    if not path.startswith("/") or CONTROL.search(path):
        return None
    *folders, last = path[1:].split("/")
    if any(not name or name.startswith(".") for name in folders) or last.startswith("."):
        return None
    return path[1:]


def is_loopback(host: str) -> bool:
    """Whether a ``Host`` header names this machine as itself; the port may be that of a tunnel."""
    found = HOST.fullmatch(host)
    if found is None:
        return False
    if found["address"] is None:
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(found["address"].strip("[]")).is_loopback
    return False


class LoopbackServer:
    """Serves pages on the loopback address until it is closed; a context manager.

    Parameters
    ----------
    pages
        Gives the answer at a path; called from several threads.
    port
        A port; 0 for any that is free.

    Raises
    ------
    UsageError
        If the port is taken.
    """

    def __init__(self, pages: Pages, *, port: int = 0) -> None:
        self.token = secrets.token_urlsafe(24)
        try:
            self._server = _Server((ADDRESS, port), pages, self.token)
        except OSError as error:
            message = f"port {port} cannot be had: {error.strerror}; give another with --port, or none"
            raise UsageError(message) from None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port that it listens on."""
        port: int = self._server.server_address[1]
        return port

    @property
    def url(self) -> str:
        """The address that all others are below; whoever has it can read all."""
        return f"http://{ADDRESS}:{self.port}/{self.token}/"

    def start(self) -> Self:
        """Answer from now on, in threads of its own."""
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)
        self._thread.start()
        return self

    def close(self) -> None:
        """Answer no more; does not wait for readers."""
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._thread = None
        self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    # A port that was left a moment ago can be had again.
    allow_reuse_address = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], pages: Pages, token: str) -> None:
        self.pages = pages
        self.token = token
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet about readers that go away, and tell anything else as ever."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type] # as it came


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "scorelib"
    sys_version = ""
    timeout = IDLE
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        answer = self._answer()
        if isinstance(answer.body, bytes):
            self._head(answer, len(answer.body))
            self.wfile.write(answer.body)
        else:
            self._stream(answer, answer.body)

    def do_HEAD(self) -> None:
        answer = self._answer()
        self._head(answer, len(answer.body) if isinstance(answer.body, bytes) else None)

    def _answer(self) -> Answer:
        hosts = self.headers.get_all("Host", [])
        if len(hosts) != 1 or not is_loopback(hosts[0]):
            return _plain(421, "This server answers to the loopback address only.")
        path = clean_path(self.path)
        given, slash, rest = (path or "").partition("/")
        # Nothing tells a wrong token from a page that is not there.
        if not slash or not hmac.compare_digest(given.encode(), self.server.token.encode()):
            return _plain(404, "There is nothing here; take the whole address that scorelib printed.")
        return self.server.pages(rest) or _plain(404, "There is no such page.")

    def _head(self, answer: Answer, length: int | None) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        if length is None:
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(length))
        if answer.location:
            self.send_header("Location", answer.location)
        self.send_header("Content-Security-Policy", f"{answer.policy}; frame-ancestors 'self'")
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.end_headers()

    def _stream(self, answer: Answer, pieces: Iterator[bytes]) -> None:
        self._head(answer, None)
        with contextlib.suppress(ConnectionError, TimeoutError):
            for piece in pieces:
                self.wfile.write(piece)
                self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the superclass's
        """Say nothing: the address holds the token, and logs are kept."""


def _plain(status: int, text: str) -> Answer:
    return Answer(f"{text}\n".encode(), "text/plain; charset=utf-8", status, "default-src 'none'")

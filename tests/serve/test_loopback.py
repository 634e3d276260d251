"""The server for this machine alone: who may read what, and what nobody reaches."""

from __future__ import annotations

import http.client
import json
import os
import socket
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorelib.errors import UsageError
from scorelib.serve.folder import folder_pages, kind_of
from scorelib.serve.loopback import Answer, LoopbackServer, clean_path, is_loopback

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def served(tmp_path: Path) -> Iterator[LoopbackServer]:
    """A folder with a page, beside a secret that links lead to."""
    (tmp_path / "secret.txt").write_text("secret")
    folder = tmp_path / "reports"
    (folder / "iom").mkdir(parents=True)
    (folder / "empty").mkdir()
    (folder / ".scorelib").mkdir()
    (folder / ".scorelib" / "lock").write_text("secret")
    (folder / "iom" / "index.html").write_text("<p>page</p>")
    (folder / "iom" / "data.json").write_text(json.dumps({"a": 1}))
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "away").symlink_to(tmp_path)
    (folder / "chain.txt").symlink_to(folder / "link.txt")
    (folder / "loop").symlink_to(folder / "loop")
    (folder / "inner").mkdir()
    (folder / "inner" / "index.html").symlink_to(tmp_path / "secret.txt")
    os.mkfifo(folder / "pipe.txt")
    with LoopbackServer(folder_pages(folder)) as server:
        yield server


def ask(
    server: LoopbackServer, path: str, *, method: str = "GET", token: str | None = None, **headers: str
) -> tuple[int, bytes, http.client.HTTPMessage]:
    """The answer to a request, whose path goes out as it is given."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.putrequest(method, f"/{token or server.token}/{path}", skip_host="Host" in headers)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers
    finally:
        connection.close()


def test_a_page_is_there_for_whoever_has_the_address(served: LoopbackServer) -> None:
    status, body, headers = ask(served, "iom/")
    assert (status, body) == (200, b"<p>page</p>")
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert ask(served, "iom/data.json?x=1")[2]["Content-Type"] == "application/json"
    assert ask(served, "iom", method="GET")[2]["Location"] == "iom/"
    assert ask(served, "iom/", method="HEAD")[:2] == (200, b"")


def test_without_the_token_there_is_nothing_whether_it_exists_or_not(served: LoopbackServer) -> None:
    missing = ask(served, "iom/", token="x" * len(served.token))
    assert missing[0] == 404
    assert missing[1] == ask(served, "nothing", token="x")[1]  # noqa: S106 - a wrong one
    assert b"page" not in missing[1]
    assert len(served.token) >= 32
    with LoopbackServer(lambda _: None) as other:
        assert other.token != served.token


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:80", "127.0.0.1.evil.example", "192.168.1.2", "",
        "0.0.0.0",  # noqa: S104 - a name to refuse
        "localhost.evil.example", "localhost.", "a@localhost", "localhost/x", "localhost#", "localhost:",
        "[", "[::1", "::1", "[::2]", "[::ffff:192.168.1.2]", "2130706433", "127.1", "0177.0.0.1",
        "0x7f.0.0.1", "127.0.0.1, evil.example", "127.0.0.1:8000:1", "l\xf6calhost", "%6cocalhost",
    ],
)  # fmt: skip
def test_a_name_that_is_not_the_loopback_is_refused(served: LoopbackServer, host: str) -> None:
    assert ask(served, "iom/", Host=host)[0] == 421


def raw(server: LoopbackServer, request: str) -> bytes:
    """All that comes back for the lines of a request."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(request.replace("\n", "\r\n").encode("latin-1"))
        connection.shutdown(socket.SHUT_WR)
        pieces = []
        while piece := connection.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)


@pytest.mark.parametrize(
    "request_",
    [
        "GET {} HTTP/1.1\nHost: 127.0.0.1\nHost: evil.example\n\n",
        "GET {} HTTP/1.1\nHost: evil.example\nHost: 127.0.0.1\n\n",
        "GET {} HTTP/1.1\n\n",
        "GET {} HTTP/1.0\n\n",
        "GET http://evil.example{} HTTP/1.1\nHost: evil.example\n\n",
        "GET {}" + "a" * 70_000 + " HTTP/1.1\nHost: 127.0.0.1\n\n",
        "GET {} HTTP/1.1\nHost: 127.0.0.1\n" + "X: y\n" * 200 + "\n",
        "GET {} HTTP/9.9\nHost: 127.0.0.1\n\n",
        "GET {}?\x00 HTTP/1.1 x\nHost: 127.0.0.1\n\n",
        "\x16\x03\x01\x00\xff\n\n",
    ],
)
def test_a_request_that_no_browser_of_ours_sends_gets_no_page_and_breaks_nothing(
    served: LoopbackServer, capfd: pytest.CaptureFixture[str], request_: str
) -> None:
    answer = raw(served, request_.replace("{}", f"/{served.token}/iom/"))
    assert b"page" not in answer.partition(b"\r\n\r\n")[2]
    assert b" 200 " not in answer.partition(b"\r\n")[0]
    assert ask(served, "iom/")[0] == 200
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "path", ["iom%0d%0aSet-Cookie:%20a=b", "iom%0aX", "iom%c0%ae%c0%ae/", "iom%e2%80%ae/"]
)
def test_no_path_adds_a_line_to_an_answer(served: LoopbackServer, path: str) -> None:
    status, _, headers = ask(served, path)
    assert status == 404
    assert set(headers) <= {
        "Server", "Date", "Content-Type", "Content-Length", "Content-Security-Policy", "Cache-Control",
        "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Referrer-Policy",
        "X-Content-Type-Options", "X-Frame-Options",
    }  # fmt: skip


@pytest.mark.parametrize("host", ["localhost", "localhost:9", "127.0.0.1:8000", "[::1]:8000"])
def test_the_loopback_may_be_reached_through_a_tunnel(served: LoopbackServer, host: str) -> None:
    assert is_loopback(host)
    assert ask(served, "iom/", Host=host)[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "", "empty/", "../secret.txt", "..%2fsecret.txt", "%2e%2e/secret.txt", "iom/../../secret.txt",
        "iom/..%5c..%5csecret.txt", "..%252fsecret.txt", "link.txt", "chain.txt", "away/secret.txt", "away/",
        "loop", "inner/", "pipe.txt",
        ".scorelib/lock", "%2escorelib/lock", "iom//index.html", "/etc/passwd", "%2fetc/passwd",
        "iom/index.html/", "iom/index.html%00", "iom/%ff", "nothing",
    ],
)  # fmt: skip
def test_no_folder_is_listed_and_nothing_outside_is_reached(served: LoopbackServer, path: str) -> None:
    status, body, _ = ask(served, path)
    assert status == 404
    assert b"secret" not in body
    assert b"index" not in body


@given(st.text(alphabet="ab./\\%25e2F\x00 ", max_size=24))
def test_no_spelling_of_a_path_leads_upwards(raw: str) -> None:
    path = clean_path(f"/{raw}")
    assert path is None or not any(name.startswith(".") for name in path.split("/"))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_nothing_can_be_sent_to_it(served: LoopbackServer, method: str) -> None:
    assert ask(served, "iom/", method=method)[0] == 501


def test_it_listens_on_the_loopback_only(served: LoopbackServer) -> None:
    assert served.url.startswith(f"http://127.0.0.1:{served.port}/")
    with socket.socket() as other, pytest.raises(OSError, match=r".*"):
        other.bind(("127.0.0.1", served.port))
    mine = [each[4][0] for each in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    for address in {str(each) for each in mine if not str(each).startswith("127.")}:
        with pytest.raises(OSError, match=r".*"):
            socket.create_connection((address, served.port), timeout=2)


def test_an_answer_tells_no_other_page_anything(served: LoopbackServer) -> None:
    headers = ask(served, "iom/")[2]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in headers
    assert headers["Server"].strip() == "scorelib"


def test_pieces_come_as_they_are_ready_and_a_reader_may_leave() -> None:
    with LoopbackServer(lambda _: Answer(iter([b"one\n", b"two\n"]), "text/event-stream")) as server:
        assert ask(server, "events")[1] == b"one\ntwo\n"


def test_a_port_that_is_taken_is_told(served: LoopbackServer) -> None:
    with pytest.raises(UsageError, match=f"port {served.port} cannot be had"):
        LoopbackServer(lambda _: None, port=served.port)


def test_a_kind_is_known_or_saved() -> None:
    assert kind_of("scorecard-iom-2024-nl.pdf") == "application/pdf"
    assert kind_of("odd.exe") == kind_of("none") == "application/octet-stream"

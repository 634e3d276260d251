"""`scorelib serve` shows the site to this machine until it is told to end."""

from __future__ import annotations

import signal
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_the_site_is_there_as_readers_will_see_it(built: Path) -> None:
    server = subprocess.Popen(
        [sys.executable, "-u", "-m", "scorelib", "serve"], cwd=built, stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:")
        for name in ("", "_site/nl/index.html", "iom/2024/nl/index.html"):
            with urllib.request.urlopen(address + name) as answer:  # noqa: S310 - the address is ours
                assert b"<!doctype html>" in answer.read(100)
        server.send_signal(signal.SIGINT)
        assert server.wait(20) == 0
    finally:
        server.kill()
        server.communicate()


def test_without_a_site_it_says_how_to_make_one(
    project: Path, scorelib: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    done = scorelib("serve", cwd=project)
    assert done.returncode == 2
    assert "scorelib site" in done.stderr

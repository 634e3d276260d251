"""Vega-Lite charts into SVG drawings; imports nothing of ours but errors and waker.

Drawing happens in an expendable process (`scorelib.render.svgworker`): if it dies, that one chart
fails with a message and the next one gets a new process. If something stops it, it is let go on; if
something kills it, as the system does when memory runs out, the chart is tried once more.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import selectors
import signal
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ET
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Self

import orjson

from scorelib.errors import RenderError
from scorelib.waker import stopped, wake

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["ChartDrawer", "clean_svg", "drawable"]

# XML 1.0 has no way to write these; vl-convert aborts its process on some of them.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
ODD = re.compile(rb"\\(?:u00|[bf])|\xef\xbf[\xbe\xbf]")
"""Such characters, as JSON in UTF-8 has them."""
SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
# Named colours of the chart theme, which a page shows by its own variables, dark ones included.
COLOURS = {
    "#1b1f24": "ink",
    "#57606a": "muted",
    "#d8dee4": "grid",
    "#ffffff": "paper",
    "white": "paper",
}
URL = re.compile(r"""url\(#([^()'"\\\s]+)\)""")
DRAWN = {
    "circle", "clipPath", "defs", "ellipse", "g", "line", "linearGradient", "marker", "mask", "path",
    "pattern", "polygon", "polyline", "radialGradient", "rect", "stop", "svg", "symbol", "text", "tspan",
    "use",
}  # fmt: skip
"""Elements that a drawing consists of."""

GLANCE = 1.0
"""Seconds of silence after which it is seen whether the process was stopped."""
PIECE = 2**16
"""Bytes that go through a pipe at once."""
DIED = "its process died"
KILLED = "its process was killed twice, as happens when memory runs out"


class ChartDrawer:
    """Draws charts in a process of its own, which is started when it is first needed.

    Use it as a context manager; at the end the process is ended.
    """

    def __init__(self, timeout: float = 60.0) -> None:
        self._timeout = timeout
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._ahead = ThreadPoolExecutor(1, "charts")
        self._begun: dict[bytes, list[Future[_Answer]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the process now and not wait for it, if there is none yet."""
        with self._lock:
            self._process = self._process or _start()

    def close(self) -> None:
        """End the process, if there is one, and draw no more."""
        self.forget()
        self._end()
        self._ahead.shutdown()

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def begin(self, spec: dict[str, Any]) -> None:
        """Have a chart drawn that will be asked for, while there is other work to do.

        It may be begun as often as it will be asked for; it is drawn once.
        """
        line = _line(spec)
        begun = self._begun.setdefault(line, [])
        begun.append(begun[0] if begun else self._ahead.submit(self._ask, line))

    def forget(self) -> None:
        """Keep no drawing that was begun and not asked for."""
        for begun in self._begun.values():
            begun[0].cancel()
        self._begun.clear()

    def draw(self, spec: dict[str, Any], name: str) -> str:
        """The drawing of a chart, with ids that begin with `name`.

        Raises
        ------
        RenderError
            If the chart cannot be drawn; the message names it.
        """
        line = _line(spec)
        begun = self._begun.pop(line, [])
        answer = begun.pop().result() if begun else self._ask(line)
        if begun:
            self._begun[line] = begun
        if answer.failure:
            message = f"chart {name!r} cannot be drawn: {answer.failure}"
            raise RenderError(message)
        return clean_svg(answer.svg, name)

    def _ask(self, line: bytes) -> _Answer:
        with self._lock:
            reply, why = self._reply(line)
        if why:
            return _Answer(failure=f"{why}; look for odd characters or sizes in its data")
        answer: dict[str, str] = json.loads(reply)
        if "error" in answer:
            return _Answer(failure=f"{answer['error']}; mend its specification")
        return _Answer(answer["svg"])

    def _reply(self, line: bytes) -> tuple[bytes, str]:
        """What the process answers, or why it does not."""
        if self._process is not None and self._process.poll() is not None:
            # It ended since the last chart, so this one has nothing to do with it.
            self._end()
        reply, why = self._try(line)
        if why == KILLED:
            # No chart does that: somebody did, or the system.
            reply, why = self._try(line)
        return reply, why

    def _try(self, line: bytes) -> tuple[bytes, str]:
        process = self._process = self._process or _start()
        try:
            reply = _answer(process, line, self._timeout)
        except TimeoutError:
            self._end()
            return b"", f"it took longer than {self._timeout:g} s"
        if reply:
            return reply, ""
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GLANCE)
        self._end()
        return b"", KILLED if process.returncode == -signal.SIGKILL else DIED


@dataclass(frozen=True, slots=True)
class _Answer:
    """A drawing, or why there is none."""

    svg: str = ""
    failure: str = ""


def _line(spec: dict[str, Any]) -> bytes:
    """The line that asks for a chart; most are drawable as they are, and going through one takes longest."""
    try:
        line = orjson.dumps(spec)
    except TypeError:
        # Half a surrogate pair, or a number that only Python can write.
        return json.dumps(drawable(spec)).encode() + b"\n"
    return (line if not ODD.search(line) else orjson.dumps(drawable(spec))) + b"\n"


def _start() -> subprocess.Popen[bytes]:
    process = subprocess.Popen(  # noqa: S603 - our own module
        # -P: no module of the folder where this runs, which may be one of data.
        [sys.executable, "-P", "-m", "scorelib.render.svgworker", str(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
    )
    for pipe in (process.stdin, process.stdout):
        os.set_blocking(_number(pipe), False)
    return process


def _number(pipe: IO[bytes] | None) -> int:
    if pipe is None:
        message = "the drawing process has no pipes"
        raise AssertionError(message)
    return pipe.fileno()


def _answer(process: subprocess.Popen[bytes], line: bytes, timeout: float) -> bytes:
    """The line that a process answers to one; nothing if it ends before.

    Neither writing nor reading waits for the process itself, which may be stopped at any moment: a chart
    may be larger than a pipe.

    Raises
    ------
    TimeoutError
        If it takes longer than so many seconds.
    """
    deadline = time.monotonic() + timeout
    source, target = _number(process.stdout), _number(process.stdin)
    left, reply = memoryview(line), bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(source, selectors.EVENT_READ)
        selector.register(target, selectors.EVENT_WRITE)
        while not reply.endswith(b"\n"):
            if (patience := deadline - time.monotonic()) <= 0:
                raise TimeoutError
            ready = {key.fd for key, _ in selector.select(min(GLANCE, patience))}
            if not ready and stopped(process.pid):
                wake(process.pid, "that draws charts")
            if source in ready:
                piece = os.read(source, PIECE)
                if not piece:
                    return b""
                reply += piece
            if target in ready:
                # If nobody reads it any more, that is heard at the other end.
                with contextlib.suppress(BrokenPipeError):
                    left = left[os.write(target, left[:PIECE]) :]
                    if left:
                        continue
                selector.unregister(target)
    return bytes(reply)


def drawable(value: Any) -> Any:
    """The same JSON with the characters out of its texts that no drawing can hold."""
    if isinstance(value, str):
        return FORBIDDEN.sub("", value)
    if isinstance(value, dict):
        return {drawable(key): drawable(part) for key, part in value.items()}
    if isinstance(value, list):
        return [drawable(part) for part in value]
    return value


def clean_svg(svg: str, name: str) -> str:
    """A drawing that can stand in a page: own ids, theme classes, no style, no role of its own.

    Vega numbers its gradients and clips per process, so two charts of a page would share ids; a
    strict policy forbids style attributes; the figure around the drawing carries the description.
    """
    try:
        # A drawing has no types of its own; with them come entities that grow, or read files.
        root = None if "<!DOCTYPE" in svg else ET.fromstring(svg)  # noqa: S314 - no entities are left
    except ET.ParseError:
        root = None
    if root is None or root.tag != f"{{{SVG}}}svg":
        message = f"chart {name!r} came out as something that is no drawing; mend its specification"
        raise RenderError(message)
    width, height = root.get("width", "0"), root.get("height", "0")
    root.attrib.setdefault("viewBox", f"0 0 {width} {height}")
    _only_drawn(root)
    for element in root.iter():
        _clean_element(element, name)
    root.set("aria-hidden", "true")
    root.set("focusable", "false")
    ET.register_namespace("", SVG)
    ET.register_namespace("xlink", XLINK)
    return ET.tostring(root, encoding="unicode")


def _only_drawn(root: ET.Element) -> None:
    """Leave out what is no drawing: whatever runs, loads, moves by itself or leads elsewhere."""
    for parent in root.iter():
        for child in list(parent):
            if not isinstance(child.tag, str) or child.tag.removeprefix(f"{{{SVG}}}") not in DRAWN:
                parent.remove(child)


def _clean_element(element: ET.Element, name: str) -> None:
    for key in list(element.attrib):
        value = element.attrib[key]
        if key == "id":
            element.set("id", f"{name}-{value}")
        elif key in {"href", f"{{{XLINK}}}href"}:
            element.set(key, f"#{name}-{value[1:]}" if value.startswith("#") else "")
        elif key.startswith("aria-") or key in {"role", "style", "class"} or key.lower().startswith("on"):
            del element.attrib[key]
        elif "url(" in value.lower():
            # An address within the drawing; any other, however it is spelt, is none of ours.
            inner = URL.fullmatch(value)
            element.set(key, f"url(#{name}-{inner[1]})" if inner else "none")
    classes = [
        f"{COLOURS[colour]}-{part}"
        for attribute, part in (("fill", "fill"), ("stroke", "line"))
        if (colour := element.get(attribute, "").lower()) in COLOURS
    ]
    if classes:
        element.set("class", " ".join(classes))

"""Any Jupyter client gets warm kernels from the provisioner, by the environment or a kernel.json."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning.factory import KernelProvisionerFactory

from scorelib.execute.provisioner import ForkProvisioner

from .kernels import gone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_client.blocking.client import BlockingKernelClient


@pytest.fixture
def manager(short: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KernelManager]:
    """A plain manager, of an environment that asks for warm kernels."""
    monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", "scorelib-fork")
    # The factory reads the environment once; another test may have been before.
    KernelProvisionerFactory.clear_instance()
    manager = KernelManager(transport="ipc", ip=str(short / "k"), connection_file=str(short / "kernel.json"))
    yield manager
    if manager.has_kernel:
        manager.shutdown_kernel(now=True)
    KernelProvisionerFactory.clear_instance()


def client(manager: KernelManager) -> BlockingKernelClient:
    made = manager.client()
    made.start_channels()
    made.wait_for_ready(timeout=60)
    return made


def value(client: BlockingKernelClient, expression: str, code: str = "") -> Any:
    """What an expression is in the kernel, as a reply to code carries it."""
    reply = client.execute_interactive(
        code, user_expressions={"asked": expression}, timeout=60, output_hook=lambda _: None
    )
    return reply["content"]["user_expressions"]["asked"]["data"]["text/plain"]


def warm(manager: KernelManager) -> bool:
    provisioner = manager.provisioner
    return isinstance(provisioner, ForkProvisioner) and not provisioner.reason


def test_the_environment_can_ask_for_warm_kernels(manager: KernelManager, short: Path) -> None:
    manager.start_kernel(cwd=str(short))
    assert warm(manager)
    kernel = client(manager)
    assert value(kernel, "(6 * 7, os.getcwd())", "import os") == f"(42, '{short}')"
    assert kernel.complete("prin", reply=True, timeout=30)["content"]["matches"]
    assert kernel.inspect("print", reply=True, timeout=30)["content"]["found"]
    # What is left out of the kernel of a report, whose client asks for one thing after another.
    assert "kernel subshells" in kernel.kernel_info(reply=True, timeout=30)["content"]["supported_features"]
    assert kernel.hb_channel.is_beating()
    kernel.stop_channels()


def test_a_kernel_can_be_interrupted_and_started_again(manager: KernelManager) -> None:
    manager.start_kernel()
    kernel = client(manager)
    first = value(kernel, "os.getpid()", "import os; x = 1")
    # It tells that it has begun before it is interrupted. What is sent while a kernel stops on an
    # error would be refused.
    code = "print('begun', flush=True)\nwhile True: pass"
    asked = kernel.execute(code, stop_on_error=False)
    while kernel.get_iopub_msg(timeout=30)["msg_type"] != "stream":
        pass
    manager.interrupt_kernel()
    while (reply := kernel.get_shell_msg(timeout=30))["parent_header"]["msg_id"] != asked:
        pass
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    assert value(kernel, "x") == "1"
    for now in (True, False):
        manager.restart_kernel(now=now)
        assert warm(manager)
        kernel.wait_for_ready(timeout=60)
        assert (
            value(kernel, "('x' in globals(), os.getpid() != " + first + ")", "import os") == "(False, True)"
        )
    kernel.stop_channels()


def test_a_kernel_ends_when_it_is_asked_to(manager: KernelManager) -> None:
    manager.start_kernel()
    kernel = client(manager)
    handle = os.pidfd_open(int(value(kernel, "os.getpid()", "import os")))
    kernel.stop_channels()
    manager.shutdown_kernel()
    assert gone([handle])
    assert not manager.is_alive()


def test_a_kernel_that_dies_is_seen_to_be_dead(manager: KernelManager) -> None:
    manager.start_kernel()
    kernel = client(manager)
    handle = os.pidfd_open(int(value(kernel, "os.getpid()", "import os")))
    kernel.execute("os._exit(3)")
    assert gone([handle])
    assert isinstance(manager.provisioner, ForkProvisioner)
    assert manager.provisioner.handle is not None
    assert manager.provisioner.handle.wait(10) == 3
    assert not manager.is_alive()
    kernel.stop_channels()


def test_the_debugger_is_there(manager: KernelManager) -> None:
    manager.start_kernel()
    kernel = client(manager)
    message = kernel.session.msg(
        "debug_request", {"type": "request", "seq": 1, "command": "debugInfo", "arguments": {}}
    )
    kernel.control_channel.send(message)
    answer = kernel.get_control_msg(timeout=30)
    assert answer["content"]["success"]
    assert not answer["content"]["body"]["isStarted"]
    kernel.stop_channels()


def test_a_kernel_json_can_ask_for_warm_kernels(short: Path) -> None:
    folder = short / "kernels" / "own"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(
        json.dumps(
            {
                "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
                "display_name": "Warm",
                "language": "python",
                "env": {"OWN": "1"},
                "metadata": {"kernel_provisioner": {"provisioner_name": "scorelib-fork"}},
            }
        )
    )
    manager = KernelManager(
        kernel_name="own",
        kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(short / "kernels")]),
        transport="ipc",
        ip=str(short / "k"),
        connection_file=str(short / "kernel.json"),
    )
    manager.start_kernel()
    try:
        assert warm(manager)
        kernel = client(manager)
        assert value(kernel, "os.environ['OWN']", "import os") == "'1'"
        kernel.stop_channels()
    finally:
        manager.shutdown_kernel(now=True)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"stdout": -3}, "a pipe or nowhere"),
        ({"close_fds": True}, "close_fds"),
        ({"env": {**os.environ, "PYTHONPATH": "relative"}}, "PYTHONPATH"),
    ],
)
@pytest.mark.slow
def test_what_cannot_be_forked_is_started_as_ever(
    manager: KernelManager, options: dict[str, Any], reason: str
) -> None:
    manager.start_kernel(**options)
    assert isinstance(manager.provisioner, ForkProvisioner)
    assert reason in manager.provisioner.reason
    kernel = client(manager)
    assert value(kernel, "6 * 7") == "42"
    kernel.stop_channels()

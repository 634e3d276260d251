"""The warm kernel as one that Jupyter offers by name; imports nothing of ours.

The wheel brings it along. An editable install does not, so it can also be put in its place.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any, Literal

__all__ = ["NAME", "Place", "found", "install", "remove", "specification"]

NAME = "scorelib"
Place = Literal["environment", "user"]


def specification(python: str) -> dict[str, Any]:
    """What ``kernel.json`` says, for a Python."""
    return {
        "argv": [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "scorelib (warm)",
        "language": "python",
        "metadata": {"debugger": True, "kernel_provisioner": {"provisioner_name": "scorelib-fork"}},
    }


def found() -> Path | None:
    """Where the kernel is offered from, if it is offered."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel  # noqa: PLC0415 - heavy

    try:
        return Path(KernelSpecManager().get_kernel_spec(NAME).resource_dir)
    except NoSuchKernel:
        return None


def install(place: Place) -> Path:
    """Offer the kernel in this Python's environment, or to this user everywhere; gives its folder."""
    from jupyter_client.kernelspec import KernelSpecManager  # noqa: PLC0415 - heavy

    where: dict[str, Any] = {"user": True} if place == "user" else {"prefix": sys.prefix}
    with tempfile.TemporaryDirectory(prefix="scorelib-") as name:
        text = json.dumps(specification(sys.executable), indent=1)
        (Path(name) / "kernel.json").write_text(f"{text}\n", "utf-8")
        return Path(KernelSpecManager().install_kernel_spec(name, NAME, **where))


def remove() -> Path | None:
    """Offer it no longer; gives where it was."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel  # noqa: PLC0415 - heavy

    try:
        return Path(KernelSpecManager().remove_kernel_spec(NAME))
    except NoSuchKernel:
        return None

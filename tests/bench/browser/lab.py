"""Starts a JupyterLab (or another web app) for one host and opens its chat in Chromium.

Only processes and pages live here; what each chat is typed into is in hosts.py.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, seconds: float = 90.0) -> None:
    """Return once ``url`` answers; raise TimeoutError after ``seconds``."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url, timeout=2).close()
            return
        time.sleep(0.2)
    raise TimeoutError(f"{url} did not answer within {seconds:.0f} s")


@contextlib.contextmanager
def process(command: list[str], folder: Path, extra: Mapping[str, str]) -> Iterator[None]:
    """Run ``command`` in a process group of its own, and end the whole group at the end."""
    private = {
        name: str(folder / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }
    environment = {
        **os.environ,
        **private,
        "PYTHONPATH": os.pathsep.join((str(HERE), str(HERE.parents[2]))),
        **extra,
    }
    log = (folder / "server.log").open("wb")
    running = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True
    )
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGTERM)
        running.wait(20)


def notebook(cells: list[str]) -> str:
    """A notebook of code cells, as its file's text."""
    code = [
        {"cell_type": "code", "id": f"c{index}", "metadata": {}, "outputs": [],
         "execution_count": None, "source": source}
        for index, source in enumerate(cells)
    ]  # fmt: skip
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps(
        {"cells": code, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}
    )

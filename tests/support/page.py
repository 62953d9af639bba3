"""A real kernel, and what a notebook's front end does with it: cells, outputs, comms."""

from __future__ import annotations

import os
import queue
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_client.manager import KernelManager

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 30.0  # seconds


@dataclass
class Cell:
    """A cell that was run, or is running, with its outputs as a notebook keeps them."""

    msg_id: str
    outputs: list[dict[str, Any]] = field(default_factory=list)
    updates: int = 0
    idle: bool = False
    reply: dict[str, Any] | None = None

    @property
    def text(self) -> str:
        """What was printed."""
        return "".join(out["text"] for out in self.outputs if "text" in out)

    def shown(self, kind: str) -> list[Any]:
        """The outputs of one mime type."""
        return [out["data"][kind] for out in self.outputs if kind in out.get("data", {})]


@dataclass
class Comm:
    """A widget's comm as the browser has it."""

    comm_id: str
    state: dict[str, Any]
    received: list[dict[str, Any]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    parents: list[Mapping[str, Any]] = field(default_factory=list)
    buffers: list[int] = field(default_factory=list)
    closed: bool = False

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The custom messages of one kind."""
        return [content for content in self.received if content["kind"] == kind]


SPENT = re.compile(r"\b\d+(\.\d+)? ?(ms|s)\b")


def timeless(shown: str) -> str:
    """Text without the time that a turn took, which stands below its cell."""
    return SPENT.sub("TIME", shown)


class Page:
    """One page of a notebook and its kernel."""

    def __init__(self, folder: Path) -> None:
        private = {
            "IPYTHONDIR": str(folder / "ipython"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "PYTHONPATH": str(ROOT),
        }
        self.folder = folder
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(cwd=str(folder), env={**os.environ, **private})
        self.connect()

    def connect(self) -> None:
        """Look at the kernel with a fresh page."""
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=PATIENCE)
        self.cells: dict[str, Cell] = {}
        self.comms: dict[str, Comm] = {}
        self.strays: list[dict[str, Any]] = []
        self.subshell: str | None = None

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()

    def restart(self) -> None:
        self.client.stop_channels()
        self.manager.restart_kernel(now=True)
        self.connect()

    def begin(self, code: str) -> Cell:
        """Start a cell and return at once."""
        cell = Cell(self.client.execute(code))
        self.cells[cell.msg_id] = cell
        return cell

    def busy(self, code: str = "") -> Cell:
        """Start a cell that does ``code`` and then keeps the main thread until ``release``."""
        (self.folder / "go").unlink(missing_ok=True)
        wait = "import os, time\nwhile not os.path.exists('go'):\n    time.sleep(0.02)"
        return self.begin(f"{code}\n{wait}")

    def release(self, cell: Cell) -> Cell:
        """Let the busy cell end."""
        (self.folder / "go").touch()
        return self.finish(cell)

    def run(self, code: str, *, fails: bool = False) -> Cell:
        """Run a cell to its end; it has to succeed, or to fail if it ``fails``."""
        cell = self.finish(self.begin(code))
        assert cell.reply is not None
        assert (cell.reply["status"] == "error") is fails, (cell.reply, cell.outputs)
        return cell

    def finish(self, cell: Cell) -> Cell:
        self.until(lambda: cell.idle)
        while cell.reply is None:
            message = self.client.get_shell_msg(timeout=PATIENCE)
            found = self.cells.get(message["parent_header"].get("msg_id", ""))
            if found is not None:
                found.reply = message["content"]
        return cell

    def until(self, done: Callable[[], object], patience: float = PATIENCE) -> None:
        """Take in what the kernel sends until ``done``."""
        deadline = time.monotonic() + patience
        while not done():
            left = deadline - time.monotonic()
            assert left > 0, f"not within {patience} s"
            try:
                self.take(self.client.get_iopub_msg(timeout=min(left, 0.2)))
            except queue.Empty:
                continue

    def take(self, message: Mapping[str, Any]) -> None:
        """One message of the kernel, as a front end deals with it."""
        kind, content = message["header"]["msg_type"], message["content"]
        cell = self.cells.get(message["parent_header"].get("msg_id", ""))
        if kind == "comm_open":
            state = content["data"].get("state", {})
            self.comms[content["comm_id"]] = Comm(content["comm_id"], state)
        elif kind == "comm_close":
            self.comms[content["comm_id"]].closed = True
        elif kind == "comm_msg":
            self.take_comm(message)
        elif kind == "update_display_data":
            self.take_update(content)
        elif kind == "status" and cell is not None:
            cell.idle = content["execution_state"] == "idle"
        elif kind in ("display_data", "execute_result", "stream", "error"):
            self.take_output(kind, content, cell)

    def take_comm(self, message: Mapping[str, Any]) -> None:
        data = message["content"]["data"]
        comm = self.comms.get(message["content"]["comm_id"])
        if comm is not None and data.get("method") == "custom":
            comm.received.append(data["content"])
            comm.times.append(time.monotonic())
            comm.parents.append(message["parent_header"])
            comm.buffers += [len(buffer) for buffer in message["buffers"]]

    def take_output(self, kind: str, content: Mapping[str, Any], cell: Cell | None) -> None:
        output = {"output_type": kind, **content}
        if cell is None:
            self.strays.append(output)
        else:
            cell.outputs.append(output)

    def take_update(self, content: Mapping[str, Any]) -> None:
        wanted = content["transient"]["display_id"]
        for cell in self.cells.values():
            for output in cell.outputs:
                if output.get("transient", {}).get("display_id") == wanted:
                    output["data"] = content["data"]
                    cell.updates += 1

    def chat(self) -> Comm:
        """The newest chat widget that is open."""
        found = [c for c in self.comms.values() if "_hash" in c.state and not c.closed]
        return found[-1]

    def warm_up(self) -> bool:
        """Make the subshell JupyterLab sends comm messages to; False: this kernel has none."""
        features = self.client.kernel_info(reply=True, timeout=PATIENCE)["content"]
        if "kernel subshells" not in features.get("supported_features", []):
            return False
        self.client.control_channel.send(self.client.session.msg("create_subshell_request", {}))
        reply = self.client.get_control_msg(timeout=PATIENCE)
        self.subshell = reply["content"]["subshell_id"]
        return True

    def send(self, comm: Comm, content: dict[str, Any]) -> None:
        """What the browser's half of the widget sends."""
        data = {"method": "custom", "content": content}
        message = self.client.session.msg("comm_msg", {"comm_id": comm.comm_id, "data": data})
        if self.subshell:
            message["header"]["subshell_id"] = self.subshell
        self.client.shell_channel.send(message)

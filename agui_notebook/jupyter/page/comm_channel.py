"""Sending through a comm as nobody's reply, past what ipykernel keeps private.

ipykernel (6.29 to 7.4 seen) names as parent of a message whatever the sending thread heard of
last: 250 bytes a message, and wrong. But some hosts (Colab) pass on only what answers a running
cell or a message of the page: there it is sent so. And 7.4 queues what the browser sends behind
the running cell, in the subshell that the comm was opened in. Other kernels' comms, or one without
these parts, are used as they are.
"""

from __future__ import annotations

from typing import Any

from ...values import JsonView


def send(
    comm: Any, data: JsonView, buffers: list[bytes] | None = None, *, as_reply: bool = False
) -> None:
    """Send through ``comm``; ``as_reply``: to what this thread heard of last.

    Raises ValueError for what strict JSON lacks.
    """
    owner: Any = getattr(comm, "kernel", None)
    session, socket = getattr(owner, "session", None), getattr(owner, "iopub_socket", None)
    if as_reply or session is None or socket is None:  # xeus-python's comms say kernel = True
        comm.send(data=data, buffers=buffers)
        return
    content = {"data": data, "comm_id": comm.comm_id}
    session.send(socket, "comm_msg", content, ident=comm.topic, buffers=buffers)


def answer_anywhere(comm: Any) -> None:
    """Let what the browser sends pass a busy cell, whichever subshell it comes by."""
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = None

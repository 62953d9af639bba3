"""Canaries: red when what we use of others' private parts moves. Each has a fallback beside it."""

from __future__ import annotations

import json
import threading
from typing import Any

import ipykernel
import pytest
from comm.base_comm import BaseComm

from agui_notebook import Append
from agui_notebook.jupyter.magics import await_turns
from agui_notebook.jupyter.page import comm_channel
from agui_notebook.protocol.document.quick_tuple import new_tuple
from agui_notebook.runtime.raise_in_thread import raise_in_thread
from agui_notebook.server.silent_connections import owes
from agui_notebook.wire import json_encoder, sse_decoder

KERNEL = ipykernel.version_info[:2]


def refuse(value: Any) -> Any:
    raise TypeError(f"{value!r} is no JSON")


VALUES: list[Any] = [{"a": [1, 2.5, None, True, "å\u2028\ud800"], "": {}}, "x", []]


@pytest.mark.parametrize("value", VALUES)
def test_the_encoder_in_c_takes_its_arguments_as_we_give_them(value: Any) -> None:
    assert json.encoder.c_make_encoder is not None  # type: ignore[attr-defined]
    fast, plain = json_encoder.make_encoder(refuse), json_encoder.make_plain_encoder(refuse)
    assert fast(value) == plain(value)
    with pytest.raises(ValueError, match="JSON compliant"):
        fast({"x": float("nan")})


def test_without_the_encoder_in_c_events_are_written_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(json.encoder, "c_make_encoder", None)
    assert json_encoder.make_encoder(refuse)({"a": 1}) == '{"a":1}'


def test_httpx_sse_still_has_its_decoder() -> None:
    assert sse_decoder._Decoder is not sse_decoder.PlainDecoder


def test_uvicorns_connections_still_tell_what_they_owe() -> None:
    from uvicorn import Config
    from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
    from uvicorn.server import ServerState

    async def app(scope: Any, receive: Any, send: Any) -> None:
        """Never called."""

    config = Config(app, http="h11", log_config=None)
    config.load()

    class Loop:
        """As much of a loop as a connection wants before it has one."""

    protocol = H11Protocol(config, ServerState(), {}, _loop=Loop())  # type: ignore[arg-type]
    assert protocol.cycle is None
    assert owes(protocol)
    assert "response_complete" in RequestResponseCycle.__init__.__code__.co_names


def test_a_connection_of_another_kind_owes_nothing() -> None:
    assert not owes(object())


def test_ipykernels_comm_still_has_what_we_reach_past() -> None:
    ipykernel_comm = pytest.importorskip("ipykernel.comm.comm")
    from ipykernel.kernelbase import Kernel

    assert {"session", "iopub_socket"} <= Kernel.class_traits().keys()
    assert hasattr(ipykernel_comm.BaseComm, "_reply_subshell_for") or KERNEL < (7, 4)
    assert "topic" in BaseComm.__init__.__code__.co_names


def test_a_comm_of_another_kernel_sends_in_its_own_way() -> None:
    class Comm:
        kernel = True
        sent: Any = None

        def send(self, **what: Any) -> None:
            self.sent = what

    comm = Comm()
    comm_channel.send(comm, {"a": 1})
    comm_channel.answer_anywhere(comm)
    assert comm.sent == {"data": {"a": 1}, "buffers": None}


def test_ipython_still_writes_magics_as_we_read_them() -> None:
    transformer = pytest.importorskip("IPython.core.inputtransformer2")
    lines = transformer.TransformerManager().transform_cell("%%agui\nhello\n")
    assert lines.startswith(await_turns.CELL)
    line = transformer.TransformerManager().transform_cell("%agui retry\n")
    assert "get_ipython().run_line_magic('agui', 'retry')" in line
    interactive = pytest.importorskip("IPython.core.interactiveshell")
    assert hasattr(interactive.InteractiveShell, "run_code")


def test_a_named_tuple_made_the_quick_way_is_the_same() -> None:
    made = new_tuple(Append, (("messages", 0), "x"))
    assert made == Append(("messages", 0), "x")
    assert type(made) is Append


def test_an_exception_can_still_be_raised_in_another_thread() -> None:
    begun, told = threading.Event(), []

    class Enough(BaseException):
        """Raised from outside."""

    def spin() -> None:
        begun.set()
        deadline = threading.Event()
        try:
            for _ in range(1_000):
                deadline.wait(0.01)
        except Enough:
            told.append("stopped")

    thread = threading.Thread(target=spin)
    thread.start()
    assert begun.wait(10)
    raise_in_thread(thread.ident or 0, Enough)
    thread.join(10)
    assert told == ["stopped"]

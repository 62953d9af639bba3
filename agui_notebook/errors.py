"""Every exception this package raises, drawn as one tree. Knows no storey; their texts are safe.

AGUIError                   any of the below: catch this one
 +- InvalidInput            what the caller passed cannot be used
 +- TransportError          could not reach the agent, or the connection was lost
 |   +- HTTPStatusError     the agent answered with a status, not a stream
 +- ProtocolError           the agent broke the protocol
 +- RunFailed               the agent said RUN_ERROR
 +- IncompleteRun           the stream stopped without a terminal event
 +- InterruptPending        answers are due first, or have expired
 +- ToolFailed              a tool of ours raised; the cause is chained
 +- ServerError             the in-kernel server could not start or stop
 +- UnsupportedAgent        nothing known wraps this object
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing would double what importing this package costs
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any


class AGUIError(Exception):
    """Base of all errors of this package; its text is one sentence a user can act on.

    ``result`` holds what a run had received before it failed (a ``RunResult``), else None.
    ``frames`` are the lines of the user's own agent in which it failed, where that runs in this
    process: dicts with place, line, name and code, outermost first. ``advice`` says what to do
    about it where the text itself does not, else it is "".

    >>> try: connect("nowhere")
    ... except AGUIError as error: print(error.args != ())
    True
    """

    result: Any = None
    advice: str = ""
    frames: Sequence[Mapping[str, Any]] = ()

    def __init__(self, *args: object) -> None:
        super().__init__(*map(_printable, args))

    def _render_traceback_(self, *_: object) -> list[str]:
        """What IPython shows in place of a traceback: the user's own lines, and the sentence."""
        from .traces import cell_lines, frames_here  # most errors are never shown

        return cell_lines(self, [*frames_here(self), *self.frames])


def _printable(value: object) -> object:
    """Agents' words stand in errors, and errors in terminals: no control does its work there."""
    if not isinstance(value, str) or (value.isascii() and value.isprintable()):
        return value
    from .controls import terminal  # most errors never need it

    return terminal(value)


class InvalidInput(AGUIError, ValueError):
    """What the caller passed cannot be used: a bad argument, tool, file or request body.

    >>> try: connect("nowhere")
    ... except InvalidInput as error: print(error.args != ())
    True
    """


class TransportError(AGUIError):
    """The agent could not be reached, or the connection was lost. ``url`` says which one.

    >>> try: connect("http://127.0.0.1:9/").ask("hello")
    ... except TransportError as error: print(error.args != ())
    True
    """

    def __init__(self, message: str, *, url: str = "") -> None:
        super().__init__(message)
        self.url = url


class HTTPStatusError(TransportError):
    """The agent answered with an HTTP status instead of a stream (P-SSE-12).

    ``status`` is the code, ``body`` an excerpt of the answer in characters, ``retry_after`` the
    seconds that the server asks to wait, or None.

    >>> try: connect(server.url, token="wrong").ask("hello")
    ... except HTTPStatusError as error: print(error.args != ())
    True
    """

    def __init__(
        self,
        message: str,
        *,
        url: str = "",
        status: int = 0,
        body: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, url=url)
        self.status = status
        self.body = body
        self.retry_after = retry_after


class ProtocolError(AGUIError):
    """The agent broke the protocol; ``rule`` is the rule's id, ``event`` the offending event.

    >>> def wrong(text): return {"type": "NO_SUCH_EVENT"}
    >>> odd = serve(wrong)
    >>> connect(odd.url, token=odd.token).ask("hello", check=False).outcome
    'success'
    """

    def __init__(self, message: str, *, rule: str = "", event: Any = None) -> None:
        super().__init__(message)
        self.rule = rule
        self.event = event


class RunFailed(AGUIError):
    """The agent ended the run with RUN_ERROR (C-LIFE-06). ``code`` is the agent's own, or None.

    >>> def failing(text): raise RuntimeError("The stove is cold.")
    >>> cold = serve(failing)
    >>> try: connect(cold.url, token=cold.token).ask("soup")
    ... except RunFailed as error: print(error)
    RuntimeError: The stove is cold.
    """

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class IncompleteRun(AGUIError):
    """The stream stopped without a terminal event; what had arrived is kept (C-TRUNC-03).

    >>> str(IncompleteRun("The answer is cut off."))
    'The answer is cut off.'
    """


class InterruptPending(AGUIError):
    """A run needs answers first, or an answer came too late (C-INT-04, C-INT-06).

    >>> answer = asking.ask("delete it")
    >>> try: asking.ask("and then?")
    ... except InterruptPending as error: print(error.args != ())
    True
    """

    def __init__(self, message: str, *, interrupts: Sequence[Mapping[str, Any]] = ()) -> None:
        super().__init__(message)
        self.interrupts = list(interrupts)


class ToolFailed(AGUIError):
    """A frontend tool (``tool``) raised, or its arguments did not fit; the cause is chained.

    >>> issubclass(ToolFailed, AGUIError)
    True
    """

    def __init__(self, message: str, *, tool: str = "") -> None:
        super().__init__(message)
        self.tool = tool


class ServerError(AGUIError):
    """The in-kernel server could not start or stop.

    >>> try: serve(str.upper, name="a", port=server.port)
    ... except ServerError as error: print(error.args != ())
    True
    """


class UnsupportedAgent(AGUIError, TypeError):
    """Nothing known wraps this object; the text names what would.

    >>> try: serve(42)
    ... except UnsupportedAgent as error: print(error.args != ())
    True
    """

"""``agui demo`` and ``agui serve``: an agent behind an address of this machine, until Ctrl-C.

Loopback only, like every server of ours; the way to other machines is an exported app.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping

from ..agents.demo import agent as demo_agent
from ..errors import InvalidInput, ServerError
from ..runtime.ids import mint_token
from ..runtime.load_target import load_target
from ..server.app import App, create_app
from ..server.security import LOOPBACK
from ..server.uvicorn_host import bind
from .word import CommandWord

TARGET, TOKEN = "AGUI_TARGET", "AGUI_TOKEN"


def make_app(target: object, token: str | None) -> App:
    """The ASGI app of one agent, or of a mapping of names to agents."""
    agents = target if isinstance(target, Mapping) else {"/": target}
    return create_app(agents, token=token, hosts=LOOPBACK)


def app_from_environment() -> App:
    """What each worker of ``agui serve --workers`` makes for itself."""
    return make_app(load_target(os.environ[TARGET]), os.environ.get(TOKEN) or None)


def _serve(given: argparse.Namespace, target: object, name: str) -> int:
    token = None if given.open else given.token or os.environ.get(TOKEN) or mint_token()
    if given.workers < 1:
        raise InvalidInput("--workers is a number from 1.")
    port = _free_port(given.port)
    app = make_app(target, token)  # what is wrong with the agent is told before anything starts
    url = f"http://127.0.0.1:{port}/"
    print(f"{name} answers at {url}; Ctrl-C ends it. Talk to it from another terminal:", flush=True)
    print(f"  agui chat {url}" + (f" --token {token}" if token else ""), flush=True)
    if given.workers == 1:
        _listen(app, port)
    else:
        os.environ[TARGET] = given.target
        os.environ[TOKEN] = token or ""
        _listen(f"{__name__}:app_from_environment", port, given.workers)
    return 0


def _listen(app: App | str, port: int, workers: int = 1) -> None:
    import uvicorn

    uvicorn.run(
        app,
        host="127.0.0.1",
        port=port,
        workers=workers,
        factory=isinstance(app, str),
        log_level="critical",
        timeout_graceful_shutdown=3,  # seconds for what still streams
    )


def _free_port(port: int) -> int:
    """``port``, or a free one for 0. Tells of one that is taken before anything else is said."""
    try:
        with bind(port) as sock:
            return int(sock.getsockname()[1])
    except (OSError, OverflowError) as error:
        raise ServerError(f"Port {port} cannot be used: choose another with --port.") from error


def _demo(given: argparse.Namespace) -> int:
    return _serve(given, demo_agent, "The demo agent")


def _serve_target(given: argparse.Namespace) -> int:
    return _serve(given, load_target(given.target), given.target)


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=int, default=8888, help="the port on 127.0.0.1 (8888); 0 takes a free one"
    )
    parser.add_argument("--token", help=f"what callers must send; else ${TOKEN}, else made up")
    parser.add_argument("--open", action="store_true", help="want no token at all")


def _demo_arguments(parser: argparse.ArgumentParser) -> None:
    _common(parser)
    parser.set_defaults(workers=1)


def _serve_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", help="module:name of a function, an agent or a chat client")
    _common(parser)
    parser.add_argument("--workers", type=int, default=1, help="processes that answer (1)")


DEMO = CommandWord("demo", "Serve a scripted agent, without any model.", "", _demo_arguments, _demo)
SERVE = CommandWord(
    "serve",
    "Serve an agent or chat client of a module as AG-UI.",
    "Example: agui serve my_agents:weather --port 9000",
    _serve_arguments,
    _serve_target,
)

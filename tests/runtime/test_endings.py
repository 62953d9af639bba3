"""Every way a script can end, ends: soon, quietly, and whatever was going on."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEADLINE = 30  # seconds; a script that hangs would do so for ever
FOREVER = "import threading\ndef forever(text):\n    threading.Event().wait()\n"
BEGUN = """
import agui_notebook as agui, threading
begun = threading.Event()
def tool():
    "Takes for ever."
    begun.set()
    threading.Event().wait()
"""

ENDINGS = {
    "a chat that was never used": "import agui_notebook as agui; c = agui.chat(str.upper)",
    "a chat that was used": """
        import agui_notebook as agui
        c = agui.chat(str.upper)
        assert c.ask("hi").text == "HI"
    """,
    "a chat in a cycle": """
        import agui_notebook as agui
        class Holder: pass
        h = Holder(); h.me = h; h.chat = agui.chat(str.upper)
    """,
    "a server that nobody stopped": """
        import agui_notebook as agui
        server = agui.serve(str.upper)
    """,
    "an agent that never returns": FOREVER
    + """
import agui_notebook as agui
server = agui.serve(forever)
session = agui.connect(server.url, token=server.token)
started = threading.Event()
session.observe_events(lambda record: started.set())
session.start("hi")
assert started.wait(10)
""",
    "a headers function that never returns": """
        import agui_notebook as agui, threading
        begun = threading.Event()
        def headers():
            begun.set()
            threading.Event().wait()
        session = agui.connect("http://127.0.0.1:9/", headers=headers)
        session.start("hi")
        assert begun.wait(10)
    """,
    "middleware that never returns": """
        import agui_notebook as agui, threading
        begun = threading.Event()
        def middleware(event):
            begun.set()
            threading.Event().wait()
        server = agui.serve(str.upper)
        session = agui.connect(server.url, token=server.token, middleware=[middleware])
        session.start("hi")
        assert begun.wait(10)
    """,
    "sys.exit": """
        import sys, agui_notebook as agui
        c = agui.chat(str.upper)
        sys.exit(0)
    """,
    "a session made while Python ends": """
        import atexit, agui_notebook as agui
        def late():
            session = agui.connect("http://127.0.0.1:9/")
            assert session.ask("hi", check=False) is not None
        def refused():
            try:
                late()
            except agui.AGUIError as error:
                print(error)
        atexit.register(refused)
        c = agui.chat(str.upper)
    """,
}


def run(code: str, *before: str) -> subprocess.CompletedProcess[str]:
    """Run a script to its end in a fresh interpreter."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    return subprocess.run(
        [sys.executable, *before, "-c", textwrap.dedent(code)],
        env={**os.environ, "PYTHONPATH": path, "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_script_ends_quietly(ending: str) -> None:
    ran = run(ENDINGS[ending])
    assert (ran.returncode, ran.stderr) == (0, "")


def test_an_error_of_the_scripts_own_is_all_that_is_told() -> None:
    ran = run("import agui_notebook as agui\nc = agui.chat(str.upper)\nraise ValueError('mine')")
    assert ran.returncode == 1
    assert ran.stderr.splitlines()[-1] == "ValueError: mine"
    assert "Exception ignored" not in ran.stderr


@pytest.mark.skipif(os.name == "nt", reason="signals differ on Windows")
def test_an_interrupted_script_ends() -> None:
    ran = run(
        """
        import os, signal, threading, agui_notebook as agui
        signal.signal(signal.SIGINT, signal.default_int_handler)
        def forever(text):
            os.kill(os.getpid(), signal.SIGINT)
            threading.Event().wait()
        agui.chat(forever).ask("hi")
        """
    )
    assert ran.stderr.splitlines()[-1] == "KeyboardInterrupt"


def test_servers_start_without_lines_whatever_is_logged() -> None:
    ran = run(
        """
        import logging
        logging.basicConfig(level="INFO")
        logging.getLogger("httpx").setLevel("WARNING")
        import agui_notebook as agui
        c = agui.chat(str.upper)
        assert c.ask("hi").text == "HI"
        logging.getLogger("uvicorn.error").info("a server of the user's own")
        """
    )
    assert ran.stderr == "INFO:uvicorn.error:a server of the user's own\n"
    assert ran.returncode == 0

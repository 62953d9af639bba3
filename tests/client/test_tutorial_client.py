"""The getting-started tutorial's interactive client, on our session, in fifteen lines."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.servers import FINISHED, STARTED, answer, said, serve_frames

CLIENT = Path(__file__).with_name("tutorial_client.py")
README = CLIENT.parent.parent.parent / "README.md"
YELLOW, CYAN, GREEN, RED, END = (f"\033[{code}m" for code in (93, 96, 92, 91, 0))


def talk(url: str, *lines: str) -> str:
    env = {**os.environ, "AGUI_SERVER_URL": url, "PYTHONPATH": str(CLIENT.parent.parent.parent)}
    ran = subprocess.run(
        [sys.executable, "-W", "error", str(CLIENT)],
        input="".join(f"{line}\n" for line in lines),
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ran.stderr == ""
    return ran.stdout


def test_it_is_as_short_as_promised() -> None:
    assert sum(bool(line.strip()) for line in CLIENT.read_text().splitlines()) == 15


@pytest.mark.skipif("tutorial_client" not in README.read_text(), reason="the README has none")
def test_the_readme_shows_this_very_code() -> None:
    assert CLIENT.read_text() in README.read_text()


def test_it_talks_in_colours_keeps_the_thread_and_leaves_on_q() -> None:
    failed = [STARTED, *said("par", mid="m2")[:-1], {"type": "RUN_ERROR", "message": "overloaded"}]
    prompt = "\nUser (:q or quit to exit): "
    nothing = "There is nothing to send: the message is empty."
    with serve_frames(answer("2 + 2 ", "equals 4."), failed, [STARTED, FINISHED]) as server:
        shown = talk(server.url, "What is 2 + 2?", "And now?", "", "bye", ":Q")
        ids = [(r.body["threadId"], r.body["runId"]) for r in server.requests]

    def run(number: int, word: str, colour: str) -> str:
        thread, run_id = ids[number]
        return f"{colour}[Run {word} - Thread: {thread}, Run: {run_id}]{END}\n"

    assert shown == (
        f"{prompt}{run(0, 'Started', YELLOW)}{CYAN}2 + 2 {END}{CYAN}equals 4.{END}\n"
        f"{run(0, 'Finished', GREEN)}"
        f"{prompt}{run(1, 'Started', YELLOW)}{CYAN}par{END}"
        f"\n{RED}[Run Error - Message: overloaded]{END}\n"
        f"{prompt}\n{RED}[Run Error - Message: {nothing}]{END}\n"
        f"{prompt}{run(2, 'Started', YELLOW)}\n{run(2, 'Finished', GREEN)}"
        f"{prompt}"
    )
    assert len({thread for thread, _ in ids}) == 1


def test_no_server_is_one_red_sentence() -> None:
    assert f"{RED}[Run Error - Message: No server answers at http://127.0.0.1:9/" in talk(
        "http://127.0.0.1:9/", "hi", "quit"
    )

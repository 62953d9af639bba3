"""What load costs: a million events, many runs, streams and chats; for this checkout and others.

    python tests/bench/load/run.py [OTHER_CHECKOUT]

Each figure is taken in a process of its own that has answered before, the checkouts in turns, and
the least of AGUI_ROUNDS (3) counts; ratios say more than times. AGUI_LOAD=0.1 is a tenth of it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve()
ROOT = HERE.parents[3]
CASES = ("events", "runs", "streams", "chats")
SIZES = {"events": 1_000_000, "runs": 5_000, "streams": 300, "chats": 2_000}


def measure(case: str, count: int) -> None:
    """Seconds of processor time and MB of one case, printed; and seconds until it could begin."""
    import resource
    import time

    do = globals()[f"do_{case}"]
    do(max(count // 100, 2))  # imports, and whatever else is done once, are not the load
    began = time.process_time()
    do(count)
    ended = time.process_time()
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(json.dumps({"seconds": ended - began, "first": began, "MB": used}))


def talking(size: int) -> object:
    async def agent(text: str) -> object:
        for number in range(size):
            yield f"word {number} "

    return agent


def do_events(count: int) -> None:
    """One answer in so many pieces, over a socket."""
    import agui_notebook as agui

    with agui.serve(talking(count), token=False) as server, agui.connect(server.url) as session:
        session.ask("go")
        assert len(session.events) >= count


def do_runs(count: int) -> None:
    """So many short runs of one server, each in a thread of its own."""
    import agui_notebook as agui

    with agui.serve(talking(3), token=False) as server, agui.connect(server.url) as session:
        for _ in range(count):
            session.ask("go")
            session.new_thread()


def do_streams(count: int) -> None:
    """So many answers at the same time."""
    import agui_notebook as agui

    with agui.serve(talking(200), token=False) as server:
        sessions = [agui.connect(server.url) for _ in range(count)]
        for future in [session.start("go") for session in sessions]:
            future.result(600)


def do_chats(count: int) -> None:
    """So many widgets, made, used and closed."""
    import agui_notebook as agui

    for number in range(count):
        chat = agui.chat(talking(3), name=f"chat {number % 10}")
        if number % 10 == 0:
            chat.session.ask("go")
        chat.close()


def run(checkout: Path, case: str, count: int) -> dict[str, float]:
    """One case in a process that imports ``checkout``; SystemExit says why it failed."""
    env = {
        **os.environ,
        "PYTHONPATH": str(checkout),
        "AGUI_STORE": "off",
        "PYTHONWARNINGS": "ignore",
    }
    command = [sys.executable, str(HERE), "measure", case, str(count)]
    ran = subprocess.run(command, env=env, capture_output=True, text=True, cwd="/", check=False)
    if ran.returncode:
        sys.exit(f"{checkout}: {ran.stderr.strip().splitlines()[-1][:200]}")
    found: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return found


def least(rounds: list[dict[str, float]]) -> dict[str, float]:
    """The least of every figure."""
    return {name: round(min(each[name] for each in rounds), 2) for name in rounds[0]}


def main() -> None:
    others = [Path(each).resolve() for each in sys.argv[1:]]
    scale = float(os.environ.get("AGUI_LOAD", "1"))
    rounds = int(os.environ.get("AGUI_ROUNDS", "3"))
    for case in CASES:
        count = int(SIZES[case] * scale)
        figures: dict[Path, list[dict[str, float]]] = {place: [] for place in [*others, ROOT]}
        for _ in range(rounds):
            for place, found in figures.items():
                found.append(run(place, case, count))
        best = {place: least(found) for place, found in figures.items()}
        print(f"{count:,} {case}")
        for place, told in best.items():
            print(f"  {best[ROOT]['seconds'] / told['seconds']:6.3f} of {told} {place}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        measure(sys.argv[2], int(sys.argv[3]))
    else:
        main()

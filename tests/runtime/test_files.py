"""Files are whole or as they were: whatever fails while one is written."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agui_notebook import InvalidInput
from agui_notebook.runtime.files import write


def failing(error: Exception) -> Iterator[str]:
    yield "half of "
    raise error


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), ValueError("broken")])
def test_a_failure_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, error: Exception
) -> None:
    place = tmp_path / "notes.md"
    place.write_text("old")
    with pytest.raises(ValueError, match=r"broken|No space left"):
        write(place, failing(error))
    assert [each.name for each in tmp_path.iterdir()] == ["notes.md"]
    assert place.read_text() == "old"


def test_a_file_keeps_its_rights_and_a_link_leads_where_it_led(tmp_path: Path) -> None:
    place, link = tmp_path / "real.md", tmp_path / "link.md"
    place.write_text("old")
    place.chmod(0o640)
    link.symlink_to(place)
    assert write(link, ["new"]) == link
    assert (link.is_symlink(), place.read_text()) == (True, "new")
    assert place.stat().st_mode & 0o777 == 0o640
    fresh = write(tmp_path / "fresh.md", ["a", "\ud800"])
    umask = os.umask(0)
    os.umask(umask)
    assert fresh.stat().st_mode & 0o777 == 0o666 & ~umask
    assert fresh.read_text() == "a\\ud800"


def test_where_nothing_can_be_written_it_is_told() -> None:
    with pytest.raises(InvalidInput, match="cannot be written"):
        write("/no/such/folder/file", ["x"])
    assert write("/dev/null", ["x"]) == Path("/dev/null")


FULL = """
import resource, signal, sys
import agui_notebook as agui
from agui_notebook.client import Store, Writer
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
what, place, source = sys.argv[1:]
session = agui.replay(source)
session.ask("hello")
cell = "def weather(text):\\n    return '" + "x" * 20_000 + "'\\n"
namespace = {}
exec(cell, namespace)
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))
try:
    if what == "record":
        agui.record(session, place)
    elif what == "export":
        agui.export(namespace["weather"], place, cells=[cell], namespace=namespace)
    else:
        writer = Writer(Store(place), print)
        writer.leave(writer.follow(session.thread, "demo"))
except agui.InvalidInput as error:
    print(error)
"""


@pytest.mark.parametrize("what", ["record", "export", "store"])
def test_where_nothing_more_can_be_written_the_old_file_stays_whole(
    tmp_path: Path, what: str
) -> None:
    source, place = tmp_path / "talk.jsonl", tmp_path / "old.file"
    ids = '"threadId": "t", "runId": "r"'
    rows = [f'{{"type": "RUN_STARTED", {ids}}}']
    rows += [f'{{"type": "CUSTOM", "name": "n", "value": "{os.urandom(4_000).hex()}"}}'] * 3
    source.write_text("\n".join([*rows, f'{{"type": "RUN_FINISHED", {ids}}}', ""]))
    old = "" if what == "store" else "old"
    place.write_text(old)
    # -B: compiled modules would be cut off, too, and stay so
    command = [sys.executable, "-B", "-c", FULL, what, str(place), str(source)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "cannot be written" in ran.stdout or "are not kept" in ran.stdout, ran
    assert "Traceback" not in ran.stderr
    assert place.read_bytes() == old.encode()
    left = {each.name for each in tmp_path.iterdir() if each.stat().st_size}
    assert left - {"talk.jsonl"} == ({"old.file"} if old else set())

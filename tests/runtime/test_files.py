"""Files are whole or as they were: whatever fails while one is written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from agui_notebook.errors import InvalidInput
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

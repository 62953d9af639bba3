"""The command without installing anything: `uvx --from` the built wheel, in two terminals."""

from __future__ import annotations

import re
import signal
import subprocess
from pathlib import Path

import pytest
from support import lanes

pytestmark = [pytest.mark.lane, pytest.mark.timeout(300)]


def test_one_terminal_serves_the_demo_from_the_wheel_and_another_talks_to_it(
    tmp_path: Path,
) -> None:
    if not (uv := lanes.uv()):
        pytest.skip("uvx is a part of uv, and there is none")
    lanes.run([uv, "build", "-q", "--wheel", "-o", str(tmp_path), str(lanes.ROOT)])
    (wheel,) = tmp_path.glob("*.whl")
    agui = [uv, "tool", "run", "-q", "--from", str(wheel), "agui"]
    with subprocess.Popen(
        [*agui, "demo", "--port", "0"], stdout=subprocess.PIPE, cwd=tmp_path
    ) as first:
        assert first.stdout is not None
        said = b"".join(first.stdout.readline() for _ in range(2)).decode()
        found = re.search(r"agui chat (\S+) --token (\S+)", said)
        assert found is not None, said
        url, token = found.groups()
        second = subprocess.run(
            [*agui, "chat", url, "--token", token, "-m", "What is the weather in Oslo?"],
            capture_output=True,
            text=True,
            timeout=60,
            cwd=tmp_path,
            check=False,
        )
        first.send_signal(signal.SIGINT)
        assert first.wait(10) in (0, 130)
    assert (second.returncode, second.stderr) == (0, "")
    assert "7 °C, rain" in second.stdout

"""Uses one host's chat in a browser and prints what each answer took, one JSON line an answer.

    python drive.py HOST URL TIMES REPEATS CASE...

A process of its own, so that a page that hangs can be given up. What the figures mean: run.py.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from hosts import HOSTS, Host
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

HERE = Path(__file__).resolve().parent
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
GIVE_UP = 100.0  # seconds after the last token was sent
SETTLED = 2  # seconds after the last token is visible


class Wire:
    """Counts what reaches the page: websocket frames and HTTP bodies, in bytes."""

    def __init__(self, cdp: CDPSession) -> None:
        self.bytes = 0
        self._local: set[str] = set()
        cdp.send("Network.enable")
        cdp.on("Network.requestWillBeSent", self._request)
        cdp.on("Network.webSocketFrameReceived", self._frame)
        cdp.on("Network.dataReceived", self._data)

    def _frame(self, event: dict[str, Any]) -> None:
        frame = event["response"]
        size = len(frame["payloadData"])
        self.bytes += size if frame["opcode"] == 1 else size * 3 // 4  # binary comes as base64

    def _request(self, event: dict[str, Any]) -> None:
        url = event["request"]["url"]
        if not url.startswith("http") or "/static/" in url:  # the page's own, or the host's files
            self._local.add(event["requestId"])

    def _data(self, event: dict[str, Any]) -> None:
        if event["requestId"] not in self._local:
            self.bytes += event["dataLength"]


def last_line(times: Path) -> dict[str, Any]:
    lines = times.read_text(encoding="utf-8").splitlines() if times.exists() else []
    return json.loads(lines[-1]) if lines else {}


def probes(page: Page) -> dict[str, Any]:
    """What the probes of all frames saw; a chat in a frame of its own is seen by that frame's."""
    records = [frame.evaluate("() => window.__bench") for frame in page.frames]
    records = [record for record in records if record]
    merged = {key: max(record[key] or 0 for record in records) for key in records[0]}
    return {**merged, "gap": records[0]["gap"]}


def wait_for_end(page: Page, times: Path, prompt: str, seconds: float) -> dict[str, Any]:
    """Poll the probe until the last mark is visible; what is missing then stays None."""
    deadline = time.monotonic() + seconds
    seen: dict[str, Any] = {}
    while time.monotonic() < deadline:
        seen = probes(page)
        if seen["last"] and last_line(times).get("prompt") == prompt:
            break
        page.wait_for_timeout(100)
    return seen


def one_answer(page: Page, host: Host, wire: Wire, times: Path, prompt: str) -> dict[str, Any]:
    """Type ``prompt``, press Enter, and say how long and how much it took."""
    box = host.box(page)
    box.click()
    box.fill(prompt)
    for frame in page.frames:
        frame.evaluate("(name) => window.__benchReset?.(name)", "x".join(prompt.split()[1:]))
    before, sent = wire.bytes, time.time()
    box.press("Enter")
    _, count, rate = prompt.split()[:3]
    spent = int(count) / float(rate) if float(rate) else 0.0
    seen = wait_for_end(page, times, prompt, spent + GIVE_UP)
    size, during = 4 * int(count), wire.bytes - before
    page.wait_for_timeout(SETTLED * 1000)
    source = last_line(times)
    first, last = (seen.get(name) or None for name in ("first", "last"))
    return {
        "first": first and first / 1000 - sent,
        "last": last and last / 1000 - sent,
        "shown": last and last / 1000 - source["first"],
        "lag": last and last / 1000 - source["last"],
        "bytes": during / size,
        "settled": (wire.bytes - before) / size,
        "longest": seen["longest"],
        "gap": seen["gap"],
    }


def open_chat(browser: Browser, host: Host, url: str) -> tuple[Page, Wire]:
    page = browser.new_page(viewport={"width": 1100, "height": 900})
    page.add_init_script(path=HERE / "probe.js")
    wire = Wire(page.context.new_cdp_session(page))
    page.goto(url)
    if "/doc/tree/" in url and url.endswith(".ipynb"):
        page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.context?.isReady")
        page.wait_for_function(
            "() => jupyterapp.shell.currentWidget.sessionContext?.session?.kernel?.status==='idle'"
        )
        page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')")
    host.box(page).wait_for(timeout=60_000)
    page.wait_for_timeout(1500)  # let the page's own start-up work end before anything is timed
    return page, wire


def main() -> None:
    name, url, times, repeats, *cases = sys.argv[1:]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        page, wire = open_chat(browser, HOSTS[name], url)
        for case in cases:
            for number in range(int(repeats)):
                prompt = f"bench {case.replace(':', ' ')} {number}"
                run = one_answer(page, HOSTS[name], wire, Path(times), prompt)
                sys.stdout.write(json.dumps({"case": case, "run": run}) + "\n")
                sys.stdout.flush()
        browser.close()


if __name__ == "__main__":
    main()

"""Takes the README's moving picture: one call, an answer, a tool that asks first, and its result.

    python tests/browser/moving_picture.py         # writes notebooks/images/chat.gif

The walk is a person's; nothing here knows the widget beyond what is seen.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # when run as a script

from support.desk import ROOT, Desk, Jupyter, chromium

PICTURE = ROOT / "notebooks" / "images" / "chat.gif"
SIZE = {"width": 760, "height": 780}
WIDTH, COLOURS = 640, 96
PACE = 0.12  # seconds between two frames
LONGEST = 1.6  # seconds that one frame stands where nothing moves

SET_UP = """\
import offline
from offline import Call, openai_url
offline.PAUSE = 0.25

def model(turn):
    if turn.results:
        return ["Done: ", turn.results[-1], ". Anything else?"]
    if "delete" in turn.text.lower():
        return [Call("delete_file", path="old.csv")]
    return ["You have **two** files: `sales.csv` and `old.csv`, which nobody has read for a year."]

url = openai_url(model)
"""
CALL = """\
import agui_notebook as agui

def delete_file(path: str) -> str:
    "Delete a file."
    return f"{path} is gone"

agui.chat(url, model="offline", tools=[delete_file], approve=True)"""


class Film:
    """Frames of the page, with the time each was taken."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.frames: list[tuple[float, Image.Image]] = []

    def take(self) -> None:
        shot = self._desk.page.locator(".jp-Notebook").first.screenshot()
        picture = Image.open(io.BytesIO(shot)).convert("RGB")
        height = round(picture.height * WIDTH / picture.width)
        self.frames.append((time.monotonic(), picture.resize((WIDTH, height))))

    def roll(self, seconds: float) -> None:
        """Film for so long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            started = time.monotonic()
            self.take()
            self._desk.page.wait_for_timeout(max(0, PACE - (time.monotonic() - started)) * 1000)

    def roll_until(self, locator: Locator, text: str, seconds: float = 15) -> None:
        """Film until a text is there, and a moment more."""
        until = time.monotonic() + seconds
        while text not in (locator.text_content() or ""):
            if time.monotonic() > until:
                raise TimeoutError(f"{text!r} did not come")
            self.roll(PACE)
        self.roll(0.5)

    def write(self, path: Path) -> None:
        """As a GIF that goes round; frames that show the same are one."""
        kept: list[tuple[Image.Image, float]] = []
        times = [at for at, _ in self.frames[1:]] + [self.frames[-1][0] + LONGEST]
        for (at, picture), end in zip(self.frames, times, strict=True):
            if kept and kept[-1][0].tobytes() == picture.tobytes():
                kept[-1] = (kept[-1][0], kept[-1][1] + end - at)
            else:
                kept.append((picture, end - at))
        palette = kept[-1][0].quantize(COLOURS)
        pictures = [p.quantize(palette=palette, dither=Image.Dither.NONE) for p, _ in kept]
        durations = [int(min(seconds, LONGEST) * 1000) for _, seconds in kept]
        pictures[0].save(
            path,
            save_all=True,
            append_images=pictures[1:],
            duration=durations,
            loop=0,
            optimize=True,
        )


def walk(desk: Desk) -> Film:
    """One call; a question; a tool that wants a yes; the yes."""
    desk.open(SET_UP, CALL)
    desk.run(0)
    desk.page.evaluate("document.querySelector('.jp-Cell').style.display = 'none'")
    film = Film(desk)
    film.roll(1.2)
    desk.run(1)
    message = desk.page.get_by_role("textbox", name="Message")
    expect(message).to_be_visible()
    film.roll(0.6)
    log = desk.page.get_by_role("log")
    for text, awaited in (("What is in my folder?", "for a year"), ("Delete old.csv", "Approve")):
        message.click()
        desk.page.keyboard.type(text)
        film.roll(0.3)
        desk.page.keyboard.press("Enter")
        film.roll_until(log, awaited)
    approve = desk.page.get_by_role("button", name="Approve", exact=True)
    expect(approve).to_be_enabled()
    film.roll(1.2)
    approve.click()
    film.roll_until(log, "Anything else?")
    film.roll(1.0)
    return film


def main() -> None:
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        jupyter = Jupyter(Path(home))
        try:
            (jupyter.folder / "offline.py").write_text(
                (ROOT / "notebooks" / "offline.py").read_text("utf-8"), encoding="utf-8"
            )
            browser = chromium(playwright)
            page = browser.new_page(viewport={"width": SIZE["width"], "height": SIZE["height"]})
            walk(Desk(jupyter, page, "notebook")).write(PICTURE)
            browser.close()
        finally:
            jupyter.stop()
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()

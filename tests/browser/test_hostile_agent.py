"""An agent that means harm, against a real kernel and a real page: both answer all the while.

What is promised is how long whoever asks them at any moment waits, at 95 % of moments: no longer
than PROMISED beyond what kernel and page take when nothing goes on, measured around each scenario.
PROMISED is their own time: where there is more to do than processors, it takes as much longer. And
a scenario that was too slow is tried again, since others may have been busy just then.
AGUI_HOSTILE="endless;escapes" names the scenarios to run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from support.desk import Desk
from support.hostile_agent import SCENARIOS, answer
from support.servers import Server, serve_frames

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

ONLY = [name for name in os.environ.get("AGUI_HOSTILE", "").split(";") if name]
VOLUME = ["quadratic text", "20,000 keys", "100,000 deltas", "20,000 calls"]
ASKING = ["recursive form", "hostile pattern", "large approval", "names of code", "escapes"]
STREAMS = [name for name in SCENARIOS if name not in (*VOLUME, *ASKING)]
PROMISED = {"kernel": 0.2, "page": 0.2, "stop": 0.1}  # seconds
CHAT = """
import time
import agui_notebook as agui
chat = agui.chat({!r}, name="hostile")
def stop():
    since = time.perf_counter()
    chat.session.stop()
    return time.perf_counter() - since
chat
"""
# asks the kernel again and again and looks how late the page's own timer is, for as long as said,
# or until the turn has ended; without a text nothing is going on
WATCH = """async ([text, most]) => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const wait = ms => new Promise(done => setTimeout(done, ms));
  const ask = async code => {
    const asked = kernel.requestExecute(
      {code: '', silent: true, store_history: false, user_expressions: {it: code}});
    return (await asked.done).content.user_expressions?.it?.data?.["text/plain"];
  };
  // what whoever comes at any moment waits at most, at 95 % of moments: who comes at the begin of a
  // wait of 1 s waits for all of it, who comes at its end hardly
  const usual = waits => {
    const all = waits.reduce((sum, one) => sum + one, 0);
    let least = 0, most = Math.max(...waits);
    for (let step = 0; step < 30; step += 1) {
      const tried = (least + most) / 2;
      const beyond = waits.reduce((sum, one) => sum + Math.max(0, one - tried), 0);
      if (beyond > all / 20) least = tried; else most = tried;
    }
    return most / 1000;
  };
  await ask(`chat.session.new_thread() and None`);
  const page = [], answers = [];
  let last = performance.now(), going = true;
  const tick = () => {
    const now = performance.now();
    page.push(now - last);
    last = now;
    if (going) setTimeout(tick, 10);
  };
  setTimeout(tick, 10);
  if (text) await ask(`chat.session.start(${JSON.stringify(text)}) and None`);
  const begun = performance.now();
  while (performance.now() - begun < most) {
    const since = performance.now();
    const running = await ask("chat.session.running");
    answers.push(performance.now() - since);
    if (text && running !== "True" && answers.length > 8) break;
    await wait(5);
  }
  const stop = Number(await ask("stop()"));
  await wait(100);
  going = false;
  const worst = waits => waits.toSorted((one, other) => other - one).slice(0, 4).map(Math.round);
  return {kernel: usual(answers), page: usual(page), stop, count: answers.length,
          worst: [worst(answers), worst(page)]};
}"""


@pytest.fixture(scope="module")
def agent() -> Iterator[Server]:
    with serve_frames(answer) as server:
        yield server


def pwned(lab: Desk) -> list[Any]:
    found: list[Any] = lab.page.evaluate("[globalThis.pwned, document.title.includes('pwned')]")
    return found


def too_slow(lab: Desk, name: str) -> dict[str, Any]:
    """What took longer than is promised, and how long it may have taken."""
    watch = lambda text, most: lab.page.evaluate(WATCH, [text, most])  # noqa: E731
    before, during, after = watch("", 600), watch(name, 2_500), watch("", 600)
    print(f"{name:20} {during}")
    crowd = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    idle = {what: max(before[what], after[what]) for what in PROMISED}
    allowed = {what: crowd * most + idle[what] for what, most in PROMISED.items()}
    return {what: (during[what], allowed[what]) for what in allowed if during[what] > allowed[what]}


@pytest.mark.parametrize("names", [ASKING, STREAMS, VOLUME], ids=["asking", "streams", "volume"])
def test_kernel_and_page_answer_whatever_an_agent_does(
    lab: Desk, agent: Server, names: list[str]
) -> None:
    lab.open(CHAT.format(agent.url))
    lab.run(0)
    lab.page.get_by_role("textbox", name="Message").wait_for()
    too_slow(lab, "harmless")  # what is loaded with the first answer
    tried = [name for name in names if not ONLY or name in ONLY]
    slow = [name for name in tried if too_slow(lab, name)]
    assert {name: late for name in slow if (late := too_slow(lab, name))} == {}
    assert pwned(lab) == [None, False]
    assert lab.errors == []

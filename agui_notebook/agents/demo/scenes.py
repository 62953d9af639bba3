"""The demo's scenes: one function per thing an agent can show, chosen by the user's words."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from itertools import cycle, islice

from ...errors import RunFailed
from ...late_pattern import late
from ...protocol.document.shape import text_of
from ...values import Json, JsonObject, JsonView
from ..agent import RunRequest, offered_tools
from .asking import book, email
from .stage import Stage

Scene = Callable[[Stage], Awaitable[None]]

MARKDOWN = """## A small tour of Markdown

Text can be **bold**, *italic*, ~~struck~~ or `code`, and link to [AG-UI](https://ag-ui.com).

1. First item
2. Second item
   - with a nested one

| City | Summer | Winter |
| --- | ---: | ---: |
| Lisbon | 28 °C | 15 °C |
| Oslo | 22 °C | -4 °C |

```python
def greet(name: str) -> str:
    return f"Hello, {name}!"
```

> A quotation, for good measure.

The roots of $ax^2 + bx + c$ are

$$x = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}$$
"""

WEATHER = {"Lisbon": (24, "sunny"), "Oslo": (7, "rain"), "Paris": (17, "cloudy")}
WEATHER |= {
    "Rome": (26, "sunny"),
    "London": (13, "fog"),
    "Tokyo": (21, "clear"),
    "Nairobi": (25, "sunny"),
}

NO_TOOLS = """You offer me no tools yet. Give me one, then ask again:

```python
@chat.tool
def add(a: int, b: int) -> int:
    "Add two numbers."
    return a + b
```

It runs in your kernel, and I get its answer.
"""

STORY = (
    "Once upon a time there was a kernel that lived alone in a quiet process.",
    "Every morning it counted its variables and waited for a cell to run.",
    "One day a small event arrived, and then another, and then a whole stream.",
    "The kernel listened, for it had never heard a story told one word at a time.",
    "It learned of far-away tools, of agents asking for permission, of state shared by friends.",
    "When the stream paused, the kernel feared the end, but a comment came to keep it awake.",
)


SENTENCES = 5  # of a paragraph
ENDS = ("", "Fin.", "The end.", "That was all.")


async def markdown(stage: Stage) -> None:
    """Text with everything a renderer should know."""
    await stage.say(MARKDOWN)


async def weather(stage: Stage) -> None:
    """Server tools, called in parallel; their arguments stream, their results follow."""
    named = [city for city in WEATHER if city.lower() in stage.text.lower()]
    if not named and (others := _places(stage.text)):
        known = ", ".join(WEATHER)
        await stage.say(f"{others[0]} is not in my made-up table, which has {known}.")
        return
    named = named or ["Lisbon"]
    await stage.say("Let me look that up in my made-up weather table.")
    calls = [(city, await stage.call("get_weather", {"city": city})) for city in named]
    for city, call in calls:
        await stage.wait(20)
        degrees, sky = WEATHER[city]
        await stage.emit.tool_result(call, {"city": city, "celsius": degrees, "sky": sky})
    lines = [f"- **{city}**: {WEATHER[city][0]} °C, {WEATHER[city][1]}" for city in named]
    await stage.say("The table says:\n\n" + "\n".join(lines))


def _places(text: str) -> list[str]:
    """Names that a text may mean a place with: what is written large behind "in" or "for"."""
    return re.findall(r"\b(?:in|for)\s+([A-Z][\w'-]+)", text)


async def frontend_tool(stage: Stage) -> None:
    """A tool of the caller's: called, and left for the caller to answer (P-TOOL-08)."""
    tools = offered_tools(stage.request)
    if not tools:
        await stage.say(NO_TOOLS)
        return
    chosen = next((name for name in tools if name.lower() in stage.text.lower()), next(iter(tools)))
    await stage.say(f"I am calling your tool `{chosen}`; it runs on your side.")
    await stage.call(chosen, _arguments(stage.text, tools[chosen].get("parameters")))


def _arguments(text: str, schema: Json) -> JsonObject:
    """The JSON object in what the user typed, or a sample that fits the tool's schema."""
    if found := re.search(r"\{.*\}", text, re.S):
        try:
            given = json.loads(found[0])
        except ValueError:
            given = None
        if isinstance(given, dict):
            return given
    schema = schema if isinstance(schema, dict) else {}
    required = schema.get("required", [])
    return {
        name: _sample(about)
        for name, about in schema.get("properties", {}).items()
        if name in required and isinstance(about, dict)
    }


def _sample(schema: JsonView) -> Json:
    samples = {"integer": 2, "number": 1.5, "boolean": True, "array": [], "object": {}}
    if schema.get("enum"):
        return schema["enum"][0]
    return schema.get("default", samples.get(str(schema.get("type")), "demo"))


async def after_frontend_tool(stage: Stage) -> None:
    """The caller has answered: say what came back."""
    last = stage.request["messages"][-1]
    said = text_of(last)
    if "error" in last:
        await stage.say(f"Your tool failed: {last['error']}")
    else:
        shown = said if len(said) <= 500 else said[:500] + " …"
        await stage.say(f"Your tool answered:\n\n```\n{shown}\n```\n")


async def reasoning(stage: Stage) -> None:
    """Reasoning first, then the answer."""
    await stage.think(
        "The user wants to see me think. I have no thoughts, only a script, so I shall "
        "say so plainly. How would a thoughtful agent go about it? It would restate the "
        "question, weigh two options, and choose the simpler one."
    )
    await stage.say("I have thought about it, or rather my script has: choose the simpler option.")


async def plan(stage: Stage) -> None:
    """Steps, an activity with progress, and subagents, one within the other."""
    city = next(iter(_places(stage.text)), "Lisbon")
    total = {"title": "Planning a weekend", "done": 0, "total": 3}
    shown = await stage.emit.activity("agui_notebook.progress", total)

    async def progress(done: int) -> None:
        change = [{"op": "replace", "path": "/done", "value": done}]
        await stage.emit.activity_delta(shown, "agui_notebook.progress", change)

    async with stage.emit.step("Research"):
        await _research(stage, city, progress)
    async with stage.emit.step("Write"):
        await stage.say(WEEKENDS.get(city, ANYWHERE.format(city=city)))
        await progress(3)


WEEKENDS = {
    "Lisbon": (
        "**Saturday**: tram 28, then the castle. **Sunday**: the river at Belém, and "
        "a *pastel de nata* where the queue is shortest."
    ),
    "Rome": (
        "**Saturday**: the Forum in the morning, the Pantheon when the sun is high. **Sunday**: "
        "over the river to Trastevere, and *cacio e pepe* where no menu has pictures."
    ),
}
ANYWHERE = (
    "**Saturday**: the old town of {city} on foot, then its market. **Sunday**: the museum that "
    "everybody in {city} means to see one day. (My script knows more of Lisbon and Rome.)"
)


async def _research(stage: Stage, city: str, progress: Callable[[int], Awaitable[None]]) -> None:
    about = "Finds out what is worth seeing"
    async with stage.emit.subagent("researcher", description=about) as researcher:
        await stage.say("Looking for sights. My reader checks the forecast.", by=researcher)
        async with researcher.subagent("reader", description="Reads the weather") as reader:
            call = await stage.call("get_weather", {"city": city}, by=reader)
            await stage.wait(20)
            degrees, sky = WEATHER.get(city, (20, "fair"))
            await reader.tool_result(call, {"city": city, "celsius": degrees, "sky": sky})
            await progress(1)
        await stage.say(f"It will be {sky}: mostly outdoors, then.", by=researcher)
    await progress(2)


async def story(stage: Stage) -> None:
    """A long answer: 2,000 words, or as many as the user names."""
    named = re.search(r"(\d+)[\s-]*(?:words|tokens)", stage.text)
    wanted = min(int(named[1]), 100_000) if named else 2000
    sentences: list[str] = []
    for sentence in cycle(STORY):
        length = len(sentence.split())
        if length > wanted:
            break
        sentences.append(sentence)
        wanted -= length
    sentences.append(_last_sentence(wanted))
    whole = [sentences[at : at + SENTENCES] for at in range(0, len(sentences), SENTENCES)]
    await stage.say("\n\n".join(" ".join(each).rstrip() for each in whole))


def _last_sentence(words: int) -> str:
    """A last sentence of so many words."""
    if words < len(ENDS):
        return ENDS[words]
    middle = ["further"] * (words % 2 == 0)
    return (
        " ".join(["It", "went", *middle, *islice(cycle(("on", "and")), words - 2 - len(middle))])
        + "."
    )


async def failure(stage: Stage) -> None:
    """An answer that breaks off with RUN_ERROR; what was said stays."""
    await stage.say("I begin to answer, and everything looks fine, until")
    raise RunFailed("The demo failed because you asked it to; ask anything else.", code="demo")


# -- shared state -------------------------------------------------------------------------------


async def todo(stage: Stage) -> None:
    """A list in the shared state: one snapshot, then deltas while the text goes on."""
    await stage.emit.state({**_state(stage.request), "todo": []})
    await stage.say("Here is your list; open the State tab to watch it grow.\n\n")
    for task in ("Buy bread and cheese", "Find a blanket", "Check the weather"):
        await _add(stage, task)
        await stage.say(f"- {task}\n")


async def add_todo(stage: Stage) -> None:
    """Read what the user may have edited, and add to it."""
    found = ADD_TODO.search(stage.text)
    task = (found[1] if found else "").strip().capitalize() or "Something"
    state = _state(stage.request)
    if not isinstance(state.get("todo"), list):
        await stage.emit.state({**state, "todo": []})
    await _add(stage, task)
    await stage.say(f"Added “{task}”.")


async def read_todo(stage: Stage) -> None:
    """Answer from the state that came with the request."""
    tasks = _state(stage.request).get("todo")
    rows = tasks if isinstance(tasks, list) else []
    lines = [f"- [{'x' if row.get('done') else ' '}] {row.get('task')}" for row in rows]
    await stage.say("On your list:\n\n" + "\n".join(lines) if lines else "Your list is empty.")


async def _add(stage: Stage, task: str) -> None:
    value = {"task": task, "done": False}
    await stage.emit.state_delta([{"op": "add", "path": "/todo/-", "value": value}])


def _state(request: RunRequest) -> JsonObject:
    return request["state"] if isinstance(request["state"], dict) else {}


ADD_TODO = late(r"\badd (.+?) to (?:the|my) (?:to-?do )?list", re.I)
SCENES: tuple[tuple[re.Pattern[str], Scene], ...] = (
    (ADD_TODO, add_todo),
    (late(r"what(?:'s| is) on (?:the|my) (?:to-?do )?list", re.I), read_todo),
    (late(r"\bbook\b.*\btable\b", re.I), book),
    (late(r"to-?do|shopping list|shared state", re.I), todo),
    (late(r"\b(e-?mail|approval|approve)\b", re.I), email),
    (late(r"\b(my|frontend|notebook'?s?) tools?\b", re.I), frontend_tool),
    (late(r"\bweather\b", re.I), weather),
    (late(r"\bplan\b|subagent|step by step", re.I), plan),
    (late(r"\bthink\b|\breason(ing)?\b", re.I), reasoning),
    (late(r"markdown", re.I), markdown),
    (late(r"\b(fail|error|crash)\b", re.I), failure),
    (late(r"long (story|answer|text)|\d+[\s-]*(words|tokens)", re.I), story),
)

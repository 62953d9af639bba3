"""The demo's scenes: one function per thing an agent can show, chosen by the user's words."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from itertools import cycle, islice

from ...errors import RunFailed
from ...protocol.approvals import approval_schema, read_answer
from ...protocol.document.shape import open_calls, text_of
from ...values import Json, JsonObject, JsonView
from ..agent import RunRequest, answers, offered_tools
from ..emitter import Emitter
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
WEATHER |= {"London": (13, "fog"), "Tokyo": (21, "clear"), "Nairobi": (25, "sunny")}

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


async def markdown(stage: Stage) -> None:
    """Text with everything a renderer should know."""
    await stage.say(MARKDOWN)


async def weather(stage: Stage) -> None:
    """Server tools, called in parallel; their arguments stream, their results follow."""
    named = [city for city in WEATHER if city.lower() in stage.text.lower()] or ["Lisbon"]
    await stage.say("Let me look that up in my made-up weather table.")
    calls = [(city, await stage.call("get_weather", {"city": city})) for city in named]
    for city, call in calls:
        await stage.wait(20)
        degrees, sky = WEATHER[city]
        await stage.emit.tool_result(call, {"city": city, "celsius": degrees, "sky": sky})
    lines = [f"- **{city}**: {WEATHER[city][0]} °C, {WEATHER[city][1]}" for city in named]
    await stage.say("The table says:\n\n" + "\n".join(lines))


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
    total = {"title": "Planning a weekend", "done": 0, "total": 3}
    shown = await stage.emit.activity("agui_notebook.progress", total)

    async def progress(done: int) -> None:
        change = [{"op": "replace", "path": "/done", "value": done}]
        await stage.emit.activity_delta(shown, "agui_notebook.progress", change)

    async with stage.emit.step("Research"):
        await _research(stage, progress)
    async with stage.emit.step("Write"):
        await stage.say(
            "**Saturday**: tram 28, then the castle. **Sunday**: the river at Belém, and "
            "a *pastel de nata* where the queue is shortest."
        )
        await progress(3)


async def _research(stage: Stage, progress: Callable[[int], Awaitable[None]]) -> None:
    about = "Finds out what is worth seeing"
    async with stage.emit.subagent("researcher", description=about) as researcher:
        await stage.say("Looking for sights. My reader checks the forecast.", by=researcher)
        async with researcher.subagent("reader", description="Reads the weather") as reader:
            call = await stage.call("get_weather", {"city": "Lisbon"}, by=reader)
            await stage.wait(20)
            await reader.tool_result(call, {"city": "Lisbon", "celsius": 24, "sky": "sunny"})
            await progress(1)
        await stage.say("It will be sunny: mostly outdoors, then.", by=researcher)
    await progress(2)


async def story(stage: Stage) -> None:
    """A long answer: 2,000 words, or as many as the user names."""
    named = re.search(r"(\d+)[\s-]*(?:words|tokens)", stage.text)
    wanted = min(int(named[1]), 100_000) if named else 2000
    words = islice(cycle(" ".join(STORY).split()), wanted)
    lines = list(words)
    paragraphs = [" ".join(lines[at : at + 80]) for at in range(0, len(lines), 80)]
    await stage.say("\n\n".join(paragraphs))


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


# -- approval -----------------------------------------------------------------------------------

EMAIL = {
    "to": "team@example.com",
    "subject": "Lunch on Friday",
    "body": "Hello all, shall we have lunch together on Friday at noon?",
}
ANSWER = approval_schema(
    {"properties": {name: {"type": "string", "default": EMAIL[name]} for name in EMAIL}},
    approved="Send it?",
    editedArgs="Changes",
    reason="Why not",
)


async def email(stage: Stage) -> None:
    """A tool that needs a human's yes: the run ends as interrupted (P-INT-01)."""
    await stage.say("I would send this email (nothing is really sent), but only with your yes.")
    call = await stage.call("send_email", EMAIL)
    _ask(stage.emit, call)


def _ask(emit: Emitter, call: str) -> None:
    emit.interrupt(
        {
            "id": f"approve-{call}",
            "reason": "tool_approval",
            "message": "Send this email to the team?",
            "toolCallId": call,
            "responseSchema": ANSWER,
        }
    )


def open_approvals(request: RunRequest) -> list[JsonObject]:
    """Calls of ``send_email`` in the history that nobody has answered."""
    calls = open_calls(request["messages"])
    return [call for call in calls if call["function"]["name"] == "send_email"]


async def settle_approvals(stage: Stage) -> None:
    """Do what was decided; ask again where no answer came (P-INT-10)."""
    given = answers(stage.request)
    for call in open_approvals(stage.request):
        answer = given.get(f"approve-{call['id']}")
        if answer is None:
            _ask(stage.emit, call["id"])
        else:
            result, said = _decision(answer, call)
            await stage.emit.tool_result(call["id"], result)
            await stage.say(said)


def _decision(answer: JsonView, call: JsonView) -> tuple[str, str]:
    """The tool's result and what to say, by the human's answer."""
    said = read_answer(answer.get("payload"))
    if answer["status"] == "cancelled":
        return "Cancelled by the user.", "As you like: the email stays unsent, and we move on."
    if said.yes is not True:
        why = f" ({said.reason})" if said.reason else ""
        return f"Declined by the user{why}.", f"I have not sent it{why}."
    mail = {**json.loads(call["function"]["arguments"]), **(said.edits or {})}
    done = f"Sent to {mail['to']}: {mail['subject']}"
    return done, f"Done: “{mail['subject']}” is on its way to {mail['to']} (well, in this script)."


ADD_TODO = re.compile(r"\badd (.+?) to (?:the|my) (?:to-?do )?list", re.I)
SCENES: tuple[tuple[re.Pattern[str], Scene], ...] = (
    (ADD_TODO, add_todo),
    (re.compile(r"what(?:'s| is) on (?:the|my) (?:to-?do )?list", re.I), read_todo),
    (re.compile(r"to-?do|shopping list|shared state", re.I), todo),
    (re.compile(r"\b(e-?mail|approval|approve)\b", re.I), email),
    (re.compile(r"\b(my|frontend|notebook'?s?) tools?\b", re.I), frontend_tool),
    (re.compile(r"\bweather\b", re.I), weather),
    (re.compile(r"\bplan\b|subagent|step by step", re.I), plan),
    (re.compile(r"\bthink\b|\breason(ing)?\b", re.I), reasoning),
    (re.compile(r"markdown", re.I), markdown),
    (re.compile(r"\b(fail|error|crash)\b", re.I), failure),
    (re.compile(r"long (story|answer|text)|\d+[\s-]*(words|tokens)", re.I), story),
)

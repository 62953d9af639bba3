"""The demo's small talk: short fixed answers, sums, and what the thread remembers."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable

from ...late_pattern import late
from .stage import Stage

HONEST = "I am a scripted demo, no model behind me"

CAN_DO = """Here is what I can show:

- **Markdown**: headings, lists, tables, code and math
- **Tools**: "What is the weather in Lisbon and Oslo?", or "Use one of my tools"
- **Reasoning**: "Think before you answer"
- **Steps and subagents**: "Plan a weekend in Rome"
- **Approval**: "Send an email to the team"
- **Forms**: "Book a table for dinner"
- **Shared state**: "Make a to-do list for a picnic", then "Add sunscreen to the list"
- **Errors and long answers**: "Fail halfway, please", "Tell me a long story"
"""

FACTS = (
    (
        r"fun fact|about space|astronom",
        "Here's a fun fact: a day on Venus is longer than its year! Venus takes about 243 Earth "
        "days to rotate once on its axis, but only about 225 Earth days to orbit the Sun.",
    ),
    (r"capital of france", "The capital of France is Paris."),
    (r"\bjoke\b", "Why did the notebook go to therapy? It had too many unresolved cells."),
    (r"\b(thanks|thank you|cheers)\b", "You are welcome!"),
    (r"\b(bye|goodbye|see you)\b", "Goodbye! This thread stays here until you start a new one."),
    (
        r"who are you|what are you|are you (real|an ai|human)|your name\b",
        f"{HONEST}: I match a few words of what you type and play a scene. I speak the same "
        "AG-UI events as a real agent, so everything you see here works with one.",
    ),
    (r"how are you|how do you do", f"Scripted, but well! {HONEST}, so every day is the same."),
)

SUM = late(r"(-?\d+(?:\.\d+)?)\s*([-+*/x×÷])\s*(-?\d+(?:\.\d+)?)")
SIGNS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    **dict.fromkeys("*x×", operator.mul),
    **dict.fromkeys("/÷", operator.truediv),
}


async def small_talk(stage: Stage) -> None:
    """Answer from the tables, or say what the demo can do."""
    await stage.say(reply(stage.text, stage.user_texts[:-1], _attachments(stage)))


def reply(text: str, earlier: list[str], attachments: int = 0) -> str:
    """The answer to ``text``, given what the user said earlier on the thread."""
    asks = (_sum, _memory, _name, _fact)
    found = next((said for ask in asks if (said := ask(text, earlier))), None)
    return found or _fallback(text, attachments)


def _sum(text: str, earlier: list[str]) -> str | None:
    if (found := SUM.search(text)) is None:
        return None
    left, sign, right = found.groups()
    if sign in "/÷" and float(right) == 0:
        return f"{left} divided by zero has no answer."
    value = SIGNS[sign](float(left), float(right))
    return f"{left} {sign} {right} equals {value:.10g}."


def _memory(text: str, earlier: list[str]) -> str | None:
    if not re.search(r"what (did|have) i (just |last |first )?(ask|sa[iy])", text, re.I):
        return None
    if not earlier:
        return "That was the first thing you said on this thread, so there is nothing before it."
    which = ("first", earlier[0]) if re.search(r"\bfirst\b", text, re.I) else ("last", earlier[-1])
    return f"The {which[0]} thing you said before this was: “{which[1]}”"


def _name(text: str, earlier: list[str]) -> str | None:
    if given := re.search(r"\bmy name is (\w+)", text, re.I):
        return f"Nice to meet you, {given[1]}!"
    if not re.search(r"what(?:'s| is) my name|who am i\b", text, re.I):
        return None
    told = [found[1] for said in earlier if (found := re.search(r"my name is (\w+)", said, re.I))]
    return f"Your name is {told[-1]}." if told else "You have not told me yet."


def _fact(text: str, earlier: list[str]) -> str | None:
    return next((said for words, said in FACTS if re.search(words, text, re.I)), None)


def _fallback(text: str, attachments: int) -> str:
    seen = f"You attached {attachments} file(s), which I cannot look at. " if attachments else ""
    if re.search(r"^\W*(hi|hello|hey|good (morning|evening)|help)\b|what can you do", text, re.I):
        return f"Hello! {seen}{HONEST}. {CAN_DO}"
    return f"{seen}{HONEST}, so I cannot really answer that. {CAN_DO}"


def _attachments(stage: Stage) -> int:
    users = [each for each in stage.request["messages"] if each["role"] == "user"]
    content = users[-1]["content"] if users else ""
    return sum(part["type"] != "text" for part in content) if isinstance(content, list) else 0

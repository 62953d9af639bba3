"""The one answer every chat is asked to show: Markdown in tokens of four characters.

Nothing here knows a chat. A prompt reads ``bench TOKENS RATE`` (rate 0: as fast as it can). The
moments of the first and the last token go to the file named in BENCH_TIMES, one JSON line a run.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Iterator

FIRST, LAST = "FIRSTMARK{} ", " LASTMARK{}"  # filled with the prompt's numbers: answers differ
PASSAGE = """
## A heading of the answer

Some prose with **bold words**, `code` and a list that follows it, as answers tend to have.

- a first point, short
- a second point with *emphasis* in it
- a third point

```python
def area(width, height):
    return width * height
```

| name | value |
| ---- | ----- |
| one  | 1     |
| two  | 2     |

"""


def tokens(count: int, name: str = "") -> Iterator[str]:
    """``count`` tokens of four characters, between two marks that a browser can wait for."""
    yield FIRST.format(name)
    for index in range(count - 2):
        start = index * 4 % len(PASSAGE)
        yield (PASSAGE + PASSAGE[:4])[start : start + 4]
    yield "\n\n" + LAST.format(name)


async def answer(prompt: str) -> AsyncIterator[str]:
    """The tokens that ``prompt`` asks for, paced on a schedule and not by single pauses."""
    _, count, rate, *_ = numbers = prompt.split()
    began = time.time()
    for index, token in enumerate(tokens(int(count), "x".join(numbers[1:]))):
        ahead = index / float(rate) - (time.time() - began) if float(rate) else 0.0
        await asyncio.sleep(max(ahead, 0.0))
        yield token
    with open(os.environ["BENCH_TIMES"], "a", encoding="utf-8") as file:
        file.write(json.dumps({"prompt": prompt, "first": began, "last": time.time()}) + "\n")

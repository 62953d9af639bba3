"""The one reader for JSON that others wrote: wire frames, request bodies, recordings, stores.

Strict where a lenient reader would guess: every fault gets a phrase that ends a sentence. What the
values mean is not known here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from . import limits
from .late_pattern import late
from .values import Json, JsonObject, JsonView

_STRINGS = late('"[^"]*"')  # of a text without escapes
_ESCAPED_SURROGATE = late(r"\\u[dD][89a-fA-F]")
_SURROGATE = late("[\ud800-\udfff]")


class NotJSON(ValueError):
    """The text cannot be used; the error's text says why, in words that end a sentence."""


def read(text: str, *, whole_characters: bool = False, deepest: int | None = None) -> Json:
    """The value that ``text`` writes. Raises NotJSON.

    Not taken: what is no JSON (NaN too), a number no double can hold, an object that names a
    member twice, more than ``limits.JSON_VALUES`` values or ``deepest`` levels (None:
    ``limits.JSON_DEPTH``); with ``whole_characters`` also half a surrogate pair, which streams may
    cut in two.

    >>> read('{"a": [1, 2.5, null]}')
    {'a': [1, 2.5, None]}
    """
    size, deepest = len(text), deepest or limits.JSON_DEPTH
    if size > limits.JSON_VALUES:
        _check_count(text)
    try:
        value, end = _scan(text)  # what decode() does, without its search for white space
        # each name is followed by a colon: where there are as many colons as names, none is twice
        named = len(value) if type(value) is dict else 0
        if end != size or (named != text.count(":") and _may_repeat_names(text, named)):
            value = _strict.decode(text)
    except json.JSONDecodeError:
        value = _read_slowly(text)
    except RecursionError:
        raise _too_deep(deepest) from None
    except ValueError as error:
        raise NotJSON(_reason(error)) from None
    if size > 2 * deepest:
        _check_depth(value, deepest)
    if whole_characters and _ESCAPED_SURROGATE.search(text):
        _check_characters(value)
    return value


def read_all(texts: Sequence[str], found: list[Json]) -> None:
    """Add the value of each text to ``found``. Raises NotJSON at the first that ``read`` refuses.

    Short objects of plain members, as streams of tokens are made of, take no call of ``read``.
    """
    short = min(limits.JSON_DEPTH, limits.JSON_VALUES)  # nothing shorter can exceed either
    if len(texts) > 1 and max(map(len, texts)) <= short and _read_as_one(texts, found):
        return
    for text in texts:
        try:
            value, end = _scan(text) if len(text) <= short else (None, -1)
            plain = end == len(text) and type(value) is dict and len(value) == text.count(":")
        except (ValueError, RecursionError):
            plain = False
        found.append(value if plain else read(text))


def _read_as_one(texts: Sequence[str], found: list[Json]) -> bool:
    """Read several objects as one list; False, and nothing read, where that might be another thing.

    A line feed may stand in no string, so each gap lies between tokens; and where no list is, a
    ``}`` before a comma and a ``{`` end one object and begin the next.
    """
    joined = ",\n".join(texts)
    gaps = len(texts) - 1
    if "[" in joined or joined.count("\n") != gaps or joined.count("},\n{") != gaps:
        return False
    try:
        values, end = _scan(f"[{joined}]")
    except (ValueError, RecursionError):
        return False
    if end != len(joined) + 2 or len(values) != len(texts):
        return False
    if sum(map(len, values)) == joined.count(":"):
        found.extend(values)
        return True
    for text, value in zip(texts, values, strict=True):  # some hold more than plain members
        found.append(value if len(value) == text.count(":") else read(text))
    return True


class LostNumbers(dict[str, Json]):
    """An object with null in place of numbers that JSON lacks; ``lost`` are they, by their place.

    ``error`` is why it is no JSON, for whoever takes it to the letter.
    """

    def __init__(self, members: JsonView, lost: Mapping[str, str], error: Exception) -> None:
        super().__init__(members)
        self.lost, self.error = lost, error


def read_without_numbers(text: str, error: Exception) -> LostNumbers:
    """An object that is no JSON only for NaN, infinities or numbers beyond every double.

    Raises ``error``, which it was refused for, where there is another fault or no object.
    """
    lost: dict[str, str] = {}
    try:
        value = _lenient.decode(text)
        _check_depth(value, limits.JSON_DEPTH)
        found = _put_nulls(value, "", lost)
    except (ValueError, RecursionError):
        raise error from None
    if type(found) is not dict or not lost:
        raise error from None
    return LostNumbers(found, lost, error)


def _put_nulls(value: Json, place: str, lost: dict[str, str]) -> Json:
    if type(value) is _NoNumber:
        lost[place] = value.text
        return None
    if type(value) is dict:
        return {name: _put_nulls(part, f"{place}/{name}", lost) for name, part in value.items()}
    if type(value) is list:
        return [_put_nulls(part, f"{place}/{number}", lost) for number, part in enumerate(value)]
    return value


def _may_repeat_names(text: str, named: int) -> bool:
    """Whether colons in texts, or white space before one, leave it open if a name comes twice."""
    if named != text.count('":'):
        return True
    return " :" in text or "\n:" in text or "\t:" in text or "\r:" in text


def read_bytes(body: bytes, *, whole_characters: bool = False, deepest: int | None = None) -> Json:
    """The same for UTF-8, or UTF-16 or 32 as RFC 4627 told them apart. Raises NotJSON."""
    try:
        text = body.decode(json.detect_encoding(body))
    except UnicodeDecodeError as error:
        raise NotJSON(f"it is not UTF-8 (byte {error.start})") from None
    text = text.removeprefix("\ufeff")
    return read(text, whole_characters=whole_characters, deepest=deepest)


def _read_slowly(text: str) -> Json:
    """Read what begins with white space; refuse what begins with anything but JSON."""
    try:
        return _strict.decode(text)
    except ValueError as error:
        raise NotJSON(_reason(error)) from None


def _members(pairs: list[tuple[str, Json]]) -> JsonObject:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                break
            seen.add(name)
        raise ValueError(f"it names {name[:40]!r} twice in one object")
    return members


def _number(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"{text[:20]} is beyond every double")
    return value


def _integer(text: str) -> int:
    if len(text) > 300 and (len(text) > limits.NUMBER_DIGITS or abs(int(text)) > _LARGEST):
        raise ValueError(f"{text[:20]}… is beyond every double")
    return int(text)


def _constant(name: str) -> Json:
    raise ValueError(f"it is not JSON ({name} is no JSON number)")


class _NoNumber:
    """A number that is none, until its place is known."""

    def __init__(self, text: str) -> None:
        self.text = text if len(text) <= 20 else f"{text[:20]}…"


def _spare(read_number: Callable[[str], Json]) -> Callable[[str], Json]:
    def parse(text: str) -> Json:
        try:
            return read_number(text)
        except ValueError:
            return _NoNumber(text)

    return parse


_LARGEST = int(1.7976931348623157e308)
_numbers: JsonObject = {
    "parse_float": _number,
    "parse_int": _integer,
    "parse_constant": _constant,
}
_spared: JsonObject = {name: _spare(parse) for name, parse in _numbers.items()}
_strict = json.JSONDecoder(object_pairs_hook=_members, **_numbers)
_lenient = json.JSONDecoder(object_pairs_hook=_members, **_spared)
_scan: Json = json.JSONDecoder(**_numbers).raw_decode


def _check_count(text: str) -> None:
    """Refuse what would cost too much to read, by what costs little to count."""
    if _marks(text) > limits.JSON_VALUES:
        text = _STRINGS.sub("", text.replace("\\\\", "").replace('\\"', ""))
    if _marks(text) <= limits.JSON_VALUES:
        return
    raise NotJSON(
        f"it holds more than {limits.JSON_VALUES:,} values (agui_notebook.limits.JSON_VALUES)"
    )


def _marks(text: str) -> int:
    return text.count(",") + text.count("[") + text.count("{")


def _check_depth(value: Json, deepest: int) -> None:
    level = [value]
    for _ in range(deepest):
        level = [child for node in level for child in _children(node)]
        if not level:
            return
    raise _too_deep(deepest)


def _children(node: Json) -> list[Json]:
    inside = node.values() if type(node) is dict else node if type(node) is list else ()
    return [child for child in inside if type(child) is dict or type(child) is list]


def _check_characters(value: Json) -> None:
    if _SURROGATE.search(json.dumps(value, ensure_ascii=False)):
        raise NotJSON("a text in it holds half a surrogate pair")


def _too_deep(deepest: int) -> NotJSON:
    return NotJSON(f"it is nested too deeply (deeper than {deepest} levels)")


def _reason(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"it is not JSON ({error})"
    return str(error)

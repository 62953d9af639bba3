"""The official streams over real sockets through the public client, and the recorded cases."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import adapter
import pytest
import replay

HERE = Path(__file__).resolve().parent
FRAMINGS = ["plain", "nospace", "comments", "fields", "multiline", "joined", "bytes", "crlf"]
FRAMINGS.append("unicode")  # raw U+2028, U+2029 and U+0085 inside a legal rawEvent


@pytest.fixture(scope="session")
def corpus(shared: Path) -> Path:
    return shared / "conformance"


@pytest.fixture(scope="session")
def judge(corpus: Path) -> ModuleType:
    return _module(corpus / "judge.py")


@pytest.fixture(scope="session")
def cases(corpus: Path) -> ModuleType:
    return _module(corpus / "run_cases.py")


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def fixtures(judge: ModuleType, corpus: Path) -> list[dict[str, Any]]:
    texts = [path.read_text("utf-8") for path in sorted((corpus / "streams").glob("*.json"))]
    return [judge.rebase(json.loads(text), "1.0") for text in texts]


@contextmanager
def serving(judge: ModuleType, framing: str) -> Iterator[Any]:
    hub = judge.Hub(framing)
    try:
        yield hub
    finally:
        hub.server.shutdown()
        hub.server.server_close()


async def judged(judge: ModuleType, corpus: Path, framing: str, strict: bool) -> dict[str, Any]:
    """Fixture name -> (verdict, what was wrong), of all that are asked for."""
    rules = json.loads((corpus / "JUDGE.json").read_text("utf-8"))
    found = {}
    with serving(judge, framing) as hub:
        for fixture in fixtures(judge, corpus):
            name = fixture["name"]
            if strict and rules[name]["origin"] != "1.1":
                continue
            hub.streams[name] = fixture["stream"]
            result = await adapter.play(fixture, f"{hub.base}/{name}")
            request, headers, method = hub.seen[name][-1]
            verdict, wrong, _ = judge.verdict(
                fixture, {**result, "request": request}, rules[name], strict
            )
            found[name] = (verdict, wrong + judge.lint_request(request, headers, method))
    return found


@pytest.mark.anyio
@pytest.mark.parametrize("framing", FRAMINGS)
async def test_every_official_stream_is_read_as_the_specification_says(
    judge: ModuleType, corpus: Path, framing: str
) -> None:
    found = await judged(judge, corpus, framing, strict=False)
    assert len(found) == 77
    assert {n: f for n, f in found.items() if f[1] or f[0] not in ("pass", "rule", "gap")} == {}


@pytest.mark.anyio
async def test_every_1_1_stream_ends_word_for_word_as_in_the_first_party_client(
    judge: ModuleType, corpus: Path
) -> None:
    found = await judged(judge, corpus, "plain", strict=True)
    assert len(found) == 68
    assert {name: f for name, f in found.items() if f != ("pass", [])} == {}


GROUPS = {"apply": 122, "chunks": 122, "compact": 40, "sse": 10, "verify": 177}


@pytest.mark.parametrize("group", GROUPS)
def test_every_recorded_case_equals_the_reference_except_where_we_say_why(
    cases: ModuleType, corpus: Path, group: str
) -> None:
    known = json.loads((HERE / "deviations.json").read_text("utf-8"))
    differing, seen = {}, []
    for case in json.loads((corpus / "cases" / f"upstream-{group}.json").read_text("utf-8")):
        seen.append(case["name"])
        actual = replay.replay(case)
        assert actual is not None
        if difference := cases.compare(case["expected"], actual, "exact"):
            differing[case["name"]] = difference
    unexplained = {name: text for name, text in differing.items() if name not in known}
    assert unexplained == {}
    assert set(seen) & set(known) == set(differing), "a deviation no longer differs"
    assert len(seen) == GROUPS[group]

"""Tests made of cases: ``@pytest.mark.agui``, as pytest runs and tells them."""

from __future__ import annotations

import json

import pytest

pytest_plugins = ["pytester"]
PLUGIN = ("-p", "agui_notebook.testing.plugin", "-p", "no:cacheprovider", "--strict-markers")
MODULE = """
import pytest
from agui_notebook import checks

def loud(text):
    return text.upper()

@pytest.mark.agui(cases="cases.jsonl", agent=loud, checks=[checks.max_seconds(60)])
def test_it_is_loud(agui_result, agui_case):
    assert agui_result.text == agui_case.turns[0].upper()
    assert agui_result.text != "BAD"
"""


def write_cases(pytester: pytest.Pytester) -> None:
    cases = [
        {"prompt": "hello", "contains": "HELLO"},
        {"prompt": "bye", "contains": "HELLO"},
        {"prompt": "bad"},
    ]
    text = "".join(json.dumps(each) + "\n" for each in cases)
    pytester.path.joinpath("cases.jsonl").write_text(text)


def test_each_case_is_a_test_of_its_own_and_fails_with_its_reason(
    pytester: pytest.Pytester,
) -> None:
    write_cases(pytester)
    pytester.makepyfile(MODULE)
    result = pytester.runpytest(*PLUGIN, "-v")
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        [
            "*test_it_is_loud?hello? PASSED*",
            "*test_it_is_loud?bye? FAILED*",
            "contains('HELLO'): 'HELLO' is not in 'BYE'.",
            "*assert 'BAD' != 'BAD'*",
        ]
    )


def test_a_fixture_may_choose_the_agent_and_a_broken_one_fails(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        def agui_agent():
            return "http://127.0.0.1:9/"

        @pytest.mark.agui(["hello"])
        def test_it(agui_result):
            pass
        """
    )
    result = pytester.runpytest(*PLUGIN)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*The run ended with error: No server answers*"])


@pytest.mark.parametrize(
    ("test", "sentence"),
    [
        ("@pytest.mark.agui(['a'])\ndef test_it(): pass", "*has cases and asks for none*"),
        ("@pytest.mark.agui('x.csv')\ndef test_it(agui_result): pass", "*cannot be read as cases*"),
        ("@pytest.mark.agui(['a'])\ndef test_it(agui_result): pass", "*Which agent?*"),
    ],
)
def test_what_is_missing_is_said(pytester: pytest.Pytester, test: str, sentence: str) -> None:
    pytester.makepyfile(f"import pytest\n\n{test}\n")
    result = pytester.runpytest(*PLUGIN)
    assert result.ret != 0
    result.stdout.fnmatch_lines([sentence])

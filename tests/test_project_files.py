"""The files that tools outside of Python read: workflow, hooks, issue forms, editors.

Nothing here runs them; each must parse and name only what exists.
"""

from __future__ import annotations

import ast
import configparser
import json
import os
import re
import runpy
import shlex
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

yaml: Any = import_module("yaml")  # comes with Jupyter

ROOT = Path(__file__).resolve().parent.parent
WORKFLOW = ROOT / ".github" / "workflows" / "test.yml"
CANARY = WORKFLOW.with_name("canary.yml")
RELEASE = ROOT / ".github" / "workflows" / "release.yml"
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
KINDS = {"markdown", "textarea", "input", "dropdown", "checkboxes"}
STAGES: set[str] = set(runpy.run_path(str(ROOT / "dev.py"))["STAGES"])


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def stages_of(job: Any) -> set[str]:
    """The stages that the rows of a job's matrix name, and those its commands do."""
    matrix = job.get("strategy", {}).get("matrix", {})
    rows = {row["stage"] for row in matrix.get("include", ()) if "stage" in row}
    commands = " ".join(step.get("run", "") for step in job["steps"])
    said = re.findall(r"dev\.py test ([a-z -]+)", commands)
    return {*matrix.get("stage", ()), *rows, *" ".join(said).split()}


def classifier_versions() -> set[str]:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    return set(re.findall(r"Python :: (3\.\d+)", text))


def test_the_workflow_runs_every_stage_and_no_other() -> None:
    jobs = read(WORKFLOW)["jobs"].values()
    assert set().union(*map(stages_of, jobs)) == STAGES - {"canary"}


def test_the_newest_releases_are_tried_by_a_job_of_their_own_that_no_change_waits_for() -> None:
    canary = read(CANARY)
    assert set(canary[True]) == {"schedule", "workflow_dispatch"}
    assert set().union(*map(stages_of, canary["jobs"].values())) == {"canary"}
    assert "canary" in runpy.run_path(str(ROOT / "dev.py"))["UNASKED"]


def test_a_planted_stage_is_caught() -> None:
    job = {"steps": [{"run": "python3 dev.py test lint planted"}]}
    assert stages_of(job) - STAGES == {"planted"}


def test_the_workflow_covers_every_python_that_is_promised() -> None:
    (job,) = read(WORKFLOW)["jobs"].values()
    promised = classifier_versions()
    assert "3.10" in promised
    assert promised <= set(job["strategy"]["matrix"]["python"])


def test_the_workflow_runs_weekly_too() -> None:
    on = read(WORKFLOW)[True]  # YAML's "on" is a yes
    assert [row["cron"].split()[4] for row in on["schedule"]] == ["1"]


def test_a_tag_is_published_by_an_identity_and_no_password() -> None:
    release = read(RELEASE)
    assert release[True] == {"push": {"tags": ["v[0-9]+.[0-9]+.[0-9]+*"]}}
    build, publish = release["jobs"]["build"], release["jobs"]["publish"]
    assert release["permissions"] == {"contents": "read"}
    assert (publish["needs"], publish["environment"]) == ("build", "pypi")
    assert publish["permissions"] == {"id-token": "write"}
    assert "permissions" not in build
    assert [step["uses"].partition("@")[0] for step in publish["steps"]] == [
        "actions/download-artifact",  # what runs beside the identity builds nothing
        "pypa/gh-action-pypi-publish",
    ]
    assert "secrets" not in RELEASE.read_text("utf-8")


def test_what_is_published_is_checked_and_has_the_version_of_its_tag() -> None:
    commands = [step["run"] for step in read(RELEASE)["jobs"]["build"]["steps"] if "run" in step]
    (refuses,) = (each for each in commands if "$GITHUB_REF_NAME" in each)
    version = runpy.run_path(str(ROOT / "agui_notebook" / "_version.py"))["__version__"]
    for tag, code in {f"v{version}": 0, "v99.0.0": 1}.items():
        environment = {**os.environ, "GITHUB_REF_NAME": tag}
        command = refuses.replace("python -c", f"{shlex.quote(sys.executable)} -c")
        ran = subprocess.run(["sh", "-c", command], cwd=ROOT, env=environment, check=False)
        assert ran.returncode == code
    assert {"twine check --strict dist/*", "check-wheel-contents dist/*.whl"} <= set(commands)


def test_no_address_of_the_project_is_made_up() -> None:
    # none is public yet; with one, it belongs into [project.urls], and this test goes
    assert "[project.urls]" not in (ROOT / "pyproject.toml").read_text("utf-8")


def test_the_hooks_run_what_the_stages_run() -> None:
    (repo,) = read(ROOT / ".pre-commit-config.yaml")["repos"]
    assert repo["repo"] == "local"
    entries = {hook["entry"] for hook in repo["hooks"]}
    assert {entry for entry in entries if not entry.startswith("npm")} == {
        "ruff check --force-exclude",
        "ruff format --force-exclude",
        "mypy",
        "lint-imports",
    }
    scripts = json.loads((ROOT / "js" / "package.json").read_text("utf-8"))["scripts"]
    called = {entry.split()[-1] for entry in entries if entry.startswith("npm")}
    assert called == {"lint", "format:check", "check"} & set(scripts)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_an_issue_form_is_one(path: Path) -> None:
    form = read(path)
    if path.stem == "config":
        assert form == {"blank_issues_enabled": True}
        return
    assert form["name"]
    assert form["description"]
    assert {part["type"] for part in form["body"]} <= KINDS
    named = [part["id"] for part in form["body"] if part["type"] != "markdown"]
    assert len(named) == len(set(named))
    assert all(part["attributes"].get("label") for part in form["body"] if "id" in part)


def test_there_is_a_form_for_each_kind_of_report() -> None:
    assert {path.stem for path in FORMS} == {"adapter", "bug", "config", "wish"}


def test_editors_are_told_what_the_formatter_does() -> None:
    rules = configparser.ConfigParser()
    rules.read_string(f"[all]\n{(ROOT / '.editorconfig').read_text('utf-8')}")
    ruff = re.search(r"^line-length = (\d+)", (ROOT / "pyproject.toml").read_text("utf-8"), re.M)
    assert ruff is not None
    assert rules["*.py"]["max_line_length"] == ruff[1]
    assert rules["*"]["end_of_line"] == "lf"


def test_only_what_starts_kernels_pages_and_frameworks_is_tried_a_second_time() -> None:
    tree = ast.parse((ROOT / "dev.py").read_text("utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    patient = {
        function.name
        for function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "patiently"
    }
    assert patient == {"kernels", "lanes", "heavy", "browser"}

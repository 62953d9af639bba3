"""Virtual environments with the real provider packages, one per set of pins that fits together.

``python tests/support/lanes.py [name ...]`` makes them under .lanes/, and does nothing for those
that are as wanted already. Tests in real/ run inside them (see test_lanes.py). With
AGUI_LANES=newest in the environment no version is pinned, and the newest are fetched each time.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LANES = ROOT / ".lanes"
REAL = ROOT / "tests" / "adapters" / "real"
OURS = (
    "anyio",
    "httpx",
    "httpx-sse",
    "docstring-parser",
    "nest-asyncio2",
    "pytest",
    "pytest-timeout",
    "starlette",
    "uvicorn",
)
AIMOCK = "@copilotkit/aimock@1.43.0"


class Unavailable(Exception):
    """This machine cannot make the lane; the text says why."""


@dataclass(frozen=True)
class Lane:
    """One environment: what is installed, and the test modules that run in it.

    ``building`` are variables for what is compiled on the way.
    """

    name: str
    packages: Sequence[str]
    modules: Sequence[str]
    building: Mapping[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return LANES / self.name

    @property
    def python(self) -> Path:
        return self.home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


ALL = (
    Lane(
        "clients",
        ("openai==3.54.0", "anthropic==2.12.0", "google-genai==3.4.0", "ollama==0.6.3"),
        (
            "test_answers.py",
            "test_openai_chat.py",
            "test_openai_responses.py",
            "test_openai_url.py",
            "test_anthropic.py",
            "test_gateways.py",
            "test_google_genai.py",
            "test_ollama.py",
            "test_serving.py",
        ),
    ),
    Lane(
        "agent-framework",  # the one framework that is still on ag-ui-protocol 0.1
        (
            "ag-ui-protocol==0.1.22",
            "agent-framework-core==1.23.0",
            "agent-framework-ag-ui==1.7.0",
            "agent-framework-openai==1.17.0",
        ),
        ("test_agent_framework.py", "test_agent_framework_server.py"),
    ),
    Lane(
        "frameworks",
        (
            "ag-ui-protocol==1.0.0",
            "ag-ui-langgraph[fastapi]==0.0.47",
            "langchain==1.4.7",
            "langchain-anthropic",
            "langchain-openai==1.7.3",
            "langgraph==1.2.22",
            "pydantic-ai-slim[ag-ui,openai]==2.68.0",
        ),
        (
            "test_pydantic_ai.py",
            "test_langgraph.py",
            "test_answers.py",
            "test_langchain.py",
            "test_framework_servers.py",
        ),
    ),
    Lane(
        "kinds",
        (
            "openai==3.57.0",
            "openai-agents==0.24.0",
            "mistralai==3.7.0",
            "cohere==7.3.1",
            "xai-sdk==1.21.0",
            "boto3==1.44.8",
            "huggingface-hub==2.4.0",
            "any-llm-sdk==1.40.2",
            "aisuite==0.2.0",
            "haystack-ai==3.4.1",
            "dspy==3.4.1",
            "chatlas==0.23.0",
            "semantic-kernel==1.44.0",
            "ag2[ag-ui]==1.2.1",
        ),
        (
            "test_kind_answers.py",
            "test_openai_agents.py",
            "test_mistral.py",
            "test_cohere.py",
            "test_xai.py",
            "test_bedrock.py",
            "test_hugging_face.py",
            "test_any_llm.py",
            "test_aisuite.py",
            "test_haystack.py",
            "test_dspy.py",
            "test_chatlas.py",
            "test_semantic_kernel.py",
            "test_ag2.py",
        ),
    ),
    Lane("apps", ("mcp==2.3.0",), ("test_mcp_apps.py",)),
    Lane(
        "ag-ui-kinds",  # frameworks with an AG-UI adapter, and those that want an older openai
        (
            "ag-ui-protocol==1.0.0",
            "ag-ui-adk==0.11.0",
            "ag-ui-strands==1.0.2",
            "strands-agents[openai]==1.62.0",
            "agno==3.1.10",
            "llama-index-protocols-ag-ui==0.6.0",
            "llama-index-llms-openai-like",
            "autogen-agentchat==0.7.5",
            "autogen-ext[openai]==0.7.5",
            "smolagents[openai]==1.26.0",
            "litellm==1.110.2",
        ),
        (
            "test_kind_answers.py",
            "test_adk.py",
            "test_strands.py",
            "test_agno.py",
            "test_llama_index.py",
            "test_autogen.py",
            "test_smolagents.py",
        ),
    ),
    Lane("surfaces", ("ag-ui-a2ui-toolkit==0.0.5",), ("test_surfaces.py",)),
    Lane(
        "litellm", ("litellm==1.106.2", "mcp", "openai<3"), ("test_answers.py", "test_litellm.py")
    ),
)
RAY = Lane(
    "ray", ("ray[serve]==2.60.0",), ()
)  # for what is exported, see tests/exports/test_export.py
PAPERS = Lane(
    "papers", ("myst-nb==1.4.0", "mystmd==1.11.0", "pypandoc-binary==1.17"), ()
)  # tests/jupyter/test_papers.py
PLAIN_LLAMA = (  # no more of it than a model of one layer needs
    *("CMAKE_C_FLAGS_RELEASE=-O0", "CMAKE_CXX_FLAGS_RELEASE=-O0", "LLAVA_BUILD=OFF"),
    *("GGML_NATIVE=OFF", "GGML_OPENMP=OFF", "GGML_LLAMAFILE=OFF", "GGML_CPU_REPACK=OFF"),
    *("LLAMA_BUILD_TESTS=OFF", "LLAMA_BUILD_EXAMPLES=OFF", "LLAMA_BUILD_TOOLS=OFF"),
    *("LLAMA_BUILD_SERVER=OFF", "LLAMA_OPENSSL=OFF"),
)
MARIMO = Lane(
    "marimo", ("marimo==0.25.2", "anywidget>=0.11", "ipywidgets>=8.1.8", "markdown-it-py>=3"), ()
)  # tests/browser/test_marimo.py
HEAVY = (  # over 300 MB, or compiled for minutes: `python3 dev.py test heavy`
    Lane(
        "claude",
        ("ag-ui-protocol==1.0.0", "ag-ui-claude-sdk==0.2.3", "claude-agent-sdk==0.2.189"),
        ("test_claude.py",),
    ),
    Lane(
        "crewai",
        ("ag-ui-protocol==1.0.0", "ag-ui-crewai==1.0.0", "crewai==1.15.30"),
        ("test_crewai.py", "test_crewai_crews.py"),
    ),
    Lane(
        "transformers",
        ("torch==2.13.0+cpu", "transformers==5.24.0"),  # of that name there is no CUDA build
        ("test_transformers.py",),
    ),
    Lane(
        "mlx",  # off a Mac it runs on the processor
        ("mlx-lm==0.32.2", "mlx[cpu]==0.32.4; sys_platform != 'darwin'"),
        ("test_mlx_lm.py",),
    ),
    Lane(
        "llama-cpp",  # its source only; not optimised it compiles in four minutes
        ("llama-cpp-python==0.3.36", "gguf==0.19.0"),
        ("test_llama_cpp.py",),
        building={"CMAKE_ARGS": " ".join(f"-D{each}" for each in PLAIN_LLAMA)},
    ),
)
BY_NAME = {lane.name: lane for lane in (*ALL, RAY, PAPERS, MARIMO, *HEAVY)}


def newest(lane: Lane) -> Lane:
    """The same lane without its pins; bounds that keep packages together stay."""
    packages = tuple(re.sub(r"==[\w.]+(?!\S*\+)", "", each) for each in lane.packages)
    return replace(lane, name=f"newest-{lane.name}", packages=packages)


def versions(lane: Lane) -> dict[str, str]:
    """What is installed of the packages that a lane names."""
    names = {re.split(r"[\[=<>!;]", each)[0].strip().lower() for each in lane.packages}
    code = "import importlib.metadata as m; [print(d.name, d.version) for d in m.distributions()]"
    found = dict(line.split() for line in run([str(lane.python), "-c", code]).splitlines())
    return {name: number for name, number in sorted(found.items()) if name.lower() in names}


def ready(lane: Lane) -> Lane:
    """Make the lane unless it is there already. Raises Unavailable.

    One of the newest versions is brought up to date each time.
    """
    if os.environ.get("AGUI_LANES") == "newest":
        lane = newest(lane)
        _install(lane, sorted({*lane.packages, *OURS}))
        return lane
    wanted = sorted({*lane.packages, *OURS})
    mark = lane.home / "wanted.txt"
    digest = hashlib.sha256("\n".join(wanted).encode()).hexdigest()
    if not (mark.is_file() and mark.read_text(encoding="utf-8") == digest):
        shutil.rmtree(lane.home, ignore_errors=True)
        _install(lane, wanted)
        mark.write_text(digest, encoding="utf-8")
    return lane


def _install(lane: Lane, wanted: Sequence[str]) -> None:
    if found := uv():
        run([found, "venv", "-q", "--allow-existing", "--python", ">=3.11", str(lane.home)])
        into = ("--upgrade", "--python", str(lane.python), *_where_torch_is(wanted))
        run([found, "pip", "install", "-q", *into, *wanted], environment=lane.building)
        return
    if sys.version_info < (3, 11):
        raise Unavailable("the real packages need Python 3.11, and there is no uv to find one")
    run([sys.executable, "-m", "venv", str(lane.home)])
    upgrade = [str(lane.python), "-m", "pip", "install", "-q", "--upgrade"]
    run([*upgrade, *wanted], environment=lane.building)


def _where_torch_is(wanted: Sequence[str]) -> Sequence[str]:
    """Where builds for the processor lie: on this machine, or where uv knows them to be."""
    if not any(each.startswith("torch") for each in wanted):
        return ()
    here = os.environ.get("PIP_FIND_LINKS")
    return ("--find-links", here) if here else ("--torch-backend", "cpu")


def uv() -> str | None:
    """The uv beside this Python, or the machine's."""
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.is_file() else shutil.which("uv")


def aimock() -> Path:
    """The mock model server's script, installed from npm. Raises Unavailable."""
    home = LANES / "aimock"
    script = home / "node_modules/@copilotkit/aimock/dist/cli.js"
    if not script.is_file():
        if not (npm := shutil.which("npm")):
            raise Unavailable("the mock model server needs npm")
        home.mkdir(parents=True, exist_ok=True)
        run([npm, "install", "--no-audit", "--no-fund", "--prefix", str(home), AIMOCK])
    return script


def run(
    command: Sequence[str], cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> str:
    """What a command prints. Raises Unavailable with its last words."""
    given = {**os.environ, **(environment or {})}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env=given)
    if done.returncode:
        raise Unavailable(f"{' '.join(command[:4])} ... failed: {done.stderr.strip()[-600:]}")
    return done.stdout


if __name__ == "__main__":
    print(aimock())
    for chosen in [BY_NAME[name] for name in sys.argv[1:]] or ALL:
        print(ready(chosen).home)

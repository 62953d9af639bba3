"""A served agent becomes a module that runs elsewhere; what cannot travel is said."""

from __future__ import annotations

import ast
import os
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from support import lanes

from agui_notebook import InvalidInput, LocalServer, connect, demo_agent, export
from agui_notebook.exports.likely_secrets import find_secret

pytestmark = pytest.mark.anyio
Serving = Callable[..., LocalServer]

NOTEBOOK = [
    "%load_ext agui_notebook",
    "import math\nimport os\nfrom datetime import date as day",
    "RATE = 3\nunused = open",
    "RATE = 2",
    """
    def area(radius):
        return RATE * math.pi * radius

    def _ping(n): return "ping" if n == 0 else _pong(n - 1)
    def _pong(n): return "pong" if n == 0 else _ping(n - 1)
    """,
    """
    import functools

    @functools.cache
    def year():
        return day(2026, 1, 1).year

    class Shop:
        greeting = "Hello"

        def greet(self, name: str) -> str:
            return f"{self.greeting}, {name}"

    shop = Shop()

    def weather(text):
        "Answers with a little of everything."
        yield shop.greet(text)
        yield f" {area(1):.2f} {year()} {_ping(3)} {os.getpid() > 0}"
    """,
    "def finance(text): return 'rich'",
    "both = {'weather': weather, 'finance': finance}",
    "answer = await something()",
    "def needs_await(text): return answer",
    "key = dict(api_key='hunter2-is-my-password')\ndef leaks(text): return key",
    "token_of = 'sk-abcdefghijklmnopqrstuvwx'\ndef leaks_too(text): return token_of",
    "def missing(text): return not_defined_anywhere(text)",
]
CELLS = [textwrap.dedent(cell) for cell in NOTEBOOK]
SAID = "Hello, Ada 6.28 2026 pong True"


def namespace() -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in CELLS:
        with suppress(SyntaxError, NameError):
            exec(cell, names)
    return names


def exported(tmp_path: Path, agent: Any, **options: Any) -> str:
    path = export(agent, tmp_path / "server.py", cells=CELLS, namespace=namespace(), **options)
    return path.read_text()


def test_only_what_the_agent_needs_is_written_and_each_thing_once(tmp_path: Path) -> None:
    names = namespace()
    path = export(names["weather"], tmp_path / "server.py", cells=CELLS, namespace=names)
    text = path.read_text()
    for part in ("RATE = 2", "import math", "from datetime import date as day", "class Shop:"):
        assert text.count(part) == 1
    for part in ("RATE = 3", "unused", "finance", "load_ext"):
        assert part not in text
    assert text.index("import math") < text.index("RATE") < text.index("def weather")
    assert text.endswith("\napp = create_app(weather, token=_token)\n")
    assert "uvicorn server:app --host 127.0.0.1 --port 8000 --workers 2" in text


def test_a_server_is_written_with_its_options_and_without_its_token(
    tmp_path: Path, serving: Serving
) -> None:
    names = namespace()
    server = serving(names["both"], token="a-token-of-mine-1234567", keep_alive=3)
    text = export(server, tmp_path / "server.py", cells=CELLS, namespace=names).read_text()
    assert "a-token-of-mine" not in text
    assert "create_app(both, token=_token)" in text
    assert "both = {'weather': weather, 'finance': finance}" in text
    named = serving(names["finance"], name="money", suggestions=["Hi"])
    text = export(named, tmp_path / "server.py", cells=CELLS, namespace=names).read_text()
    assert "suggestions=['Hi'], name='money')" in text


def test_the_demo_is_imported(tmp_path: Path) -> None:
    text = exported(tmp_path, demo_agent)
    assert "from agui_notebook.agents.demo import agent\n" in text
    assert "app = create_app(agent, " in text


def make_closure() -> Any:
    secret = object()

    def closed(text: str) -> str:
        return str(secret)

    return closed


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("needs_await", "answer is made with await"),
        ("leaks", "The code of key has a secret written into it"),
        ("leaks_too", "The code of token_of has a secret written into it"),
        ("missing", "not_defined_anywhere is not defined in the notebook"),
        ("closed", "closed cannot be exported: it closes over secret"),
        ("handle", r"handle \(a TextIOWrapper\) cannot be exported: no cell shows"),
        ("nameless", r"the agent \(<lambda>\) cannot be exported: it has no name"),
    ],
)
def test_what_cannot_travel_is_said_and_nothing_is_written(
    tmp_path: Path, name: str, sentence: str
) -> None:
    names = namespace()
    with open(__file__) as handle:
        names |= {"closed": make_closure(), "handle": handle}
        agent = names.get(name, lambda text: text)
        with pytest.raises(InvalidInput, match=sentence):
            export(agent, tmp_path / "server.py", cells=CELLS, namespace=names)
    assert not (tmp_path / "server.py").exists()


SPELLINGS = """
    key = make(api_key="hunter2-is-my-password")
    key = make(apikey="hunter2")
    apiToken = "hunter2"
    client_secret: str = "hunter2"
    os.environ["OPENAI_API_KEY"] = "hunter2"
    os.environ.setdefault("DB_PASSWORD", "hunter2")
    settings = {"password": "hunter2"}
    headers = {"Authorization": f"Bearer {'hunter2-hunter2'}"}
    def key(token="hunter2"): ...
    def key(*, passwd="hunter2"): ...
    url = "https://ann:hunter2@example.org/"
    url = "https://example.org/?api_key=hunter2"
    client.secret_key = "hunter2"
    user, password = "ann", "hunter2"
    azure = "0123456789abcdef0123456789abcdef"
    aws = "AKIAABCDEFGHIJKLMNOP"
    name = "sk-abcdefghijklmnopqrstuvwx"
    if (token := "hunter2"): pass
    key = make(api_key=os.environ.get("X") or "hunter2")
    key = make(api_key=SecretStr("hunter2"))
    headers = [("X-Api-Key", "hunter2")]
    api_key = "hunter" + "2"
    api_key = b"hunter2"
    API_KEY = "hunter2"
    apiKey = "hunter2"
    openai_apikey = "hunter2"
    ACCESS_TOKEN = "hunter2"
    refreshToken = "hunter2"
    passphrase = "hunter2"
    pwd = "hunter2"
    db_passwd = "hunter2"
    credentials = "hunter2"
    signature = "hunter2"
    account_key = "hunter2"
    session_cookie = "hunter2"
    bearer = "hunter2"
    basic_auth = "hunter2"
    authorization = "Basic aHVudGVyMjpodW50ZXIy"
    sig = "hunter2"
    tokens_of = {"token": "hunter2"}
    api_key: str = "hunter2"
    self_ = object(); self_.password = "hunter2"
    settings["secret"] = "hunter2"
    api_key = f"hunter2-{os.getpid()}"
    api_key = "hunter2".strip()
    api_key = "".join(["hun", "ter2"])
    api_key = base64.b64decode("aHVudGVyMg==")
    api_key = bytes.fromhex("68756e74657232")
    api_key = ("hunter2")
    api_key = ("hunter2", "hunter3")
    api_key = ["hunter2"]
    api_key = "hunter2" if os else None
    api_key = None or "hunter2"
    for token in ("hunter2",): pass
    key, token = None, "hunter2"
    os.putenv("API_TOKEN", "hunter2")
    setattr(client, "api_key", "hunter2")
    headers.add("Authorization", "hunter2")
    headers = {"X-Auth-Token": "hunter2"}
    headers = {"Cookie": "session=hunter2"}
    headers = dict(authorization="hunter2")
    auth = BasicAuth("ann", "hunter2")
    auth = ("ann", "hunter2")
    make(auth=("ann", "hunter2"))
    url = "postgresql://ann:hunter2@db/x"
    url = "redis://:hunter2@db"
    url = "wss://example.org/?token=hunter2"
    url = "https://example.org/a?x=1&sig=hunter2"
    url = "https://example.org/#access_token=hunter2"
    dsn = "Server=db;Password=hunter2"
    dsn = "host=db password=hunter2"
    curl = "curl -u ann:hunter2 https://example.org"
    curl = "-H 'Authorization: Bearer hunter2-hunter2'"
    pem = "-----BEGIN RSA PRIVATE KEY-----"
    hook = "https://hooks.slack.com/services/T0/B0/xyz"
    x = "ghp_abcdefghijklmnopqrstuvwxyz0123456789"
    x = "AIzaSyA-0123456789abcdefghijklmnopqrstuv"
    x = "xoxb-123456789012-abcdefghijkl"
    x = "npm_abcdefghijklmnop"
    x = "pypi-abcdefghijklmnopqr"
    x = "SG.abcdefghijklmnop.abcdefghijklmnop"
    x = "123456789:abcdefghijklmnopqrstuvwxyz-ABCD"
    x = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefghijk"
    x = b"sk-abcdefghijklmnopqrstuvwx"
    x = f"sk-abcdefghij{'klmnopqrstuvwx'}"
    x = "sk-abcdefghij" + "klmnopqrstuvwx"
    x = json.loads('{"api_key": "hunter2"}')
    x = json.loads('{"password":"hunter2"}')
    x = "[db]\\npassword = hunter2"
""".strip().splitlines()


@pytest.mark.parametrize("line", [line.strip() for line in SPELLINGS])
def test_a_key_is_found_however_it_is_spelled(line: str) -> None:
    assert find_secret(f"import os\n\n{line}\n") == 3


@pytest.mark.parametrize(
    "line",
    [
        'client = make(api_key=os.environ["OPENAI_API_KEY"])',
        'key = os.getenv("API_KEY")',
        "max_tokens = 100",
        'rows.sort(key=lambda row: row["name"])',
        'by = {"key": "name", "max_tokens": "many"}',
        'text = "a token is a word, and so is a password"',
        'token = ""',
        'page = "https://example.org/a?page=12"',
        'text = "api_key: the key of the account"',
        'text = "api_key = os.environ[NAME]"',
        """text = '{"name": "token", "kind": "string"}'""",
    ],
)
def test_what_is_no_key_is_let_through(line: str) -> None:
    assert find_secret(line) is None


@pytest.mark.parametrize("variant", ["uvicorn", "ray"])
def test_a_name_never_becomes_code(tmp_path: Path, variant: Any) -> None:
    names = namespace()
    evil = 'x"""; import os; os.system("touch owned") #\\'
    names["weather"].__name__ = evil
    path = export(
        names["weather"], tmp_path / "server.py", variant=variant, cells=CELLS, namespace=names
    )
    tree = ast.parse(path.read_text())
    calls = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert "os.system" not in calls
    assert ast.get_docstring(tree)


def test_the_options_of_a_server_carry_no_credentials(tmp_path: Path, serving: Serving) -> None:
    for target, options in [
        ("http://127.0.0.1:1/", {"headers": {"Authorization": "Bearer hunter2-hunter2"}}),
        ("http://ann:hunter2@127.0.0.1:1/", {}),
        ("http://127.0.0.1:1/?api_key=hunter2", {}),
    ]:
        server = serving(target, name="far", **options)
        with pytest.raises(InvalidInput, match=r"Line \d+ of the module .* would hold a secret"):
            export(server, tmp_path / "server.py", cells=CELLS, namespace={})
        assert not (tmp_path / "server.py").exists()


@pytest.mark.parametrize("token", [{}, {"AGUI_TOKEN": ""}])
def test_the_written_server_refuses_to_start_open_unless_told_to(
    tmp_path: Path, token: dict[str, str]
) -> None:
    names = namespace()
    export(names["weather"], tmp_path / "server.py", cells=CELLS, namespace=names)
    root = str(Path(__file__).resolve().parents[2])
    plain = {key: value for key, value in os.environ.items() if not key.startswith("AGUI_")}
    plain["PYTHONPATH"] = root
    command = [sys.executable, "-c", "import server"]
    told = subprocess.run(
        command, cwd=tmp_path, env={**plain, **token}, capture_output=True, text=True
    )
    assert told.returncode == 1
    assert "Set AGUI_TOKEN" in told.stderr
    opened = {**plain, **token, "AGUI_OPEN": "1"}
    assert subprocess.run(command, cwd=tmp_path, env=opened).returncode == 0


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def running(command: list[str], folder: Path, url: str, patience: float) -> Iterator[None]:
    """``command`` in ``folder``, until ``url`` answers; ended by its process id."""
    root = str(Path(__file__).resolve().parents[2])
    environment = {**os.environ, "AGUI_TOKEN": "abc", "PYTHONPATH": root, "HOME": str(folder)}
    environment["RAY_agent_register_timeout_ms"] = "200000"  # its processes start slowly
    environment["RAY_DASHBOARD_STARTUP_TIMEOUT_S"] = "200"
    log = folder / "log"
    with open(log, "wb") as out:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=out)
        try:
            await_answer(url, process, time.monotonic() + patience, log)
            yield
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(30)
            process.kill()  # nothing to one that has ended


def await_answer(url: str, process: subprocess.Popen[bytes], end: float, log: Path) -> None:
    while time.monotonic() < end and process.poll() is None:
        with suppress(httpx.TransportError):
            if httpx.get(url + "healthz", timeout=5).is_success:
                return
        time.sleep(0.1)
    told = log.read_text()
    if "The current node timed out during startup" in told:
        pytest.skip("Ray's own processes did not start within its 30 s: this machine is too busy")
    raise AssertionError(told)


async def answer(url: str) -> str:
    with connect(url, token="abc", strict=True) as session:
        return (await session.run("Ada")).text


async def test_the_written_file_runs_under_uvicorn_with_two_workers(tmp_path: Path) -> None:
    names = namespace()
    export(names["weather"], tmp_path / "server.py", cells=CELLS, namespace=names)
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    command = [sys.executable, "-m", "uvicorn", "server:app", "--host", "127.0.0.1"]
    with running([*command, "--port", str(port), "--workers", "2"], tmp_path, url, 60):
        assert [await answer(url) for _ in range(4)] == [SAID] * 4
        assert httpx.post(url, json={}).status_code == 401


@pytest.fixture
def ray_serve() -> str:
    """Ray's command line, from an environment of its own (400 MB)."""
    try:
        return str(lanes.ready(lanes.RAY).python.with_name("serve"))
    except lanes.Unavailable as why:
        pytest.skip(str(why))


@pytest.mark.lane
@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_the_written_file_runs_under_ray_serve(tmp_path: Path, ray_serve: str) -> None:
    names = namespace()
    export(names["weather"], tmp_path / "server.py", variant="ray", cells=CELLS, namespace=names)
    url = "http://127.0.0.1:8000/"
    with running([ray_serve, "run", "server:app"], tmp_path, url, 300):
        assert [await answer(url) for _ in range(4)] == [SAID] * 4

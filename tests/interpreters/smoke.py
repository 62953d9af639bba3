"""A notebook's first minutes in a real kernel, on an interpreter with only us and ipykernel.

Run by test_interpreters.py; prints one line when all is well. Only standard asserts.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from typing import Any

from jupyter_client.manager import start_new_kernel

import agui_notebook

CELLS = {
    "%load_ext agui_notebook\nimport agui_notebook as agui": "",
    "%agui demo": "",
    "%%agui --as weather\nWhat is the weather in Lisbon and Oslo?": "Oslo",
    "print(weather.outcome)": "success",
    "def words(text):\n    yield 'one '\n    yield 'two'\nchat = agui.chat(words, 'words')": "",
    "print((await chat.run('go')).text)": "one two",
    "print(chat.ask('again').text)": "one two",
    "answer = await chat.run('once more')\n%agui list": "words",
    "with agui.serve(words, name='more') as server:\n"
    "    print(agui.connect(server.url, token=server.token).ask('x').text)": "one two",
    "%agui messages": "one two",
    "%agui export cell": "",
    "%agui shutdown": "was stopped",
}


def output(message: dict[str, Any]) -> str:
    content = message["content"]
    text = content.get("data", {}).get("text/markdown", "") + content.get("text", "")
    return str(text + "\n".join(content.get("traceback", ())))


def main() -> None:
    for module in pkgutil.walk_packages(agui_notebook.__path__, "agui_notebook."):
        if "adapters" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    manager, client = start_new_kernel()
    try:
        for cell, wanted in CELLS.items():
            told: list[str] = []
            reply = client.execute_interactive(
                cell,
                timeout=60,
                output_hook=lambda message, told=told: told.append(output(message)),
            )
            said = "".join(told)
            assert reply["content"]["status"] == "ok", f"{cell}\n{said}"
            assert wanted in said, f"{cell}\n{said}"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    print("all is well on", sys.version.split()[0])


if __name__ == "__main__":
    main()

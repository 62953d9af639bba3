// Runs the functions of in_page.py under Pyodide in node, one after the other, each with its outcome
// as a line of JSON. Arguments: the folders of Pyodide, of the dependencies, of the package, of this
// file, and the address of an agent.
import { pathToFileURL } from "node:url";

const [pyodide, site, ours, here, agent] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${pyodide}/pyodide.mjs`));
const python = await loadPyodide({ stdout: () => {}, stderr: () => {} });
for (const [place, folder] of Object.entries({ site, ours, here })) {
  const at = place === "ours" ? "/ours/agui_notebook" : `/${place}`;
  python.FS.mkdirTree(at);
  python.mountNodeFS(at, folder);
}
python.globals.set("told", (line) => process.stdout.write(`${line}\n`));
await python.runPythonAsync(`
import os, sys
sys.dont_write_bytecode = True
sys.path[:0] = ["/ours", "/site", "/here"]
os.environ["AGUI_STORE"] = "/tmp/threads.sqlite"
import in_page
await in_page.run_all(told, ${JSON.stringify(agent)})
`);
process.exit(0);

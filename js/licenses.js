// The notices and the bill of materials of what others wrote and our bundles carry: written by
// `npm run licenses` to ../THIRD_PARTY_LICENSES and ../sbom.cdx.json, compared by `--check`.
// Both are committed, so that an sdist can be built where no npm is.
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { here, options } from "./bundles.js";

/** @typedef {{ name: string, version: string, license: string, text: string }} Part */

/** The packages of which at least one line is in a bundle. @returns {Promise<string[]>} */
async function bundledPackages() {
  const { metafile } = await esbuild.build({ ...options, absWorkingDir: here, metafile: true, write: false });
  const paths = Object.values(metafile?.outputs ?? {}).flatMap((output) => Object.keys(output.inputs));
  const names = paths.map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? "");
  return [...new Set(names)].filter(Boolean).sort();
}

/** @param {string} name @returns {Promise<Part>} */
async function part(name) {
  const folder = join(here, "node_modules", name);
  const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file || !license) throw new Error(`${name} is bundled but says no licence: ask its authors first`);
  return { name, version, license, text: (await readFile(join(folder, file), "utf8")).trim() };
}

/** @param {Part[]} parts */
function notices(parts) {
  const head = "agui_notebook carries, in the browser modules under agui_notebook/static, parts of:\n";
  const bodies = parts.map(({ name, version, license, text }) => {
    const title = `${name} ${version} (${license})`;
    return `\n${title}\n${"-".repeat(title.length)}\n\n${text.replace(/\r/g, "")}\n`;
  });
  return head + bodies.join("");
}

/** CycloneDX 1.6. @param {Part[]} parts */
function billOfMaterials(parts) {
  const components = parts.map(({ name, version, license }) => ({
    type: "library",
    name,
    version,
    purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
    licenses: [{ license: { id: license } }],
  }));
  const bill = { bomFormat: "CycloneDX", specVersion: "1.6", version: 1, components };
  return `${JSON.stringify(bill, null, 2)}\n`;
}

const parts = await Promise.all((await bundledPackages()).map(part));
const files = { THIRD_PARTY_LICENSES: notices(parts), "sbom.cdx.json": billOfMaterials(parts) };
for (const [name, text] of Object.entries(files)) {
  const path = join(here, "..", name);
  if (!process.argv.includes("--check")) await writeFile(path, text);
  else if ((await readFile(path, "utf8").catch(() => "")) !== text) {
    console.error(`${name} is not what the bundles carry: run \`npm run licenses\``);
    process.exitCode = 1;
  }
}

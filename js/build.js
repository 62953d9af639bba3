// Bundles src/ into ../agui_notebook/static: the loader, the widget with its styles inside, and the
// modules that are only sent when a chat needs them. `node build.js --watch` rebuilds.
// What a build needs stands in "dependencies" of package.json, what only checks need in "dev".
import { stat } from "node:fs/promises";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { MODULES, options, target } from "./bundles.js";

if (process.argv.includes("--watch")) {
  await (await esbuild.context(options)).watch();
} else {
  await esbuild.build(options);
  for (const name of MODULES) {
    const { size } = await stat(join(target, `${name}.js`));
    console.log(`${name}.js ${(size / 1000).toFixed(1)} kB`);
  }
}

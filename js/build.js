// Bundles src/ into ../agui_notebook/static: the loader, the widget with its styles inside, and the
// modules that are only sent when a chat needs them. `node build.js --watch` rebuilds.
// What a build needs stands in "dependencies" of package.json, what only checks need in "dev".
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const source = join(here, "src");
const target = join(here, "..", "agui_notebook", "static");

const MODULES = ["loader", "widget", "details", "inspector", "highlight", "math"];

/** A style sheet that a script imports: with what it imports itself, minified, as one string. */
const styles = {
  name: "styles",
  /** @param {import("esbuild").PluginBuild} build */
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { outputFiles, metafile } = await esbuild.build({
        entryPoints: [path],
        absWorkingDir: here,
        bundle: true,
        minify: true,
        metafile: true,
        write: false,
      });
      const watchFiles = Object.keys(metafile.inputs).map((name) => join(here, name));
      const contents = outputFiles[0].text.trim().replace(/([,:]) /g, "$1"); // left inside custom properties
      return { contents, loader: "text", watchFiles };
    });
  },
};

/** @type {import("esbuild").BuildOptions} */
const options = {
  entryPoints: MODULES.map((name) => join(source, `${name}.js`)),
  outdir: target,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  charset: "utf8",
  legalComments: "eof",
  plugins: [styles],
  logLevel: "warning",
};

if (process.argv.includes("--watch")) {
  await (await esbuild.context(options)).watch();
} else {
  await esbuild.build(options);
  for (const name of MODULES) {
    const { size } = await stat(join(target, `${name}.js`));
    console.log(`${name}.js ${(size / 1000).toFixed(1)} kB`);
  }
}

// Bundles src/ into ../agui_notebook/static: the loader, the widget with its styles inside, and the
// two modules that are only sent when an answer needs them. `node build.js --watch` rebuilds.
// What a build needs stands in "dependencies" of package.json, what only checks need in "dev".
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const source = join(here, "src");
const target = join(here, "..", "agui_notebook", "static");

const MODULES = ["loader", "widget", "inspector", "highlight", "math"];

/** `import text from "agui:styles"`: every style sheet of the folder src/styles, base first, minified, as one string. */
const styles = {
  name: "styles",
  /** @param {import("esbuild").PluginBuild} build */
  setup(build) {
    const folders = /** @type {Record<string, string>} */ ({
      styles: join(source, "styles"),
      inspector: join(source, "styles", "inspector"),
    });
    build.onResolve({ filter: /^agui:/ }, ({ path }) => ({ path: path.slice(5), namespace: "agui" }));
    build.onLoad({ filter: /.*/, namespace: "agui" }, async ({ path }) => {
      const folder = folders[path];
      const names = (await readdir(folder)).filter((name) => name.endsWith(".css")).sort();
      const files = names.map((name) => join(folder, name));
      const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
      const { code } = await esbuild.transform(texts.join("\n"), { loader: "css", minify: true });
      return { contents: code, loader: "text", watchFiles: files, watchDirs: [folder] };
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

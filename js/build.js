// Bundles src/ into ../agui_notebook/static: the loader, the widget with its styles inside, and the
// modules that are only sent when a chat needs them. `node build.js --watch` rebuilds.
// What a build needs stands in "dependencies" of package.json, what only checks need in "dev".
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const source = join(here, "src");
const target = join(here, "..", "agui_notebook", "static");

const MODULES = ["loader", "widget", "details", "inspector", "highlight", "math"];

/** Which style sheets go into which module, by their names. @type {Record<string, (name: string) => boolean>} */
const SHEETS = {
  styles: (name) => name < "40",
  details: (name) => /^[4-9]/.test(name),
  inspector: (name) => /^4|^inspector/.test(name),
  highlight: (name) => name === "highlight.css",
};

/** `import text from "agui:styles"`: the style sheets of a module in order, minified, as one string. */
const styles = {
  name: "styles",
  /** @param {import("esbuild").PluginBuild} build */
  setup(build) {
    const folder = join(source, "styles");
    build.onResolve({ filter: /^agui:/ }, ({ path }) => ({ path: path.slice(5), namespace: "agui" }));
    build.onLoad({ filter: /.*/, namespace: "agui" }, async ({ path }) => {
      const all = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".css"));
      const files = all
        .filter(SHEETS[path])
        .sort()
        .map((name) => join(folder, name));
      const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
      // a module weighs more than the base, whichever came last on a page with several chats
      const own = path === "styles" ? ".agui" : ".agui.agui";
      const { code } = await esbuild.transform(texts.join("\n").replace(/\.agui(?= )/g, own), {
        loader: "css",
        minify: true,
      });
      const contents = code.replace(/([,:]) /g, "$1"); // what esbuild leaves inside custom properties
      return { contents, loader: "text", watchFiles: files, watchDirs: [folder] };
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

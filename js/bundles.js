// What is bundled out of src/, and how: read by the build and by the list of what others wrote in it.
// Nothing is built here.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

export const here = fileURLToPath(new URL(".", import.meta.url));
const source = join(here, "src");
export const target = join(here, "..", "agui_notebook", "static");

export const MODULES = [
  "loader",
  "widget",
  "details",
  "forms",
  "inspector",
  "threads",
  "surfaces",
  "apps",
  "cells",
  "data",
  "long",
  "highlight",
  "math",
];

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
export const options = {
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

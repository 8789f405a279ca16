// Builds the page into ../matcalc/web/page (what `matcalc web` serves), and with --site also the
// static site into ./site: the same page, Pyodide and the wheel beside it. The script and the style
// of the documentation's formulas go into ../docs/assets; their fonts are those of the page.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { engineFile } from "./snapshot.mjs";

const here = import.meta.dirname;
const page = join(here, "..", "matcalc", "web", "page");
const assets = join(here, "..", "docs", "assets");

async function buildPage() {
  rmSync(page, { recursive: true, force: true });
  const common = {
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    outdir: page,
    legalComments: "none",
    loader: { ".woff2": "copy", ".woff": "empty", ".ttf": "empty" },
    assetNames: "fonts/[name]",
  };
  const script = await build({
    ...common,
    metafile: true,
    entryPoints: [{ in: join(here, "src/main.js"), out: "app" }],
  });
  writeFileSync(join(page, "LICENSES.txt"), licences(Object.keys(script.metafile.inputs)));
  await build({ ...common, entryPoints: [{ in: join(here, "src/style.css"), out: "app" }] });
  await build({
    ...common,
    entryPoints: [{ in: join(here, "src/worker.js"), out: "worker" }],
    external: ["./pyodide/*"],
  });
  cpSync(join(here, "src/index.html"), join(page, "index.html"));
}

async function buildFormulas() {
  await build({
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    outdir: assets,
    legalComments: "none",
    external: ["*.woff2"],
    loader: { ".woff": "empty", ".ttf": "empty" },
    entryPoints: ["math.js", "math.css"].map((file) => join(here, "src", file)),
  });
}

// the licences of the packages that these files are from
function licences(files) {
  const names = files.map((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]).filter(Boolean);
  return [...new Set(names)].sort().map((name) => {
    const folder = join(here, "node_modules", name);
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf-8"));
    const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    return `${name} ${version}\n\n${readFileSync(join(folder, file), "utf-8").trim()}\n`;
  }).join("\n\n");
}

async function buildSite() {
  const site = join(here, "site");
  rmSync(site, { recursive: true, force: true });
  cpSync(page, site, { recursive: true });
  const pyodide = join(here, "node_modules/pyodide");
  mkdirSync(join(site, "pyodide"));
  for (const file of ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"]) {
    cpSync(join(pyodide, file), join(site, "pyodide", file));
  }
  const python = process.env.MATCALC_PYTHON ?? "python3";
  const wheels = join(here, "wheel");
  rmSync(wheels, { recursive: true, force: true });
  execFileSync(python, ["-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", wheels, join(here, "..")], { stdio: "inherit" });
  const [wheel] = readdirSync(wheels);
  writeFileSync(join(site, "engine.bin"), await engineFile(pyodide, join(wheels, wheel)));
  rmSync(wheels, { recursive: true });
}

await buildPage();
await buildFormulas();
if (process.argv.includes("--site")) await buildSite();

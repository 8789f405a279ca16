// The page in real Chromium, with both engines: `matcalc web`, and the static site with Pyodide.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { chromium } from "playwright-core";

const here = import.meta.dirname;
const site = join(here, "..", "site");
const python = process.env.MATCALC_PYTHON ?? "python3";
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const shots = process.env.SCREENSHOTS;

const TYPES = {
  ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css",
  ".wasm": "application/wasm", ".json": "application/json", ".woff2": "font/woff2",
};

// [name, start() -> { address, stop() }]
const ENGINES = [["native", serveNative]];
if (existsSync(site)) ENGINES.push(["in the page", serveSite]);

async function serveNative() {
  const server = spawn(python, ["-m", "matcalc", "web", "--no-browser"], { stdio: ["ignore", "pipe", "inherit"] });
  const address = await new Promise((resolve) => server.stdout.once("data", (line) => resolve(String(line).trim())));
  return { address, stop: () => server.kill() };
}

async function serveSite() {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, "http://site").pathname;
    try {
      const body = await readFile(join(site, path === "/" ? "index.html" : path));
      response.writeHead(200, { "Content-Type": TYPES[extname(path) || ".html"] ?? "application/octet-stream" });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { address: `http://127.0.0.1:${server.address().port}/`, stop: () => server.close() };
}

const link = (query) => `#${new URLSearchParams(query)}`;

for (const [name, serve] of ENGINES) {
  describe(`engine ${name}`, () => {
    let browser, page, served;
    const elsewhere = [];

    before(async () => {
      served = await serve();
      browser = await chromium.launch({
        executablePath,
        args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
      });
      page = await browser.newPage({ viewport: { width: 1000, height: 900 } });
      page.on("request", (request) => request.url().startsWith(served.address) || request.url().startsWith("data:") || elsewhere.push(request.url()));
      page.setDefaultTimeout(180_000);
      await page.goto(served.address);
      await page.waitForSelector("#engine[data-ready='true']");
    });

    after(async () => {
      await browser?.close();
      served?.stop();
    });

    // a fragment alone does not load the page anew
    const open = async (query) => {
      await page.evaluate((hash) => (location.hash = hash), link(query));
    };
    const shown = (selector, text) =>
      page.waitForFunction(([s, t]) => document.querySelector(s)?.textContent.includes(t), [selector, text]);
    const shot = (what) => shots && page.screenshot({ path: join(shots, `${name.replaceAll(" ", "-")}-${what}.png`), fullPage: true });

    test("a derivative, typeset, verified, with what was inferred", async () => {
      await open({ op: "diff", expr: "norm2(A*x - b)^2", wrt: "x", var: "b: vector(m)" });
      await shown("#form", "2*A'*(A*x - b)");
      await shown("#badge", "exact");
      assert.equal(await page.inputValue("#kind-A"), "matrix");
      assert.ok(await page.$("#formula .katex"));
      await shot("diff");
    });

    test("typing asks again, and the address carries the input", async () => {
      await page.click("#expression .cm-content");
      await page.keyboard.press("Control+A");
      await page.keyboard.type("x'*S*x");
      await shown("#form", "(S + S')*x");
      assert.match(page.url(), /expr=x%27\*S\*x/);
    });

    test("a kind from the list changes the answer", async () => {
      await page.selectOption("#kind-S", "symmetric");
      await shown("#form", "2*S*x");
      await page.click("text=declared ×");
      await shown("#form", "(S + S')*x");
    });

    test("LaTeX and code of the result", async () => {
      await page.click("#form-latex");
      await shown("#form", "S^{\\top}");
      await page.keyboard.press("ArrowRight");
      await shown("#form", "def f(");
      await page.click("#form-text");
    });

    test("an error stands under its place, and its hint is applied by one click", async () => {
      await open({ op: "diff", expr: "x*y", wrt: "x" });
      await shown("#error", "cannot multiply");
      assert.equal(await page.textContent(".cm-lintRange-error"), "*");
      await shot("error");
      await page.click("text=declare y: scalar");
      await page.waitForSelector("#error", { state: "hidden" });
      await shown("#form", "y*eye");
    });

    test("a wrong claim", async () => {
      await open({ op: "check", expr: "x'*A*x", second: "2*A*x", wrt: "x" });
      await shown("#report", "wrong");
      await shot("check");
      await open({ op: "check", expr: "x'*A*x", second: "(A + A')*x", wrt: "x" });
      await shown("#report", "proved");
    });

    test("simplify and equal", async () => {
      await open({ op: "simplify", expr: "inv(A*B)*A", var: "A: invertible(n)" });
      await shown("#form", "inv(B)");
      await open({ op: "equal", expr: "tr(A*B)", second: "tr(B*A)" });
      await shown("#report", "equal");
    });

    test("LaTeX input", async () => {
      await open({ op: "diff", expr: "\\lVert Ax - b \\rVert_2^2", latex: "1", wrt: "x" });
      await shown("#form", "2*A'*(A*x - b)");
    });

    test("tabs by the keyboard, and an example", async () => {
      await page.focus("#tab-diff");
      await page.keyboard.press("ArrowRight");
      assert.equal(await page.getAttribute("#tab-check", "aria-selected"), "true");
      await page.selectOption("#examples", { label: "Log-determinant" });
      await shown("#form", "inv(X)'");
    });

    test("on a phone, in the dark", async () => {
      await page.setViewportSize({ width: 380, height: 700 });
      await page.click("#theme");
      const wide = await page.evaluate(() =>
        [...document.querySelectorAll("body *")]
          .filter((each) => !each.closest("#formula") && each.getBoundingClientRect().right > window.innerWidth)
          .map((each) => `${each.tagName}#${each.id}.${each.className}`),
      );
      assert.deepEqual(wide, []);
      await shot("phone");
    });

    test("nothing is fetched from elsewhere", () => assert.deepEqual(elsewhere, []));
  });
}

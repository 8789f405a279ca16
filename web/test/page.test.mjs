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
const axe = await readFile(join(here, "../node_modules/axe-core/axe.min.js"), "utf-8");
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

// which boxes of a drawing lie on each other
function overlaps(boxes) {
  const found = [];
  boxes.forEach(([left, top, right, bottom], k) => {
    for (const [l, t, r, b] of boxes.slice(k + 1)) if (l < right && left < r && t < bottom && top < b) found.push([[left, top], [l, t]]);
  });
  return found;
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
      await open({ op: "diff", expr: "tr(B) + x*y", wrt: "x" });
      await page.click("text=write x'*y (the inner product)");
      await page.waitForSelector("#error", { state: "hidden" });
      await page.waitForFunction(() => document.querySelector("#form").textContent === "y");
      assert.equal(await page.textContent("#expression .cm-content"), "tr(B) + x'*y");
      await open({ op: "diff", expr: "tr(B) + norm2(x", wrt: "x" });
      await page.click("text=write tr(B) + norm2(x)");
      await page.waitForFunction(() => document.querySelector("#form").textContent === "x/norm2(x)");
      await page.focus("#expression .cm-content");
      await page.keyboard.press("End");
      await page.keyboard.type(" + ");
      await shown("#error", "expected");
      assert.ok(await page.$("#kind-B"), "variables stay while one types");
    });

    test("code for another framework", async () => {
      await open({ op: "diff", expr: "norm2(A*x - b)^2", wrt: "x", var: "b: vector(m)" });
      await shown("#form", "2*A'*(A*x - b)");
      await page.click("#form-code");
      await page.selectOption("#backend", "torch");
      await shown("#form", "import torch");
      await page.selectOption("#backend", "numpy");
      await shown("#form", "import numpy");
      await page.click("#form-text");
    });

    test("parts with names stand above the equation", async () => {
      await open({ op: "diff", expr: "logsumexp(A*x)", wrt: "x", order: "2" });
      await shown("#form", "where u = softmax(A*x)");
      const said = await page.textContent("#formula annotation");
      assert.match(said, /^\\begin\{aligned\}\nu &= .* \\\\\n\\frac\{\\partial\^\{2\}\}.* &= A\^\{\\top\}/);
      assert.equal(await page.$("#formula .katex-error"), null);
    });

    test("complex variables: why code is missing, and equality", async () => {
      await open({ op: "diff", expr: "z^H*A*z", wrt: "z", var: "z: complex vector(n)" });
      await shown("#form", "d/dconj(z) = A*z");
      await shown("#badge", "exact");
      await page.click("#form-code");
      await page.selectOption("#backend", "torch");
      await shown("#form", "is for NumPy, not torch");
      await page.selectOption("#backend", "numpy");
      await shown("#form", "import numpy");
      await page.click("#form-text");
      await open({ op: "equal", expr: "z^H*z", second: "norm2(z)^2", var: "z: complex vector(n)" });
      await shown("#report", "equal: z^H*z = norm2(z)^2");
    });

    test("complex variables: shorter forms, and the graph", async () => {
      await open({ op: "simplify", expr: "w^H*z + z^H*w", var: "w: complex vector(n), z: complex vector(n)" });
      await shown("#form", "2*real(ctranspose(w)*z)");
      await open({ op: "graph", expr: "z^H*z", var: "z: complex vector(n)" });
      await page.waitForSelector("#shown .node[aria-label^='x2 = conj(z)']");
    });

    test("steps: each line typeset, with its identity and the source", async () => {
      await open({ op: "steps", expr: "norm2(W*tanh(V*x) - y)^2", wrt: "V", var: "y: vector(m)" });
      await shown("#shown .closing", "each line is proved");
      await shown("#badge", "exact");
      assert.ok((await page.$$("#shown .steps tbody .katex")).length > 20);
      assert.deepEqual(await page.$$eval("#shown .katex-error", (all) => all.map((each) => each.textContent)), []);
      await shown("#shown .sources", "d-tanh");
      await shot("steps");
      await page.selectOption("#detail", "1");
      await page.waitForFunction(() => !document.querySelector("#shown").textContent.includes("insert"));
      await page.click("#form-steps");
      await shown("#form", "\\begin{align*}");
      await page.click("#form-code");
      await shown("#form", "| formula | because |");
      await open({ op: "steps", expr: "x'*A*x", wrt: "x", order: "2" });
      await shown("#shown .steps:nth-of-type(2)", "formula");
      await page.selectOption("#detail", "2");
    });

    test("the computational graph, by mouse, keyboard and screen reader", async () => {
      await open({ op: "graph", expr: "norm2(W*tanh(V*x) - y)^2", wrt: "V", var: "y: vector(m)" });
      await page.waitForSelector("#shown svg");
      const drawn = await page.$eval("#shown svg", (svg) => ({
        title: svg.querySelector("title").textContent,
        says: svg.querySelector("desc").textContent,
        nodes: [...svg.querySelectorAll(".node")].map((node) => node.getAttribute("aria-label")),
        boxes: [...svg.querySelectorAll(".node > rect, .edge > rect")].map((rect) => rect.getBBox()).map(({ x, y, width, height }) => [x, y, x + width, y + height]),
        narrow: [...svg.querySelectorAll(".node")].filter((node) => node.querySelector("text").getBBox().width > node.querySelector("rect").getBBox().width).length,
      }));
      assert.match(drawn.title, /norm2\(W\*tanh/);
      assert.match(drawn.says, /Inputs are at the top/);
      assert.equal(drawn.nodes.length, 10);
      assert.equal(drawn.nodes[5], "x6 = tanh(x5), vector(n), forward 6, reverse 5");
      assert.equal(drawn.narrow, 0);
      assert.deepEqual(overlaps(drawn.boxes), []);
      await page.focus("#shown .node[tabindex='0']");
      for (const [key, label] of [["ArrowRight", "V,"], ["ArrowDown", "x5 = V*x"], ["ArrowDown", "x6 = tanh(x5)"], ["ArrowUp", "x5 = V*x"]]) {
        await page.keyboard.press(key);
        assert.ok((await page.evaluate(() => document.activeElement.getAttribute("aria-label"))).startsWith(label), key);
      }
      await shot("graph");
      await page.click("#form-mermaid");
      await shown("#form", "flowchart TD");
      await page.click("#form-svg");
      await shown("#form", "<svg");
      assert.ok(!(await page.textContent("#form")).includes("var("));
    });

    test("the tensor networks of an expression and of its derivative", async () => {
      await page.selectOption("#picture", "network");
      await shown("#shown", "D[i,j] = 2*W[k,i]*x[j]*v1[k]*v2[i]");
      assert.equal((await page.$$("#shown svg")).length, 7);
      assert.match(page.url(), /picture=network/);
      assert.ok((await page.$$("#shown .node.leg")).length > 2);
      await shot("network");
      await page.click("#form-dot");
      await shown("#form", "graph matcalc {");
      await open({ op: "graph", expr: "x'*A*x", wrt: "x" });
      await page.waitForSelector("#shown .node.output");
    });

    test("a loop that ends at a name: the backward recursion, and the graph of one step", async () => {
      const loop = { expr: "f[0] = x; s = 0; for k = 1:K; f[k] = tanh(W*f[k-1]); s += sum(f[k]); end; s", wrt: "W" };
      await open({ op: "diff", ...loop });
      await shown("#form", "dW += u[k]*f[k-1]'");
      await shown("#badge", "exact");
      assert.deepEqual(await page.$$eval("#formula .katex-error", (all) => all.map((each) => each.textContent)), []);
      await open({ op: "graph", ...loop });
      await page.waitForSelector("#shown .loop[aria-label='for k = 1:K']");
      const drawn = await page.$eval("#shown svg", (svg) => ({
        frame: [svg.querySelector(".loop > rect")].map((rect) => rect.getBBox()).map(({ x, y, width, height }) => [x, y, x + width, y + height])[0],
        boxes: [...svg.querySelectorAll(".node > rect, .loop > text")].map((rect) => rect.getBBox()).map(({ x, y, width, height }) => [x, y, x + width, y + height]),
        high: svg.viewBox.baseVal.height,
      }));
      assert.deepEqual(overlaps(drawn.boxes), []);
      const inside = drawn.boxes.filter(([left, top, right, bottom]) => drawn.frame[0] < left && drawn.frame[1] < top && right < drawn.frame[2] && bottom < drawn.frame[3]);
      assert.equal(inside.length, 5); // four nodes and the heading
      assert.ok(drawn.frame[1] > 0 && drawn.frame[3] < drawn.high);
      await shot("loop");
    });

    test("a wrong claim", async () => {
      await open({ op: "check", expr: "x'*A*x", second: "2*A*x", wrt: "x" });
      await shown("#report", "it is right only if A is symmetric");
      await shown("#report", "(A + A')*x");
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
      for (let k = 0; k < 3; k++) await page.keyboard.press("ArrowRight");
      assert.equal(await page.getAttribute("#tab-check", "aria-selected"), "true");
      await page.selectOption("#examples", { label: "Log-determinant" });
      await shown("#form", "inv(X)'");
    });

    test("what axe looks for: names, roles, contrast", async () => {
      const questions = [
        { op: "diff", expr: "norm2(A*x - b)^2", wrt: "x", var: "b: vector(m)" },
        { op: "steps", expr: "x'*A*x", wrt: "x" },
        { op: "graph", expr: "x'*A*x", wrt: "x" },
        { op: "check", expr: "x'*A*x", second: "2*A*x", wrt: "x" },
        { op: "equal", expr: "tr(A*B)", second: "tr(B*A)" },
        { op: "diff", expr: "x*y", wrt: "x" },
      ];
      await page.evaluate(axe);
      for (const dark of [false, true]) {
        if (dark) await page.click("#theme");
        for (const asked of questions) {
          await open(asked);
          await page.waitForFunction(() => document.querySelector("#output").getAttribute("aria-busy") === "false");
          const found = await page.evaluate(async () => {
            const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
            return violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`)]);
          });
          assert.deepEqual(found, [], `${asked.op}, ${dark ? "dark" : "light"}`);
        }
      }
      await page.click("#theme");
    });

    test("on a phone, in the dark", async () => {
      await page.setViewportSize({ width: 380, height: 700 });
      await page.click("#theme");
      for (const asked of [
        { op: "diff", expr: "logdet(X)", wrt: "X" },
        { op: "steps", expr: "norm2(W*tanh(V*x))^2", wrt: "V" },
        { op: "graph", expr: "norm2(W*tanh(V*x))^2", wrt: "V" },
        { op: "graph", expr: "norm2(W*tanh(V*x))^2", wrt: "V", picture: "network" },
      ]) {
        await open(asked);
        await page.waitForFunction(() => document.querySelector("#output").getAttribute("aria-busy") === "false" && document.querySelector("#form").textContent.length > 5);
        const wide = await page.evaluate(() =>
          [...document.querySelectorAll("body *")]
            .filter((each) => !each.closest("#formula, #shown > *, #form") && each.getBoundingClientRect().right > window.innerWidth)
            .map((each) => `${each.tagName}#${each.id}.${each.className}`),
        );
        assert.deepEqual(wide, [], asked.op);
      }
      await shot("phone");
    });

    if (name === "native") {
      test("a question that takes long gives way to the newest", async () => {
        let asked = 0;
        await page.route("**/answer", (route) => (asked++ === 0 ? null : route.continue())); // the first is never answered
        await open({ op: "diff", expr: "x'*x", wrt: "x" });
        const later = ["x'*A*x", "x'*S*x"].map((expr) => link({ op: "diff", expr, wrt: "x" }));
        await page.evaluate((hashes) => hashes.forEach((hash) => (location.hash = hash)), later); // at once
        await shown("#form", "(S + S')*x");
        assert.equal(asked, 2);
        await page.unroute("**/answer");
      });
    }

    if (name === "in the page") {
      test("an engine whose memory cannot be used is imported", async () => {
        const other = await browser.newPage();
        other.setDefaultTimeout(180_000);
        const said = [];
        other.on("console", (message) => said.push(message.text()));
        await other.route("**/worker.js", async (route) => {
          const response = await route.fetch();
          await route.fulfill({ response, body: (await response.text()).replace("growMemory", "missing") });
        });
        await other.goto(served.address + link({ op: "diff", expr: "logdet(X)", wrt: "X" }));
        await other.waitForFunction(() => document.querySelector("#form").textContent === "inv(X)'");
        assert.ok(said.some((text) => text.startsWith("The engine is imported anew.")));
        await other.close();
      });
    }

    test("nothing is fetched from elsewhere", () => assert.deepEqual(elsewhere, []));
  });
}

// KaTeX sets all that the examples, the derivations of the documentation and the shared cases print.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import katex from "katex";
import { GALLERY } from "../src/gallery.js";

const web = join(import.meta.dirname, "..");
const python = process.env.MATCALC_PYTHON ?? "python3";
const cases = process.env.CASES ?? join(web, "../../shared/cases/cases.jsonl");
const STRICT = { displayMode: true, throwOnError: true, strict: "error" };

const printed = execFileSync(python, [join(web, "formulas.py"), cases], { input: JSON.stringify(GALLERY), maxBuffer: 1e8 });

test("every formula is set, with no error and no warning", () => {
  const formulas = JSON.parse(printed);
  assert.ok(formulas.length > 500, "answers have formulas");
  const wrong = formulas.flatMap(([where, formula]) => {
    try {
      katex.renderToString(formula, STRICT);
      return [];
    } catch (problem) {
      return [`${where}: ${formula}: ${problem.message}`];
    }
  });
  assert.deepEqual(wrong, []);
});

test("what KaTeX does not know is found", () => {
  assert.throws(() => katex.renderToString("\\operatorname{tr}(\\unknown)", STRICT));
});

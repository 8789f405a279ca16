import katex from "katex";
import { asFile, draw, drawNetworks } from "./drawing.js";
import { makeEditor } from "./editor.js";
import { Cancelled, chooseEngine } from "./engine.js";
import { GALLERY } from "./gallery.js";
import { fixesOf } from "./hints.js";
import { derivation } from "./steps.js";

const KINDS = [
  "scalar", "positive", "vector", "matrix", "tensor", "symmetric", "psd", "diagonal", "orthogonal", "skew",
  "triangular", "upper", "tridiagonal", "banded", "toeplitz", "circulant", "hankel", "invertible", "simplex", "onehot", "orthonormal", "sphere",
];
const COMPLEX_KINDS = ["complex scalar", "complex vector", "complex matrix", "complex hermitian", "complex psd"];
const TABS = ["diff", "steps", "graph", "check", "simplify", "equal"];
// what an answer is copied as: its key there, and what the button says
const FORMULA = [["text", "Text"], ["latex", "LaTeX"], ["code", "Code"]];
const FORMS = {
  diff: FORMULA,
  simplify: FORMULA,
  steps: [["report", "Text"], ["steps", "LaTeX"], ["code", "Markdown"]],
  graph: [["report", "Text"], ["dot", "Graphviz"], ["mermaid", "Mermaid"], ["svg", "SVG"]],
};
// the options of each tab
const OPTIONS = {
  wrt: ["diff", "steps", "graph", "check"],
  order: ["diff", "steps", "check"],
  layout: ["diff", "check"],
  detail: ["steps"],
  picture: ["graph"],
};
const SECOND = { check: "Claimed derivative", equal: "Another expression" };
const PATIENCE = 400; // ms without a key after which what is half typed is called wrong
const SLOW = 800; // ms after which an answer can be cancelled
const HOW_TO_READ =
  "Inputs are at the top, the value is at the bottom; local derivatives stand on the arrows. The text below says the same.";

const find = (id) => document.getElementById(id);
const state = { op: "diff", form: "text", declared: {}, known: {}, answer: null, backend: "numpy" };
let engine = null;
let asked = 0;
let timer = 0;
let typed = -PATIENCE; // when the last key was pressed
let complaint = 0;

const expression = makeEditor(find("expression"), "label-expression", later);
const second = makeEditor(find("second"), "label-second", later);

function later() {
  typed = performance.now();
  clearTimeout(timer);
  timer = setTimeout(ask); // of questions that wait, the engine answers the newest
}

function question() {
  const key = state.op === "check" ? "claim" : "other";
  return {
    op: state.op,
    expression: expression.text,
    latex: find("latex").checked,
    variables: state.declared,
    wrt: find("wrt").value || null,
    order: Number(find("order").value),
    layout: find("layout").value,
    detail: Number(find("detail").value),
    picture: find("picture").value,
    forms: state.form === "code" ? ["latex", "code"] : ["latex"],
    backend: state.backend,
    ...(SECOND[state.op] ? { [key]: second.text } : {}),
  };
}

async function ask() {
  clearTimeout(timer);
  clearTimeout(complaint);
  if (!engine) return;
  remember();
  if (!expression.text.trim() || (SECOND[state.op] && !second.text.trim())) {
    show(null);
    return;
  }
  const number = ++asked;
  find("output").setAttribute("aria-busy", "true");
  const slow = setTimeout(() => (find("cancel").hidden = false), SLOW);
  try {
    const answer = await engine.ask(question());
    if (number === asked) present(answer);
  } catch (problem) {
    if (number === asked && problem instanceof Cancelled) {
      find("output").setAttribute("aria-busy", "false");
    } else if (number === asked) {
      present({ ok: false, error: { message: String(problem.message), hint: "", span: null } });
    }
  } finally {
    clearTimeout(slow);
    if (number === asked) find("cancel").hidden = true;
  }
}

// an answer at once, an error once nobody types any more
function present(answer) {
  const rest = answer.ok ? 0 : typed + PATIENCE - performance.now();
  const finish = () => {
    show(answer);
    find("output").setAttribute("aria-busy", "false");
  };
  if (rest <= 0) finish();
  else complaint = setTimeout(finish, rest);
}

function show(answer) {
  state.answer = answer?.ok ? answer : null;
  showError(answer && !answer.ok ? answer.error : null);
  showResult(state.answer);
  if (state.answer?.variables) {
    state.known = state.answer.variables;
    showVariables(state.known, state.answer.wrt);
  } else if (answer && !answer.ok) showVariables({ ...stillThere(), ...state.declared });
}

// the variables of the last answer that an expression still has; the table does not come and go as one types
function stillThere() {
  const words = new Set(expression.text.match(/[\p{L}_][\p{L}\p{N}_]*/gu));
  return Object.fromEntries(Object.entries(state.known).filter(([name]) => words.has(name)));
}

function showError(error) {
  const box = find("error");
  const inSecond = Boolean(error?.source) && error.source === second.text && error.source !== expression.text;
  expression.mark(inSecond ? null : error?.span, error?.message);
  second.mark(inSecond ? error.span : null, error?.message);
  box.hidden = !error;
  box.replaceChildren();
  if (!error) return;
  const message = document.createElement("p");
  message.textContent = error.message;
  box.append(message);
  if (error.hint) {
    const hint = document.createElement("p");
    hint.className = "hint";
    hint.textContent = `Hint: ${error.hint}`;
    box.append(hint);
  }
  for (const fix of fixesOf(error, inSecond ? second.text : expression.text)) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = fix.label;
    button.onclick = () => {
      for (const [name, kind] of fix.declarations ?? []) state.declared[name] = kind;
      if (fix.span) (inSecond ? second : expression).replace(...fix.span, fix.insert);
      ask();
      expression.focus();
    };
    box.append(button);
  }
}

function showResult(answer) {
  const formula = find("formula");
  formula.replaceChildren();
  formula.hidden = !(answer?.latex || answer?.text) || Boolean(answer.typeset || answer.picture || answer.networks);
  const forms = FORMS[state.op];
  find("forms").hidden = !(forms && answer);
  find("report").hidden = Boolean(forms) || !answer?.report;
  find("report").textContent = answer?.report ?? "";
  if (answer?.latex) typeset(formula, equation(answer));
  else if (answer?.text) formula.textContent = answer.text;
  showDrawn(answer);
  showBadge(answer);
  const notes = find("notes");
  notes.hidden = !answer?.notes?.length;
  notes.replaceChildren(
    ...(answer?.notes ?? []).map((note) => {
      const item = document.createElement("li");
      item.textContent = note.replace(/^note: /, "");
      return item;
    }),
  );
  if (answer?.backends) {
    find("backend").replaceChildren(...answer.backends.map((each) => new Option(each, each, false, each === state.backend)));
  }
  showForms();
}

// steps and pictures
function showDrawn(answer) {
  const box = find("shown");
  const isDrawn = Boolean(answer?.picture || answer?.networks);
  box.hidden = !(answer?.typeset || isDrawn);
  box.className = isDrawn ? "drawing" : "";
  box.setAttribute("aria-label", isDrawn ? "Picture" : "Steps");
  box.replaceChildren();
  if (answer?.typeset) box.append(...derivation(answer.typeset));
  if (answer?.networks) box.append(...drawNetworks(answer.networks));
  if (!answer?.picture) return;
  const drawing = draw(answer.picture, `Computational graph of ${expression.text}`, HOW_TO_READ);
  box.append(drawing);
  answer.svg = asFile(drawing);
}

function showBadge(answer) {
  const badge = find("badge");
  const verdict = answer?.verdict ?? answer?.verification?.kind;
  badge.hidden = !verdict;
  badge.className = verdict ?? "";
  const how = answer?.verification;
  badge.textContent = how ? (how.kind === "none" ? how.text : `verified: ${how.text}`) : (verdict ?? "");
}

function equation(answer) {
  if (!answer.expression) return answer.latex;
  if (!answer.wrt) return stated(answer.expression, answer.latex);
  const times = find("order").value === "2" ? "^{2}" : "";
  const wrt = find("latex").checked ? answer.wrt : answer.wrt.replace(/_/g, "\\_");
  return stated(`\\frac{\\partial${times}}{\\partial ${wrt}${times}} \\left(${answer.expression}\\right)`, answer.latex);
}

// an equation; the names of parts, which stand in lines above a value, stay there
function stated(left, latex) {
  const lines = /^\\begin\{aligned\}\n([^]*)\n\\end\{aligned\}$/.exec(latex)?.[1].split(" \\\\\n") ?? [""];
  const value = lines.pop();
  if (!/^&(?!=)/.test(value)) return `${left} = ${latex}`;
  return `\\begin{aligned}\n${[...lines, `${left} &= ${value.slice(1)}`].join(" \\\\\n")}\n\\end{aligned}`;
}

function typeset(element, latex) {
  katex.render(latex, element, { displayMode: true, throwOnError: false, output: "htmlAndMathml" });
}

// the forms that this answer has; its code is asked for when one looks at it
const isLater = (key, answer) => key === "code" && Boolean(answer?.backends) && !(key in answer);
const formsOf = (answer) => (FORMS[state.op] ?? []).filter(([key]) => key in (answer ?? {}) || isLater(key, answer));

// the buttons of the forms that this answer has
function showForms() {
  const forms = formsOf(state.answer);
  if (!forms.some(([key]) => key === state.form)) state.form = forms[0]?.[0] ?? state.form;
  const bar = find("form-tabs");
  const shown = String(forms.map(([key]) => key));
  if (bar.dataset.shown !== shown) {
    bar.dataset.shown = shown;
    bar.replaceChildren(
      ...forms.map(([key, label]) => {
        const button = document.createElement("button");
        button.id = `form-${key}`;
        button.type = "button";
        button.textContent = label;
        button.setAttribute("role", "tab");
        button.setAttribute("aria-controls", "form");
        return button;
      }),
    );
    arrows(forms.map(([key]) => `form-${key}`), (id) => chooseForm(id.slice(5)));
  }
  chooseForm(state.form);
}

function chooseForm(form) {
  state.form = form;
  for (const [key] of formsOf(state.answer)) {
    find(`form-${key}`).setAttribute("aria-selected", String(key === form));
    find(`form-${key}`).tabIndex = key === form ? 0 : -1;
  }
  find("form").setAttribute("aria-labelledby", `form-${form}`);
  find("option-backend").hidden = !(form === "code" && state.answer?.backends);
  find("form").dataset.op = state.op;
  const text = state.answer?.[form] ?? "";
  const isComing = isLater(form, state.answer);
  const lacking = state.answer?.lacking?.[form] ?? "There is no such form of this result.";
  find("form").textContent = text || (isComing ? "…" : lacking);
  find("copy").disabled = !text;
  if (isComing) ask();
}

function showVariables(variables, wrt) {
  const names = Object.keys(variables);
  const select = find("wrt");
  const chosen = wrt ?? select.value;
  const choices = chosen && !names.includes(chosen) ? [...names, chosen] : names;
  select.replaceChildren(...choices.map((name) => new Option(name, name, false, name === chosen)));
  const active = document.activeElement?.id;
  const table = find("variables");
  table.hidden = names.length === 0;
  table.tBodies[0].replaceChildren(...names.map((name) => row(name, variables[name])));
  if (active?.startsWith("kind-") || active?.startsWith("size-")) find(active)?.focus();
}

function row(name, declaration) {
  const [, kind, size] = /^((?:complex )?\w+)(?:\((.*)\))?$/.exec(declaration) ?? [null, "", declaration];
  const line = document.createElement("tr");
  const head = document.createElement("th");
  head.scope = "row";
  head.textContent = name;
  const choices = [...KINDS, ...COMPLEX_KINDS];
  const kinds = document.createElement("select");
  kinds.id = `kind-${name}`;
  kinds.setAttribute("aria-label", `kind of ${name}`);
  kinds.append(...(choices.includes(kind) ? choices : [...choices, kind]).map((each) => new Option(each, each, false, each === kind)));
  const sizes = document.createElement("input");
  sizes.id = `size-${name}`;
  sizes.setAttribute("aria-label", `size of ${name}`);
  sizes.value = size ?? "";
  sizes.size = 8;
  sizes.disabled = kind.endsWith("scalar");
  const declare = (kind, size) => {
    state.declared[name] = size ? `${kind}(${size})` : kind;
    ask();
  };
  kinds.onchange = () => declare(kinds.value, fitting(kinds.value, sizes.value));
  sizes.onchange = () => declare(kinds.value, sizes.value.trim());
  const from = document.createElement("td");
  if (name in state.declared) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "declared ×";
    button.setAttribute("aria-label", `declared ×: forget the declaration of ${name}`); // begins with what is seen
    button.onclick = () => {
      delete state.declared[name];
      ask();
    };
    from.append(button);
  } else {
    from.textContent = "inferred";
  }
  const cells = [kinds, sizes].map((element) => {
    const cell = document.createElement("td");
    cell.append(element);
    return cell;
  });
  line.append(head, ...cells, from);
  return line;
}

// the sizes that a kind takes, of those that were there; left to inference where they do not fit
function fitting(kind, size) {
  const sizes = size.split(",").map((each) => each.trim()).filter(Boolean);
  if (kind.endsWith("scalar") || kind === "positive") return "";
  if (kind === "banded") return `${sizes[0] ?? "n"}, ${/^[2-9]$/.test(sizes[1]) ? sizes[1] : 2}`;
  const wanted = ["matrix", "complex matrix", "orthonormal"].includes(kind) ? 2 : 1;
  return sizes.length >= wanted ? sizes.slice(0, wanted).join(", ") : "";
}

function choose(op) {
  if (op !== state.op) show(null); // what is shown answers another question
  state.op = op;
  for (const tab of TABS) {
    const button = find(`tab-${tab}`);
    button.setAttribute("aria-selected", String(tab === op));
    button.tabIndex = tab === op ? 0 : -1;
  }
  find("panel").setAttribute("aria-labelledby", `tab-${op}`);
  find("field-second").hidden = !SECOND[op];
  find("label-second").textContent = SECOND[op] ?? "";
  for (const [option, tabs] of Object.entries(OPTIONS)) find(`option-${option}`).hidden = !tabs.includes(op);
  ask();
}

// the address carries the input
function remember() {
  const query = new URLSearchParams();
  const { op, variables, latex, order, layout, detail, picture, wrt } = question();
  query.set("op", op);
  query.set("expr", expression.text);
  if (SECOND[op]) query.set("second", second.text);
  if (wrt) query.set("wrt", wrt);
  if (latex) query.set("latex", "1");
  if (order !== 1) query.set("order", String(order));
  if (layout !== "mixed") query.set("layout", layout);
  if (op === "steps" && detail !== 2) query.set("detail", String(detail));
  if (op === "graph" && picture !== "graph") query.set("picture", picture);
  for (const [name, kind] of Object.entries(variables)) query.append("var", `${name}: ${kind}`);
  window.history.replaceState(null, "", `#${query}`);
}

function recall(query) {
  const declared = query.getAll("var").map((line) => line.split(/:\s*(.*)/s).slice(0, 2));
  state.declared = Object.fromEntries(declared);
  find("latex").checked = query.get("latex") === "1";
  for (const [option, usual] of [["order", "1"], ["layout", "mixed"], ["detail", "2"], ["picture", "graph"]]) {
    const given = query.get(option);
    find(option).value = [...find(option).options].some(({ value }) => value === given) ? given : usual;
  }
  const wrt = query.get("wrt") ?? "";
  find("wrt").replaceChildren(new Option(wrt, wrt, false, true));
  expression.text = query.get("expr") ?? "";
  second.text = query.get("second") ?? "";
  choose(TABS.includes(query.get("op")) ? query.get("op") : "diff");
}

function arrows(ids, use) {
  ids.forEach((id, place) => {
    find(id).onclick = () => use(id);
    find(id).onkeydown = ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (!step) return;
      const next = ids[(place + step + ids.length) % ids.length];
      use(next);
      find(next).focus();
    };
  });
}

function setTheme(dark) {
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  find("theme").setAttribute("aria-pressed", String(dark));
}

// what was chosen stays, where the browser keeps anything
function chooseTheme() {
  const dark = document.documentElement.dataset.theme !== "dark";
  setTheme(dark);
  try {
    localStorage.setItem("theme", dark ? "dark" : "light");
  } catch {
    // storage is switched off
  }
}

function rememberedTheme() {
  try {
    return localStorage.getItem("theme");
  } catch {
    return null;
  }
}

arrows(TABS.map((op) => `tab-${op}`), (id) => choose(id.slice(4)));
for (const id of [...Object.keys(OPTIONS), "latex"]) find(id).onchange = ask;
find("backend").onchange = ({ target }) => {
  state.backend = target.value;
  ask();
};
find("copy").onclick = async () => {
  await navigator.clipboard.writeText(find("form").textContent);
  find("copy").textContent = "Copied";
  setTimeout(() => (find("copy").textContent = "Copy"), 1500);
};
find("cancel").onclick = () => engine.cancel();
find("theme").onclick = chooseTheme;
setTheme((rememberedTheme() ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark");
find("examples").append(...GALLERY.map((each, place) => new Option(each.name, String(place))));
find("examples").onchange = ({ target }) => {
  const example = GALLERY[Number(target.value)];
  if (target.value === "" || !example) return;
  const op = SECOND[state.op] ? "diff" : state.op;
  const query = new URLSearchParams({ op, expr: example.expression, wrt: example.wrt });
  if (example.latex) query.set("latex", "1");
  if (example.order) query.set("order", String(example.order));
  for (const [name, kind] of Object.entries(example.variables ?? {})) query.append("var", `${name}: ${kind}`);
  recall(query);
};
window.onhashchange = () => recall(new URLSearchParams(location.hash.slice(1)));

engine = await chooseEngine((text, ready) => {
  find("engine").textContent = text;
  find("engine").dataset.ready = String(ready);
});
const given = location.hash.length > 1 ? location.hash.slice(1) : "op=diff&expr=tr(A*X'*B*X*C)&wrt=X";
recall(new URLSearchParams(given));
expression.focus();

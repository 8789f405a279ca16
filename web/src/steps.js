// A derivation, typeset: one line below the other, the identity beside it, its source at the end.
import katex from "katex";

function make(name, className, ...children) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

function formula(latex, displayMode = false) {
  const element = make("span", "");
  katex.render(displayMode ? `\\displaystyle ${latex}` : latex, element, { throwOnError: false, output: "htmlAndMathml" });
  return element;
}

export function derivation({ chains, sources }) {
  const cited = sources.map(({ number, identity, source }) => {
    const item = make("li", "", make("code", "", identity), ` ${source}`);
    item.id = `source-${number}`;
    item.value = number;
    return item;
  });
  return [...chains.flatMap(chain), ...(cited.length ? [make("h2", "", "Sources"), make("ol", "sources", ...cited)] : [])];
}

function chain({ lines, closing }) {
  const body = make("tbody", "", ...lines.flatMap(rows));
  const caption = make("caption", "", "Derivation in differentials");
  const head = make("tr", "", make("th", "", ""), make("th", "", "formula"), make("th", "", "because"));
  head.children[0].append(make("span", "unseen", "left side"));
  for (const cell of head.children) cell.scope = "col";
  const table = make("table", "steps", caption, make("thead", "", head), body);
  return [table, ...closing.map((said) => make("p", "closing", said))];
}

function rows({ words, left, formula: shown, reasons }) {
  const why = make("td", "why", ...reasons.flatMap(reason));
  if (!words) return [make("tr", "", make("td", "left", formula(`${left || "{}"} =`, true)), make("td", "right", formula(shown, true)), why)];
  const said = make("td", "words", words);
  said.colSpan = 3;
  return [make("tr", "", said), make("tr", "answer", make("td", "left"), make("td", "right", formula(shown, true)), why)];
}

function reason({ latex, source }, place) {
  const shown = [...(place ? [", "] : []), formula(latex)];
  if (!source) return shown;
  const link = make("a", "", `[${source}]`);
  link.href = `#source-${source}`;
  link.onclick = (event) => {
    event.preventDefault(); // the address carries the input
    document.getElementById(`source-${source}`).scrollIntoView({ block: "nearest" });
  };
  return [...shown, " ", link];
}

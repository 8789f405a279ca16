// What a hint of the engine offers to do, as buttons: declarations, the spelling of a name, and what
// to write instead of what stands at the place of the error.

const DECLARATION = /\b([A-Za-zΑ-ω]\w*): ((?:[a-z]+)(?:\([^()]*(?:\([^()]*\)[^()]*)*\))?)/gu;
const OPEN = "([{";
const CLOSED = ")]}";

export function fixesOf(error, text) {
  const fixes = [];
  const meant = /^did you mean (\w+)\?$/.exec(error.hint);
  if (meant && error.span) fixes.push({ label: `write ${meant[1]}`, span: error.span, insert: meant[1] });
  const missing = /^the text ends, but ([)\]}]) is missing$/.exec(error.message);
  if (missing && error.source === text) fixes.push({ label: `write ${text.trimEnd()}${missing[1]}`, span: [text.trimEnd().length, text.length], insert: missing[1] });
  if (error.span && error.source === text) fixes.push(...replacements(error, text));
  for (const part of error.hint.split(/; or declare | or declare |declare /).slice(1)) {
    for (const choice of part.split(/ or /)) {
      const declarations = [...choice.matchAll(DECLARATION)].map(([, name, kind]) => [name, kind]);
      if (declarations.length) {
        fixes.push({ label: `declare ${declarations.map((d) => d.join(": ")).join(", ")}`, declarations });
      }
    }
  }
  return fixes;
}

// "write x'*y for the inner product, x*y' for the outer product": each stands for the part of the text
// around the place that has the same letters and numbers
function replacements({ hint, span }, text) {
  const found = [];
  for (const clause of hint.split(/;\s*/)) {
    const offered = /^(?:or )?write (.*)$/s.exec(clause)?.[1];
    for (const each of offered ? parts(offered) : []) {
      const [, insert, meaning] = /^(.*?)(?: (?:for|if it is) (.*)| (entry by entry))?$/s.exec(each).map((part) => part?.trim());
      const place = insert && matching(insert, text, span);
      if (place && insert !== text.slice(...place)) {
        const why = meaning ?? /entry by entry$/.exec(each)?.[0];
        found.push({ label: `write ${insert}${why ? ` (${why})` : ""}`, span: place, insert });
      }
    }
  }
  return found;
}

// what commas and "or" outside of brackets separate
function parts(text) {
  const found = [];
  let depth = 0;
  let start = 0;
  for (let k = 0; k < text.length; k++) {
    if (OPEN.includes(text[k])) depth++;
    else if (CLOSED.includes(text[k])) depth--;
    const parting = depth ? null : /^(?:, (?:or )?| or )/.exec(text.slice(k));
    if (!parting) continue;
    found.push(text.slice(start, k));
    start = k + parting[0].length;
    k = start - 1;
  }
  return [...found, text.slice(start)];
}

const letters = (text) => text.replace(/[^\p{L}\p{N}]/gu, "");

// the shortest part of the text around a place with the letters of another, and with all its brackets
function matching(other, text, [from, to]) {
  const wanted = letters(other);
  if (!wanted) return null;
  let best = null;
  for (let start = from; start >= 0; start--) {
    for (let end = Math.max(to, start + 1); end <= text.length; end++) {
      const part = text.slice(start, end);
      if (letters(part).length > wanted.length) break;
      if (letters(part) !== wanted || !isBalanced(part)) continue;
      if (!best || part.length < best[1] - best[0]) best = [start, end];
    }
    if (letters(text.slice(start, to)).length > wanted.length) break;
  }
  return best;
}

function isBalanced(text) {
  const open = [];
  for (const sign of text) {
    if (OPEN.includes(sign)) open.push(sign);
    else if (CLOSED.includes(sign) && open.pop() !== OPEN[CLOSED.indexOf(sign)]) return false;
  }
  return open.length === 0;
}

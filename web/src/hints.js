// What a hint of the engine offers to do, as buttons: declarations, and the spelling of a name.

const DECLARATION = /\b([A-Za-zΑ-ω]\w*): ((?:[a-z]+)(?:\([^()]*(?:\([^()]*\)[^()]*)*\))?)/gu;

export function fixesOf(error) {
  const fixes = [];
  for (const part of error.hint.split(/; or declare | or declare |declare /).slice(1)) {
    for (const choice of part.split(/ or /)) {
      const declarations = [...choice.matchAll(DECLARATION)].map(([, name, kind]) => [name, kind]);
      if (declarations.length) {
        fixes.push({ label: `declare ${declarations.map((d) => d.join(": ")).join(", ")}`, declarations });
      }
    }
  }
  const meant = /^did you mean (\w+)\?$/.exec(error.hint);
  if (meant && error.span) fixes.push({ label: `write ${meant[1]}`, span: error.span, insert: meant[1] });
  return fixes;
}

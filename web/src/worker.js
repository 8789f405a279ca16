// The engine in the page: Pyodide runs the wheel that people install, unchanged.
import { loadPyodide } from "./pyodide/pyodide.mjs";

const ASK = `
import json
from matcalc.web.answer import answer
lambda question: json.dumps(answer(json.loads(question)))
`;

async function load() {
  const [pyodide, wheel] = await Promise.all([
    loadPyodide({ indexURL: new URL("pyodide/", import.meta.url).href }),
    fetch(new URL("matcalc.whl", import.meta.url)).then((response) => response.arrayBuffer()),
  ]);
  const folder = pyodide.runPython("import site; site.getsitepackages()[0]");
  pyodide.unpackArchive(wheel, "zip", { extractDir: folder });
  return pyodide.runPython(ASK);
}

try {
  const ask = await load();
  self.onmessage = ({ data }) => {
    try {
      self.postMessage({ answer: JSON.parse(ask(JSON.stringify(data))) });
    } catch (problem) {
      self.postMessage({ problem: String(problem.message ?? problem).trim().split("\n").at(-1) });
    }
  };
  self.postMessage({ ready: true });
} catch (problem) {
  self.postMessage({ failed: String(problem.message ?? problem) });
}

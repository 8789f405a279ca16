// The engine in the page: Pyodide runs the wheel that people install, unchanged. What it loads is a
// file with the wheel's files and the memory of a Python that has imported them (web/snapshot.mjs).
import { loadPyodide } from "./pyodide/pyodide.mjs";

const indexURL = new URL("pyodide/", import.meta.url).href;
const IMPORT = `
import json
from matcalc.web.answer import answer
from matcalc.web.warm import DERIVATIVES
def ask(question): return json.dumps(answer(json.loads(question)))
`;
const PAUSE = 50; // ms in which a question of the user comes first
const TRIAL = JSON.stringify({ op: "diff", expression: "x'*x", wrt: "x", forms: ["latex"] });

async function load() {
  const loading = engineFile();
  try {
    return await remembered(loading);
  } catch (problem) {
    console.warn("The engine is imported anew.", problem);
    const python = await loadPyodide({ indexURL });
    write(python.FS, (await loading).files);
    python.runPython(IMPORT);
    return python;
  }
}

// A Python with the memory of the file, which comes while Python itself is compiled. Pyodide has no
// option for that, so what it restores is replaced. Its memory grows to the size first, and where
// this browser calls through a trampoline of its own is put back.
async function remembered(loading) {
  const { default: createPyodideModule } = await import("./pyodide/pyodide.asm.mjs");
  let module = null;
  let trampoline = 0;
  const python = await loadPyodide({
    indexURL,
    _loadSnapshot: new Uint8Array(0),
    createPyodideModule: async (settings) => {
      module = await createPyodideModule(settings);
      trampoline = module.HEAP32[whereTrampoline(module)];
      const { memory } = await loading;
      const restore = module.API.restoreSnapshot;
      module.growMemory(memory.length);
      module.API.restoreSnapshot = () => restore(memory);
      return module;
    },
  });
  module.HEAP32[whereTrampoline(module)] = trampoline;
  write(python.FS, (await loading).files);
  if (!JSON.parse(python.globals.get("ask")(TRIAL)).ok) throw new Error("the trial was not answered");
  return python;
}

const whereTrampoline = (module) =>
  (module.__PyRuntime + module.HEAP32[module.__PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET / 4]) / 4;

async function engineFile() {
  const { body } = await fetch(new URL("engine.bin", import.meta.url));
  const data = await new Response(body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  let start = 4 + new DataView(data).getUint32(0, true);
  const next = (length) => new Uint8Array(data, (start += length) - length, length);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, start - 4)));
  return { memory: next(header.memory), files: header.files.map(([path, length]) => [path, next(length)]) };
}

function write(FS, files) {
  const folders = new Set(files.map(([path]) => path.slice(0, path.lastIndexOf("/"))));
  folders.forEach((folder) => FS.mkdirTree(folder));
  for (const [path, data] of files) FS.writeFile(path, data, { canOwn: true });
}

// While nobody asks, a question of each kind: the browser compiles what runs often into faster code.
function warmUp(ask, questions) {
  const next = () => {
    if (!questions.length) return;
    ask(JSON.stringify(questions.shift()));
    setTimeout(next, PAUSE);
  };
  setTimeout(next, PAUSE);
}

try {
  const python = await load();
  const ask = python.globals.get("ask");
  self.onmessage = ({ data }) => {
    try {
      self.postMessage({ answer: JSON.parse(ask(JSON.stringify(data))) });
    } catch (problem) {
      self.postMessage({ problem: String(problem.message ?? problem).trim().split("\n").at(-1) });
    }
  };
  self.postMessage({ ready: true });
  warmUp(ask, JSON.parse(python.runPython("json.dumps(DERIVATIVES)")));
} catch (problem) {
  self.postMessage({ failed: String(problem.message ?? problem) });
}

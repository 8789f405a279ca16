// The engine as the page loads it, in one file: the wheel's files, and the memory of a Python that
// has imported them and answered some questions. Loading the memory takes a tenth of the time.
//
//   file   = gzip(length of the header, in four bytes; header; memory; files)
//   header = { memory: length, files: [[path, length], ...] }, padded with spaces
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const ALIGNED = 16; // the memory is read in words
const PACKAGES = "import site; site.getsitepackages()[0]";
const COMPILE = `
import compileall, py_compile, site
compileall.compile_dir(
    site.getsitepackages()[0], quiet=1, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH
)
`;

export async function engineFile(pyodide, wheel) {
  const { loadPyodide } = await import(pathToFileURL(join(pyodide, "pyodide.mjs")).href);
  // compiled in a Python of its own: what the compiler leaves in the memory would be in the file
  const compiler = await loadPyodide();
  const folder = compiler.runPython(PACKAGES);
  compiler.unpackArchive(new Uint8Array(readFileSync(wheel)).buffer, "zip", { extractDir: folder });
  const files = read(compiler.FS, folder);
  compiler.runPython(COMPILE);
  const compiled = read(compiler.FS, folder);

  const python = await loadPyodide({ _makeSnapshot: true });
  write(python.FS, compiled);
  python.runPython(readFileSync(join(import.meta.dirname, "warm.py"), "utf-8"));
  return container(python.makeMemorySnapshot(), files);
}

function container(memory, files) {
  const header = JSON.stringify({ memory: memory.length, files: files.map(([path, data]) => [path, data.length]) });
  const room = Math.ceil((4 + header.length) / ALIGNED) * ALIGNED - 4;
  const length = new Uint8Array(new Uint32Array([room]).buffer);
  const parts = [length, Buffer.from(header.padEnd(room)), memory, ...files.map(([, data]) => data)];
  return gzipSync(Buffer.concat(parts), { level: 9 });
}

function read(FS, folder) {
  const found = [];
  for (const name of FS.readdir(folder).filter((each) => ![".", ".."].includes(each)).sort()) {
    const path = `${folder}/${name}`;
    if (FS.isDir(FS.stat(path).mode)) found.push(...read(FS, path));
    else if (!path.includes("/web/page/")) found.push([path, FS.readFile(path)]);
  }
  return found;
}

function write(FS, files) {
  const folders = new Set(files.map(([path]) => path.slice(0, path.lastIndexOf("/"))));
  folders.forEach((folder) => FS.mkdirTree(folder));
  for (const [path, data] of files) FS.writeFile(path, data, { canOwn: true });
}

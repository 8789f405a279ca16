import{loadPyodide as r}from"./pyodide/pyodide.mjs";var o=`
import json
from matcalc.web.answer import answer
lambda question: json.dumps(answer(json.loads(question)))
`;async function n(){let[e,t]=await Promise.all([r({indexURL:new URL("pyodide/",import.meta.url).href}),fetch(new URL("matcalc.whl",import.meta.url)).then(a=>a.arrayBuffer())]),s=e.runPython("import site; site.getsitepackages()[0]");return e.unpackArchive(t,"zip",{extractDir:s}),e.runPython(o)}try{let e=await n();self.onmessage=({data:t})=>{try{self.postMessage({answer:JSON.parse(e(JSON.stringify(t)))})}catch(s){self.postMessage({problem:String(s.message??s).trim().split(`
`).at(-1)})}},self.postMessage({ready:!0})}catch(e){self.postMessage({failed:String(e.message??e)})}

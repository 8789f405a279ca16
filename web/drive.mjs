import { chromium } from "playwright-core"; import {spawn} from "node:child_process"; import {createServer} from "node:http"; import {readFile} from "node:fs/promises"; import {extname,join} from "node:path"; import { performance } from "node:perf_hooks";
const TYPES={".html":"text/html",".js":"text/javascript",".mjs":"text/javascript",".css":"text/css",".wasm":"application/wasm",".json":"application/json",".woff2":"font/woff2"};
const mode=process.argv[2], list=process.argv[3];
let address, stop;
if(mode==="native"){const s=spawn("/tmp/venv/bin/python",["-m","matcalc","web","--no-browser"],{env:{...process.env,PYTHONPATH:"/tmp/wt/dd"},stdio:["ignore","pipe","inherit"]});address=await new Promise(r=>s.stdout.once("data",l=>r(String(l).trim())));stop=()=>s.kill();}
else{const prefix="/some/folder/";const s=createServer(async(q,r)=>{const p=new URL(q.url,"http://s").pathname;try{if(!p.startsWith(prefix))throw 0;const f=p.slice(prefix.length)||"index.html";const b=await readFile(join("/tmp/wt/dd/web/site",f));r.writeHead(200,{"Content-Type":TYPES[extname(f)]??"application/octet-stream"});r.end(b)}catch{r.writeHead(404).end()}});await new Promise(r=>s.listen(8765,"127.0.0.1",r));address="http://127.0.0.1:8765"+prefix;stop=()=>s.close();}
const browser=await chromium.launch({executablePath:"/usr/bin/chromium",args:["--no-sandbox","--disable-gpu"]});
const cases=JSON.parse(await readFile(list,"utf8"));
const out=[];
for(const c of cases){
  const t0=performance.now();
  const page=await browser.newPage({viewport:{width:c.width??1000,height:c.height??800},colorScheme:c.dark?"dark":"light",hasTouch:!!c.phone,isMobile:!!c.phone});
  page.setDefaultTimeout(120000);
  const errors=[];page.on("pageerror",e=>errors.push(String(e)));page.on("console",m=>{if(m.type()==="error"||m.type()==="warning")errors.push(m.text().slice(0,200))});
  await page.goto(address+"#"+new URLSearchParams(c.q).toString()+((c.vars??[]).map(v=>"&var="+encodeURIComponent(v)).join("")));
  await page.waitForSelector("#engine[data-ready='true']");const t1=performance.now();
  await page.waitForFunction(()=>document.getElementById("output").getAttribute("aria-busy")==="false");
  const t2=performance.now();
  if(c.form)await page.click("#form-"+c.form).catch(()=>{});
  if(c.wait)await page.waitForTimeout(c.wait);
  const text=await page.evaluate(()=>({error:document.getElementById("error").innerText,badge:document.getElementById("badge").innerText,form:document.getElementById("form").textContent.slice(0,400),report:document.getElementById("report").textContent.slice(0,300),shown:document.getElementById("shown").innerText.slice(0,200),wide:document.documentElement.scrollWidth-document.documentElement.clientWidth,notes:document.getElementById("notes").innerText}));
  await page.screenshot({path:`/tmp/dd_shots/${c.name}-${mode}.png`,fullPage:!!c.full});
  out.push({name:c.name,ready:Math.round(t1-t0),answer:Math.round(t2-t1),errors,...text});
  await page.close();
}
console.log(JSON.stringify(out,null,1));
await browser.close();stop();process.exit(0);

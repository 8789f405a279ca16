// Two engines behind one interface: ask(question) gives a promise of the answer, cancel() drops it.
// The native one is `matcalc web`; the other is the wheel in a worker, compiled to WebAssembly.

const PATIENCE = 300; // ms that a question waits for the one before it

export async function chooseEngine(report) {
  try {
    const response = await fetch("engine", { cache: "no-store" });
    if (response.ok && (await response.json()).engine === "native") {
      report("The engine runs on this machine.", true);
      return new NativeEngine();
    }
  } catch {
    // no server behind the page
  }
  return new WorkerEngine(report);
}

export class Cancelled extends Error {}

// One question is answered at a time. The newest waits for it; those between are dropped.
class Engine {
  isReady = true;
  running = null;
  next = null;

  ask(question) {
    return new Promise((resolve, reject) => {
      this.next?.reject(new Cancelled());
      this.next = { question, resolve, reject };
      this.proceed();
    });
  }

  proceed() {
    if (!this.isReady || this.running || !this.next) return;
    this.running = this.next;
    this.next = null;
    this.send(this.running.question);
  }

  receive(answer, problem) {
    const { resolve, reject } = this.running;
    this.running = null;
    if (problem) reject(new Error(problem));
    else resolve(answer);
    this.proceed();
  }

  // drops what is answered; a question that waits is the next
  cancel() {
    if (!this.running) return;
    this.running.reject(new Cancelled());
    this.running = null;
    this.stop();
    this.proceed();
  }
}

class NativeEngine extends Engine {
  // the server answers several at a time, each of them the slower
  ask(question) {
    const answer = super.ask(question);
    clearTimeout(this.timer);
    if (this.next) this.timer = setTimeout(() => this.next && this.cancel(), PATIENCE);
    return answer;
  }

  async send(question) {
    const controller = (this.controller = new AbortController());
    const { signal } = controller;
    try {
      const response = await fetch("answer", { method: "POST", body: JSON.stringify(question), signal });
      if (!response.ok) throw new Error(await response.text());
      const answer = await response.json();
      if (!signal.aborted) this.receive(answer);
    } catch (problem) {
      if (!signal.aborted) this.receive(null, String(problem.message));
    }
  }

  stop() {
    this.controller.abort();
  }
}

class WorkerEngine extends Engine {
  constructor(report) {
    super();
    this.report = report;
    this.start();
  }

  start() {
    this.report("Loading the engine …", false);
    this.isReady = false;
    this.worker = new Worker("worker.js", { type: "module" });
    this.worker.onmessage = ({ data }) => this.hear(data);
    this.worker.onerror = () => this.report("The engine could not be loaded.", false);
  }

  hear({ ready, failed, answer, problem }) {
    if (ready) {
      this.isReady = true;
      this.report("The engine runs in this page.", true);
      this.proceed();
    } else if (failed) this.report(`The engine could not be loaded: ${failed}`, false);
    else this.receive(answer, problem);
  }

  send(question) {
    this.worker.postMessage(question);
  }

  stop() {
    this.worker.terminate();
    this.start();
  }
}

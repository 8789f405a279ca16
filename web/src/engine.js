// Two engines behind one interface: ask(question) gives a promise of the answer, cancel() drops it.
// The native one is `matcalc web`; the other is the wheel in a worker, compiled to WebAssembly.

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

class NativeEngine {
  async ask(question) {
    this.cancel();
    const controller = (this.controller = new AbortController());
    try {
      const response = await fetch("answer", {
        method: "POST",
        body: JSON.stringify(question),
        signal: controller.signal,
      });
      if (!response.ok) throw new Error(await response.text());
      return await response.json();
    } catch (problem) {
      if (controller.signal.aborted) throw new Cancelled();
      throw problem;
    }
  }

  cancel() {
    this.controller?.abort();
  }
}

class WorkerEngine {
  constructor(report) {
    this.report = report;
    this.start();
  }

  start() {
    this.report("Loading the engine …", false);
    this.running = null;
    this.next = null;
    this.isReady = false;
    this.worker = new Worker("worker.js", { type: "module" });
    this.worker.onmessage = ({ data }) => this.receive(data);
    this.worker.onerror = () => this.report("The engine could not be loaded.", false);
  }

  receive(data) {
    if (data.ready) {
      this.isReady = true;
      this.report("The engine runs in this page.", true);
    } else if (data.failed) {
      this.report(`The engine could not be loaded: ${data.failed}`, false);
      return;
    } else {
      const { resolve, reject } = this.running;
      this.running = null;
      if (data.problem) reject(new Error(data.problem));
      else resolve(data.answer);
    }
    this.proceed();
  }

  // the newest question waits for the one that is answered; those between are dropped
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
    this.worker.postMessage(this.running.question);
  }

  cancel() {
    if (!this.running) return;
    this.worker.terminate();
    this.running.reject(new Cancelled());
    this.start();
  }
}

// Preloaded with --require into a process and all its threads: while the file HANG_FILE exists, a thread that is given
// something to do hangs for ever, as a loop without end would make it.
const { existsSync } = require('node:fs');
const { isMainThread, parentPort } = require('node:worker_threads');

if (!isMainThread) {
  const on = parentPort.on.bind(parentPort);
  parentPort.on = (event, listener) =>
    on(event, (...values) => {
      if (existsSync(process.env.HANG_FILE)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      listener(...values);
    });
}

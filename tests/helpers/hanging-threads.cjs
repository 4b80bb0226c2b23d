// Preloaded with --require into a process and all its threads: while the file HANG_FILE exists, a thread that is given
// something to do hangs for ever, as a loop without end would make it, unless the file holds the thread's name.
const { existsSync, readFileSync } = require('node:fs');
const { isMainThread, parentPort, threadName } = require('node:worker_threads');

const hangs = () =>
  existsSync(process.env.HANG_FILE) && readFileSync(process.env.HANG_FILE, 'utf8') !== threadName;

if (!isMainThread) {
  const on = parentPort.on.bind(parentPort);
  parentPort.on = (event, listener) =>
    on(event, (...values) => {
      if (hangs()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      listener(...values);
    });
}

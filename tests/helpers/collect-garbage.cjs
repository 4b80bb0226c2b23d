'use strict';
/**
 * Loaded into every thread of a process, collects its garbage again and again: what its memory grows by then is kept by
 * somebody, and not garbage that waits for a reason to be collected.
 */
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

const PAUSE_MS = 1_000;
/** A collection may take this share of the thread's time at most, or a busy machine would do little else. */
const SHARE = 1 / 20;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

function collectAgain() {
  const begun = performance.now();
  collect();
  const elapsed = performance.now() - begun;
  setTimeout(collectAgain, Math.max(PAUSE_MS, elapsed / SHARE)).unref();
}

setTimeout(collectAgain, PAUSE_MS).unref();

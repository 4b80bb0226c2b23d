'use strict';
/**
 * Loaded into every thread of a process, collects its garbage again and again: what its memory grows by then is kept by
 * somebody, and not garbage that waits for a reason to be collected.
 */
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

const INTERVAL_MS = 1_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
setInterval(() => collect(), INTERVAL_MS).unref();

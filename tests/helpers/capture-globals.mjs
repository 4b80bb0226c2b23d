import { createHash } from 'node:crypto';
import swc from '@swc/jest';

/**
 * What belongs to the language itself. Each test file has global variables of its own, and looking one up there takes about
 * a hundred times as long as anywhere else: code that looks at pixels spent most of its time on `Math`. Those that fake timers
 * replace are not among them.
 */
const CAPTURED = [
  ...['Infinity', 'NaN', 'Math', 'Number', 'Object', 'Array', 'String', 'JSON', 'Map', 'Set', 'Symbol'],
  ...['Uint8Array', 'Int32Array', 'Uint32Array', 'Float32Array', 'Float64Array', 'SharedArrayBuffer'],
];
// On the first line, so that every other keeps its number.
const PREFIX = `const { ${CAPTURED.join(', ')} } = globalThis;`;

/** The transform of @swc/jest; what it makes looks these variables up once a module. */
export default {
  createTransformer(options) {
    const transformer = swc.createTransformer(options);
    const capture = (result) => ({ ...result, code: PREFIX + result.code });
    return {
      ...transformer,
      process: (...args) => capture(transformer.process(...args)),
      processAsync: async (...args) => capture(await transformer.processAsync(...args)),
      getCacheKey: (...args) =>
        createHash('sha256')
          .update(PREFIX)
          .update(transformer.getCacheKey(...args))
          .digest('hex'),
    };
  },
};

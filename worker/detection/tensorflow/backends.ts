import { fileURLToPath } from 'node:url';
import util from 'node:util';
import { enableProdMode, setBackend } from '@tensorflow/tfjs-core';
import { AppError } from '../../../src/errors.ts';
import { type BackendName, backendOrder } from './thread-messages.ts';

/** The backend that was chosen, and what `prove` returned on it. */
export interface ChosenBackend<Proof> {
  backend: BackendName;
  proof: Proof;
  /** For each backend that was tried before: its name and why it does not work. */
  passedOver: string[];
}

const loadBackend: Readonly<Record<BackendName, () => Promise<void>>> = {
  async tensorflow() {
    // tfjs-node 4.22 still calls the first, which Node.js 23 removed, and the second, which warns.
    Object.assign(util, {
      isNullOrUndefined: (value: unknown) => value === null || value === undefined,
      isArray: Array.isArray,
    });
    // The package is optional: a name that is not a literal keeps the compiler from asking for its types.
    const packageName: string = '@tensorflow/tfjs-node';
    await import(packageName);
  },
  async wasm() {
    const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
    const entryFile = import.meta.resolve('@tensorflow/tfjs-backend-wasm');
    setWasmPaths(fileURLToPath(new URL('./', entryFile)));
  },
  async cpu() {
    await import('@tensorflow/tfjs-backend-cpu');
  },
};

/**
 * Activates the first TensorFlow.js backend on which `prove` succeeds, or `forced` and no other.
 * @throws AppError TOOL_UNAVAILABLE saying why each backend that was tried does not work.
 */
export async function chooseBackend<Proof>(
  forced: BackendName | undefined,
  prove: () => Promise<Proof>,
): Promise<ChosenBackend<Proof>> {
  const passedOver: string[] = [];
  const causes: unknown[] = [];
  for (const backend of forced === undefined ? backendOrder : [forced]) {
    try {
      // A backend is tried only when the one before it has failed.
      // oxlint-disable-next-line no-await-in-loop
      await activate(backend);
      // oxlint-disable-next-line no-await-in-loop
      return { backend, proof: await prove(), passedOver };
    } catch (error) {
      causes.push(error);
      passedOver.push(`${backend}: ${firstLine(error)}`);
    }
  }
  const advice = forced === undefined ? 'Install the packages again' : 'Unset TF_BACKEND, or mend this one';
  throw new AppError(
    'TOOL_UNAVAILABLE',
    `No TensorFlow.js backend can run the model (${passedOver.join('; ')}). ${advice}, then start again.`,
    { cause: new AggregateError(causes) },
  );
}

async function activate(backend: BackendName): Promise<void> {
  await loadBackend[backend]();
  if (!(await setBackend(backend))) throw new Error('TensorFlow.js could not initialise it');
  // Production mode leaves out TensorFlow.js's inner checks, and its advice to use another backend. It comes
  // only now, because it also silences the reason why a backend cannot be initialised.
  enableProdMode();
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1).join('');
}

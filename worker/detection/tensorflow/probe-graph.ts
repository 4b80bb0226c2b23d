import { greyPicture } from '../grey-picture.ts';
import type { RawOutput } from '../heads/head.ts';
import { chooseBackend } from './backends.ts';
import { createGraphRunner, type GraphEnds, readArtifacts } from './graph-runner.ts';
import type { BackendName } from './thread-messages.ts';

/**
 * What the graph in `directory` answers for a grey picture, on the first backend that works. It blocks the thread it
 * runs on for seconds: it is for programs that do nothing else.
 * @throws AppError MODEL_UNAVAILABLE when the graph cannot be read, TOOL_UNAVAILABLE when no backend runs it.
 */
export async function probeGraph(
  directory: string,
  ends: GraphEnds,
  backend: BackendName | undefined,
): Promise<RawOutput[]> {
  const artifacts = await readArtifacts(directory);
  const { proof } = await chooseBackend(backend, async () => {
    const runner = await createGraphRunner(artifacts, ends);
    try {
      const [outputs = []] = await runner.run([greyPicture(ends.input)]);
      return outputs;
    } finally {
      runner.dispose();
    }
  });
  return proof;
}

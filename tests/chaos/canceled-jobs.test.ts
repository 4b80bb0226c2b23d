import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { expectNothingLost, storedFiles, type ExpectedEnd } from '../helpers/chaos-invariants.ts';
import { processTree } from '../helpers/chaos-processes.ts';
import { useChaosService, type ChaosWorker } from '../helpers/chaos-service.ts';
import { makeVideo } from '../helpers/make-video.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { waitFor } from '../helpers/wait-for.ts';

const CANCEL_MS = 2_000;
const ROUNDS = 3;
const video = join(temporaryDirectory(), 'long.mp4');
const service = useChaosService();

/** Process ids of the decoders of a worker. */
async function decodersOf(worker: ChaosWorker): Promise<number[]> {
  const tree = await processTree(worker.supervisor.pid);
  const names = await Promise.all(tree.map((pid) => readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')));
  return tree.filter((_pid, index) => names[index]?.startsWith('ff') === true);
}

it('ends the work on a canceled job at once, and keeps nothing of it but the video', async () => {
  // So large that ffmpeg cannot be far ahead of the analysis.
  await makeVideo(video, 5, ['-vf', 'scale=1280:720']);
  const worker = await service().startWorker('worker');
  const expected = new Map<string, ExpectedEnd>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const jobId = await service().submit(24, video);
    // In the middle of the video, with some of it put aside.
    await waitFor(
      async () =>
        (await service().sql('SELECT FROM job_checkpoints WHERE job_id = $1', [jobId])).length > 2 &&
        (await decodersOf(worker)).length > 0
          ? true
          : undefined,
      60_000,
      'some frames to be analysed',
    );
    const answer = await service().client().request(`mutation { cancelJob(jobId: "${jobId}") { status } }`);
    const answeredAt = performance.now();
    expect(answer.data).toEqual({ cancelJob: { status: 'CANCELED' } });
    const isIdle = async () =>
      worker.log().includes(`"jobId":"${jobId}","attempt":1,"msg":"gave up a job that is no longer ours"`) &&
      (await decodersOf(worker)).length === 0;
    await waitFor(async () => ((await isIdle()) ? true : undefined), 20_000, 'the worker to be idle');
    const tookMs = Math.round(performance.now() - answeredAt);
    console.log(`From the answer to cancelJob to an idle worker: ${tookMs} ms.`);
    expect(tookMs).toBeLessThan(CANCEL_MS);
    expected.set(jobId, { status: 'canceled', attempt: 1 });
    const inputs = [...expected.keys()].map((id) => `${id}.mp4`);
    await waitFor(
      async () => ((await storedFiles(service())).length === inputs.length ? true : undefined),
      5_000,
      'the frames to be gone',
    );
    expect((await storedFiles(service())).toSorted()).toEqual(inputs.toSorted());
  }
  await expectNothingLost(service(), expected, '');
}, 180_000);

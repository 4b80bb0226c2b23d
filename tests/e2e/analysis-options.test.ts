import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  fileAsBlob,
  startService,
  TINY_VIDEO,
  type RunningService,
  submittedJobId,
} from '../helpers/running-service.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { waitForSettledJob } from '../helpers/wait-for-settled-job.ts';

const dataDirectory = temporaryDirectory();
let service: RunningService;

beforeAll(async () => {
  service = await startService({ dataDirectory, worker: true });
});
afterAll(() => service.stop());

/** Submits the fixture with these options, and waits until its job is settled. */
async function analyse(options: Record<string, unknown>) {
  const answer = await service.submit(await fileAsBlob(TINY_VIDEO), 'a.mp4', { options });
  const id = submittedJobId(answer);
  return { id, status: await waitForSettledJob(service, id) };
}

describe('the options of an analysis', () => {
  it('reach the worker, and stand in the results', async () => {
    const model = 'ssdlite_mobilenet_v2';
    const options = { model, startMs: 1000, endMs: 2000, labels: ['person'], languages: ['deu', 'eng'] };
    const { id, status } = await analyse(options);
    expect(status).toMatchObject({ status: 'COMPLETED' });
    const { data } = await service.request(
      `query($id: ID!) { results(jobId: $id) {
        models { detection { model labels } ocr { languages } sampling { startMs endMs sampledFrames } }
        labels { label firstSeenMs }
      } }`,
      { id },
    );
    expect(data).toMatchObject({
      results: {
        models: {
          detection: { model, labels: ['person'] },
          ocr: { languages: ['deu', 'eng'] },
          sampling: { startMs: 1000, endMs: 2000, sampledFrames: 1 },
        },
        labels: [{ label: 'person', firstSeenMs: 1000 }],
      },
    });
  });

  it('fail the job for good when the worker lacks the model, and say which it has', async () => {
    const { status } = await analyse({ model: 'unicorn' });
    expect(status).toMatchObject({
      status: 'FAILED',
      errorCode: 'MODEL_UNAVAILABLE',
      errorMessage: expect.stringMatching(/no detection model called "unicorn".*ssdlite_mobilenet_v2/),
    });
    expect((await analyse({ endMs: 1 })).status).toMatchObject({ status: 'COMPLETED' });
  });

  it.each([
    [{ labels: ['unicorn'] }, 'The detection model has no label "unicorn".'],
    [{ startMs: 3000 }, 'the video lasts 3000 ms'],
  ])('fail the job when they do not fit: %j', async (options, message) => {
    const { status } = await analyse(options);
    expect(status).toMatchObject({
      status: 'FAILED',
      errorCode: 'INVALID_ARGUMENT',
      errorMessage: expect.stringContaining(message),
    });
  });

  it.each([
    [{ languages: ['eng', 'xyz'] }, 'options.languages[1]'],
    [{ startMs: 5, endMs: 5 }, 'options.endMs'],
    [{ labels: [''] }, 'options.labels[0]'],
  ])('are refused at once when they never fit: %j', async (options, argument) => {
    const answer = await service.submit(await fileAsBlob(TINY_VIDEO), 'a.mp4', { options });
    expect(answer.errors).toMatchObject([{ extensions: { code: 'INVALID_ARGUMENT', argument } }]);
  });
});

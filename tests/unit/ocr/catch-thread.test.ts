import { Worker } from 'node:worker_threads';
import { expect, it } from '@jest/globals';
import { catchThread } from '../../../worker/ocr/catch-thread.ts';

const makeThread = () => new Worker('', { eval: true });

it('catches the thread that is made in the call, and no other', async () => {
  const before = makeThread();
  const { thread, result } = catchThread(makeThread);
  const after = makeThread();
  expect(thread === result).toBe(true);
  expect(catchThread(() => 'none')).toEqual({ thread: null, result: 'none' });
  await Promise.all([before, result, after].map((worker) => worker.terminate()));
});

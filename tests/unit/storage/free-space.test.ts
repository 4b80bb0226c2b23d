import { describe, expect, it } from '@jest/globals';
import { createSpaceGuard } from '../../../src/storage/free-space.ts';

const MIB = 1024 * 1024;

/** A guard over a disk whose free space is told by `free`, and how often it was asked. */
function guardOver(free: (asked: number) => number, minFreeBytes = 1000) {
  let asked = 0;
  const guard = createSpaceGuard({ storage: { freeBytes: async () => free((asked += 1)) }, minFreeBytes });
  return { guard, asked: () => asked };
}

async function* chunks(count: number) {
  const chunk = Buffer.alloc(MIB);
  for (let n = 0; n < count; n += 1) yield chunk;
}

describe('the reserve of free space', () => {
  it.each([
    [1000, 0, true],
    [999, 0, false],
    [1500, 500, true],
    [1500, 501, false],
    [0, 0, false],
  ])('with %i bytes free and 1000 in reserve, %i more are let in: %s', async (free, bytes, allowed) => {
    const asking = guardOver(() => free).guard.assertRoom(bytes);
    if (allowed) await asking;
    else
      await expect(asking).rejects.toMatchObject({ code: 'STORAGE_FULL', httpStatus: 507, retryable: true });
  });

  it('can be none at all', async () => {
    await guardOver(() => 0, 0).guard.assertRoom();
  });

  it('is looked at every 64 MiB of a running upload, which ends when it is touched', async () => {
    // Full from the third look on.
    const { guard, asked } = guardOver((count) => (count < 3 ? 1000 : 999));
    let passed = 0;
    const reading = async () => {
      for await (const chunk of guard.whileRoom(chunks(300))) passed += chunk.length;
    };
    await expect(reading()).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    expect(passed).toBe(128 * MIB);
    expect(asked()).toBe(3);
  });

  it('costs a small upload one look', async () => {
    const { guard, asked } = guardOver(() => 1000);
    let passed = 0;
    for await (const chunk of guard.whileRoom(chunks(20))) passed += chunk.length;
    expect([passed, asked()]).toEqual([20 * MIB, 1]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { mapInOrder } from '../../../worker/pipelines/map-in-order.ts';

const signal = new AbortController().signal;
async function* numbers(count: number, onTake: (item: number) => void = () => {}) {
  for (let item = 0; item < count; item += 1) {
    onTake(item);
    yield item;
  }
}
const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
};

describe('mapInOrder', () => {
  it('keeps the order though later items are done first, with no more than `concurrency` in work', async () => {
    let inWork = 0;
    let most = 0;
    const results: number[] = [];
    const mapped = mapInOrder(
      numbers(20),
      async (item) => {
        most = Math.max(most, (inWork += 1));
        await turns(item % 3 === 0 ? 300 : 100);
        inWork -= 1;
        return item * 2;
      },
      { concurrency: 4, signal },
    );
    for await (const result of mapped) results.push(result);
    expect(results).toEqual(Array.from({ length: 20 }, (_, item) => item * 2));
    expect(most).toBe(4);
  });

  it('does not run ahead of a consumer that waits', async () => {
    let taken = 0;
    const mapped = mapInOrder(
      numbers(100, () => (taken += 1)),
      async (item) => item,
      { concurrency: 3, signal },
    );
    await mapped.next();
    await turns(100);
    expect(taken).toBe(3);
    await mapped.return(undefined);
  });

  it('aborts and awaits what is in work when one item fails', async () => {
    const ended: string[] = [];
    const mapped = mapInOrder(
      numbers(10),
      (item, itemSignal) =>
        item === 0
          ? Promise.reject(new Error('item 0 failed'))
          : new Promise<number>((_resolve, reject) => {
              itemSignal.addEventListener('abort', () => {
                ended.push(String(item));
                reject(itemSignal.reason);
              });
            }),
      { concurrency: 3, signal },
    );
    await expect(mapped.next()).rejects.toThrow('item 0 failed');
    expect(ended).toEqual(['1', '2']);
  });
});

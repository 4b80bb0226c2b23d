/**
 * Maps an async sequence with up to `concurrency` items in work at once; results come in the items' order.
 * No more than `concurrency` items are taken ahead of the consumer. When anything fails or the consumer leaves, the
 * signal given to `map` is aborted, and all work in hand has ended before the failure is passed on.
 */
export async function* mapInOrder<T, R>(
  source: AsyncIterable<T>,
  map: (item: T, signal: AbortSignal) => Promise<R>,
  options: { concurrency: number; signal: AbortSignal },
): AsyncGenerator<R> {
  const leaving = new AbortController();
  const signal = AbortSignal.any([options.signal, leaving.signal]);
  const inWork: Promise<R>[] = [];
  try {
    for await (const item of source) {
      const result = map(item, signal);
      // It is awaited in its turn; until then a failure must not count as unhandled.
      result.catch(() => {});
      inWork.push(result);
      if (inWork.length < options.concurrency) continue;
      const first = inWork.shift();
      if (first) yield await first;
    }
    while (inWork.length > 0) {
      const first = inWork.shift();
      if (first) yield await first;
    }
  } finally {
    leaving.abort(new Error('The rest of the sequence is no longer wanted.'));
    await Promise.allSettled(inWork);
  }
}

/** Passes items on, reporting the milliseconds spent waiting for each. */
export async function* measureWaiting<T>(
  source: AsyncIterable<T>,
  report: (ms: number) => void,
): AsyncGenerator<T> {
  let asked = performance.now();
  for await (const item of source) {
    report(performance.now() - asked);
    yield item;
    asked = performance.now();
  }
}

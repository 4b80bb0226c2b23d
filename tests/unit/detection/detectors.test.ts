import { describe, expect, it } from '@jest/globals';
import { createDetectors } from '../../../worker/detection/detectors.ts';
import type { ObjectDetector } from '../../../worker/detection/object-detector.ts';

const never = new AbortController().signal;

/** Detectors that note when they start and end; those in `slow` start when the promise resolves. */
function collection(given: { failing?: string[]; slow?: Record<string, Promise<void>> } = {}) {
  const { failing = [], slow = {} } = given;
  const events: string[] = [];
  const detectors = createDetectors({
    defaultModel: 'default',
    async start(model) {
      events.push(`start ${model}`);
      await slow[model];
      if (failing.includes(model)) throw new Error(`${model} does not run`);
      const input = { width: 16, height: 16, fit: 'stretch' } as const;
      const detector: ObjectDetector = {
        info: { model, version: '1', sha256: 'x', backend: 'cpu', batchSize: 1, input, labels: [] },
        detect: async () => [],
        close: async () => {
          events.push(`close ${model}`);
        },
      };
      return detector;
    },
  });
  const use = (model: string | null, signal = never) =>
    detectors.use(model, async ({ info }) => info.model, signal);
  return { detectors, events, use };
}

describe('detectors', () => {
  it('are started when they are first asked for, and kept', async () => {
    const { events, use } = collection();
    expect(events).toEqual([]);
    expect([await use(null), await use('default'), await use('other'), await use(null)]).toEqual([
      'default',
      'default',
      'other',
      'default',
    ]);
    expect(events).toEqual(['start default', 'start other']);
  });

  it('are started once for two who ask at the same time', async () => {
    const { events, use } = collection();
    await Promise.all([use('a'), use('a')]);
    expect(events).toEqual(['start a']);
  });

  it('make room for a third by closing the one that was used longest ago, before it starts', async () => {
    const { events, use } = collection();
    await use('a');
    await use('b');
    await use('a');
    await use('c');
    expect(events).toEqual(['start a', 'start b', 'close b', 'start c']);
  });

  it('are not closed while they are in use, but soon afterwards', async () => {
    const { detectors, events, use } = collection();
    const busy = Promise.withResolvers<void>();
    const working = ['a', 'b'].map((model) => detectors.use(model, () => busy.promise, never));
    await use('c');
    expect(events).toEqual(['start a', 'start b', 'start c', 'close c']);
    busy.resolve();
    await Promise.all(working);
    expect(events.filter((event) => event.startsWith('close'))).toEqual(['close c']);
  });

  it('let somebody go at once whose signal is aborted while they start, and start for the next', async () => {
    const started = Promise.withResolvers<void>();
    const { events, use } = collection({ slow: { a: started.promise } });
    const controller = new AbortController();
    const waiting = use('a', controller.signal);
    controller.abort(new Error('canceled'));
    await expect(waiting).rejects.toThrow('canceled');
    await expect(use('a', controller.signal)).rejects.toThrow('canceled');

    // Room is made by another one: this one has not started, and to close it would take as long.
    await use('b');
    await use('c');
    started.resolve();
    expect(await use('a')).toBe('a');
    expect(events.filter((event) => event.endsWith(' a'))).toEqual(['start a']);
    // From now on nobody uses it.
    await use('b');
    await use('c');
    expect(events).toContain('close a');
  });

  it('are tried anew when they did not start', async () => {
    const failing = ['a'];
    const { events, use } = collection({ failing });
    await expect(use('a')).rejects.toThrow('a does not run');
    failing.pop();
    expect(await use('a')).toBe('a');
    expect(events).toEqual(['start a', 'start a']);
  });

  it('end all together, and are not started any more', async () => {
    const { detectors, events, use } = collection();
    await use('a');
    const starting = use('b');
    await detectors.close();
    await starting;
    expect(events.toSorted()).toEqual(['close a', 'close b', 'start a', 'start b']);
    await expect(use('a')).rejects.toMatchObject({ code: 'WORKER_STOPPED' });
  });
});

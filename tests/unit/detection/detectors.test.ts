import { describe, expect, it } from '@jest/globals';
import { createDetectors } from '../../../worker/detection/detectors.ts';
import type { ObjectDetector } from '../../../worker/detection/object-detector.ts';

/** Detectors that note when they start and end. */
function collection({ failing = [] as string[] } = {}) {
  const events: string[] = [];
  const detectors = createDetectors({
    defaultModel: 'default',
    async start(model) {
      events.push(`start ${model}`);
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
  const use = (model: string | null) => detectors.use(model, async ({ info }) => info.model);
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
    const working = ['a', 'b'].map((model) => detectors.use(model, () => busy.promise));
    await use('c');
    expect(events).toEqual(['start a', 'start b', 'start c', 'close c']);
    busy.resolve();
    await Promise.all(working);
    expect(events.filter((event) => event.startsWith('close'))).toEqual(['close c']);
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

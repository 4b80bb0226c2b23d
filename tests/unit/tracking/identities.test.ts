import { describe, expect, it } from '@jest/globals';
import type { Detection } from '../../../src/results/results-document.ts';
import { createObjectTracker } from '../../../worker/tracking/object-tracks.ts';
import { judgeOverSeeds, TRACKERS } from '../../evaluation/judge-tracker.ts';
import { NO_FAULTS } from '../../evaluation/sample-sprites.ts';
import {
  behindWall,
  circles,
  convoy,
  crossings,
  crowd,
  lanes,
  type SpriteScene,
} from '../../evaluation/sprite-scenes.ts';

const SEEDS = 10;
/** A middling detector: boxes off by 4 % of a side, one object of five missed, at most two samples running. */
const MIDDLING = {
  ...NO_FAULTS,
  jitter: 0.04,
  missProbability: 0.2,
  mostMissedInARow: 2,
  unevenness: 0.4,
};

const judge = (scene: SpriteScene, samplesPerSecond: number, faults = MIDDLING, seeds = SEEDS) =>
  judgeOverSeeds(TRACKERS.new, scene, { ...faults, samplesPerSecond }, seeds);

describe('identities of objects on paths that do not cross', () => {
  it.each([1, 5, 25])('never change at %d samples a second', (rate) => {
    for (const scene of [lanes(4), lanes(8), convoy(0.5)]) {
      expect({ scene: scene.name, ...judge(scene, rate) }).toMatchObject({
        scene: scene.name,
        identitySwitches: 0,
      });
    }
  });

  it('never change on bent paths, quick ones and behind a wall, with samples enough to see the movement', () => {
    for (const scene of [circles(12), convoy(1), behindWall()]) {
      for (const rate of [5, 25]) expect(judge(scene, rate).identitySwitches).toBe(0);
    }
  });

  it('never change at 1 sample a second while every object is found', () => {
    for (const scene of [lanes(8), convoy(1), circles(12), behindWall()]) {
      expect(judge(scene, 1, { ...NO_FAULTS, jitter: 0.04 }).identitySwitches).toBe(0);
    }
  });

  it('seldom change at 1 sample a second on bent paths while objects are missed', () => {
    // Without a round for those that turned, there are 7.
    expect(judge(circles(12), 1).identitySwitches).toBeLessThanOrEqual(4);
  });

  it('stay whole: as many tracks as objects', () => {
    const { tracks, objects, idf1 } = judge(lanes(8), 1);
    expect(tracks).toBe(objects);
    // What was missed has no box, so it counts against the measure; nothing else does.
    expect(idf1).toBeGreaterThan(0.87);
  });
});

describe('identities of objects that cross', () => {
  it.each([
    [1, 9],
    [5, 0],
    [25, 0],
  ])('of three pairs, at %d samples a second, change at most %d times in ten runs', (rate, switches) => {
    expect(judge(crossings(3), rate).identitySwitches).toBeLessThanOrEqual(switches);
  });

  it('hardly change in a crowd whose members hide each other, with samples enough', () => {
    const faults = { ...MIDDLING, falsePositives: 0.1, coveredUntilMissed: 0.6 };
    expect(judge(crowd(10), 5, faults, 5).identitySwitches).toBeLessThanOrEqual(2);
    expect(judge(crowd(30), 25, faults, 1).idf1).toBeGreaterThan(0.87);
  });
});

describe('the object tracker over time', () => {
  const at = (x: number, y = 0.4): Detection => ({
    label: 'person',
    confidence: 0.9,
    box: { x, y, width: 0.04, height: 0.16 },
  });
  const idsOf = (sightings: [ms: number, detections: Detection[]][]): number[][] => {
    const tracker = createObjectTracker({ width: 1280, height: 720 });
    return sightings.map(([timestampMs, detections], frameIndex) =>
      tracker.add({ frameIndex, timestampMs }, detections).map(({ trackId }) => trackId),
    );
  };

  it('expects by real time, not by the number of samples', () => {
    // Two people, one behind the other; after a gap the second stands where the first was.
    const ids = idsOf([
      [0, [at(0.1), at(0.22)]],
      [1000, [at(0.16), at(0.28)]],
      [2000, [at(0.22), at(0.34)]],
      [4000, [at(0.34), at(0.46)]],
      [4100, [at(0.346), at(0.466)]],
    ]);
    expect(ids).toEqual(ids.map(() => [1, 2]));
  });

  it('waits two seconds at a full rate, and two samples at a low one, but no longer than ten seconds', () => {
    const burst = Array.from({ length: 60 }, (_, index): [number, Detection[]] => [100 + index * 30, []]);
    expect(idsOf([[0, [at(0.4)]], ...burst, [2000, [at(0.4)]]]).at(-1)).toEqual([1]);
    expect(idsOf([[0, [at(0.4)]], ...burst, [2100, [at(0.4)]]]).at(-1)).toEqual([2]);
    const after = (ms: number) =>
      idsOf([
        [0, [at(0.4)]],
        [ms / 2, []],
        [ms, [at(0.4)]],
      ]).at(-1);
    expect(after(9000)).toEqual([1]);
    expect(after(11_000)).toEqual([2]);
  });

  it('keeps what stands still at one sample a minute, and does not take what stands elsewhere for it', () => {
    const ids = idsOf([
      [0, [at(0.1)]],
      [60_000, [at(0.1)]],
      [120_000, [at(0.3)]],
    ]);
    expect(ids).toEqual([[1], [1], [2]]);
  });

  const walksToTheRight: [number, Detection[]][] = [
    [0, [at(0.1)]],
    [1000, [at(0.16)]],
    [2000, [at(0.22)]],
    [3000, []],
    [4000, []],
  ];

  it('finds one that turned aside while it was missed, and follows it on its new way', () => {
    const ids = idsOf([...walksToTheRight, [5000, [at(0.2, 0.56)]], [6000, [at(0.19, 0.62)]]]);
    expect(ids.flat()).toEqual([1, 1, 1, 1, 1]);
  });

  it('does not take one that follows for one that came back', () => {
    expect(idsOf([...walksToTheRight, [5000, [at(0.15)]]]).at(-1)).toEqual([2]);
  });

  it('does not take a distant or a much larger object for one that left', () => {
    const large = { ...at(0.1), box: { x: 0.1, y: 0.1, width: 0.2, height: 0.8 } };
    expect(
      idsOf([
        [0, [at(0.1)]],
        [1000, [at(0.8)]],
      ]),
    ).toEqual([[1], [2]]);
    expect(
      idsOf([
        [0, [at(0.15)]],
        [1000, [large]],
      ]),
    ).toEqual([[1], [2]]);
  });
});

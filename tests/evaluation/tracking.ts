/**
 * Measures the object tracker against known identities, beside the one Foregsyte had before: `npm run eval:tracking`.
 * Sprites move on known paths and are sampled as a detector that is not perfect would see them. With a video as
 * argument (`npm run eval:tracking -- VIDEO`), the real detector's boxes are tracked at several rates instead.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTable } from '../../src/cli/create-table.ts';
import { judgeOverSeeds, TRACKERS } from './judge-tracker.ts';
import { judgeSpriteVideo } from './judge-sprite-video.ts';
import { APART, CROSSING } from './make-sprite-video.ts';
import { measureTrackerSpeed } from './measure-tracker-speed.ts';
import { NO_FAULTS, type SamplingFaults } from './sample-sprites.ts';
import { behindWall, circles, convoy, crossings, crowd, lanes } from './sprite-scenes.ts';
import { trackRealVideo } from './track-real-video.ts';
import type { TrackingScore } from './tracking-metrics.ts';

const SEEDS = 5;
const RATES = [1, 5, 25];
const SCENES = [
  lanes(4),
  lanes(8),
  convoy(0.5),
  convoy(1),
  circles(12),
  behindWall(),
  crossings(3),
  crowd(10),
  crowd(30),
];
const FAULTS: Record<string, Omit<SamplingFaults, 'samplesPerSecond' | 'seed'>> = {
  'every object found, boxes exact': NO_FAULTS,
  'boxes off by 4 %, 20 % missed, at most 2 in a row, uneven times': {
    ...NO_FAULTS,
    jitter: 0.04,
    missProbability: 0.2,
    mostMissedInARow: 2,
    unevenness: 0.4,
  },
  'the same, one false box in 10 frames, and objects missed while others cover 60 % of them': {
    jitter: 0.04,
    missProbability: 0.2,
    mostMissedInARow: 2,
    unevenness: 0.4,
    falsePositives: 0.1,
    coveredUntilMissed: 0.6,
  },
};

const videos = process.argv.slice(2);
if (videos.length > 0) await printRealVideos();
else {
  for (const [name, faults] of Object.entries(FAULTS)) printScenes(name, faults);
  await printPhotographs();
  printSpeed();
}

function printScenes(name: string, faults: Omit<SamplingFaults, 'samplesPerSecond' | 'seed'>): void {
  const table = createTable(['scene', 'rate', 'IDSW', 'Frag', 'MOTA', 'IDF1']);
  for (const scene of SCENES) {
    for (const samplesPerSecond of RATES) {
      const judge = (make: (typeof TRACKERS)[keyof typeof TRACKERS]) =>
        judgeOverSeeds(() => make(), scene, { ...faults, samplesPerSecond }, SEEDS);
      const [before, now] = [judge(TRACKERS.old), judge(TRACKERS.new)];
      const compare = (show: (score: TrackingScore) => string) => `${show(before)} -> ${show(now)}`;
      table.push([
        scene.name,
        `${samplesPerSecond}/s`,
        compare(({ identitySwitches }) => String(identitySwitches)),
        compare(({ fragmentations }) => String(fragmentations)),
        compare(({ mota }) => mota.toFixed(3)),
        compare(({ idf1 }) => idf1.toFixed(3)),
      ]);
    }
  }
  console.log(`\n${name}; ${SEEDS} seeds, old -> new`);
  console.log(table.toString());
}

async function printPhotographs(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'foregsyte-tracking-'));
  const table = createTable(['photographed people', 'rate', 'IDSW', 'tracks of objects', 'MOTA', 'IDF1']);
  try {
    for (const [name, glides] of Object.entries({ apart: APART, crossing: CROSSING })) {
      for (const score of await judgeSpriteVideo(glides, join(folder, `${name}.mp4`), [1, 5, 25])) {
        const { samplesPerSecond, old: before, new: now } = score;
        table.push([
          name,
          `${samplesPerSecond}/s`,
          `${before.identitySwitches} -> ${now.identitySwitches}`,
          `${before.tracks} -> ${now.tracks} of ${now.objects}`,
          `${before.mota.toFixed(3)} -> ${now.mota.toFixed(3)}`,
          `${before.idf1.toFixed(3)} -> ${now.idf1.toFixed(3)}`,
        ]);
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  console.log('\nEncoded, and detected by the default model; old -> new');
  console.log(table.toString());
}

function printSpeed(): void {
  const table = createTable(['tracker', 'objects', 'microseconds a frame', 'share of real time']);
  for (const { tracker, objects, microseconds, share } of measureTrackerSpeed()) {
    table.push([tracker, String(objects), microseconds.toFixed(0), `${(share * 100).toFixed(2)} %`]);
  }
  console.log('\nTime at 60 samples a second (median of 10 runs)');
  console.log(table.toString());
}

async function printRealVideos(): Promise<void> {
  const head = ['video', 'rate', 'tracker', 'detections', 'tracks', 'seen once', 'mean s', 'bridged gaps'];
  const table = createTable(head);
  for (const video of videos) {
    for (const row of await trackRealVideo(video, [1, 5])) {
      const { samplesPerSecond, tracker, detections, tracks, seenOnce, meanSeconds, bridgedGaps } = row;
      const counts = [detections, tracks, seenOnce].map(String);
      const rate = `${samplesPerSecond}/s`;
      table.push([video, rate, tracker, ...counts, meanSeconds.toFixed(1), String(bridgedGaps)]);
    }
  }
  console.log(table.toString());
}

import { describe, expect, it } from '@jest/globals';
import type { LumaImage } from '../../../worker/luma-image.ts';
import { createSceneCuts } from '../../../worker/scenes/scene-cuts.ts';
import { evenLuma, noisyLuma } from '../../helpers/draw-luma.ts';

const [WIDTH, HEIGHT] = [320, 180];
/** Scenes larger than the frame, so that a camera can turn in them. */
const scene = (seed: number) => noisyLuma(2 * WIDTH, HEIGHT, 10, seed);
const [one, other] = [scene(1), scene(2)];

/** What the camera sees of a scene, `fromX` pixels from its left edge. */
function look({ width, data }: LumaImage, fromX = 0): LumaImage {
  return mapPixels(evenLuma(WIDTH, HEIGHT, 0), (_, x, y) => data[y * width + x + fromX] ?? 0);
}

function mapPixels(image: LumaImage, map: (level: number, x: number, y: number) => number): LumaImage {
  const data = new Uint8Array(new SharedArrayBuffer(image.data.length));
  for (const [index, level] of image.data.entries()) {
    const [x, y] = [index % image.width, Math.floor(index / image.width)];
    data[index] = Math.max(0, Math.min(255, map(level, x, y)));
  }
  return { ...image, data };
}

/** At which of the frames another scene begins. */
function cutsIn(frames: readonly LumaImage[]): number[] {
  const cuts = createSceneCuts();
  return frames.flatMap((frame, index) => (cuts.next(frame).sceneCut ? [index] : []));
}

describe('scene cuts', () => {
  it('are where another scene begins, there and back, and not at the first frame', () => {
    expect(cutsIn([one, one, other, other, one].map((frame) => look(frame)))).toEqual([2, 4]);
    const many = Array.from({ length: 15 }, (_, index) => look(scene(index)));
    expect(cutsIn(many)).toEqual(many.slice(1).map((_, index) => index + 1));
  });

  it('are not where the camera turns by up to two fifths of the picture', () => {
    for (const step of [16, 64, 128]) expect(cutsIn([0, 1, 2].map((n) => look(one, n * step)))).toEqual([]);
  });

  it('are not where something passes that covers half of the picture', () => {
    const passing = [-1, 0, 100, 160].map((left) =>
      mapPixels(look(one), (level, x) =>
        left >= 0 && x >= left && x < left + 160 ? (other.data[x + 50] ?? 0) : level,
      ),
    );
    expect(cutsIn(passing)).toEqual([]);
  });

  it('are found above a caption that stays, even when half of what is above it is even', () => {
    const captioned = [one, other].map((frame) =>
      mapPixels(look(frame), (level, x, y) => {
        if (y >= 135) return one.data[y * 2 * WIDTH + x + 200] ?? 0;
        return x < WIDTH / 2 ? 128 : level;
      }),
    );
    expect(cutsIn(captioned)).toEqual([1]);
  });

  it('are found where all that an even picture shows is also in the next one, and the other way round', () => {
    const logo = mapPixels(look(one), (level, x) => (x < WIDTH / 4 ? level : 128));
    expect(cutsIn([logo, logo, look(one), logo])).toEqual([2, 3]);
  });

  it('are not where the light changes or flickers', () => {
    const lights = [
      (level: number) => level,
      (level: number) => level / 3,
      (level: number) => level + 60,
      (level: number) => 255 * (level / 255) ** 2,
      (level: number) => 100 + level / 4,
    ];
    expect(cutsIn([...lights, ...lights].map((light) => mapPixels(look(one), light)))).toEqual([]);
  });

  it('are found behind black, white or grey frames, which are passed over themselves', () => {
    const [black, white] = [evenLuma(WIDTH, HEIGHT, 0), evenLuma(WIDTH, HEIGHT, 255)];
    expect(cutsIn([black, white, look(one), white, look(one), black, black, look(one)])).toEqual([]);
    expect(cutsIn([look(one), black, white, look(other)])).toEqual([3]);
    const fade = (picture: LumaImage, share: number) => mapPixels(picture, (level) => level * share);
    const [out, into] = [
      [1, 0.6, 0.2, 0.01],
      [0, 0.1, 0.5, 1],
    ];
    const faded = [...out.map((n) => fade(look(one), n)), ...into.map((n) => fade(look(other), n))];
    expect(cutsIn(faded)).toEqual([5]);
  });

  it('are the same when another run goes on, whichever frame it goes on behind', () => {
    const black = evenLuma(WIDTH, HEIGHT, 0);
    const frames = [look(one), look(one), black, look(other), look(other, 60), look(one), black];
    const whole = createSceneCuts();
    const choices = frames.map((frame) => whole.next(frame));
    for (const [index, { lastScene }] of choices.entries()) {
      const rest = createSceneCuts(lastScene);
      expect(frames.slice(index + 1).map((frame) => rest.next(frame))).toEqual(choices.slice(index + 1));
    }
    expect(choices.some(({ sceneCut }) => sceneCut)).toBe(true);
  });

  it('do not need a picture of any size', () => {
    for (const [width, height] of [
      [1, 1],
      [8, 320],
      [320, 9],
      [180, 320],
      [30, 20],
    ] as const) {
      const frames = [1, 2].map((seed) => noisyLuma(width, height, 4, seed));
      expect(() => cutsIn(frames)).not.toThrow();
    }
    expect(cutsIn([1, 1, 2].map((seed) => noisyLuma(180, 320, 10, seed)))).toEqual([2]);
  });
});

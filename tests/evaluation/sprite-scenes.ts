import type { BoundingBox } from '../../src/results/results-document.ts';

/** One object that moves on a known path. */
export interface Sprite {
  label: string;
  /** Where it is `seconds` after the beginning; undefined while it is not in the picture. */
  boxAt(seconds: number): BoundingBox | undefined;
}

/** Sprites, and a wall that hides what is behind it. */
export interface SpriteScene {
  name: string;
  seconds: number;
  sprites: readonly Sprite[];
  /** An object whose centre is behind it is not detected, and not part of the truth. */
  wall?: { fromX: number; toX: number };
}

/** Sprites are counted in frame heights; the frame is 16:9. */
export const SCENE_SIZE = { width: 1280, height: 720 };
const ASPECT = SCENE_SIZE.width / SCENE_SIZE.height;

interface Course {
  label?: string;
  /** Of the sprite's centre, in frame heights from the top left. */
  at: (seconds: number) => { x: number; y: number };
  width: number;
  height: number;
}

function sprite({ label = 'person', at, width, height }: Course): Sprite {
  return {
    label,
    boxAt(seconds) {
      const { x, y } = at(seconds);
      const inside = x > width / 2 && x < ASPECT - width / 2 && y > height / 2 && y < 1 - height / 2;
      if (!inside) return undefined;
      return { x: (x - width / 2) / ASPECT, y: y - height / 2, width: width / ASPECT, height };
    },
  };
}

const HEIGHT = 0.16;
const WIDTH = 0.07;

/** People on lanes of their own, one above the other, this way and that, at 0.3 to 1.2 of their heights a second. */
export function lanes(count: number): SpriteScene {
  const sprites = Array.from({ length: count }, (_, index) => {
    const speed = HEIGHT * (0.3 + (0.9 * index) / Math.max(1, count - 1));
    const direction = index % 2 === 0 ? 1 : -1;
    const start = direction === 1 ? 0.1 : ASPECT - 0.1;
    const y = (index + 0.5) / count;
    // Small enough for its lane.
    const height = Math.min(HEIGHT, 0.9 / count);
    return sprite({
      at: (seconds) => ({ x: start + direction * speed * seconds, y }),
      width: (height * WIDTH) / HEIGHT,
      height,
    });
  });
  return { name: `${count} on lanes of their own`, seconds: 12, sprites };
}

/** Cars behind one another at one speed, three lengths apart; each comes in and goes out. */
export function convoy(lengthsPerSecond: number): SpriteScene {
  const [width, height] = [0.2, 0.11];
  const sprites = Array.from({ length: 8 }, (_, index) =>
    sprite({
      label: 'car',
      at: (seconds) => ({ x: width * (lengthsPerSecond * seconds - index * 3 + 1), y: 0.5 }),
      width,
      height,
    }),
  );
  return { name: `convoy, ${lengthsPerSecond} lengths/s`, seconds: 30 / lengthsPerSecond, sprites };
}

/** People who turn in circles that do not touch. */
export function circles(count: number): SpriteScene {
  const rows = Math.floor(Math.sqrt(count / ASPECT));
  const columns = Math.ceil(count / rows);
  const cell = Math.min(1 / rows, ASPECT / columns);
  const sprites = Array.from({ length: count }, (_, index) => {
    const centre = {
      x: (index % columns) * cell + cell / 2,
      y: Math.floor(index / columns) * cell + cell / 2,
    };
    const radius = cell / 5;
    return sprite({
      at: (seconds) => ({
        x: centre.x + radius * Math.cos(seconds * 0.8 + index),
        y: centre.y + radius * Math.sin(seconds * 0.8 + index),
      }),
      width: cell / 6,
      height: cell / 3,
    });
  });
  return { name: `${count} in circles`, seconds: 15, sprites };
}

/** Pairs of people who cross: one goes down to the right, the other up to the right or from the other side. */
export function crossings(pairs: number): SpriteScene {
  const sprites = Array.from({ length: pairs }, (_, index) => {
    const y = (index + 0.5) / pairs;
    const height = Math.min(HEIGHT, 0.7 / pairs);
    const shape = { width: (height * WIDTH) / HEIGHT, height };
    const rise = (0.25 / pairs) * (1 - index / (2 * pairs));
    const speed = HEIGHT * (0.6 + 0.1 * index);
    const fromLeft = (seconds: number) => 0.1 + speed * seconds;
    const slope = (seconds: number) => rise * (1 - seconds / 6);
    return [
      sprite({ at: (seconds) => ({ x: fromLeft(seconds), y: y - slope(seconds) }), ...shape }),
      sprite({
        at: (seconds) => ({ x: 0.1 + speed * 12 - speed * seconds, y: y + slope(seconds) }),
        ...shape,
      }),
    ];
  });
  return { name: `${pairs} pairs that cross`, seconds: 12, sprites: sprites.flat() };
}

/** People on lanes who pass behind a wall. */
export function behindWall(): SpriteScene {
  const { sprites } = lanes(6);
  return { name: '6 behind a wall', seconds: 12, sprites, wall: { fromX: 0.45, toX: 0.5 } };
}

/** People who wander about through each other's paths. */
export function crowd(count: number): SpriteScene {
  const sprites = Array.from({ length: count }, (_, index) => {
    const phase = index * 2.399963;
    const [slow, quick] = [0.12 + 0.01 * (index % 7), 0.2 + 0.013 * (index % 5)];
    return sprite({
      at: (seconds) => ({
        x: ASPECT * (0.5 + 0.42 * Math.sin(slow * seconds + phase)),
        y: 0.5 + 0.38 * Math.sin(quick * seconds + 1.7 * phase),
      }),
      width: 0.05,
      height: 0.12,
    });
  });
  return { name: `crowd of ${count}`, seconds: 30, sprites };
}

import type { LumaImage } from '../luma-image.ts';
import { likenessOfScenes, showsStructure } from './scene-likeness.ts';
import { shrinkLuma } from './shrink-luma.ts';

/** Longest side, in pixels, of the pictures that are compared: what is smaller than a fiftieth of a frame plays no part. */
const SIDE = 64;
/** Pictures that are less alike show different scenes; docs/accuracy.md tells how it was chosen. */
const SAME_SCENE = 0.76;

/** Whether a frame is the first of another scene, and what the next one is compared with, once there is something. */
export interface SceneChoice {
  sceneCut: boolean;
  lastScene?: LumaImage;
}

/** Finds where another scene begins, sampled frame by sampled frame in the order of the video. */
export interface SceneCuts {
  /** `picture` is the brightness of the next frame; all are equally large. */
  next(picture: LumaImage): SceneChoice;
}

/**
 * A scene begins at a frame that does not look like the one before (see likenessOfScenes). Frames without structure are passed
 * over, and what comes is compared with what was there before them: a fade by way of black is a cut if it leads to
 * another scene, and a flash is none. `lastScene` is what an earlier run over the same video left off with.
 */
export function createSceneCuts(lastScene?: LumaImage): SceneCuts {
  let last = lastScene;
  return {
    next(picture) {
      const small = shrinkToSide(picture);
      if (!showsStructure(small)) return { sceneCut: false, ...(last && { lastScene: last }) };
      const sceneCut = last !== undefined && likenessOfScenes(last, small, SAME_SCENE) < SAME_SCENE;
      last = small;
      return { sceneCut, lastScene: small };
    },
  };
}

function shrinkToSide(picture: LumaImage): LumaImage {
  const factor = Math.min(1, SIDE / Math.max(picture.width, picture.height));
  const sideOf = (side: number) => Math.max(1, Math.round(side * factor));
  return shrinkLuma(picture, sideOf(picture.width), sideOf(picture.height));
}

import type { LumaImage } from '../luma-image.ts';
import { type Area, correlate, deviationOf, type Shift } from './correlate.ts';
import { findShift } from './find-shift.ts';

/** Side of a block, in pixels. */
const BLOCK_SIDE = 8;
/** Standard deviation of the brightness, of 255, from which on a block has structure. */
const MIN_DEVIATION = 3;
/** Fewer blocks with structure do not tell what a picture shows. */
const MIN_BLOCKS = 4;
/** Only the upper part of a picture is looked at: captions and tickers stay where they are when the scene changes. */
const SHARE_ABOVE_CAPTIONS = 0.75;
/** How far a block may have moved by itself, in pixels, and how far from where the camera's movement took it. */
const OWN_REACH = 4;
const CARRIED_REACH = 2;
/** Share of the blocks that may look quite different: what moves by itself or is covered, and what left the picture. */
const CHANGED_SHARE = 0.75;

/** Whether a picture has structure enough to tell which scene it shows; a black or a white one has not. */
export function showsStructure(picture: LumaImage): boolean {
  return structureOf(picture).length >= MIN_BLOCKS;
}

/**
 * How much two equally large pictures, which show structure, look like one scene, 0 to 1: block by block, the best correlation
 * within reach of where the block was and of where the camera's movement took it; of these the third quartile; and of
 * that the less when either picture's blocks are looked for in the other. Block matching with an ordered statistic is
 * Shahraray's ("Scene change detection and content-based sampling of video sequences", Proc. SPIE 2419, 1995); to make up for the
 * camera's movement and to look both ways is in Zabih, Miller and Mai ("A feature-based algorithm for detecting and
 * classifying scene breaks", ACM Multimedia 1995). When it is `enough`, it may be more.
 */
export function likenessOfScenes(before: LumaImage, after: LumaImage, enough: number): number {
  const forward = likenessOneWay(before, after, enough);
  return forward < enough ? forward : Math.min(forward, likenessOneWay(after, before, enough));
}

function likenessOneWay(from: LumaImage, to: LumaImage, enough: number): number {
  const blocks = structureOf(from);
  const inPlace = quartileOf(blocks.map((block) => correlate(from, to, block, { x: 0, y: 0 })));
  // The best within reach is no less, and takes a hundred times as long.
  if (inPlace >= enough) return inPlace;
  const carried = findShift(from, to);
  return quartileOf(
    blocks.map((block) =>
      Math.max(
        bestWithin(OWN_REACH, { x: 0, y: 0 }, from, to, block),
        bestWithin(CARRIED_REACH, carried, from, to, block),
      ),
    ),
  );
}

/** The blocks above captions that have structure. */
function structureOf(picture: LumaImage): Area[] {
  const blocks: Area[] = [];
  const side = { width: BLOCK_SIDE, height: BLOCK_SIDE };
  const captionsAt = picture.height * SHARE_ABOVE_CAPTIONS;
  for (let top = marginOf(picture.height); top + BLOCK_SIDE / 2 < captionsAt; top += BLOCK_SIDE) {
    for (let left = marginOf(picture.width); left + BLOCK_SIDE <= picture.width; left += BLOCK_SIDE) {
      const block = { left, top, ...side };
      if (deviationOf(picture, block) >= MIN_DEVIATION) blocks.push(block);
    }
  }
  return blocks;
}

/** What is left over at either side when blocks are laid over a picture. */
function marginOf(side: number): number {
  return Math.floor((side % BLOCK_SIDE) / 2);
}

/** The best correlation of a block with the places up to `reach` pixels from where `around` takes it; 0 if there is none. */
function bestWithin(reach: number, around: Shift, from: LumaImage, to: LumaImage, block: Area): number {
  let best = 0;
  for (let y = around.y - reach; y <= around.y + reach; y += 1) {
    if (block.top + y < 0 || block.top + y + block.height > to.height) continue;
    for (let x = around.x - reach; x <= around.x + reach; x += 1) {
      if (block.left + x < 0 || block.left + x + block.width > to.width) continue;
      best = Math.max(best, correlate(from, to, block, { x, y }));
    }
  }
  return best;
}

function quartileOf(likenesses: readonly number[]): number {
  return likenesses.toSorted((a, b) => a - b)[Math.ceil(likenesses.length * CHANGED_SHARE) - 1] ?? 0;
}

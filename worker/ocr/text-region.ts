/** Edges in pixels of a frame, right and bottom exclusive. */
export interface PixelBox {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** A place where a line of text may stand. */
export interface TextRegion extends PixelBox {
  /** How tall its letters are, in pixels, across the direction of reading. */
  letterHeight: number;
  /** Its letters are brighter than what is around them. */
  isBright: boolean;
  /** Its letters lie on their side. */
  isVertical: boolean;
  /** How many letters it seems to have. */
  letters: number;
  /** How far its letters' brightness is from what is above or below them, levels of 255. */
  contrast: number;
}

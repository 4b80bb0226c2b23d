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
  evidence: LineEvidence;
}

/** What of the pixels in and around a region speaks for text or against it. */
export interface PixelEvidence {
  /** How well its brightness falls into ink and paper, 0..1; see separability. */
  separability: number;
  /** Strokes above or below the line for one inside, on the calmer side. */
  calmest: number;
}

/** How unlike the letters of a line are: 0 for all alike. */
export interface LetterUnevenness {
  /** Standard deviation of their heights, in median heights. */
  height: number;
  /** Standard deviation of their brightness, in parts of the contrast; at most 1. */
  luma: number;
}

/** All that is known of a region without reading it. */
export interface LineEvidence extends PixelEvidence {
  /** How many components the line consists of: letters, or words whose letters touch. */
  components: number;
  unevenness: LetterUnevenness;
}

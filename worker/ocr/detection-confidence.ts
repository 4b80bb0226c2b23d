import type { TextRegion } from './text-region.ts';

/** More components than these tell no more. */
const MOST_COMPONENTS = 16;

/** What the confidence of a region is computed from; none of it depends on what is read there. */
export function lineFeatures({ contrast, evidence }: Pick<TextRegion, 'contrast' | 'evidence'>) {
  const { separability, calmest, components, unevenness } = evidence;
  return {
    separability,
    calmest,
    components: Math.log2(Math.min(MOST_COMPONENTS, components)),
    contrast: Math.log2(1 + contrast),
    unevenHeight: unevenness.height,
    unevenLuma: unevenness.luma,
  };
}

/** One number of each kind. */
export type LineFeatures = ReturnType<typeof lineFeatures>;

/** Printed by `npm run eval:text-detection -- --fit`, which says how it was found; see docs/accuracy.md. */
const BIAS = -9.445;
const WEIGHTS: LineFeatures = {
  separability: 5.888,
  calmest: -17.169,
  components: 2.018,
  contrast: 0.308,
  unevenHeight: -12.281,
  unevenLuma: -6.628,
};

/**
 * How sure it is, 0..1, that a region holds text, whatever that says: a logistic function of its features. It is the part
 * of such regions that were text where it was fitted, on as many texts as textures.
 */
export function detectionConfidence(region: Pick<TextRegion, 'contrast' | 'evidence'>): number {
  const features = lineFeatures(region);
  const sum = FEATURE_NAMES.reduce((total, name) => total + WEIGHTS[name] * features[name], BIAS);
  return Math.round(1e4 / (1 + Math.exp(-sum))) / 1e4;
}

/** The names of the features, in one order. */
export const FEATURE_NAMES = Object.keys(WEIGHTS).filter(isFeatureName);

function isFeatureName(name: string): name is keyof LineFeatures {
  return name in WEIGHTS;
}

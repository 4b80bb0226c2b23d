/** At least two letters or digits side by side: a single sign is what textures look like to the engine. */
const LEAST_WORD = /[\p{L}\p{N}]{2}/u;
/** Signs that are nothing but an upright stroke: a row of bars, a fence, a window. */
const BARS_ONLY = /^[Il1iLjJtT|!/\\()[\]{}.,:;'’‘"“”`´_\-–—=~*°\s]+$/u;
/** Part of the signs that has to be letters and digits. */
const LEAST_WORDY_PART = 0.6;
/** The least confidence of a line with so many letters and digits: chance makes words of a few letters. */
const DEMANDS = [
  { signs: 7, confidence: 0 },
  { signs: 4, confidence: 0.8 },
  { signs: 0, confidence: 0.85 },
];

/**
 * Whether a reading is a line of text rather than a texture that looks like one: without a dictionary, by what it consists
 * of and how sure (0..1) the engine is of it.
 */
export function isPlausible(text: string, confidence: number): boolean {
  if (!LEAST_WORD.test(text)) return false;
  const signs = text.match(/[\p{L}\p{N}]/gu) ?? [];
  const visible = text.match(/\S/gu) ?? [];
  if (signs.length < LEAST_WORDY_PART * visible.length) return false;
  const isNumber = /^\d+([.,:/-]\d+)*$/.test(text) && new Set(signs).size > 1;
  if (BARS_ONLY.test(text) && !isNumber) return false;
  const demand = DEMANDS.find((one) => signs.length >= one.signs);
  return demand === undefined || confidence >= demand.confidence;
}

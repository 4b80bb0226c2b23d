import { createCanvas } from '@napi-rs/canvas';
import type { OcrLanguage } from '../../src/jobs/ocr-languages.ts';
import { DEMO_FONT, registerDemoFont } from '../../worker/demo/demo-font.ts';
import { mulberry32 } from '../helpers/mulberry32.ts';

/** One text of a scene and how it is drawn. */
export interface DrawnText {
  text: string;
  /** Shown from `t0` until before `t1`, in seconds. */
  t0: number;
  t1: number;
  style: TextStyle;
  /** Pixels of the top left corner, after a quarter turn if there is one, at a time in seconds. */
  placeAt: (seconds: number) => { x: number; y: number };
}

/** How texts look. Sizes are pixels, colours are of CSS. */
export interface TextStyle {
  size: number;
  ink: string;
  /** Colour of a box behind the text. */
  box?: string;
  outline?: string;
  /** Turned by a quarter against the clock: it reads upwards. */
  turned?: boolean;
}

/** A video to be drawn: texts on a plain colour, or on a photograph that glides slowly. */
export interface TextScene {
  name: string;
  language: OcrLanguage;
  /** A colour of CSS, or PHOTOGRAPH. */
  paper: string;
  texts: readonly DrawnText[];
}

/** Paper that is no colour. */
export const PHOTOGRAPH = 'photograph';

/** Pixels, frames a second and seconds of each scene's video. */
export const SCENE_VIDEO = { width: 960, height: 540, framesPerSecond: 10, seconds: 8 };

const ENGLISH = [
  'Please mind the gap',
  'Platform 9 departs 14:35',
  'Fresh bread every morning',
  'No entry after 8 PM',
  'Total amount 482.50 EUR',
  'Meeting room 217 is free',
  'Chapter 12 The return',
  'Battery at 64 percent',
  'Connection lost, retrying',
  'Weather: rain and wind',
  'Press any key to continue',
  'Save changes before exit',
];
const FRENCH = [
  'Le train arrive à midi',
  'Fermé le dimanche matin',
  'Prière de ne pas fumer',
  'Où est la sortie ?',
  'Entrée libre dès 18 heures',
  'Ça coûte 25 euros',
  'Château fort du XIIe siècle',
  'Élève de première année',
];
const NEWS = ['Heavy snow closes the mountain pass', 'Mayor opens new city library today'];
const LIGHT: TextStyle = { size: 24, ink: '#f4f4f4' };
const DARK: TextStyle = { size: 24, ink: '#202020' };
const OUTLINED: TextStyle = { size: 28, ink: '#ffffff', outline: '#000000' };
const TICKER_SPEED = 130;
const TICKER_SECONDS = 4;

/** The scenes, the same for the same seed: which text stands where, and when. */
export function makeTextScenes(seed: number): TextScene[] {
  registerDemoFont();
  const random = mulberry32(seed);
  const still = (
    name: string,
    paper: string,
    style: TextStyle,
    texts: readonly string[] = ENGLISH,
  ): TextScene => ({
    name,
    paper,
    language: texts === FRENCH ? 'fra' : 'eng',
    texts: fillSlots(pick(texts, 4, random), style, random),
  });
  return [
    still('small, 12 px', '#ffffff', { ...DARK, size: 12 }),
    still('light on dark', '#182838', LIGHT),
    still('dark on light', '#e8e4d8', DARK),
    still('boxed', PHOTOGRAPH, { ...LIGHT, box: '#101010' }),
    still('low contrast', '#808080', { size: 28, ink: '#8c8c8c' }),
    still('turned', '#f0f0f0', { ...DARK, turned: true }),
    ticker(random),
    still('on a photograph', PHOTOGRAPH, OUTLINED),
    still('French', '#ffffff', DARK, FRENCH),
    still('French on a photograph', PHOTOGRAPH, OUTLINED, FRENCH),
  ];
}

/** Two texts at a time: a pair in the first half, another in the second, each with times of its own. */
function fillSlots(texts: readonly string[], style: TextStyle, random: () => number): DrawnText[] {
  const half = SCENE_VIDEO.seconds / 2;
  return texts.map((text, index) => {
    const from = index < texts.length / 2 ? 0 : half;
    const isUpper = index % 2 === 0;
    const place = style.turned
      ? { x: (isUpper ? 120 : 520) + random() * 100, y: 60 + random() * 60 }
      : { x: 60 + random() * 300, y: (isUpper ? 60 : 320) + random() * 120 };
    return {
      text,
      style,
      t0: onFrame(from + 0.2 + random() * 0.7),
      t1: onFrame(from + half - 0.9 + random() * 0.7),
      placeAt: () => place,
    };
  });
}

/** Headlines that pass from right to left; they count as shown while they are in the picture as a whole. */
function ticker(random: () => number): TextScene {
  const style = { ...LIGHT, size: 26, box: '#600010' };
  const texts = NEWS.map((text, index): DrawnText => {
    const enters = index * TICKER_SECONDS - 2.5 + random() * 0.5;
    const placeAt = (seconds: number) => ({
      x: SCENE_VIDEO.width - (seconds - enters) * TICKER_SPEED,
      y: 440,
    });
    const width = measureText(text, style);
    const t0 = Math.max(0, onFrame(enters + width / TICKER_SPEED + 0.05));
    const t1 = Math.min(SCENE_VIDEO.seconds, onFrame(enters + SCENE_VIDEO.width / TICKER_SPEED - 0.05));
    return { text, style, placeAt, t0, t1 };
  });
  return { name: 'ticker', language: 'eng', paper: PHOTOGRAPH, texts };
}

/** Width of a text in pixels. */
export function measureText(text: string, { size }: TextStyle): number {
  const context = createCanvas(1, 1).getContext('2d');
  context.font = `${size}px "${DEMO_FONT}"`;
  return context.measureText(text).width;
}

function pick(texts: readonly string[], count: number, random: () => number): string[] {
  return texts
    .map((text) => ({ text, order: random() }))
    .toSorted((a, b) => a.order - b.order)
    .slice(0, count)
    .map(({ text }) => text);
}

function onFrame(seconds: number): number {
  return Math.round(seconds * SCENE_VIDEO.framesPerSecond) / SCENE_VIDEO.framesPerSecond;
}

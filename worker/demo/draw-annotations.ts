import { type Canvas, createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import type { BoundingBox, FrameResult } from '../../src/results/results-document.ts';
import type { RgbImage } from '../rgb-image.ts';
import { DEMO_FONT, registerDemoFont } from './demo-font.ts';
import { placeTag, type PixelRect } from './place-tags.ts';

const TEXT_COLOUR = '#ffe14d';
const DARK = '#0c1018';
const FOOTER = '#26324a';
/** Hues, in degrees, that differ clearly from each other and from the colour of texts. */
const LABEL_HUES = [150, 200, 330, 20, 275, 95, 235, 0, 175, 300];

interface Annotation {
  box: BoundingBox;
  caption: string;
  colour: string;
  dashed: boolean;
}

/** A CSS colour which is always the same for the same label. */
export function labelColour(label: string): string {
  let hash = 7;
  for (const character of label) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return `hsl(${LABEL_HUES[hash % LABEL_HUES.length] ?? 0}, 85%, 62%)`;
}

/**
 * Draws what was found on one frame over its picture, with a footer that tells the time; returns the bytes of a PNG,
 * which is a footer higher than the frame.
 */
export async function drawAnnotations(image: RgbImage, frame: FrameResult): Promise<Buffer> {
  registerDemoFont();
  const fontSize = Math.max(12, Math.round(Math.min(image.width, image.height) / 36));
  const footerHeight = Math.round(fontSize * 2.2);
  const canvas = createCanvas(image.width, image.height + footerHeight);
  const context = canvas.getContext('2d');
  context.font = `${fontSize}px "${DEMO_FONT}"`;
  context.textBaseline = 'middle';
  drawPicture(context, image);

  const annotations: Annotation[] = [
    ...frame.texts.map(({ box, text }) => ({ box, caption: `“${text}”`, colour: TEXT_COLOUR, dashed: true })),
    ...frame.detections.map(({ box, label, confidence, trackId }) => {
      const caption = `${label} ${Math.round(confidence * 100)} %  #${trackId}`;
      return { box, caption, colour: labelColour(label), dashed: false };
    }),
  ];
  // All outlines lie below all tags, so that no line runs through the writing.
  for (const annotation of annotations) drawOutline(context, annotation, image, fontSize);
  const placed: PixelRect[] = [];
  for (const annotation of annotations) placed.push(drawTag(context, annotation, image, fontSize, placed));
  drawFooter(canvas, context, frame, footerHeight, fontSize);
  return canvas.encode('png');
}

function drawPicture(context: SKRSContext2D, image: RgbImage): void {
  const picture = context.createImageData(image.width, image.height);
  for (let from = 0, to = 0; from < image.data.length; from += 3, to += 4) {
    picture.data[to] = image.data[from] ?? 0;
    picture.data[to + 1] = image.data[from + 1] ?? 0;
    picture.data[to + 2] = image.data[from + 2] ?? 0;
    picture.data[to + 3] = 255;
  }
  context.putImageData(picture, 0, 0);
}

function toPixels(box: BoundingBox, image: RgbImage): PixelRect {
  const [x, y] = [Math.round(box.x * image.width), Math.round(box.y * image.height)];
  return { x, y, width: Math.round(box.width * image.width), height: Math.round(box.height * image.height) };
}

function drawOutline(
  context: SKRSContext2D,
  annotation: Annotation,
  image: RgbImage,
  fontSize: number,
): void {
  const line = Math.max(2, Math.round(fontSize / 7));
  const { x, y, width, height } = toPixels(annotation.box, image);
  context.lineWidth = line;
  context.strokeStyle = annotation.colour;
  context.setLineDash(annotation.dashed ? [line * 4, line * 2] : []);
  // Objects inwards, because half a line would be lost at the edge of the picture; texts outwards, off their letters.
  const inset = annotation.dashed ? -line * 1.5 : line / 2;
  context.strokeRect(x + inset, y + inset, Math.max(1, width - 2 * inset), Math.max(1, height - 2 * inset));
}

function drawTag(
  context: SKRSContext2D,
  annotation: Annotation,
  image: RgbImage,
  fontSize: number,
  placed: readonly PixelRect[],
): PixelRect {
  const padding = Math.round(fontSize * 0.4);
  const caption = fitText(context, annotation.caption, image.width - 2 * padding);
  const size = {
    width: Math.ceil(context.measureText(caption).width) + 2 * padding,
    height: Math.round(fontSize * 1.5),
  };
  const tag = placeTag(toPixels(annotation.box, image), size, image, placed);
  context.fillStyle = annotation.colour;
  context.fillRect(tag.x, tag.y, tag.width, tag.height);
  context.fillStyle = DARK;
  context.textAlign = 'left';
  context.fillText(caption, tag.x + padding, tag.y + tag.height / 2);
  return tag;
}

function fitText(context: SKRSContext2D, text: string, maxWidth: number): string {
  if (context.measureText(text).width <= maxWidth) return text;
  const characters = Array.from(text);
  const shortened = (): string => `${characters.join('')}…`;
  while (characters.length > 1 && context.measureText(shortened()).width > maxWidth) characters.pop();
  return shortened();
}

function drawFooter(
  canvas: Canvas,
  context: SKRSContext2D,
  frame: FrameResult,
  height: number,
  fontSize: number,
): void {
  const middle = canvas.height - height / 2;
  context.fillStyle = FOOTER;
  context.fillRect(0, canvas.height - height, canvas.width, height);
  context.fillStyle = '#ffffff';
  context.textAlign = 'left';
  context.fillText(`${clockTime(frame.timestampMs)}   frame ${frame.frameIndex}`, fontSize, middle);
  context.textAlign = 'right';
  const { detections, texts } = frame;
  const found = `${count(detections.length, 'object')}, ${count(texts.length, 'line')} of text`;
  context.fillText(found, canvas.width - fontSize, middle);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** `h:mm:ss.mmm`. */
function clockTime(timeMs: number): string {
  const total = Math.max(0, Math.round(timeMs));
  const [hours, minutes, seconds] = [total / 3_600_000, (total / 60_000) % 60, (total / 1000) % 60];
  return `${digits(hours, 1)}:${digits(minutes, 2)}:${digits(seconds, 2)}.${digits(total % 1000, 3)}`;
}

function digits(value: number, length: number): string {
  return String(Math.floor(value)).padStart(length, '0');
}

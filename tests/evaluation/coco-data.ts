import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { TrueObject } from './average-precision.ts';

const instancesSchema = z.object({
  images: z.array(z.object({ id: z.int(), file_name: z.string(), width: z.int(), height: z.int() })),
  annotations: z.array(
    z.object({
      image_id: z.int(),
      category_id: z.int(),
      bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]),
      iscrowd: z.int(),
    }),
  ),
  categories: z.array(z.object({ id: z.int(), name: z.string() })),
});

/** Pictures and what is on them. */
export interface CocoData {
  images: { id: number; path: string; width: number; height: number }[];
  truth: TrueObject[];
  /** Number of each label in the data set. */
  categories: ReadonlyMap<string, number>;
}

/** Reads a folder with `instances.json` in COCO's format and the pictures it names in `images`. */
export async function readCocoData(folder: string): Promise<CocoData> {
  const text = await readFile(join(folder, 'instances.json'), 'utf8');
  const { images, annotations, categories } = instancesSchema.parse(JSON.parse(text));
  const labels = new Map(categories.map(({ id, name }) => [id, name]));
  return {
    images: images.map(({ id, width, height, file_name: name }) => ({
      id,
      width,
      height,
      path: join(folder, 'images', name),
    })),
    truth: annotations.map(({ image_id: imageId, category_id: category, bbox, iscrowd }) => {
      const [x, y, width, height] = bbox;
      const label = labels.get(category);
      if (label === undefined) throw new Error(`instances.json names no category ${category}.`);
      return { imageId, label, box: { x, y, width, height }, isCrowd: iscrowd === 1 };
    }),
    categories: new Map(categories.map(({ id, name }) => [name, id])),
  };
}

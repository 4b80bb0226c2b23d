import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { AppError } from '../../../src/errors.ts';
import { errnoOf } from '../../../src/storage/file-errors.ts';

/** Name of the file in which an Ultralytics export describes itself. */
export const METADATA_FILE = 'metadata.yaml';

const MAX_METADATA_BYTES = 1024 ** 2;

const metadataSchema = z.looseObject({
  task: z.string().optional(),
  version: z.coerce.string().optional(),
  license: z.string().optional(),
  /** Height and width. */
  imgsz: z.tuple([z.int(), z.int()]).optional(),
  names: z
    .union([z.array(z.coerce.string()), z.record(z.string().regex(/^\d+$/), z.coerce.string())])
    .optional(),
  args: z.looseObject({ nms: z.boolean().optional() }).optional(),
});

/** What an Ultralytics export says of itself; what it does not say is missing. */
export interface ExportMetadata {
  /** One a class, in the order of the graph's scores. */
  labels?: string[];
  version?: string;
  /** As an SPDX identifier. */
  licence?: string;
  /** Of the input in pixels. */
  size?: { width: number; height: number };
}

/**
 * Reads the metadata of the export in `directory`; empty when it has none, as exports of YOLOv5.
 * @throws AppError MODEL_UNAVAILABLE when it cannot be read, or tells of a model that no head decodes.
 */
export async function readExportMetadata(directory: string): Promise<ExportMetadata> {
  const text = await readMetadataFile(join(directory, METADATA_FILE));
  if (text === null) return {};
  const { task = 'detect', version, license, imgsz, names, args } = parseMetadata(text);
  if (task !== 'detect') {
    throw refused(`is of a model that was trained to "${task}"`, 'Export one that was trained to detect.');
  }
  if (args?.nms === true) {
    throw refused('says that the graph suppresses boxes by itself', 'Export it again with nms=False.');
  }
  return {
    ...(names !== undefined && { labels: labelsOf(names) }),
    ...(version !== undefined && { version }),
    ...(license !== undefined && { licence: license.replace(/ License\b.*$/su, '') }),
    ...(imgsz !== undefined && { size: { width: imgsz[1], height: imgsz[0] } }),
  };
}

async function readMetadataFile(file: string): Promise<string | null> {
  try {
    const stats = await lstat(file);
    if (stats.isFile() && stats.size <= MAX_METADATA_BYTES) return await readFile(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
  throw refused(`is no plain file of at most ${MAX_METADATA_BYTES} bytes`, 'Export the model again.');
}

function parseMetadata(text: string): z.infer<typeof metadataSchema> {
  try {
    return metadataSchema.parse(parse(text));
  } catch (error) {
    throw refused('is not what Ultralytics writes', 'Export the model again.', error);
  }
}

/** A class without a name between two that have one would shift all behind it. */
function labelsOf(names: string[] | Record<string, string>): string[] {
  if (Array.isArray(names)) return names;
  const numbers = Object.keys(names)
    .map(Number)
    .toSorted((a, b) => a - b);
  if (numbers.some((number, index) => number !== index)) {
    throw refused('does not number its names from 0 without gaps', 'Export the model again.');
  }
  return numbers.map((number) => names[number] ?? '');
}

function refused(what: string, advice: string, cause?: unknown): AppError {
  return new AppError('MODEL_UNAVAILABLE', `The ${METADATA_FILE} of the export ${what}. ${advice}`, {
    cause,
  });
}

import type { ModelManifest } from '../models/manifest.ts';
import { createCenternetHead } from './centernet.ts';
import type { Head } from './head.ts';
import { createSsdHead } from './ssd.ts';
import { createYoloHead } from './yolo.ts';

/** The head that decodes the outputs of the model with this manifest. */
export function createHead(manifest: ModelManifest): Head {
  if (manifest.head === 'yolo') return createYoloHead(manifest);
  if (manifest.head === 'centernet') return createCenternetHead(manifest.labels, manifest.input);
  return createSsdHead(manifest.labels);
}

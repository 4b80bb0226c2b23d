import type { ModelManifest } from '../models/manifest.ts';
import { createCenternetHead } from './centernet.ts';
import type { Head } from './head.ts';
import { createSsdHead } from './ssd.ts';
import { createYoloHead } from './yolo.ts';

/** The heads of the model with this manifest: the one that decodes only the wanted labels, or all when none are named. */
export function createHeads(manifest: ModelManifest): (wanted?: readonly string[]) => Head {
  const all = createHead(manifest);
  return (wanted) => {
    if (wanted === undefined) return all;
    const labels = manifest.labels.map((label) => (label !== null && wanted.includes(label) ? label : null));
    return createHead({ ...manifest, labels });
  };
}

/** The head that decodes the outputs of the model with this manifest. */
export function createHead(manifest: ModelManifest): Head {
  if (manifest.head === 'yolo') return createYoloHead(manifest);
  if (manifest.head === 'centernet') return createCenternetHead(manifest.labels, manifest.input);
  return createSsdHead(manifest.labels);
}

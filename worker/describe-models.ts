import { createTable } from '../src/cli/create-table.ts';
import type { CheckedModel } from './detection/check-model.ts';
import type { ListedModel } from './detection/models/list-models.ts';
import type { ModelManifest } from './detection/models/manifest.ts';

/** How many labels are spelled out. */
const SHOWN_LABELS = 10;

/** One line on a model, for the person at the terminal. */
export function summariseModel(manifest: ModelManifest): string {
  const { name, version, licence } = manifest;
  const labels = `${labelsOf(manifest).length} labels`;
  return `${name}, version ${version} (${licence}): ${describeHead(manifest)}, ${sizeOf(manifest)}, ${labels}.`;
}

/** A table with one line a model. */
export function tabulateModels(models: readonly ListedModel[]): string {
  const table = createTable(['Model', 'Version', 'Head', 'Input', 'Labels', 'Licence', 'State']);
  for (const { name, manifest, isPresent, fault } of models) {
    const state = fault ?? (isPresent ? 'ready' : `to be had: foregsyte models fetch ${name}`);
    const facts = manifest && [
      manifest.version,
      manifest.head,
      sizeOf(manifest),
      labelsOf(manifest).length,
      manifest.licence,
    ];
    table.push([name, ...(facts ?? ['', '', '', '', '']), state]);
  }
  return table.toString();
}

/** A table of all that a check found. */
export function tabulateCheck({
  manifest,
  sha256,
  backend,
  batchSize,
  outputShapes,
  inferenceMs,
}: CheckedModel): string {
  const { name, version, licence, input } = manifest;
  const outputs = manifest.outputs.map(
    (output, index) => `${output}: [${outputShapes[index]?.join(', ') ?? ''}]`,
  );
  const table = createTable([]);
  table.push(
    { Model: `${name}, version ${version}` },
    { Licence: licence },
    { Input: `${input.node}: ${sizeOf(manifest)}, ${input.normalisation}, ${input.fit}` },
    { Output: outputs.join('\n') },
    { Head: describeHead(manifest) },
    { Labels: listLabels(labelsOf(manifest)) },
    { 'SHA-256': sha256 },
    { Backend: backend },
    { 'Pictures at once': batchSize },
    { 'One inference': `${inferenceMs.toFixed(0)} ms on one thread` },
  );
  return table.toString();
}

function describeHead(manifest: ModelManifest): string {
  if (manifest.head !== 'yolo') return manifest.head;
  const unit = manifest.boxUnit === 'pixels' ? 'pixels' : 'fractions of the input';
  return `yolo, layout ${manifest.layout}, boxes in ${unit}`;
}

function sizeOf({ input }: ModelManifest): string {
  return `${input.width}x${input.height}`;
}

function labelsOf({ labels }: ModelManifest): string[] {
  return labels.filter((label) => label !== null);
}

function listLabels(labels: readonly string[]): string {
  const shown = labels.slice(0, SHOWN_LABELS).join(', ');
  return `${labels.length}: ${shown}${labels.length > SHOWN_LABELS ? ', ...' : ''}`;
}

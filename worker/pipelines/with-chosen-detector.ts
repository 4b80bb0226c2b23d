import { completeStoredOptions } from '../../src/jobs/analysis-options.ts';
import type { PipelineId } from '../../src/jobs/pipeline-ids.ts';
import type { Detectors } from '../detection/detectors.ts';
import type { ObjectDetector } from '../detection/object-detector.ts';
import type { Pipeline } from './pipeline.ts';

/** A pipeline whose detector is that of the job's option `model`; `make` makes the pipeline over one detector. */
export function withChosenDetector<Id extends PipelineId>(
  id: Id,
  detectors: Detectors,
  make: (detector: ObjectDetector) => Pipeline,
): Pipeline & { readonly id: Id } {
  return {
    id,
    run: (filePath, stored, observer, signal) =>
      detectors.use(
        completeStoredOptions(stored).model,
        (detector) => make(detector).run(filePath, stored, observer, signal),
        signal,
      ),
  };
}

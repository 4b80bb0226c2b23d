import type { ResultsReader } from './read-results.ts';
import type { FrameResult, MediaInfo } from './results-document.ts';

/**
 * The detections as a COCO object detection data set (https://cocodataset.org/#format-data): images are the sampled
 * frames, boxes are in pixels. Beyond the format, images carry `frame_index` and `timestamp_ms`, and annotations
 * `score` and `track_id`. The frames are read twice, so that neither list is ever in memory.
 */
export async function* exportCoco(reader: ResultsReader): AsyncGenerator<string> {
  const { jobId, media, models } = await reader.summary();
  const description = `Detections of job ${jobId} by ${models.detection.model} ${models.detection.version}`;
  yield `{"info":${JSON.stringify({ description, version: '1.0', contributor: 'Foregsyte' })},\n"images":[`;

  // Ids are numbered from 1 in order of first appearance.
  const categoryIds = new Map<string, number>();
  const joinImages = separatePieces();
  for await (const frames of reader.allFrames()) {
    for (const { label } of frames.flatMap(({ detections }) => detections)) {
      if (!categoryIds.has(label)) categoryIds.set(label, categoryIds.size + 1);
    }
    yield joinImages(frames.map((frame) => toImage(frame, media)));
  }
  const categories = [...categoryIds].map(([name, id]) => ({ id, name, supercategory: '' }));
  yield `\n],\n"categories":${JSON.stringify(categories)},\n"annotations":[`;

  const joinAnnotations = separatePieces();
  let lastId = 0;
  const nextId = () => (lastId += 1);
  for await (const frames of reader.allFrames()) {
    yield joinAnnotations(frames.flatMap((frame) => toAnnotations(frame, { media, categoryIds, nextId })));
  }
  yield '\n]}\n';
}

function imageId({ frameIndex }: FrameResult): number {
  return frameIndex + 1;
}

function toImage(frame: FrameResult, { width, height }: MediaInfo) {
  return {
    id: imageId(frame),
    // The export holds no pictures; the format wants a name, and this one says which frame it is.
    file_name: `frame-${frame.frameIndex}.png`,
    width,
    height,
    frame_index: frame.frameIndex,
    timestamp_ms: frame.timestampMs,
  };
}

function toAnnotations(
  frame: FrameResult,
  context: { media: MediaInfo; categoryIds: ReadonlyMap<string, number>; nextId: () => number },
) {
  const { media, categoryIds, nextId } = context;
  return frame.detections.map(({ label, box, confidence, trackId }) => {
    const width = roundPixels(box.width * media.width);
    const height = roundPixels(box.height * media.height);
    return {
      id: nextId(),
      image_id: imageId(frame),
      category_id: categoryIds.get(label),
      bbox: [roundPixels(box.x * media.width), roundPixels(box.y * media.height), width, height],
      area: roundPixels(width * height),
      iscrowd: 0,
      score: confidence,
      track_id: trackId,
    };
  });
}

function roundPixels(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Makes a function that writes the members of one array, called as often as there are chunks of it. */
function separatePieces(): (items: readonly object[]) => string {
  let separator = '\n';
  return (items) => {
    let text = '';
    for (const item of items) {
      text += separator + JSON.stringify(item);
      separator = ',\n';
    }
    return text;
  };
}

import { registerEnumType } from 'type-graphql';
import type { ResultsFormat } from '../results/results-formats.ts';

/** GraphQL's names of the formats. */
export const ResultsFormatEnum = {
  JSON: 'json',
  CSV: 'csv',
  WEBVTT: 'webvtt',
  COCO: 'coco',
} as const satisfies Record<Uppercase<ResultsFormat>, ResultsFormat>;

registerEnumType(ResultsFormatEnum, {
  name: 'ResultsFormat',
  description: 'In which format to fetch results over HTTP.',
  valuesConfig: {
    JSON: { description: 'The whole results document; parts of it by HTTP range.' },
    CSV: { description: 'One line a detection, with the timestamp, the track and the normalised box.' },
    WEBVTT: { description: 'The text segments as subtitles.' },
    COCO: { description: 'The detections as a COCO object detection data set, boxes in pixels.' },
  },
});

/** In which formats results can be fetched over HTTP. */
export const RESULTS_FORMATS = ['json', 'csv', 'webvtt', 'coco'] as const;

/** See RESULTS_FORMATS. */
export type ResultsFormat = (typeof RESULTS_FORMATS)[number];

/** How a format is served. */
export interface ResultsFormatInfo {
  /** Last part of its path, and of the name a browser saves it under. */
  fileName: string;
  contentType: string;
  /** Part of the ETag: it must grow whenever the same results would become other bytes. */
  revision: number;
}

/** See ResultsFormatInfo. */
export const RESULTS_FORMAT_INFO: Readonly<Record<ResultsFormat, ResultsFormatInfo>> = {
  json: { fileName: 'document.json', contentType: 'application/json; charset=utf-8', revision: 1 },
  csv: { fileName: 'detections.csv', contentType: 'text/csv; charset=utf-8; header=present', revision: 1 },
  webvtt: { fileName: 'texts.vtt', contentType: 'text/vtt; charset=utf-8', revision: 1 },
  coco: { fileName: 'coco.json', contentType: 'application/json; charset=utf-8', revision: 1 },
};

/** Path, on the service itself, under which the results of a job are served in a format. */
export function resultsPath(jobId: string, format: ResultsFormat): string {
  return `/results/${encodeURIComponent(jobId)}/${RESULTS_FORMAT_INFO[format].fileName}`;
}

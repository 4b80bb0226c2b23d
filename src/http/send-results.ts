import type { Request, Response } from 'express';
import { exportCoco } from '../results/export-coco.ts';
import { exportCsv } from '../results/export-csv.ts';
import { exportWebvtt } from '../results/export-webvtt.ts';
import type { OpenedResults } from '../results/open-results.ts';
import type { ResultsReader } from '../results/read-results.ts';
import { resultsAsSnake } from '../results/results-as-snake.ts';
import { RESULTS_FORMAT_INFO, type ResultsFormat } from '../results/results-formats.ts';
import type { StorageService } from '../storage/storage-service.ts';
import { sendFile } from './send-file.ts';
import { chooseCoding, sendStream, type Representation } from './send-stream.ts';

const EXPORTS: Readonly<
  Record<Exclude<ResultsFormat, 'json'>, (reader: ResultsReader) => AsyncIterable<string>>
> = { csv: exportCsv, webvtt: exportWebvtt, coco: exportCoco };

/** Grows when the plain route would answer the same results with other bytes. */
const SNAKE_REVISION = 1;

/** Sends the results of a completed job in one format, as the answer to a GET or HEAD. */
export type SendResults = (
  request: Request,
  response: Response,
  opened: OpenedResults,
  format: ResultsFormat,
) => Promise<void>;

/**
 * The whole document goes out as the file it is, by ranges when asked for, or compressed; the exports are made while
 * they are sent. Results of a completed job never change, so all of them have strong ETags.
 * The sender throws AppError STORAGE_FAILED, before anything has been sent, when the results cannot be read.
 */
export function sendResults(deps: { storage: StorageService }): SendResults {
  const { storage } = deps;
  return async (request, response, opened, format) => {
    const representation = describe(opened, format);
    if (format !== 'json') {
      const open = () => EXPORTS[format](opened.reader);
      return sendStream(request, response, { ...representation, hasNoRanges: true, open });
    }
    // Ranges are of the file's own bytes, so a client that asks for one gets them uncompressed.
    if (request.headers.range === undefined && chooseCoding(request) === 'gzip') {
      const open = () => readFile(storage, opened.key);
      return sendStream(request, response, { ...representation, hasNoRanges: false, open });
    }
    return sendFile(request, response, { ...representation, storage, key: opened.key });
  };
}

/** Sends what the plain route `GET /video/results/{job_id}` answers: see resultsAsSnake. */
export async function sendSnakeResults(
  request: Request,
  response: Response,
  opened: OpenedResults,
): Promise<void> {
  const { jobId, attempt, updatedAt } = opened.job;
  await sendStream(request, response, {
    contentType: 'application/json; charset=utf-8',
    tag: `${jobId}.${attempt}.snake${SNAKE_REVISION}.${updatedAt.getTime()}`,
    fileName: null,
    hasNoRanges: true,
    open: () => resultsAsSnake(opened),
  });
}

function describe({ job }: OpenedResults, format: ResultsFormat): Representation {
  const { contentType, fileName, revision } = RESULTS_FORMAT_INFO[format];
  return {
    contentType,
    tag: `${job.jobId}.${job.attempt}.${format}${revision}`,
    fileName: `${job.jobId}-${fileName}`,
  };
}

async function* readFile(storage: StorageService, key: string): AsyncGenerator<Uint8Array> {
  yield* await storage.open(key);
}

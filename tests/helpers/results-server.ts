import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type IncomingHttpHeaders,
} from 'node:http';
import { buffer } from 'node:stream/consumers';
import express, { type ErrorRequestHandler } from 'express';
import { AppError } from '../../src/errors.ts';
import { sendResults, sendSnakeResults } from '../../src/http/send-results.ts';
import type { OpenedResults } from '../../src/results/open-results.ts';
import { createResultsReader } from '../../src/results/read-results.ts';
import type { ResultsDocument } from '../../src/results/results-document.ts';
import { RESULTS_FORMAT_INFO, RESULTS_FORMATS } from '../../src/results/results-formats.ts';
import type { StorageService } from '../../src/storage/storage-service.ts';

/** An answer as it stands on the wire: nothing is decompressed or followed. */
export interface WireAnswer {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** A small Express app that sends the results of one document, and what happened in it. */
export interface ResultsServer {
  ask(path: string, headers?: Record<string, string>, method?: string): Promise<WireAnswer>;
  /** Resolves when the headers are there; the caller must read or destroy the body. */
  begin(path: string, headers?: Record<string, string>, method?: string): Promise<IncomingMessage>;
  /** Local files not yet released, requests for results that have been handled, and endless exports that ended. */
  watched: { held: number; handled: number; ended: number };
  close(): void;
}

/** When the job of the document was made, and last changed. */
export const JOB_TIME = new Date('2026-01-02T03:04:05.678Z');

/**
 * Serves the document under `key` on `/results/<jobId>/<file>` and `/video/results/<jobId>`. With `?damage=gone` the
 * document is missing, with `?damage=cut` its frames cannot be read to their end,
 * with `?damage=endless` they have none.
 */
export async function startResultsServer(
  local: StorageService,
  key: string,
  document: ResultsDocument,
): Promise<ResultsServer> {
  const watched = { held: 0, handled: 0, ended: 0 };
  const storage: StorageService = {
    ...local,
    async toLocalFile(name) {
      const file = await local.toLocalFile(name);
      watched.held += 1;
      return { path: file.path, release: async () => void (watched.held -= 1) };
    },
  };
  const send = sendResults({ storage });
  const open = async (jobId: string): Promise<OpenedResults> => {
    const times = { createdAt: JOB_TIME, updatedAt: JOB_TIME };
    const job = { jobId, attempt: 2, ...times };
    return { job, key, reader: await createResultsReader(storage, key) };
  };

  const app = express();
  app.get('/results/:jobId/:file', async (request, response) => {
    const format = RESULTS_FORMATS.find(
      (candidate) => RESULTS_FORMAT_INFO[candidate].fileName === request.params.file,
    );
    if (!format) throw new AppError('INVALID_ARGUMENT', 'There is no such format.');
    const opened = damage(await open(request.params.jobId), request.query['damage'], document, watched);
    try {
      await send(request, response, opened, format);
    } finally {
      watched.handled += 1;
    }
  });
  app.get('/video/results/:jobId', async (request, response) =>
    sendSnakeResults(request, response, await open(request.params.jobId)),
  );
  const answerErrors: ErrorRequestHandler = (error: unknown, _request, response, next) => {
    if (response.headersSent || !(error instanceof AppError)) return next(error);
    response.status(error.httpStatus).json({ code: error.code });
  };
  // Express would print the errors that cut a connection.
  app.set('env', 'test').use(answerErrors);
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const { port } = address;

  const begin: ResultsServer['begin'] = async (path, headers = {}, method = 'GET') => {
    const request = httpRequest({ host: '127.0.0.1', port, path, headers, method });
    request.end();
    const [response]: IncomingMessage[] = await once(request, 'response');
    if (!response) throw new Error('There is no response.');
    return response;
  };
  return {
    begin,
    async ask(path, headers, method) {
      const response = await begin(path, headers, method);
      return { status: response.statusCode, headers: response.headers, body: await buffer(response) };
    },
    watched,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function damage(
  opened: OpenedResults,
  kind: unknown,
  document: ResultsDocument,
  watched: { ended: number },
): OpenedResults {
  const fail = (): never => {
    throw new AppError('STORAGE_FAILED', 'The file is gone.');
  };
  async function* allFrames() {
    if (kind === 'gone') fail();
    try {
      yield document.results;
      if (kind === 'cut') fail();
      for (;;) yield document.results;
    } finally {
      watched.ended += 1;
    }
  }
  const reader = { ...opened.reader, allFrames };
  if (kind === 'cut' || kind === 'endless') return { ...opened, reader };
  if (kind !== 'gone') return opened;
  return { ...opened, key: 'gone_results.json', reader: { ...reader, summary: async () => fail() } };
}

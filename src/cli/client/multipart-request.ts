import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { CommandFailure, EXIT_CODES } from '../command-failure.ts';

/** A file that is sent as the value of a variable of the type Upload. */
export class LocalFile {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }
}

/** A GraphQL operation as it is sent. */
export interface Operation {
  query: string;
  variables: Readonly<Record<string, unknown>>;
}

/** A request that carries files beside its operation. */
export interface MultipartRequest {
  contentType: string;
  body: AsyncIterable<Uint8Array>;
  /** Why the body ended early; null when all files could be read. fetch would not tell. */
  failure: () => CommandFailure | null;
}

/**
 * The operation as a GraphQL multipart request (https://github.com/jaydenseric/graphql-multipart-request-spec), or null
 * when no variable is a LocalFile. Each file is read as fast as it is sent: FormData with `openAsBlob` would read ahead
 * of a slow connection, up to the whole file.
 */
export function encodeMultipart({ query, variables }: Operation): MultipartRequest | null {
  const entries = Object.entries(variables);
  const files = entries.flatMap(([name, value]) =>
    value instanceof LocalFile ? [{ name, file: value }] : [],
  );
  if (files.length === 0) return null;

  const boundary = `foregsyte-${randomUUID()}`;
  const empty = entries.map(([name, value]) => [name, value instanceof LocalFile ? null : value]);
  const fields = {
    operations: { query, variables: Object.fromEntries(empty) },
    map: Object.fromEntries(files.map(({ name }) => [name, [`variables.${name}`]])),
  };
  let failure: CommandFailure | null = null;
  async function* body(): AsyncGenerator<Uint8Array> {
    for (const [name, value] of Object.entries(fields)) {
      yield Buffer.from(`${headOf(boundary, name)}\r\n\r\n${JSON.stringify(value)}\r\n`);
    }
    for (const { name, file } of files) {
      const head = `${headOf(boundary, name)}; filename="${escapeName(basename(file.path))}"`;
      yield Buffer.from(`${head}\r\ncontent-type: application/octet-stream\r\n\r\n`);
      try {
        yield* createReadStream(file.path);
      } catch (cause) {
        failure = new CommandFailure(EXIT_CODES.unexpected, null, `${file.path} cannot be read any more.`, {
          cause,
        });
        throw failure;
      }
      yield Buffer.from('\r\n');
    }
    yield Buffer.from(`--${boundary}--\r\n`);
  }
  return { contentType: `multipart/form-data; boundary=${boundary}`, body: body(), failure: () => failure };
}

function headOf(boundary: string, name: string): string {
  return `--${boundary}\r\ncontent-disposition: form-data; name="${escapeName(name)}"`;
}

/** As browsers do: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data */
function escapeName(name: string): string {
  return name.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22');
}

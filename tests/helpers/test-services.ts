import { afterAll, beforeAll } from '@jest/globals';
import { readConfig } from '../../src/config.ts';
import { createSilentLogger } from '../../src/logger.ts';
import { createServices, type Services } from '../../src/services.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

/** The product's services over a database and a storage folder of one test file. */
export interface TestServices extends Services {
  databaseUrl: string;
  /** The folder that holds the stored files. */
  storageRoot: string;
}

/**
 * Builds the services before the tests and closes them after; the returned function gives them to a test.
 * To be called outside of tests and hooks.
 */
export function useTestServices(environment: Record<string, string> = {}): () => TestServices {
  const dataDirectory = temporaryDirectory();
  let database: TestDatabase;
  let services: Services;
  beforeAll(async () => {
    database = await createTestDatabase();
    const config = readConfig({ DATABASE_URL: database.url, DATA_DIR: dataDirectory, ...environment });
    services = await createServices(config, createSilentLogger());
  });
  afterAll(async () => {
    await services.close();
    await database.drop();
  });
  return () => ({ ...services, databaseUrl: database.url, storageRoot: `${dataDirectory}/storage` });
}

/** The least that passes for the beginning of an MP4, and `size` bytes in all. */
export async function* videoBytes(size = 1024, filling = 1): AsyncGenerator<Buffer> {
  yield Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isomiso2', 'latin1');
  yield Buffer.alloc(size - 24, filling);
}

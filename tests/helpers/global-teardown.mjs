import { rm } from 'node:fs/promises';

/** Ends what global-setup.mjs began. */
export default async function globalTeardown() {
  const { postgres, dataDirectory } = globalThis.testPostgres;
  await postgres.stop();
  await rm(dataDirectory, { recursive: true, force: true });
}

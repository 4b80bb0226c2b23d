import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { z } from 'zod';
import { describeConnectFailure } from '../../../src/database/connect-failure.ts';
import { isDatabaseAway, translateDatabaseError } from '../../../src/database/unavailable.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const directory = temporaryDirectory();
const systemError = z.object({ message: z.string(), code: z.string(), syscall: z.string() });

/** What `work` fails with. Errors of Node's own modules are of another `Error` than that of a test file: so a copy. */
async function failureOf(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    const { message, ...facts } = systemError.parse(error);
    return Object.assign(new Error(message), facts);
  }
  throw new Error('The work succeeded.');
}

describe('a server on a local socket that is not running', () => {
  /** Connects where a server has ended: the folder is there, the socket is not. */
  const connect = async () => {
    const host = join(directory, 'sockets');
    await mkdir(host, { recursive: true });
    return failureOf(new Client({ host }).connect());
  };

  it('is a database that is away, and may come back', async () => {
    const failure = await connect();
    expect(failure).toMatchObject({ code: 'ENOENT', syscall: 'connect' });
    expect(isDatabaseAway(failure)).toBe(true);
    expect(translateDatabaseError(failure)).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });

  it('is nothing that the operator has to correct', async () => {
    expect(describeConnectFailure(await connect())).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });
});

it('a missing file is no database that is away', async () => {
  const failure = await failureOf(readFile(join(directory, 'missing')));
  expect(failure).toMatchObject({ code: 'ENOENT', syscall: 'open' });
  expect(isDatabaseAway(failure)).toBe(false);
  expect(translateDatabaseError(failure)).toBe(failure);
});

import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pino from 'pino';
import { whenDatabaseAnswers } from '../../../src/database/when-database-answers.ts';
import { AppError } from '../../../src/errors.ts';
import { startFakePostgres, type FakePostgres } from '../../helpers/fake-postgres.ts';
import { waitFor } from '../../helpers/wait-for.ts';

let server: FakePostgres;
let log: string[];
const logger = pino(
  new Writable({
    write(line: Buffer, _encoding, done) {
      log.push(line.toString());
      done();
    },
  }),
);
beforeEach(() => {
  log = [];
});
afterEach(() => server.close());

const never = new AbortController().signal;
const ready = async () => 'done';
const wait = (work: () => Promise<string>, waitMs = 20_000, signal = never) =>
  whenDatabaseAnswers(work, { databaseUrl: server.url, waitMs, logger, signal });

describe('waiting for the database', () => {
  it.each([
    ['is starting or recovering', '57P03'],
    ['has too many connections', '53300'],
    ['is shutting down', '57P01'],
  ])('goes on when it %s, with one line when it begins and one when it ends', async (_what, code) => {
    server = await startFakePostgres([code, code, 'accept']);
    expect(await wait(ready)).toBe('done');
    expect(server.connections()).toBe(3);
    expect(log).toHaveLength(2);
    expect(log[0]).toContain('waiting for the database');
    expect(log[1]).toContain('the database is ready');
  });

  it('says nothing when it need not wait', async () => {
    server = await startFakePostgres(['accept']);
    await wait(ready);
    expect(log).toEqual([]);
  });

  it.each([
    ['password', '28P01'],
    ['user', '28000'],
    ['database', '3D000'],
    ['right to connect', '42501'],
  ])('tells the operator at once of a wrong %s', async (_what, code) => {
    server = await startFakePostgres([code, 'accept']);
    await expect(wait(ready)).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringMatching(/DATABASE_URL.*then start again\.$/),
    });
    expect(server.connections()).toBe(1);
  });

  it('waits longer and longer', async () => {
    server = await startFakePostgres(['57P03']);
    const begun = performance.now();
    await expect(wait(ready, 1_500)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(performance.now() - begun).toBeGreaterThanOrEqual(1_500);
    // At 0, 250, 750 and 1500 ms.
    expect(server.connections()).toBe(4);
  });

  it('gives up after its time, saying what to do', async () => {
    server = await startFakePostgres(['57P03']);
    await expect(wait(ready, 0)).rejects.toMatchObject({
      message: expect.stringMatching(/Check DATABASE_URL.*DATABASE_WAIT_MS/),
    });
  });

  it('runs the work again when the database goes away under it, and fails with any other error', async () => {
    server = await startFakePostgres(['accept']);
    let runs = 0;
    const work = async () => {
      runs += 1;
      if (runs === 1) throw new Error('Connection terminated unexpectedly');
      if (runs === 2) throw new AppError('DATABASE_UNAVAILABLE', 'Not migrated yet.');
      throw new Error('a fault of ours');
    };
    await expect(wait(work)).rejects.toThrow('a fault of ours');
    expect(runs).toBe(3);
  });

  it.each(['silence', '57P03'])('ends at once when it is told to, before the answer %s', async (answer) => {
    server = await startFakePostgres([answer]);
    const stopping = new AbortController();
    const waiting = wait(ready, 600_000, stopping.signal);
    const reason = new Error('stop');
    const outcome = expect(waiting).rejects.toBe(reason);
    // Either in the middle of an attempt, or in a pause that is longer than the test would bear.
    const inIt = () => (answer === 'silence' ? server.connections() === 1 : server.ended() === 3);
    await waitFor(async () => (inIt() ? true : undefined), 10_000, 'the wait to be under way');
    const told = performance.now();
    stopping.abort(reason);
    await outcome;
    expect(performance.now() - told).toBeLessThan(500);
  });
});

import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { MAX_TURN } from '../queue/queue-service.ts';

const rowSchema = z.tuple([z.object({ turn: z.number() })]);

/**
 * The turn of the next job that `owner` queues at a priority, in the transaction of `manager`. Jobs of one priority
 * are taken in the order of their turns, so that owners share the workers evenly however many jobs each has waiting.
 *
 * This is start-time fair queueing (Goyal, Vin and Cheng, "Start-time fair queuing: a scheduling algorithm for
 * integrated services packet switching networks", SIGCOMM 1996) with every job of length 1: the virtual time is the
 * turn of the job that was taken last, and a job's turn is the virtual time, or one more than the owner's job before
 * it when that is later. A thousand jobs of one owner get a thousand turns in a row; a job of another owner that comes
 * after them gets the turn at which the first owner is served, and so is next. When nothing waits or runs, turns begin
 * at 0 again.
 */
export async function nextFairTurn(manager: EntityManager, owner: string, priority: number): Promise<number> {
  const rows: unknown = await manager.query(
    `SELECT LEAST($3, GREATEST(
      coalesce(
        (SELECT max(fair_turn) FROM jobs WHERE status = 'running' AND priority = $2),
        (SELECT min(fair_turn) FROM jobs WHERE status = 'pending' AND priority = $2),
        0),
      coalesce(
        (SELECT max(fair_turn) + 1 FROM jobs
          WHERE owner = $1 AND status IN ('pending', 'running') AND priority = $2),
        0))) AS turn`,
    [owner, priority, MAX_TURN],
  );
  return rowSchema.parse(rows)[0].turn;
}

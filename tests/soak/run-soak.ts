import { accountForJobs } from './account-for-jobs.ts';
import { runChaos, type Fault } from './chaos.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { lookForLeftovers } from './leftovers.ts';
import { runMeddler } from './meddler.ts';
import { runPoller } from './pollers.ts';
import type { ProductLog } from './product-log.ts';
import { createRandom } from './random.ts';
import { createRequestLog } from './request-log.ts';
import { createSoakClient, type SoakClient } from './soak-client.ts';
import type { SoakFindings } from './soak-report.ts';
import type { SoakSettings } from './soak-settings.ts';
import type { SoakStack } from './soak-stack.ts';
import { createSubmissions, makeVariants } from './submissions.ts';
import { runSubmitter } from './submitters.ts';
import { runUndisturbed } from './undisturbed.ts';
import { watchOpenJobs } from './watch-open-jobs.ts';

const POLLERS = 50;

/** The whole run: peace, disturbance, settling, accounting. */
export async function runSoak(
  stack: SoakStack,
  settings: SoakSettings,
  say: (text: string) => void,
): Promise<Omit<SoakFindings, 'seed' | 'seconds'>> {
  const { seed, runMs, submitUntilMs, disturbUntilMs, restartsAtMs, settleMs } = settings;
  const { log, database, slots } = stack;
  const ledger = createLedger();
  const requests = createRequestLog();
  const closing = new AbortController();
  const polling = new AbortController();
  const clients = [...stack.keys].map(([owner, key]) =>
    createSoakClient({ owner, key, url: stack.url, requests, signal: closing.signal }),
  );
  const variants = await makeVariants(stack.directory);
  say('running a job of each kind undisturbed');
  const undisturbed = await runUndisturbed(firstOf(clients), variants, ledger);

  const start = Date.now();
  const actions = new Map<string, number>();
  say(`${clients.length} clients submit, ${POLLERS} poll`);
  const pollers = Array.from({ length: POLLERS }, (_unused, index) => {
    const client = clients[index % clients.length] ?? firstOf(clients);
    const random = createRandom(seed, `poller ${index}`);
    return untilAborted(runPoller({ client, ledger, random, signal: polling.signal }), polling.signal);
  });
  const submitters = clients.map((client) => {
    const random = createRandom(seed, `submitter ${client.owner}`);
    const next = createSubmissions(client.owner, variants, random);
    return runSubmitter({ client, next, ledger, random, until: start + submitUntilMs });
  });
  const meddler = runMeddler({
    clients,
    ledger,
    random: createRandom(seed, 'meddler'),
    until: start + disturbUntilMs,
    onAction: (name) => actions.set(name, (actions.get(name) ?? 0) + 1),
  });
  const chaos = runChaos({
    slots,
    database,
    say,
    random: createRandom(seed, 'chaos'),
    until: start + disturbUntilMs,
    restartsAt: restartsAtMs.map((ms) => start + ms),
  });
  let areQuiet = false;
  const isOver = () => areQuiet && (ledger.open().length === 0 || Date.now() > start + runMs + settleMs);
  const watcher = watchOpenJobs(clients, ledger, isOver);

  await Promise.all([...submitters, meddler, chaos]);
  areQuiet = true;
  say(`nothing is disturbed any more; ${ledger.open().length} jobs are open`);
  await watcher;
  polling.abort();
  await Promise.all(pollers);
  const faults = await chaos;
  say('all jobs are settled; accounting');
  const accounts = await accountForJobs({ clients, ledger, undisturbed, faults, log });
  closing.abort();
  await stack.stopProcesses();
  const leftovers = await lookForLeftovers(stack, ledger);
  judgeRequests(requests, faults, ledger);
  judgeLog(log, ledger);
  return {
    accounts,
    actions,
    faults,
    log,
    leftovers,
    requests: requests.figures(),
    mismatches: ledger.mismatches,
  };
}

function judgeRequests(
  requests: ReturnType<typeof createRequestLog>,
  faults: readonly Fault[],
  { mismatch }: Ledger,
): void {
  // Workers come and go without any client noticing.
  const outages = faults
    .filter(({ kind }) => kind === 'crash of the database')
    .map(({ at, until }) => ({ from: at, until }));
  for (const { kind, code, message, from } of requests.unexplained(outages)) {
    mismatch(`${kind} failed at ${new Date(from).toISOString()} by ${code}: ${message}`);
  }
}

function judgeLog(log: ProductLog, { mismatch }: Ledger): void {
  for (const text of log.unexpected) mismatch(`somebody logged: ${text}`);
  for (const [kind, count] of log.mended) {
    // A worker that falls silent leaves that, and nothing else may leave anything.
    if (kind !== 'running without worker')
      mismatch(`rows and queue had to be mended ${count} times: ${kind}`);
  }
}

/** A poller is ended in whatever it is waiting for. */
async function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function firstOf(clients: readonly SoakClient[]): SoakClient {
  const [client] = clients;
  if (!client) throw new Error('There are no owners.');
  return client;
}

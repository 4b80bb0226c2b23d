import { createServer } from 'node:http';
import type { Config } from '../config.ts';
import { listen } from '../http/listen.ts';
import { metricsPorts } from '../metrics/metrics-ports.ts';
import { createReleaseStack, type ReleaseStack } from '../release-stack.ts';
import { fine, inspect, type Finding } from './finding.ts';

const ANSWER_MS = 2_000;
const PORT_REMEDY = 'Set PORT to a free one above 1023, and HOST to an address of this machine.';
const METRICS_REMEDY =
  'Set METRICS_PORT to a free one above 1023, with another free one above it for the worker of `foregsyte start`, and ' +
  'METRICS_HOST to an address of this machine.';

/**
 * Whether the API, and what serves the metrics of API and worker where METRICS_PORT asks for it, could listen where the
 * configuration says, or already do. All ports are held until the last was tried, because the processes need them together.
 */
export async function inspectPorts(
  config: Pick<Config, 'HOST' | 'PORT' | 'METRICS_HOST' | 'METRICS_PORT'>,
): Promise<Finding[]> {
  const { HOST, PORT, METRICS_HOST } = config;
  const held = createReleaseStack();
  try {
    const ofService = await inspect('port', async () =>
      fine(await tryPort({ host: HOST, port: PORT, remedy: PORT_REMEDY }, held)),
    );
    if (config.METRICS_PORT === undefined) return [ofService];
    const ofMetrics = await inspect('metrics ports', async () => {
      const found: string[] = [];
      for (const port of Object.values(metricsPorts(config))) {
        if (port !== null)
          found.push(await tryPort({ host: METRICS_HOST, port, remedy: METRICS_REMEDY }, held));
      }
      return fine(found.join('; '));
    });
    return [ofService, ofMetrics];
  } finally {
    await held.close();
  }
}

/** What is at a port that the service can have or has. @throws AppError INVALID_CONFIGURATION when it cannot have it. */
async function tryPort(
  place: { host: string; port: number; remedy: string },
  held: ReleaseStack,
): Promise<string> {
  const { host, port } = place;
  // Answers whatever it is asked, so that a port that was given twice is known for no service of ours at once.
  const server = createServer((_, response) => response.end());
  try {
    await listen(server, place);
  } catch (error) {
    if (await isForegsyte(host, port)) return `${host}:${port}: Foregsyte answers there`;
    throw error;
  }
  held.add(async () => {
    const closed = Promise.withResolvers<void>();
    server.close(() => closed.resolve());
    server.closeAllConnections();
    await closed.promise;
  });
  return `${host}:${port} is free`;
}

async function isForegsyte(host: string, port: number): Promise<boolean> {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host.includes(':') ? '[::1]' : host;
  try {
    const response = await fetch(`http://${reachable}:${port}/healthz`, {
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    return (await response.text()) === '{"status":"ok"}';
  } catch {
    return false;
  }
}

import { configVariables } from '../../src/config.ts';

/** Of the listener for health and metrics, which processes have beside the API's. */
const LISTENER_VARIABLES = new Set(['METRICS_HOST', 'METRICS_PORT']);

/** Whether processes of ours read this environment variable. */
export function isKnownVariable(name: string): boolean {
  return configVariables.includes(name) || LISTENER_VARIABLES.has(name);
}

import { configVariables } from '../../src/config.ts';

/** Whether processes of ours read this environment variable. */
export function isKnownVariable(name: string): boolean {
  return configVariables.includes(name);
}

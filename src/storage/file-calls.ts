import { open, rename } from 'node:fs/promises';

/** The system calls that storing a file consists of: a test replaces one to see what its failure leaves behind. */
export interface FileCalls {
  open: typeof open;
  rename: typeof rename;
}

/** The calls of the operating system. */
export const systemCalls: FileCalls = { open, rename };

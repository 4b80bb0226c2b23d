/** Writes the command line's typed client anew. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CLIENT_FILE, generateClient } from './client-codegen.mjs';

const content = await generateClient();
await mkdir(dirname(CLIENT_FILE), { recursive: true });
await writeFile(CLIENT_FILE, content);

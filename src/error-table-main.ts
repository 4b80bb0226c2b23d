import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from './config.ts';
import { renewErrorTable } from './error-table.ts';

const path = join(projectRoot, 'docs', 'errors.md');
await writeFile(path, renewErrorTable(await readFile(path, 'utf8')));

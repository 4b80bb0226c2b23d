import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../config.ts';
import { printGraphqlSchema } from './print-schema.ts';

await writeFile(join(projectRoot, 'schema.graphql'), printGraphqlSchema());

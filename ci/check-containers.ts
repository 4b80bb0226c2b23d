/** Fails when the linter, or what we ask of containers, finds something in Dockerfile, .dockerignore or compose.yaml. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../src/config.ts';
import { readAllowedFiles } from './clean-root/build-stages.ts';
import { complaintsAboutCompose } from './containers/check-compose.ts';
import { complaintsAboutDockerfile } from './containers/check-dockerfile.ts';

const read = (name: string) => readFileSync(join(projectRoot, name), 'utf8');
const complaints = [
  ...complaintsAboutDockerfile(
    read('Dockerfile'),
    await readAllowedFiles(join(projectRoot, '.dockerignore')),
  ),
  ...complaintsAboutCompose(read('compose.yaml')),
];
for (const complaint of complaints) console.error(complaint);
if (complaints.length > 0) process.exitCode = 1;
else console.log('Dockerfile, .dockerignore and compose.yaml are as agreed.');

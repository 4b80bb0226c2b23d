/** Fails when a manifest in docs/kubernetes breaks the schemas of Kubernetes and KEDA, or what we ask of deployments. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../src/config.ts';
import { complaintsAboutManifests } from './containers/check-manifests.ts';

const folder = join(projectRoot, 'docs', 'kubernetes');
const files = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
const complaints = await complaintsAboutManifests(files);
for (const complaint of complaints) console.error(complaint);
if (complaints.length > 0) process.exitCode = 1;
else console.log(`${files.size} files with manifests are as agreed.`);

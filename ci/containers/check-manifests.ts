import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { configVariables, readConfig } from '../../src/config.ts';
import { launcherDeadlineMs } from '../../src/processes/stop-deadlines.ts';
import { complaintsOfSchemas, type Manifest } from './check-schemas.ts';

const deployment = z.object({
  kind: z.literal('Deployment'),
  spec: z.object({
    template: z.object({
      spec: z.object({
        terminationGracePeriodSeconds: z.int(),
        securityContext: z.object({ runAsNonRoot: z.literal(true), runAsUser: z.int().min(1) }),
        containers: z
          .array(
            z.object({
              env: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
              startupProbe: z.unknown(),
              readinessProbe: z.unknown(),
              livenessProbe: z.unknown(),
              lifecycle: z
                .object({ preStop: z.object({ sleep: z.object({ seconds: z.int() }) }) })
                .optional(),
              resources: z.object({
                requests: z.object({ cpu: z.string(), memory: z.string() }),
                limits: z.object({ memory: z.string() }),
              }),
              securityContext: z.object({
                readOnlyRootFilesystem: z.literal(true),
                allowPrivilegeEscalation: z.literal(false),
                capabilities: z.object({ drop: z.tuple([z.literal('ALL')]) }),
              }),
            }),
          )
          .min(1),
      }),
    }),
  }),
});
const configMap = z.object({ kind: z.literal('ConfigMap'), data: z.record(z.string(), z.string()) });
const manifest = z.looseObject({
  apiVersion: z.string().regex(/^[a-z0-9./]+$/),
  kind: z.string().regex(/^[A-Za-z]+$/),
  metadata: z.looseObject({ name: z.string() }),
});

/**
 * What is wrong with manifests, given by their files' names, in sentences: what the schemas of Kubernetes and KEDA say,
 * fields that these do not know, variables that src/config.ts does not know or refuses, deployments without limits or with
 * too little time to stop. None when they are right.
 */
export async function complaintsAboutManifests(files: ReadonlyMap<string, string>): Promise<string[]> {
  const manifests: Manifest[] = [];
  for (const [file, text] of files) {
    for (const document of parseAllDocuments(text))
      manifests.push({ file, document: manifest.parse(document.toJS()) });
  }
  const settings = Object.assign(
    {},
    ...manifests.map(({ document }) => configMap.safeParse(document).data?.data ?? {}),
  );
  return [
    ...(await complaintsOfSchemas(manifests)),
    ...complaintsAboutVariables(Object.keys(settings)),
    ...manifests.flatMap((each) => complaintsAboutDeployment(each, settings)),
  ];
}

function complaintsAboutDeployment(
  { file, document }: Manifest,
  settings: Readonly<Record<string, string>>,
): string[] {
  if (document.kind !== 'Deployment') return [];
  const parsed = deployment.safeParse(document);
  if (!parsed.success)
    return parsed.error.issues.map((issue) => `${file}: ${issue.path.join('.')}: ${issue.message}`);
  const { containers, terminationGracePeriodSeconds } = parsed.data.spec.template.spec;
  return containers.flatMap(({ env, lifecycle }) => {
    const own = Object.fromEntries(env.map(({ name, value }) => [name, value]));
    const stopMs = launcherDeadlineMs(readConfig({ ...settings, ...own }));
    const pauseMs = (lifecycle?.preStop.sleep.seconds ?? 0) * 1000;
    const isLongEnough = terminationGracePeriodSeconds * 1000 > stopMs + pauseMs;
    const complaints = complaintsAboutVariables(Object.keys(own));
    return isLongEnough
      ? complaints
      : complaints.concat(`${file}: terminationGracePeriodSeconds is too short.`);
  });
}

function complaintsAboutVariables(names: readonly string[]): string[] {
  return names
    .filter((name) => !configVariables.includes(name))
    .map((name) => `Manifests: src/config.ts knows no variable ${name}.`);
}

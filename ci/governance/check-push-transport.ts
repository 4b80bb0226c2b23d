import { Kind, OperationTypeNode, parse } from 'graphql';
import { z } from 'zod';

/** Packages that push to clients, which are told to poll instead. */
const PUSH_TRANSPORTS = new Set([
  'graphql-sse',
  'graphql-ws',
  'socket.io',
  'socket.io-client',
  'sockjs',
  'subscriptions-transport-ws',
  'websocket',
  'ws',
]);

const manifestSchema = z.object({
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
  peerDependencies: z.record(z.string(), z.string()).default({}),
});

/**
 * Complaints about subscriptions in a printed schema, by whatever name their type has.
 * @throws GraphQLError when it is no schema.
 */
export function findSubscriptions(schema: string): string[] {
  return parse(schema).definitions.flatMap((definition) => {
    const line = definition.loc?.startToken.line ?? 1;
    if (definition.kind === Kind.SCHEMA_DEFINITION || definition.kind === Kind.SCHEMA_EXTENSION) {
      const operations = definition.operationTypes ?? [];
      return operations.some(({ operation }) => operation === OperationTypeNode.SUBSCRIPTION)
        ? [`${line}: the schema has a subscription type`]
        : [];
    }
    return 'name' in definition && definition.name?.value === 'Subscription'
      ? [`${line}: the type Subscription`]
      : [];
  });
}

/**
 * Complaints about dependencies that push to clients.
 * @throws ZodError or SyntaxError when it is no manifest of npm.
 */
export function findPushTransports(manifest: string): string[] {
  const groups = manifestSchema.parse(JSON.parse(manifest));
  return Object.entries(groups).flatMap(([group, packages]) =>
    Object.keys(packages)
      .filter((name) => PUSH_TRANSPORTS.has(name))
      .map((name) => `the dependency ${name} in ${group} pushes to clients`),
  );
}

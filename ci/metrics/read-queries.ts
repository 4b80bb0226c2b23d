import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { projectRoot } from '../../src/config.ts';

/** A PromQL expression, and where it stands. */
export interface PlacedQuery {
  where: string;
  expression: string;
}

const dashboardSchema = z.object({
  panels: z.array(
    z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string().min(1) })).default([]) }),
  ),
});
const rulesSchema = z.object({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string(),
          expr: z.string().min(1),
          for: z.string().regex(/^\d+[smh]$/),
          labels: z.object({ severity: z.enum(['warning', 'critical']) }),
          annotations: z.object({ summary: z.string(), description: z.string() }),
        }),
      ),
    }),
  ),
});

/** All expressions of the dashboard and of the alerts. @throws ZodError when one of the files has another form. */
export async function readQueries(): Promise<PlacedQuery[]> {
  const docs = join(projectRoot, 'docs');
  const dashboard = dashboardSchema.parse(
    JSON.parse(await readFile(join(docs, 'grafana-dashboard.json'), 'utf8')),
  );
  const rules = rulesSchema.parse(parse(await readFile(join(docs, 'prometheus-alerts.yaml'), 'utf8')));
  return [
    ...dashboard.panels.flatMap(({ title, targets }) =>
      targets.map(({ expr }) => ({ where: `panel "${title}"`, expression: expr })),
    ),
    ...rules.groups.flatMap((group) =>
      group.rules.map(({ alert, expr }) => ({ where: `alert ${alert}`, expression: expr })),
    ),
  ];
}

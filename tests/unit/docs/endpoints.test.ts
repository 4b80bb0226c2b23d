import { describe, expect, it } from '@jest/globals';
import { Kind, parse, type SelectionSetNode } from 'graphql';
import { listBlocks, type DocumentedBlock } from '../../helpers/documented-blocks.ts';
import { isRoute } from '../../helpers/documents/list-routes.ts';
import { readProjectFile } from '../../helpers/documents/project-files.ts';
import { readProjectFacts } from '../../helpers/documents/project-facts.ts';

const { schema, routes } = await readProjectFacts();
const blocks = listBlocks(readProjectFile('docs/endpoints.md'));
const below = (heading: string): DocumentedBlock[] => blocks.filter((block) => block.heading === heading);
const operations = [schema.getQueryType(), schema.getMutationType()].flatMap((root) =>
  Object.keys(root?.getFields() ?? {}),
);

/** Paths of the selected fields that an answer lacks, or has too many. */
function differences(selection: SelectionSetNode, answer: unknown, path: string): string[] {
  if (Array.isArray(answer)) return answer.flatMap((one: unknown) => differences(selection, one, path));
  if (answer === null) return [];
  if (typeof answer !== 'object') return [`${path} is no object`];
  const members = new Map<string, unknown>(Object.entries(answer));
  const selected = selection.selections.flatMap((field) => (field.kind === Kind.FIELD ? [field] : []));
  const names = new Set(selected.map(({ name }) => name.value));
  return [
    ...selected.flatMap(({ name: { value: name }, selectionSet }) => {
      if (!members.has(name)) return [`${path}.${name} is missing`];
      return selectionSet ? differences(selectionSet, members.get(name), `${path}.${name}`) : [];
    }),
    ...[...members.keys()]
      .filter((name) => !names.has(name))
      .map((name) => `${path}.${name} was not asked for`),
  ];
}

describe('docs/endpoints.md', () => {
  it.each(operations)('shows the operation %s, and replies that have just what is asked for', (name) => {
    const found = below(name);
    const query = found.find(({ language }) => language === 'graphql');
    expect({ name, query }).toEqual({ name, query: expect.objectContaining({ language: 'graphql' }) });
    const [definition] = parse(query?.text ?? '').definitions;
    if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error('This is no operation.');
    const { selectionSet } = definition;
    expect(selectionSet.selections).toMatchObject([{ name: { value: name } }]);
    const replies = found
      .filter(({ language }) => language === 'json')
      .map(({ text }): unknown => JSON.parse(text));
    const data = replies.flatMap((reply) =>
      typeof reply === 'object' && reply !== null && !('errors' in reply) && 'data' in reply
        ? [reply.data]
        : [],
    );
    expect(data.length).toBeGreaterThan(0);
    expect(data.flatMap((one) => differences(selectionSet, one, 'data'))).toEqual([]);
  });

  it.each(routes.map((route) => ({ route, title: `${route.method} ${route.path}` })))(
    'shows the route $title with a request and its reply',
    ({ route }) => {
      const headings = new Set(blocks.map(({ heading }) => heading));
      const shown = [...headings].filter((heading) => {
        const [, method = '', path = ''] = /^`([A-Z]+) (\/\S*)`$/.exec(heading) ?? [];
        return isRoute([route], method, path);
      });
      expect(shown).not.toEqual([]);
      for (const heading of shown)
        expect(below(heading).map(({ language }) => language)).toEqual(
          expect.arrayContaining(['sh', expect.stringMatching(/^(json|text)$/)]),
        );
    },
  );

  it('tells differences between a query and a reply', () => {
    const [definition] = parse('{ job { id media { width } } }').definitions;
    if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error('This is no operation.');
    const reply = { job: { media: { width: 1, height: 2 } } };
    expect(differences(definition.selectionSet, reply, 'data')).toEqual([
      'data.job.id is missing',
      'data.job.media.height was not asked for',
    ]);
  });
});

import { describe, expect, it } from '@jest/globals';
import {
  buildSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  type GraphQLNamedType,
  type GraphQLType,
} from 'graphql';
import { printGraphqlSchema } from '../../../src/graphql/print-schema.ts';

const NAMES = { type: /^[A-Z][A-Za-z0-9]*$/, member: /^[a-z][A-Za-z0-9]*$/, value: /^[A-Z][A-Z0-9_]*$/ };

/** Endings that promise a time, a unit or a size, and the scalars that may carry it. */
const SCALARS_BY_ENDING: readonly (readonly [RegExp, readonly string[]])[] = [
  [/[a-z]At$|^created(After|Before)$/, ['DateTimeISO']],
  [/Ms$/, ['Int', 'SafeInt']],
  [/[bB]ytes$/, ['SafeInt']],
];

/** One thing of the schema that a reader meets by name. */
interface Named {
  kind: keyof typeof NAMES;
  /** Such as `Query.job(id:)`. */
  path: string;
  name: string;
  description: string | undefined;
  /** The named type of a field or an argument; empty for others. */
  type: string;
}

/** What a field, an argument and an input field have in common. */
interface Member {
  name: string;
  description?: string | null | undefined;
  type: GraphQLType;
}

function toMember(path: string, { name, description, type }: Member): Named {
  return { kind: 'member', path, name, description: description ?? undefined, type: getNamedType(type).name };
}

function membersOf(type: GraphQLNamedType): Named[] {
  if (isEnumType(type)) {
    return type.getValues().map(({ name, description }) => ({
      kind: 'value',
      path: `${type.name}.${name}`,
      name,
      description: description ?? undefined,
      type: '',
    }));
  }
  if (isInputObjectType(type)) {
    return Object.values(type.getFields()).map((field) => toMember(`${type.name}.${field.name}`, field));
  }
  if (!isObjectType(type)) return [];
  return Object.values(type.getFields()).flatMap((field) => {
    const path = `${type.name}.${field.name}`;
    return [toMember(path, field)].concat(field.args.map((arg) => toMember(`${path}(${arg.name}:)`, arg)));
  });
}

// GraphQL names the two roots, and each of their fields explains itself.
const ROOTS = new Set(['Query', 'Mutation']);
const types = Object.values(buildSchema(printGraphqlSchema()).getTypeMap()).filter(
  (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
);
const typesThemselves = types
  .filter(({ name }) => !ROOTS.has(name))
  .map(({ name, description }): Named => ({
    kind: 'type',
    path: name,
    name,
    description: description ?? undefined,
    type: '',
  }));
const named = [...typesThemselves, ...types.flatMap(membersOf)];
const pathsOf = (found: readonly Named[]) => found.map(({ path }) => path);

describe('the schema', () => {
  it('is looked at as a whole', () => {
    expect(pathsOf(named)).toEqual(
      expect.arrayContaining([
        'Job',
        'JobStatus.PENDING',
        'Mutation.submitVideo(file:)',
        'RegionInput.x',
        'Upload',
      ]),
    );
  });

  it('describes every type, field, argument, input field and enum value in a sentence', () => {
    expect(pathsOf(named.filter(({ description = '' }) => !/^\S.*[.`:)]$/s.test(description)))).toEqual([]);
  });

  it('names types in PascalCase, members in camelCase, enum values in UPPER_SNAKE', () => {
    expect(pathsOf(named.filter(({ kind, name }) => !NAMES[kind].test(name)))).toEqual([]);
  });

  it('gives times, milliseconds and bytes the scalars that their names promise', () => {
    const wrong = SCALARS_BY_ENDING.flatMap(([ending, scalars]) =>
      named.filter(
        ({ kind, name, type }) => kind === 'member' && ending.test(name) && !scalars.includes(type),
      ),
    );
    expect(wrong.map(({ path, type }) => `${path}: ${type}`)).toEqual([]);
  });

  it('uses DateTimeISO and SafeInt under such names alone', () => {
    const timesElsewhere = named.filter(
      ({ type, name }) => type === 'DateTimeISO' && !SCALARS_BY_ENDING[0]?.[0].test(name),
    );
    expect(pathsOf(timesElsewhere)).toEqual([]);
    const numbersElsewhere = named.filter(
      ({ type, name }) => type === 'SafeInt' && !/(Ms|[bB]ytes)$/.test(name),
    );
    expect(pathsOf(numbersElsewhere)).toEqual([]);
  });
});

import {
  isInterfaceType,
  isObjectType,
  NoUnusedFragmentsRule,
  parse,
  specifiedRules,
  validate,
  type GraphQLSchema,
} from 'graphql';
import { lineOf, type Complaint, type DocumentParts, type Piece } from './document-parts.ts';
import type { ProjectFacts } from './project-facts.ts';

/** A whole document of GraphQL: `query …`, `mutation …` or `{ … }`. */
const WHOLE = /^(?:(?:query|mutation)\b[^{]*)?\{\s*(?![\s"])[^]*\}$/;
/** A field with what is asked of it: `service { version }`. */
const FIELD = /^(?!query\b|mutation\b)[a-z]\w*(?:\([^)]*\))? \{ .* \}$/;
const IN_JSON = /"query": *"((?:[^"\\]|\\.)*)"/g;
const IN_TEMPLATE = /`(\s*(?:query|mutation)\b[^`]*)`/g;
const NAMED = /\b(quer(?:y|ies)|mutations?)\s+`(\w+)`/gi;
const FRAGMENT_RULES = specifiedRules.filter((rule) => rule !== NoUnusedFragmentsRule);

/** Every operation of GraphQL that a document quotes is valid by the schema. */
export function checkOperations(document: DocumentParts, { schema }: ProjectFacts): Complaint[] {
  const complain = ({ text, line }: Piece, mistake: string | null): Complaint[] =>
    mistake === null ? [] : [{ line, what: `${text.trim().slice(0, 60)}: ${mistake}` }];
  const spans = document.spans.flatMap((span) => {
    if (FIELD.test(span.text)) return complain(span, mistakeInSelection(schema, `{ ${span.text} }`));
    if (/^\{ (?!").* \}$/.test(span.text)) return complain(span, mistakeInSelection(schema, span.text));
    return WHOLE.test(span.text) ? complain(span, mistakeIn(schema, span.text)) : [];
  });
  const fences = document.fences.flatMap(({ language, text, line }) => {
    const found: Piece[] =
      language === 'graphql'
        ? [{ text, line }]
        : [
            ...[...text.matchAll(IN_JSON)].map(({ 1: query = '', index }) => ({
              text: String(JSON.parse(`"${query}"`)),
              line: line - 1 + lineOf(text, index),
            })),
            ...[...text.matchAll(IN_TEMPLATE)].map(({ 1: query = '', index }) => ({
              // What is put in place later is not known; anything of its kind will do.
              text: query.replaceAll(/\$\{\w+\}/g, '__typename'),
              line: line - 1 + lineOf(text, index),
            })),
          ];
    return found.flatMap((piece) => complain(piece, mistakeIn(schema, piece.text)));
  });
  const named = [...document.prose.matchAll(NAMED)].flatMap(({ 1: kind = '', 2: name = '', index }) => {
    const root = /^quer/i.test(kind) ? schema.getQueryType() : schema.getMutationType();
    const line = lineOf(document.prose, index);
    return root?.getFields()[name] ? [] : [{ line, what: `the schema has no ${kind} ${name}` }];
  });
  return [...spans, ...fences, ...named];
}

/** What is wrong with a whole document of GraphQL, or null. */
function mistakeIn(schema: GraphQLSchema, text: string): string | null {
  try {
    return validate(schema, parse(text))[0]?.message ?? null;
  } catch (error) {
    return String(error);
  }
}

/** The same of a selection, which may be one of any type. */
function mistakeInSelection(schema: GraphQLSchema, selection: string): string | null {
  const types = Object.values(schema.getTypeMap()).filter(
    (type) => isObjectType(type) || isInterfaceType(type),
  );
  try {
    const fits = types.some(({ name }) => {
      const fragment = parse(`fragment Quoted on ${name} ${selection}`);
      return validate(schema, fragment, FRAGMENT_RULES).length === 0;
    });
    return fits ? null : 'no type of the schema has these fields';
  } catch (error) {
    return String(error);
  }
}

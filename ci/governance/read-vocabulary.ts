import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

/** The words that the project keeps out of its code, and those that it calls its own. */
export interface Vocabulary {
  forbidden: string[];
  allowed: string[];
}

const entry = z
  .string()
  .regex(/^[a-z0-9]+(_[a-z0-9]+)*$/, 'must be words of small letters and digits, joined by underscores');
const vocabularySchema = z
  .strictObject({ forbidden: z.array(entry).min(1), allowed: z.array(entry) })
  .superRefine(({ forbidden, allowed }, context) => {
    const spelt = [...forbidden, ...allowed].map(lettersOf);
    const repeated = spelt.filter((letters, index) => spelt.indexOf(letters) !== index);
    if (repeated.length > 0) {
      context.addIssue({ code: 'custom', message: `lists ${repeated.join(', ')} more than once` });
    }
  });

/**
 * Reads and checks the vocabulary.
 * @throws Error when there is no such file or it is not of the form above: without it, nothing can be said to be clean.
 */
export function readVocabulary(file: string): Vocabulary {
  let content: unknown;
  try {
    content = parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`${file} cannot be read as YAML. Restore it from the repository.`, { cause });
  }
  const parsed = vocabularySchema.safeParse(content);
  if (!parsed.success) throw new Error(`${file} is not a vocabulary:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** An entry without what joins its words. */
export function lettersOf(name: string): string {
  return name.replaceAll('_', '');
}

import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { AppError } from '../errors.ts';

const encodings = z.tuple([z.object({ server_encoding: z.string() })]);
const letters = z.tuple([z.object({ known: z.boolean() })]);

/** How a database is created that holds and knows every letter: the end of CREATE DATABASE. */
export const UNICODE_DATABASE = "TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'";

/**
 * Whether the database knows the letters of all languages, which the search in the names of files needs. A database with
 * the locale `C` knows those of English alone.
 * @throws AppError INVALID_CONFIGURATION when it could not store the names of files in every language.
 */
export async function requireUnicode(dataSource: DataSource): Promise<{ knowsAllLetters: boolean }> {
  const [{ server_encoding: encoding }] = encodings.parse(await dataSource.query('SHOW server_encoding'));
  if (encoding === 'UTF8') {
    // The number of é, which not every other encoding has.
    const rows = await dataSource.query(`SELECT chr(233) ~ '[[:alnum:]]' AS known`);
    return { knowsAllLetters: letters.parse(rows)[0].known };
  }
  throw new AppError(
    'INVALID_CONFIGURATION',
    `The database has the encoding ${encoding}, which cannot hold the names of all files. ` +
      `Create it with ${UNICODE_DATABASE}, then start again.`,
  );
}

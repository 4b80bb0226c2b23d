import { describe, expect, it } from '@jest/globals';
import { localeOptions } from '../../../src/database/create-cluster.ts';

describe('localeOptions', () => {
  it('takes the locale of Postgres itself where there is one', () => {
    const own = ['--locale-provider', 'builtin', '--locale', 'C.UTF-8'];
    expect(localeOptions('initdb (PostgreSQL) 17.10\n')).toEqual(own);
    expect(localeOptions('initdb (PostgreSQL) 18.4\n')).toEqual(own);
  });

  it('gives older versions no option that they lack', () => {
    expect(localeOptions('initdb (PostgreSQL) 14.23\n')).toEqual(['--locale', 'C.UTF-8']);
    expect(localeOptions('initdb (PostgreSQL) 16.14\n')).toEqual(['--locale', 'C.UTF-8']);
  });
});

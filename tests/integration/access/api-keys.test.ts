import { describe, expect, it } from '@jest/globals';
import { useTestServices } from '../../helpers/test-services.ts';

const services = useTestServices();
const create = (owner = 'ann') =>
  services().apiKeys.create({ owner, name: 'frontend', scopes: ['read', 'submit'] });

describe('an API key', () => {
  it('is recognised as its owner with its scopes', async () => {
    const { key } = await create();
    expect(await services().apiKeys.recognise(key)).toEqual({
      owner: 'ann',
      scopes: new Set(['read', 'submit']),
    });
  });

  it('is stored as a hash alone: no column holds the secret', async () => {
    const { key, keyId } = await create();
    const [, secret] = /^fgs_[0-9a-f]{16}_(.+)$/.exec(key) ?? [];
    const rows = JSON.stringify(
      await services().dataSource.query('SELECT * FROM api_keys WHERE key_id = $1', [keyId]),
    );
    expect(rows).toContain(keyId);
    expect(secret).toHaveLength(43);
    expect(rows).not.toContain(secret);
  });

  it('is refused from the moment it is revoked, and can be revoked once', async () => {
    const { apiKeys } = services();
    const { key, keyId } = await create();
    await apiKeys.revoke(keyId);
    expect(await apiKeys.recognise(key)).toBeNull();
    await expect(apiKeys.revoke(keyId)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(apiKeys.revoke('nope')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect((await apiKeys.list()).find((one) => one.keyId === keyId)).toMatchObject({
      revokedAt: expect.any(Date),
    });
  });

  it.each([
    ['an empty text', () => ''],
    ['another form', () => 'Bearer x'],
    ['another secret', (key: string) => key.slice(0, -1) + (key.endsWith('A') ? 'B' : 'A')],
    ['the secret of another key', (_key: string, other: string) => `${_key.slice(0, 21)}${other.slice(21)}`],
    ['an unknown id', (key: string) => `fgs_${'0'.repeat(16)}${key.slice(20)}`],
    ['a longer text', (key: string) => `${key}x`],
  ])('is not recognised by %s', async (_what, forge) => {
    const [one, other] = [await create(), await create('bob')];
    expect(await services().apiKeys.recognise(forge(one.key, other.key))).toBeNull();
  });

  it('shares one query with those that arrive at the same time', async () => {
    const keys = await Promise.all([create('a'), create('b'), create('c')]);
    const callers = await Promise.all(keys.map(({ key }) => services().apiKeys.recognise(key)));
    expect(callers.map((caller) => caller?.owner)).toEqual(['a', 'b', 'c']);
  });
});

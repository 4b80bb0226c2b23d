import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import DataLoader from 'dataloader';
import { In, IsNull, type DataSource } from 'typeorm';
import { AppError } from '../errors.ts';
import { ApiKeyEntity } from './api-key.entity.ts';
import type { Caller, Scope } from './caller.ts';

/** `fgs_<id>_<secret>`: the prefix lets scanners find leaked keys; the id is public, the secret is not. */
const KEY_PATTERN = /^fgs_([0-9a-f]{16})_([\w-]{43})$/;

/** A new key; the only time that its text is known. */
export interface CreatedApiKey {
  key: string;
  keyId: string;
}

/** Creates, lists, revokes and recognises API keys. */
export interface ApiKeys {
  create(request: { owner: string; name: string; scopes: readonly Scope[] }): Promise<CreatedApiKey>;
  /** All keys, oldest first, revoked ones included. */
  list(): Promise<ApiKeyEntity[]>;
  /** Makes the key useless from the next request on. @throws AppError INVALID_ARGUMENT when no live key has this id. */
  revoke(keyId: string): Promise<void>;
  /** Whose key this is; null when it is malformed, unknown, wrong or revoked. */
  recognise(key: string): Promise<Caller | null>;
}

/** See ApiKeys. */
export function createApiKeys(dataSource: DataSource): ApiKeys {
  const keys = dataSource.getRepository(ApiKeyEntity);
  // Requests that arrive together share one query. Nothing is kept, so that a revoked key is refused at once.
  const liveKeys = new DataLoader<string, ApiKeyEntity | null>(
    async (keyIds) => {
      const found = await keys.findBy({ keyId: In([...new Set(keyIds)]), revokedAt: IsNull() });
      const byId = new Map(found.map((key) => [key.keyId, key]));
      return keyIds.map((keyId) => byId.get(keyId) ?? null);
    },
    { cache: false, batchScheduleFn: setImmediate },
  );

  return {
    async create({ owner, name, scopes }) {
      const keyId = randomBytes(8).toString('hex');
      const secret = randomBytes(32).toString('base64url');
      await keys.insert({ keyId, owner, name, scopes: [...scopes], secretHash: hashOf(secret) });
      return { key: `fgs_${keyId}_${secret}`, keyId };
    },

    list: () => keys.find({ order: { createdAt: 'ASC', keyId: 'ASC' } }),

    async revoke(keyId) {
      const result = await keys.update({ keyId, revokedAt: IsNull() }, { revokedAt: () => 'now()' });
      if (result.affected === 1) return;
      throw new AppError(
        'INVALID_ARGUMENT',
        'No live key has this id. `foregsyte keys list` shows the ids of all keys.',
        { details: { argument: 'keyId' } },
      );
    },

    async recognise(key) {
      const [, keyId = '', secret = ''] = KEY_PATTERN.exec(key) ?? [];
      if (!keyId) return null;
      const known = await liveKeys.load(keyId);
      // An unknown id is compared too, so that the time taken tells nothing.
      const expected = known?.secretHash ?? hashOf('');
      const right = timingSafeEqual(Buffer.from(hashOf(secret)), Buffer.from(expected));
      return known && right ? { owner: known.owner, scopes: new Set(known.scopes) } : null;
    },
  };
}

function hashOf(secret: string): string {
  return hash('sha256', secret);
}

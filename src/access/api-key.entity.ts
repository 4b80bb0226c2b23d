import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Scope } from './caller.ts';

/** One API key: a row of the `api_keys` table. */
@Entity({ name: 'api_keys' })
export class ApiKeyEntity {
  /** The public part of the key, by which it is looked up and revoked. */
  @PrimaryColumn('text', { name: 'key_id', primaryKeyConstraintName: 'api_keys_pkey' })
  keyId!: string;

  /** Whose jobs the key sees and touches. */
  @Column('text')
  owner!: string;

  /** What the operator calls it. */
  @Column('text')
  name!: string;

  @Column('text', { array: true })
  scopes!: Scope[];

  /** SHA-256 of the secret, hex. The secret has 256 random bits, so a slow hash would add nothing. */
  @Column('text', { name: 'secret_hash' })
  secretHash!: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'revoked_at', precision: 3, nullable: true })
  revokedAt!: Date | null;
}

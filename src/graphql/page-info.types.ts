import { Field, ObjectType } from 'type-graphql';

@ObjectType({ description: 'Where a page ends, and whether there is another.', simpleResolvers: true })
export class PageInfo {
  @Field(() => Boolean, {
    description: 'Whether another page can follow, even when this one is short or empty.',
  })
  hasNextPage!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'Pass it as `after` for the next page; null when nothing was read. Opaque.',
  })
  endCursor!: string | null;
}

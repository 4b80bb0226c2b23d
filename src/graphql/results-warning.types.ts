import { Field, ObjectType, registerEnumType } from 'type-graphql';
import type { ResultsWarning } from '../results/results-document.ts';

/** GraphQL's names of the codes. */
export const ResultsWarningCodeEnum = {
  VIDEO_DAMAGED: 'VIDEO_DAMAGED',
  VIDEO_TRUNCATED: 'VIDEO_TRUNCATED',
} as const satisfies Record<ResultsWarning['code'], ResultsWarning['code']>;

registerEnumType(ResultsWarningCodeEnum, {
  name: 'ResultsWarningCode',
  description: 'What is wrong with a video that was analysed all the same.',
  valuesConfig: {
    VIDEO_DAMAGED: {
      description: 'Some pictures are missing or spoilt, and so is what was seen and read there.',
    },
    VIDEO_TRUNCATED: {
      description: 'The video breaks off early: its end could not be decoded and was not analysed.',
    },
  },
});

@ObjectType('ResultsWarning', {
  description: 'Something wrong with a video that was analysed all the same.',
  simpleResolvers: true,
})
export class ResultsWarningType implements ResultsWarning {
  @Field(() => ResultsWarningCodeEnum, {
    description: 'What is wrong. Switch on this, never on the message.',
  })
  code!: ResultsWarning['code'];

  @Field(() => String, { description: 'A sentence for people.' })
  message!: string;
}

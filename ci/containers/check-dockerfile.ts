import { validate } from 'dockerfile-utils';
import { readDockerfile, type Stage } from '../clean-root/read-dockerfile.ts';
import { configVariables } from '../../src/config.ts';

/**
 * What is wrong with the Dockerfile, in sentences: what the linter says, files that .dockerignore (`allowed`) keeps from it,
 * variables that do not exist, a user who could be root. None when it is right.
 */
export function complaintsAboutDockerfile(text: string, allowed: readonly string[]): string[] {
  const linted = validate(text).map(
    ({ message, range }) =>
      `Dockerfile, line ${range.start.line + 1}: ${typeof message === 'string' ? message : message.value}`,
  );
  if (linted.length > 0) return linted;
  const stages = readDockerfile(text);
  return [
    ...stages.flatMap((stage) => complaintsAboutSources(stage, allowed)),
    ...complaintsAboutImage(stages.at(-1)),
  ];
}

function complaintsAboutSources(stage: Stage, allowed: readonly string[]): string[] {
  return stage.steps.flatMap(({ step }) => {
    if (step.kind === 'run' || step.from !== undefined) return [];
    return step.sources
      .filter((source) => !allowed.includes(source))
      .map((source) => `Dockerfile: COPY takes ${source}, which .dockerignore keeps out.`);
  });
}

function complaintsAboutImage(stage: Stage | undefined): string[] {
  if (stage === undefined) return ['Dockerfile: there is no FROM.'];
  const unknown = Object.keys(stage.environment).filter((name) => !configVariables.includes(name));
  return [
    ...unknown.map((name) => `Dockerfile: src/config.ts knows no variable ${name}.`),
    ...(/^[1-9]\d*:[1-9]\d*$/.test(stage.user ?? '')
      ? []
      : ["Dockerfile: USER must be numbers, and not root's."]),
    ...(stage.healthcheck.length > 0 ? [] : ['Dockerfile: there is no HEALTHCHECK.']),
  ];
}

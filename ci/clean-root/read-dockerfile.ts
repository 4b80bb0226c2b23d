import { Copy, DockerfileParser, From, Healthcheck, type Instruction } from 'dockerfile-ast';
import { z } from 'zod';

/** A step that changes a stage's files. */
export type Step =
  | { kind: 'copy'; sources: readonly string[]; destination: string; from?: string }
  | { kind: 'run'; command: string };

/** One stage of a Dockerfile. */
export interface Stage {
  /** Image that it starts from, with its tag. */
  base: string;
  name?: string;
  /** Each with the folder and the environment it is done in. */
  steps: { step: Step; workdir: string; environment: Readonly<Record<string, string>> }[];
  workdir: string;
  environment: Readonly<Record<string, string>>;
  /** User and group, as numbers. */
  user?: string;
  entrypoint: readonly string[];
  command: readonly string[];
  healthcheck: readonly string[];
  volumes: readonly string[];
}

/** The stages of a Dockerfile. Throws on whatever could not be repeated faithfully without a container engine. */
export function readDockerfile(text: string): Stage[] {
  const stages: Stage[] = [];
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    if (instruction instanceof From) {
      stages.push(beginStage(instruction));
      continue;
    }
    const stage = stages.at(-1);
    if (stage === undefined) throw new Error(`${instruction.getKeyword()} stands before the first FROM.`);
    apply(stage, instruction);
  }
  return stages;
}

function beginStage(from: From): Stage {
  const base = from.getImage();
  if (base === null) throw new Error('A FROM names no image.');
  const name = from.getBuildStage();
  return {
    base,
    ...(name === null ? {} : { name }),
    steps: [],
    workdir: '/',
    environment: {},
    entrypoint: [],
    command: [],
    healthcheck: [],
    volumes: [],
  };
}

function apply(stage: Stage, instruction: Instruction): void {
  const keyword = instruction.getKeyword();
  const text = instruction.getArgumentsContent() ?? '';
  switch (keyword) {
    case 'COPY':
      addStep(stage, readCopy(instruction));
      break;
    case 'RUN':
      if (text.startsWith('[') || text.startsWith('--')) throw unknown(keyword, text);
      addStep(stage, { kind: 'run', command: text });
      break;
    case 'WORKDIR':
      stage.workdir = text;
      break;
    case 'ENV':
      stage.environment = { ...stage.environment, ...readEnvironment(instruction) };
      break;
    case 'USER':
      if (!/^\d+:\d+$/.test(text)) throw unknown(keyword, text);
      stage.user = text;
      break;
    case 'ENTRYPOINT':
      stage.entrypoint = readWords(text);
      break;
    case 'CMD':
      stage.command = readWords(text);
      break;
    case 'HEALTHCHECK':
      stage.healthcheck = readHealthcheck(instruction, text);
      break;
    case 'VOLUME':
      stage.volumes = readWords(text);
      break;
    case 'EXPOSE':
      break;
    default:
      throw unknown(keyword, text);
  }
}

function addStep(stage: Stage, step: Step): void {
  stage.steps.push({ step, workdir: stage.workdir, environment: stage.environment });
}

function readCopy(instruction: Instruction): Step {
  const text = instruction.getArgumentsContent() ?? '';
  if (!(instruction instanceof Copy)) throw unknown('COPY', text);
  const flags = instruction.getFlags();
  if (flags.some((flag) => flag.getName() !== 'from')) throw unknown('COPY', text);
  const from = flags.at(0)?.getValue() ?? undefined;
  const paths = instruction.getArguments().map((argument) => argument.getValue());
  const destination = paths.pop();
  if (destination === undefined || paths.length === 0 || paths.some((path) => /[*?[]/.test(path)))
    throw unknown('COPY', text);
  return { kind: 'copy', sources: paths, destination, ...(from === undefined ? {} : { from }) };
}

function readEnvironment(instruction: Instruction): Record<string, string> {
  const pairs = instruction.getArguments().map((argument): [string, string] => {
    const [, name, value] = /^(\w+)=([^"'$\\]*)$/.exec(argument.getValue()) ?? [];
    if (name === undefined || value === undefined) throw unknown('ENV', argument.getValue());
    return [name, value];
  });
  return Object.fromEntries(pairs);
}

function readHealthcheck(instruction: Instruction, text: string): readonly string[] {
  if (!(instruction instanceof Healthcheck) || !text.startsWith('CMD ')) throw unknown('HEALTHCHECK', text);
  return readWords(text.slice('CMD '.length));
}

function readWords(text: string): readonly string[] {
  return z.array(z.string()).parse(JSON.parse(text));
}

function unknown(keyword: string, text: string): Error {
  return new Error(`ci/clean-root/read-dockerfile.ts does not know how to repeat: ${keyword} ${text}`);
}

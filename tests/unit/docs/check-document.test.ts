import { describe, expect, it } from '@jest/globals';
import { checkDocument } from '../../helpers/documents/check-document.ts';
import { readProjectFacts } from '../../helpers/documents/project-facts.ts';

const facts = await readProjectFacts();
const complaints = (markdown: string): string[] => checkDocument('docs/sample.md', markdown, facts);
const fence = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\`\n`;

describe('checkDocument', () => {
  it.each([
    ['files and folders', 'See `src/jobs/job-status.ts`, `src/queue`, `worker/frames/`, `docs/errors.md`.'],
    ['patterns of files', '`migrations/<timestamp>-<name>.ts`, `src/cli/client/*.graphql`, `tests/unit/…`'],
    ['built files', '`dist/src/main.js`'],
    ['bare names', '`find-lines.ts` and `start-tool.ts`'],
    [
      'links',
      '[errors](errors.md), [a row](errors.md#the-table), [jobs](../src/jobs), [x](https://a.example)',
    ],
    ['scripts', '`npm run --silent foregsyte -- keys list`, `npm test`, `npm ci`, `npm run bench:api`'],
    ['commands', '`foregsyte keys create --owner ann`, `foregsyte migrate [up|down]`, `foregsyte --help`'],
    ['arguments of commands', '`foregsyte submit --wait --url http://a video.mp4 | jq --raw-output .`'],
    ['variables', '`DATA_DIR`, `RETENTION_*_HOURS`, `RETENTION_<STATUS>_HOURS`, `SOAK_SECONDS`'],
    ['codes', '`JOB_NOT_FOUND`, `JOB_NOT_…`, `CREATED_AT_DESC`, `GRAPHQL_PARSE_FAILED`'],
    ['variables of a shell', fence('sh', 'MY_JOB=$(echo 1)\necho "$MY_JOB"')],
    ['identifiers', '`pollAfterMs`, `error_code`, `service.limits.maxUploadBytes`, `close()`'],
    ['citations', '[`src/jobs/job-status.ts`: `progressOf`], [`src/config.ts`: `readConfig`, `DATA_DIR`]'],
    ['operations', fence('graphql', 'query Q($id: ID!) { job(id: $id) { status } }')],
    ['operations in JSON', fence('json', '{"query": "{ service { version } }"}')],
    ['operations in scripts', fence('ts', 'const q = `query { service { ${FIELDS} } }`;')],
    [
      'selections',
      '`warnings { code message }`, `{ timestampMs box { x y } }`, `jobs(first: 1) { totalCount }`',
    ],
    ['names of operations', 'The query `pipelines`, the mutation `cancelJob`.'],
    [
      'routes',
      '`GET /healthz`, `HEAD, PATCH /uploads/{id}`, `POST /uploads?filename=a`, `GET /results/{job}/coco.json`',
    ],
  ])('accepts %s that are there', (_what, markdown) => {
    expect(complaints(markdown)).toEqual([]);
  });

  it.each([
    ['a file', 'See `src/jobs/job-stati.ts`.', /no file src\/jobs\/job-stati\.ts/],
    ['a folder', '`worker/dreams/`', /no file worker\/dreams/],
    ['a pattern', '`src/cli/client/*.proto`', /no file/],
    ['a built file', '`dist/src/mane.js`', /no file dist\/src\/mane\.js/],
    ['a bare name', '`find-limes.ts`', /no folder has a file find-limes\.ts/],
    ['a file in a fence', fence('sh', 'node ci/smoke-tset.ts'), /no file ci\/smoke-tset\.ts/],
    ['a link', '[x](nowhere.md)', /nowhere\.md leads nowhere/],
    ['a heading', '[x](errors.md#the-chair)', /no heading #the-chair/],
    ['a script', '`npm run tset`', /no script tset/],
    ['a script in a fence', fence('sh', 'npm run --silent bench:nothing -- x'), /no script bench:nothing/],
    ['a command', '`foregsyte begin`', /no command foregsyte begin/],
    ['a command below another', '`npm run foregsyte -- keys mint`', /no command foregsyte keys mint/],
    ['one of two commands', '`foregsyte migrate [up|sideways]`', /foregsyte migrate sideways/],
    ['an option', fence('sh', 'foregsyte list --status failed --colour'), /list has no option --colour/],
    ['a variable', '`DATA_DIRECTORY`', /called DATA_DIRECTORY/],
    ['a variable before a command', fence('sh', 'DATA_DIRECTORY=x npm start'), /called DATA_DIRECTORY/],
    ['a pattern of variables', '`RETENTION_*_DAYS`', /called RETENTION_\*_DAYS/],
    ['an identifier', '`pollAfterSeconds`', /no pollAfterSeconds/],
    ['a part of a path', '`service.limits.maxUploadTons`', /no maxUploadTons/],
    ['a symbol', '[`src/config.ts`: `readConfig`, `writeConfig`]', /src\/config\.ts declares no writeConfig/],
    ['a symbol of another file', '[`src/errors.ts`: `readConfig`]', /src\/errors\.ts declares no readConfig/],
    ['a title of a test', '`tests/unit/config/config.test.ts`: "is molten"', /no test "is molten"/],
    ['an operation', fence('graphql', '{ jobz { id } }'), /Cannot query field "jobz"/],
    [
      'a field in JSON',
      fence('json', '{"query": "{ service { versions } }"}'),
      /Cannot query field "versions"/,
    ],
    ['a field in a script', fence('ts', 'gql(`mutation { cancelJob { id } }`);'), /argument "jobId"/],
    ['a field of a selection', '`warnings { code text }`', /no type of the schema/],
    ['a query', 'The query `cancelJob`.', /no query cancelJob/],
    ['a mutation', 'The mutation `jobs`.', /no mutation jobs/],
    ['a route', '`GET /health`', /no route GET \/health/],
    ['a method of a route', '`GET, PUT /healthz`', /no route PUT \/healthz/],
  ])('complains about %s that is not there', (_what, markdown, complaint) => {
    expect(complaints(markdown)).toEqual([expect.stringMatching(complaint)]);
  });

  it('names the line, also behind a fence and in a span of two lines', () => {
    const markdown = `One.\n\n${fence('sh', 'true')}\nThe \`npm\nrun tset\`, and\n\`pollAfterSeconds\`.\n`;
    expect(complaints(markdown).map((one) => one.split(': ')[0])).toEqual([
      'docs/sample.md:7',
      'docs/sample.md:9',
    ]);
  });
});

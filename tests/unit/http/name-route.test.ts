import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { nameRoute } from '../../../src/http/name-route.ts';

it.each([
  ['POST', '/graphql', 'POST /graphql'],
  ['PATCH', `/uploads/${randomUUID()}`, 'PATCH /uploads/:uploadId'],
  ['GET', `/Video/status/${randomUUID()}/`, 'GET /video/status/:jobId'],
  ['GET', `/results/${randomUUID()}/results.json`, 'GET /results/:jobId/:file'],
  ['PROPFIND', '/uploads', 'other /uploads'],
  ['GET', `/${randomUUID()}`, 'other'],
])('%s %s is %s', (method, path, name) => {
  expect(nameRoute(method, path)).toBe(name);
});

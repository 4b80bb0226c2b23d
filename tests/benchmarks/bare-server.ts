import express from 'express';
import { Pool } from 'pg';
import { SELECT_JOB_STATUS } from '../../dist/src/jobs/job-view.js';

// What an API costs at the very least: one SQL query a request through pg, answered as JSON by Express; and an upload
// that is piped into a file.
const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 10 });
const app = express();
app.disable('etag');
app.get('/status/:jobId', async (request, response) => {
  const { rows } = await pool.query(`${SELECT_JOB_STATUS} FROM jobs j WHERE j.job_id = $1`, [
    request.params.jobId,
  ]);
  response.json(rows[0]);
});
app.get('/prepared/:jobId', async (request, response) => {
  const text = `${SELECT_JOB_STATUS} FROM jobs j WHERE j.job_id = $1`;
  const { rows } = await pool.query({ name: 'status', text, values: [request.params.jobId] });
  response.json(rows[0]);
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  process.send?.({ ready: `http://127.0.0.1:${address.port}` });
});
process.once('SIGTERM', () => server.close(() => void pool.end()));

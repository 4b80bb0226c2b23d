/**
 * Seconds after which the queue takes an entry away even from a worker that lives. pg-boss wants less than 24 hours. An
 * attempt at a job must have ended before.
 */
export const DELIVERY_SECONDS = 23 * 3600;

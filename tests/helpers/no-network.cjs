// Preloaded with --require into a process and all its threads: whatever tries to reach a network is told off, loudly.
const { Socket } = require('node:net');

const refuse = (what) => {
  console.error(`NETWORK USED: ${what}`);
  throw new Error(`NETWORK USED: ${what}`);
};
Socket.prototype.connect = () => refuse('socket');
globalThis.fetch = () => refuse('fetch');

// A relay on Socket.IO: to the partner, a receipt to the sender, and what the
// receiver has. One process hands over directly; with REDIS_URL each pair is a
// room and the Redis adapter carries what is said to the partner's process.

import { createServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';

const { PORT, REDIS_URL } = process.env;
const web = createServer();
const io = new Server(web, { serveClient: false });
const alone = new Map();

// Of the clients that the adapter knows, ioredis costs least a message, and least
// of all with its own pipelining of what one turn of the loop publishes.
function connectAdapter() {
  const publisher = new Redis(REDIS_URL, { enableAutoPipelining: true });
  io.adapter(createAdapter(publisher, new Redis(REDIS_URL)));
}

/** Makes the way to the partner: the socket itself, or the room of the two. */
function joinPair(socket, pair) {
  if (REDIS_URL) {
    socket.join(`pair:${pair}`);
    socket.data.say = (...what) => socket.to(`pair:${pair}`).emit(...what);
    return;
  }
  const partner = alone.get(pair);
  alone.delete(pair);
  if (partner === undefined) {
    alone.set(pair, socket);
    return;
  }
  socket.data.say = (...what) => partner.emit(...what);
  partner.data.say = (...what) => socket.emit(...what);
}

io.on('connection', (socket) => {
  socket.on('join', (pair, done) => {
    joinPair(socket, pair);
    done();
  });
  socket.on('message', (seq, body, next, done) => {
    if (done === undefined) {
      socket.data.say('message', seq, body);
      next();
    } else {
      socket.data.say('message', seq, body, next);
      done();
    }
  });
  socket.on('ack', (next) => socket.data.say('ack', next));
});

if (REDIS_URL) connectAdapter();
web.listen(Number(PORT), '127.0.0.1', 4096, () => console.log('ready'));

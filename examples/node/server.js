// A web app in Node.js without any framework, such as a team may have: it knows nothing of Lambda.
'use strict';

const http = require('node:http');

const FACT = 'Here is a fact: a stream of requests needs no stream of processes.\n';

function text(response, status, body) {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

const routes = {
  '/health': (request, response) => text(response, 200, 'well\n'),
  '/ping': (request, response) => text(response, 200, 'pong\n'),
  '/fact': (request, response) => text(response, 200, FACT),
  '/delay': (request, response, query) =>
    setTimeout(() => text(response, 200, 'late\n'), Number(query.get('delay') ?? 100)),
  '/echo': (request, response) => {
    response.writeHead(200, { 'Content-Type': request.headers['content-type'] ?? 'application/octet-stream' });
    request.pipe(response);
  },
  '/chunked-response': (request, response, query) => {
    response.writeHead(200, { 'Content-Type': 'text/plain' });
    response.write('the first line, at once\n');
    const last = setTimeout(() => response.end('the last line, later\n'), Number(query.get('delay') ?? 2000));
    response.on('close', () => clearTimeout(last));
  },
};

const server = http.createServer((request, response) => {
  const url = new URL(request.url, 'http://app');
  const route = routes[url.pathname];
  if (route) {
    route(request, response, url.searchParams);
  } else {
    text(response, 404, 'no such page\n');
  }
});

// Connections that the client keeps are closed by the client.
server.keepAliveTimeout = 0;
server.listen(Number(process.env.PORT ?? 3001), '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
process.on('SIGTERM', () => {
  console.log('leaving');
  server.close();
  server.closeIdleConnections();
});

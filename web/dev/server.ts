// SPDX-License-Identifier: Apache-2.0
// A recorder made of clips, for working on the page alone: it speaks the contract (REST, the live
// framing, media.mp4). Tests never use it; they run the real server.
//   npm run dev:server -- [--port 8081] [--cameras 4] [--down yard]
import { readFileSync, existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join, normalize } from 'node:path';
import { WebSocketServer } from 'ws';
import type { CameraPatch, NewCamera } from '../src/api/types';
import {
  initialCameras,
  makeCamera,
  nowUs,
  probe,
  setDown,
  setUp,
  spansOf,
  type DevCamera,
} from './cameras';
import { serveLive } from './live';

const option = (name: string, fallback: string) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : (process.argv[at + 1] ?? fallback);
};

const cameras = initialCameras(Number(option('cameras', '4')));
const find = (id: string | undefined) => cameras.find((dev) => dev.camera.id === id);
const down = find(option('down', ''));
if (down) setDown(down, 'unreachable');

type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => unknown;

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number, code: string, detail: string): void {
  send(response, status, { type: 'about:blank', title: code, status, code, detail });
}

async function bodyOf<T>(request: IncomingMessage): Promise<T> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as T;
}

const addCamera: Handler = async (request, response) => {
  const { id, name, url } = await bodyOf<NewCamera>(request);
  if (/192\.168\.1\.99/.test(url)) {
    return refuse(
      response,
      400,
      'invalid_argument',
      'url: rtsp://192.168.1.99 is this server itself.',
    );
  }
  const dev = makeCamera(cameras.length, name, url);
  if (id !== undefined) dev.camera.id = id;
  dev.recordedFromUs = nowUs();
  dev.gaps = [];
  cameras.push(dev);
  send(response, 201, dev.camera);
};

const oneCamera: Handler = async (request, response, url) => {
  const dev = find(url.pathname.split('/')[4]);
  if (!dev) return refuse(response, 404, 'not_found', 'There is no such camera.');
  if (request.method === 'PATCH') Object.assign(dev.camera, await bodyOf<CameraPatch>(request));
  if (request.method === 'POST')
    (url.pathname.endsWith('/down') ? () => setDown(dev, 'unreachable') : () => setUp(dev))();
  if (request.method === 'DELETE') {
    cameras.splice(cameras.indexOf(dev), 1);
    return response.writeHead(204).end();
  }
  send(response, 200, dev.camera);
};

const timeline: Handler = (_, response, url) => {
  const from = Number(url.searchParams.get('from_us'));
  const to = Number(url.searchParams.get('to_us'));
  const asked = url.searchParams.getAll('camera').map(find);
  send(response, 200, {
    from_us: from,
    to_us: to,
    cameras: asked
      .filter((dev) => dev !== undefined)
      .map((dev) => ({
        camera: dev.camera.id,
        unscheduled: [],
        spans: spansOf(dev, from, to).map(([start_us, end_us]) => ({
          start_us,
          end_us,
          stream: 'main',
        })),
        gaps: dev.gaps
          .filter((gap) => gap.endUs > from && gap.startUs < to)
          .map(({ startUs, endUs, cause, detail }) => ({
            start_us: Math.round(startUs),
            end_us: Math.round(Math.min(endUs, nowUs())),
            open: endUs === Infinity,
            stream: 'main',
            cause,
            detail,
          })),
        activity: {},
      })),
  });
};

function recordedGops(dev: DevCamera, from: number, to: number) {
  const found: { bytes: (origin: number) => Uint8Array; startUs: number }[] = [];
  for (const [start, end] of spansOf(dev, from - 2e6, to)) {
    if (end <= from) continue;
    for (let i = dev.clip.indexAt(Math.max(start, from) - dev.shiftUs); ; i += 1) {
      const { gop, startUs } = dev.clip.at(i);
      const at = startUs + dev.shiftUs;
      if (at >= Math.min(end, to)) break;
      if (at >= start) found.push({ startUs: at, bytes: (o) => dev.clip.fragmentAt(gop, at - o) });
    }
  }
  return found;
}

const media: Handler = (_, response, url) => {
  const dev = find(url.pathname.split('/')[4]);
  const from = Number(url.searchParams.get('from_us'));
  const gops = dev ? recordedGops(dev, from, Number(url.searchParams.get('to_us'))) : [];
  const first = gops[0];
  if (!dev || !first) return refuse(response, 404, 'not_found', 'Nothing is recorded there.');
  const headers = {
    'Content-Type': 'video/mp4',
    'Vedette-Start-Us': String(Math.round(first.startUs)),
  };
  response.writeHead(200, headers);
  response.write(dev.clip.head);
  for (const gop of gops) response.write(gop.bytes(first.startUs));
  response.end();
};

const dist = new URL('../../dist', import.meta.url).pathname;
const types: Record<string, string> = {
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
  html: 'text/html',
  woff2: 'font/woff2',
};

const asset: Handler = (_, response, url) => {
  let path = join(dist, normalize(url.pathname));
  if (!/\.\w+$/.test(path) || !existsSync(path)) path = join(dist, 'index.html');
  const type = types[path.split('.').pop() ?? ''] ?? 'application/octet-stream';
  response.writeHead(200, { 'Content-Type': type }).end(readFileSync(path));
};

const routes: [string, RegExp, Handler][] = [
  ['GET', /^\/healthz$/, (_, response) => send(response, 200, { status: 'ok' })],
  [
    'GET',
    /^\/api\/v1\/cameras$/,
    (_, response) =>
      send(
        response,
        200,
        cameras.map((dev) => dev.camera),
      ),
  ],
  ['POST', /^\/api\/v1\/cameras$/, addCamera],
  ['GET', /^\/api\/v1\/cameras\/[^/]+\/media.mp4$/, media],
  ['', /^\/api\/v1\/cameras\/[^/]+(\/down|\/up)?$/, oneCamera],
  ['GET', /^\/api\/v1\/timeline$/, timeline],
  ['GET', /^\//, asset],
];

setInterval(() => cameras.forEach(probe), 500);

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const route = routes.find(
    ([method, path]) => (!method || method === request.method) && path.test(url.pathname),
  );
  void route?.[2](request, response, url);
});
const sockets = new WebSocketServer({ server, path: '/api/v1/live' });
sockets.on('connection', (socket) => serveLive(socket, find));
server.listen(Number(option('port', '8081')), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${option('port', '8081')}/`);
});

import { existsSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The portal on the same port: the built SvelteKit handler, or Vite in middleware mode while developing. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse, next?: () => void) => void;

const PORTAL = fileURLToPath(new URL('../../portal/', import.meta.url));

export async function loadPortal(): Promise<NodeHandler> {
  const built = `${PORTAL}build/handler.js`;
  if (!existsSync(built)) throw new Error('the portal is not built: run `npm start`, or `turbo run build`');
  // adapter-node compares Origin with the protocol it believes in; the wrapper tells it.
  process.env['PROTOCOL_HEADER'] = 'x-forwarded-proto';
  const { handler } = (await import(pathToFileURL(built).href)) as { handler: NodeHandler };
  return handler;
}

export async function loadDevPortal(server: Server): Promise<NodeHandler> {
  const { createServer } = await import('vite');
  const vite = await createServer({ root: PORTAL, server: { middlewareMode: true, hmr: { server } }, appType: 'custom' });
  return vite.middlewares as NodeHandler;
}

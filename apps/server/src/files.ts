import type { Services } from '@baxing/api';
import { carriesReportFile } from '@baxing/campaigns/server';
import { REFUSAL_STATUS } from '@baxing/kernel';
import { type BlobStore, type FileDeps, handleHave, handleRead, handleUpload } from '@baxing/tickets/server';
import type { Context as HonoContext, Hono } from 'hono';
import type { Env } from './http.ts';

/** Photos in and out: `POST /files`, `GET /files/have`, `GET /files/:id` and `/files/:id/thumb`. */
export function fileRoutes(app: Hono<Env>, { services, blobs }: { services: Services; blobs: BlobStore }): void {
  const answer = async (c: HonoContext<Env>, run: (deps: FileDeps) => Promise<Response>): Promise<Response> => {
    const [session, requestId] = [c.get('session'), c.get('requestId')];
    const code = session ? (session.mustChangePassword ? 'PASSWORD_CHANGE_REQUIRED' : null) : 'UNAUTHENTICATED';
    if (code !== null) return Response.json({ error: { code, details: {}, requestId } }, { status: REFUSAL_STATUS[code] });
    return run({ db: services.db, store: blobs, actor: session!.actor, at: services.now(), requestId, origin: c.get('address') });
  };
  const carries = (actor: FileDeps['actor'], fileId: string): Promise<boolean> => carriesReportFile(services.db, actor, fileId);

  app.post('/files', (c) => answer(c, (deps) => handleUpload(c.req.raw, deps)));
  app.get('/files/have', (c) => answer(c, (deps) => handleHave(c.req.raw, deps)));
  app.get('/files/:id', (c) => answer(c, (deps) => handleRead(c.req.raw, deps, { fileId: c.req.param('id') ?? '', variant: 'display' }, carries)));
  app.get('/files/:id/thumb', (c) => answer(c, (deps) => handleRead(c.req.raw, deps, { fileId: c.req.param('id') ?? '', variant: 'thumb' }, carries)));
}

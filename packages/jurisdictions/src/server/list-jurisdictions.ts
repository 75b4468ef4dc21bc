import { ok, refuse, type Result } from '@baxing/kernel';
import type { z } from 'zod';
import type { listJurisdictionsSchema } from '../schemas.ts';
import type { PlaceIndex } from './place-index.ts';
import { type JurisdictionView, jurisdictionView } from './views.ts';

/**
 * Places at an instant, parents before children: the children of `parentId`; with `kind` all of that kind below it; without either everything.
 * Zones come by kind 'zone' or without a parent. `next` is the `after` of the following page, null at the end.
 * @refuses NOT_FOUND the parent, or `after`, did not exist then
 */
export function listJurisdictions(places: PlaceIndex, input: z.output<typeof listJurisdictionsSchema>, now: number): Result<{ at: number; items: JurisdictionView[]; next: string | null }> {
  const at = input.at ?? now;
  if (input.parentId !== undefined && !places.jurisdiction(input.parentId, at)) return refuse('NOT_FOUND', { field: 'parentId' });
  const { parentId, kind } = input;
  const all = parentId === undefined ? places.jurisdictions(at) : kind === undefined ? places.children(parentId, at) : places.jurisdictions(at).filter((place) => place.id !== parentId && place.path.includes(`/${parentId}/`));
  const wanted = kind === undefined ? all : all.filter((place) => place.kind === kind);
  const start = input.after === undefined ? 0 : wanted.findIndex((place) => place.id === input.after) + 1;
  if (input.after !== undefined && start === 0) return refuse('NOT_FOUND', { field: 'after' });
  const page = wanted.slice(start, start + input.limit);
  return ok({ at, items: page.map((place) => jurisdictionView(places, place, at, input.withShape)), next: start + page.length < wanted.length ? page.at(-1)!.id : null });
}

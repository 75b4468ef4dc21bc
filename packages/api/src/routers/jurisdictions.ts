import { getJurisdictionSchema, jurisdictionShapesSchema, listJurisdictionsSchema, listUnitsSchema, locateSchema } from '@baxing/jurisdictions';
import { getJurisdiction, jurisdictionShapes, listJurisdictions, listUnits, locate, placeCache } from '@baxing/jurisdictions/server';
import { ok } from '@baxing/kernel';
import { query, router } from '../trpc.ts';

export const jurisdictions = router({
  list: query(listJurisdictionsSchema, ({ services }, input) => listJurisdictions(services.db.caches.get(placeCache), input, services.now())),
  get: query(getJurisdictionSchema, ({ services }, input) => getJurisdiction(services.db.caches.get(placeCache), input, services.now())),
  locate: query(locateSchema, ({ services }, input) => ok(locate(services.db.caches.get(placeCache), input, services.now()))),
  shapes: query(jurisdictionShapesSchema, ({ services }, input) => jurisdictionShapes(services.db.caches.get(placeCache), input, services.now())),
});

export const units = router({
  list: query(listUnitsSchema, ({ services }, input) => listUnits(services.db.caches.get(placeCache), input, services.now())),
});

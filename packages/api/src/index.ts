/**
 * The API: one router, one way to turn a Result into HTTP, and the wiring of the packages below. Holds no rule of the product.
 */
export { asSystem, systemCall } from './as-system.ts';
export { CACHES } from './caches.ts';
export { recountAll } from './counters.ts';
export { type DemoOptions, demoSignInNames, isDemoLoaded, isDemonstration, loadDemoCity } from './demo/demo-city.ts';
export { type AppRouter, appRouter, type ProcedureInput, procedureInput, procedureNames } from './router.ts';
export type { Services } from './services.ts';
export { type Context, createCallerFactory, type ErrorData, router, signedIn, withCommandId } from './trpc.ts';
export { createServices, type RunningServices, wire } from './wire.ts';

export const fileRoutes = (_app: unknown, _deps: unknown): void => {};

/** Every address of the portal in one place; pages never write one by hand. */
const withQuery = (path: string, query: Readonly<Record<string, string | readonly string[] | undefined | null>>): string => {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value == null || value === '') continue;
    for (const one of typeof value === 'string' ? [value] : value) search.append(key, one);
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
};

export type TicketQuery = Partial<Record<'box' | 'unit' | 'worker' | 'grid' | 'street' | 'category' | 'action' | 'task' | 'assignment' | 'late' | 'text' | 'sort' | 'cursor' | 'before', string>> & { state?: readonly string[] };

export const paths = {
  home: '/',
  signIn: (next?: string): string => withQuery('/sign-in', { next: next === '/' ? undefined : next }),
  changePassword: '/change-password',
  desk: {
    home: '/desk',
    tasks: (query: { action?: string; unit?: string } = {}): string => withQuery('/desk/tasks', query),
    task: (taskId: string): string => `/desk/tasks/${encodeURIComponent(taskId)}`,
    import: '/desk/import',
    importDraft: (importId: string): string => `/desk/import/${encodeURIComponent(importId)}`,
    coverage: '/desk/coverage',
    assignments: (query: { task?: string; unit?: string; state?: string; action?: string } = {}): string => withQuery('/desk/assignments', query),
    assignment: (assignmentId: string): string => `/desk/assignments/${encodeURIComponent(assignmentId)}`,
    tickets: (query: TicketQuery = {}): string => withQuery('/desk/tickets', query),
    ticket: (ticketId: string): string => `/desk/tickets/${encodeURIComponent(ticketId)}`,
    report: (query: { assignment?: string } = {}): string => withQuery('/desk/tickets/new', query),
    map: (query: { at?: string } = {}): string => withQuery('/desk/map', query),
    progress: (query: { action?: string; unit?: string } = {}): string => withQuery('/desk/progress', query),
  },
  field: {
    home: '/field',
    ticket: (ticketId: string): string => `/field/tickets/${encodeURIComponent(ticketId)}`,
    report: '/field/report',
    outbox: '/field/outbox',
    me: '/field/me',
  },
  admin: {
    home: '/admin',
    units: '/admin/units',
    posts: '/admin/posts',
    accounts: '/admin/accounts',
    calendars: '/admin/calendars',
    categories: '/admin/categories',
    audit: (query: { subject?: string } = {}): string => withQuery('/admin/audit', query),
  },
  board: '/board',
  file: (fileId: string): string => `/files/${encodeURIComponent(fileId)}`,
  thumbnail: (fileId: string): string => `/files/${encodeURIComponent(fileId)}/thumb`,
} as const;

/** A path of our own that a person asked for before signing in; anything else is the front page. */
export const safeNext = (next: string | null): string => (next && /^\/(?![/\\])/.test(next) && !next.startsWith('/sign-in') ? next : paths.home);

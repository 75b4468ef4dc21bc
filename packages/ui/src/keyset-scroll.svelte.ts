import type { Page } from './keyset-window.svelte.ts';

/**
 * A long list as one continuous scroll over keyset pages, both directions. Holds the start cursor of every page it has seen and the rows of few:
 * memory stays bounded however far one scrolls, and a page seen before is fetched again by its cursor. Knows nothing of transport or drawing.
 */
export interface KeysetScrollOptions<Row> {
  readonly fetch: (cursor: string | undefined, limit: number) => Promise<Page<Row>>;
  readonly idOf: (row: Row) => string;
  /** Rows asked for when a page is new, and the most the server gives: a page may grow that far before it is cut anew. */
  readonly pageSize?: number;
  readonly pageMax?: number;
  /** Pages whose rows are kept. */
  readonly pagesHeld?: number;
  /** Beyond this many rows the list says that a filter is the better way; browsers cannot draw taller pages. */
  readonly rowsMax?: number;
}

interface Held<Row> {
  /** Start of the page for the server; undefined = start of the list, null = only known from below (`back`). */
  cursor: string | undefined | null;
  readonly back: string | undefined;
  count: number;
  /** Ids of its first rows: where the page before it ends. */
  heads: readonly string[];
  rows: readonly Row[] | null;
  stale: boolean;
  loading: boolean;
}

/** How many heads mark a page's start: one may have left the list since. */
const HEADS = 5;

export class KeysetScroll<Row> {
  readonly idOf: (row: Row) => string;
  /** Told how many rows came or went above the first visible one, so that the table stays where it was. `top`: they came by scrolling up. */
  onshift: (rows: number, top: boolean) => void = () => {};

  readonly #fetch: KeysetScrollOptions<Row>['fetch'];
  readonly #pageSize: number;
  readonly #pageMax: number;
  readonly #pagesHeld: number;
  readonly #rowsMax: number;
  #pages: Held<Row>[] = [];
  /** Index of the first row of each page, and the length at the end. */
  #starts: number[] = [0];
  #next: string | null = null;
  #previous: string | null = null;
  #visible: readonly [from: number, to: number] = [0, 0];
  #round = 0;
  #growing = false;
  #refreshing: Promise<void> | null = null;
  #again = false;

  #version = $state(0);
  #before = $state(0);
  #loaded = $state(false);
  #failed = $state(false);

  constructor(options: KeysetScrollOptions<Row>) {
    this.idOf = options.idOf;
    this.#fetch = options.fetch;
    this.#pageSize = options.pageSize ?? 100;
    this.#pageMax = options.pageMax ?? 200;
    this.#pagesHeld = options.pagesHeld ?? 24;
    this.#rowsMax = options.rowsMax ?? 300_000;
  }

  /** Changes whenever rows do. */
  get version(): number {
    return this.#version;
  }
  /** Rows known so far. */
  get length(): number {
    void this.#version;
    return this.#starts.at(-1)!;
  }
  /** Rows above the first known one, as far as they were counted: row numbers go on from it. */
  get before(): number {
    return this.#before;
  }
  get loaded(): boolean {
    return this.#loaded;
  }
  get failed(): boolean {
    return this.#failed;
  }
  get hasNext(): boolean {
    void this.#version;
    return this.#next !== null && this.length < this.#rowsMax;
  }
  /** There is more, but not by scrolling. */
  get capped(): boolean {
    return this.#next !== null && this.length >= this.#rowsMax;
  }

  rowAt(index: number): Row | undefined {
    void this.#version;
    const at = this.#pageOf(index);
    return at < 0 ? undefined : this.#pages[at]!.rows?.[index - this.#starts[at]!];
  }

  /** Among the rows that are held; -1 otherwise. */
  indexOf(id: string): number {
    for (const [at, page] of this.#pages.entries()) {
      const found = page.rows?.findIndex((row) => this.idOf(row) === id) ?? -1;
      if (found >= 0) return this.#starts[at]! + found;
    }
    return -1;
  }

  /** Where a shared address begins again: the cursor of the page that holds this row, the page's number of rows before it. */
  placeOf(index: number): { readonly cursor: string | undefined; readonly before: number } {
    let at = this.#pageOf(index);
    while (at > 0 && this.#pages[at]!.cursor === null) at -= 1;
    const page = this.#pages[at];
    return page && page.cursor !== null ? { cursor: page.cursor, before: page.cursor === undefined ? 0 : this.#before + this.#starts[at]! } : { cursor: undefined, before: 0 };
  }

  /** Starts again at the top, or where an address points to. */
  async open(cursor?: string, before = 0): Promise<void> {
    this.#round += 1;
    this.#pages = [];
    this.#next = this.#previous = null;
    this.#visible = [0, 0];
    this.#growing = false;
    this.#before = cursor === undefined ? 0 : before;
    this.#loaded = this.#failed = false;
    this.#changed();
    await this.#grow(async () => {
      const page = await this.#fetch(cursor, this.#pageSize);
      return () => {
        this.#pages = page.rows.length === 0 ? [] : [this.#held(cursor, undefined, page.rows)];
        this.#next = page.next;
        this.#previous = cursor === undefined ? null : page.previous;
        this.#loaded = true;
      };
    });
  }

  /** The rows on the screen, `to` exclusive: loads what is missing, goes on at the ends, forgets what is far. */
  show(from: number, to: number): void {
    this.#visible = [from, to];
    if (this.#failed) return;
    const first = Math.max(0, this.#pageOf(Math.max(0, from - this.#pageSize * 2)));
    const last = Math.max(first, this.#pageOf(Math.min(this.#starts.at(-1)! - 1, to + this.#pageSize * 2)));
    for (let at = first; at <= last && at < this.#pages.length; at += 1) {
      const page = this.#pages[at]!;
      const isSeen = this.#starts[at]! < to && this.#starts[at + 1]! > from;
      if ((page.rows === null || (page.stale && isSeen)) && !page.loading) void this.#load(page);
    }
    if (to + this.#pageSize * 2 > this.#starts.at(-1)! && this.#next !== null && this.#starts.at(-1)! < this.#rowsMax) void this.#append();
    else if (from < this.#pageSize && this.#previous !== null) void this.#prepend();
    this.#evict(first, last);
  }

  /** Fetches what is on the screen once more, in place: something changed. Calls during a refresh make one more. */
  refresh(): Promise<void> {
    this.#again = true;
    this.#refreshing ??= this.#refreshAll().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #refreshAll(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      if (this.#pages.length === 0) {
        if (this.#loaded && !this.#growing) await this.#append();
        continue;
      }
      for (const page of this.#pages) page.stale = true;
      for (;;) {
        const [from, to] = this.#visible;
        const stale = this.#pages.find((page, at) => page.stale && !page.loading && this.#starts[at]! < Math.max(to, from + 1) && this.#starts[at + 1]! > from);
        if (!stale || this.#failed) break;
        await this.#load(stale);
      }
    }
  }

  /** Goes on loading until `count` rows from the top are known and gives them; for marking many at once. */
  async first(count: number): Promise<Row[]> {
    const rows: Row[] = [];
    let cursor: string | undefined;
    while (rows.length < count) {
      const page = await this.#fetch(cursor, Math.min(this.#pageMax, count - rows.length));
      rows.push(...page.rows);
      if (page.next === null) break;
      cursor = page.next;
    }
    return rows;
  }

  retry(): void {
    this.#failed = false;
    if (this.#loaded) this.show(...this.#visible);
    else void this.open();
  }

  #held(cursor: Held<Row>['cursor'], back: string | undefined, rows: readonly Row[]): Held<Row> {
    return { cursor, back, count: rows.length, heads: rows.slice(0, HEADS).map(this.idOf), rows, stale: false, loading: false };
  }

  #pageOf(index: number): number {
    if (index < 0 || index >= this.#starts.at(-1)!) return -1;
    let [low, high] = [0, this.#pages.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #changed(): void {
    this.#starts = [0];
    for (const page of this.#pages) this.#starts.push(this.#starts.at(-1)! + page.count);
    this.#version += 1;
  }

  /** Changes the pages and tells how far the first visible row has moved. */
  #change(apply: () => void, top = false): void {
    const from = this.#visible[0];
    const anchor = this.rowAt(from);
    const id = anchor === undefined ? null : this.idOf(anchor);
    apply();
    this.#changed();
    const now = id === null ? -1 : this.indexOf(id);
    if (now >= 0 && now !== from) {
      this.#visible = [now, this.#visible[1] + now - from];
      this.onshift(now - from, top);
    }
  }

  async #load(page: Held<Row>): Promise<void> {
    const round = this.#round;
    page.loading = true;
    try {
      const heads = this.#pages[this.#pages.indexOf(page) + 1]?.heads;
      const answer = await this.#fetch(page.cursor === null ? page.back : page.cursor, heads ? this.#pageMax : this.#pageSize);
      if (round !== this.#round || !this.#pages.includes(page)) return;
      this.#change(() => this.#replace(page, answer));
    } catch {
      if (round === this.#round) this.#failed = true;
    } finally {
      page.loading = false;
    }
    if (round === this.#round) this.show(...this.#visible);
  }

  #replace(page: Held<Row>, answer: Page<Row>): void {
    const at = this.#pages.indexOf(page);
    const after = this.#pages[at + 1];
    let { rows } = answer;
    if (after && page.cursor !== null) {
      const end = rows.findIndex((row) => after.heads.includes(this.idOf(row)));
      if (end >= 0) {
        // Heads of the next page that left the list may have been the first ones: it is stale as well, but begins where it began.
        rows = rows.slice(0, end);
      } else {
        // Where the next page begins is no longer known: what follows is found anew.
        this.#pages.length = at + 1;
        this.#next = answer.next;
      }
    } else if (!after) this.#next = answer.next;
    if (at === 0) this.#previous = page.cursor === undefined ? null : answer.previous;
    page.rows = rows;
    page.count = rows.length;
    page.heads = rows.slice(0, HEADS).map(this.idOf);
    page.stale = false;
    if (rows.length === 0) this.#pages.splice(at, 1);
    if (this.#pages.length === 0) this.#previous = null;
  }

  async #grow(step: () => Promise<() => void>, top = false): Promise<void> {
    if (this.#growing) return;
    const round = this.#round;
    this.#growing = true;
    try {
      const apply = await step();
      if (round === this.#round) this.#change(apply, top);
    } catch {
      if (round === this.#round) this.#failed = true;
    } finally {
      if (round === this.#round) this.#growing = false;
    }
    if (round === this.#round) this.show(...this.#visible);
  }

  #append(): Promise<void> {
    const last = this.#pages.at(-1);
    const cursor = this.#next ?? undefined;
    return this.#grow(async () => {
      const page = await this.#fetch(cursor, this.#pageSize);
      return () => {
        if (this.#pages.at(-1) !== last || (this.#next ?? undefined) !== cursor) return;
        if (page.rows.length > 0) this.#pages.push(this.#held(cursor, undefined, page.rows));
        this.#next = page.next;
      };
    });
  }

  #prepend(): Promise<void> {
    const first = this.#pages[0];
    const back = this.#previous;
    if (!first || back === null) return Promise.resolve();
    return this.#grow(async () => {
      const page = await this.#fetch(back, this.#pageSize);
      return () => {
        if (this.#pages[0] !== first || this.#previous !== back) return;
        const top = page.previous === null;
        if (page.rows.length > 0) {
          first.cursor = page.next ?? first.cursor;
          this.#pages.unshift(this.#held(top ? undefined : null, back, page.rows));
        } else first.cursor = undefined;
        this.#previous = page.previous;
        this.#before = top ? 0 : Math.max(0, this.#before - page.rows.length);
      };
    }, true);
  }

  #evict(first: number, last: number): void {
    const held = this.#pages.flatMap((page, at) => (page.rows === null || page.loading || (at >= first && at <= last) ? [] : [{ page, away: at < first ? first - at : at - last }]));
    const surplus = held.length + (last - first + 1) - this.#pagesHeld;
    if (surplus <= 0) return;
    held.sort((a, b) => b.away - a.away);
    for (const { page } of held.slice(0, surplus)) page.rows = null;
  }
}

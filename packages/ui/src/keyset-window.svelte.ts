/**
 * A window on a list that the server sorts, filters and pages by key: forward and back, never by offset. Holds at most `pagesMax` pages,
 * so that a scroll through 100,000 rows keeps the page as light as its start. Knows nothing of transport: `fetch` answers one page.
 */
export interface Page<Row> {
  readonly rows: readonly Row[];
  /** The server's cursor for the page after this one; null = nothing beyond. */
  readonly next: string | null;
  /** … and for the page before it; null = nothing before, or the server does not page back. */
  readonly previous: string | null;
}

export interface Total {
  readonly count: number;
  readonly exact: boolean;
}

export interface ListSource<Row> {
  readonly rows: readonly Row[];
  /** Rows above the window: row numbers go on from it. */
  readonly first: number;
  readonly loading: boolean;
  readonly loaded: boolean;
  readonly failed: boolean;
  readonly total: Total | null;
  readonly hasNext: boolean;
  readonly hasPrevious: boolean;
  more(): Promise<void>;
  back(): Promise<void>;
  refresh(): Promise<void>;
  reset(): Promise<void>;
}

interface HeldPage<Row> extends Page<Row> {
  readonly cursor: string | undefined;
}

export class KeysetWindow<Row> implements ListSource<Row> {
  #fetch: (cursor: string | undefined) => Promise<Page<Row>>;
  #id: (row: Row) => string;
  #pagesMax: number;
  /** Pages that were scrolled out at the top: where each began and how many rows it had. */
  #above: { readonly cursor: string | undefined; readonly count: number }[] = [];
  #pages = $state.raw<readonly HeldPage<Row>[]>([]);
  #first = $state(0);
  #busy = $state(false);
  #failed = $state(false);
  #loaded = $state(false);
  #total = $state.raw<Total | null>(null);
  #rows = $derived(this.#unique());
  /** A newer `reset` makes older answers void. */
  #round = 0;

  constructor(id: (row: Row) => string, fetch: (cursor: string | undefined) => Promise<Page<Row>>, options: { pagesMax?: number } = {}) {
    this.#id = id;
    this.#fetch = fetch;
    this.#pagesMax = options.pagesMax ?? 5;
  }

  /** Rows move between two fetches of neighbouring pages; the first one seen stays. */
  #unique(): Row[] {
    const seen = new Set<string>();
    return this.#pages.flatMap((page) =>
      page.rows.filter((row) => {
        const id = this.#id(row);
        return !seen.has(id) && seen.add(id);
      }),
    );
  }

  get rows(): readonly Row[] {
    return this.#rows;
  }
  get first(): number {
    return this.#first;
  }
  get loading(): boolean {
    return this.#busy;
  }
  get loaded(): boolean {
    return this.#loaded;
  }
  get failed(): boolean {
    return this.#failed;
  }
  get total(): Total | null {
    return this.#total;
  }
  /** Counted by another question; the list works without it. */
  set total(total: Total | null) {
    this.#total = total;
  }
  get hasNext(): boolean {
    return (this.#pages.at(-1)?.next ?? null) !== null;
  }
  get hasPrevious(): boolean {
    return this.#first > 0;
  }

  /** Starts again at the top: the filter or the order has changed. What was shown goes at once. */
  async reset(): Promise<void> {
    this.#round += 1;
    this.#pages = [];
    this.#above = [];
    this.#first = 0;
    this.#loaded = false;
    this.#busy = false;
    await this.#load(undefined, (page) => {
      this.#pages = [page];
    });
  }

  async more(): Promise<void> {
    const cursor = this.#pages.at(-1)?.next;
    if (cursor == null) return;
    await this.#load(cursor, (page) => {
      const pages = [...this.#pages, page];
      const dropped = pages.length > this.#pagesMax ? pages.shift() : undefined;
      if (dropped) {
        this.#above.push({ cursor: dropped.cursor, count: dropped.rows.length });
        this.#first += dropped.rows.length;
      }
      this.#pages = pages;
    });
  }

  async back(): Promise<void> {
    const before = this.#above.at(-1);
    if (!before) return;
    await this.#load(before.cursor, (page) => {
      this.#above.pop();
      this.#pages = [page, ...this.#pages].slice(0, this.#pagesMax);
      this.#first -= before.count;
    });
  }

  /** Fetches the pages that are shown once more, in place: a live message said that something changed. */
  async refresh(): Promise<void> {
    if (this.#busy || this.#pages.length === 0) return;
    const round = this.#round;
    try {
      const pages: HeldPage<Row>[] = [];
      let cursor: string | null | undefined = this.#pages[0]?.cursor;
      // One after the other, each from where the one before ends now: neighbours stay neighbours.
      for (let i = 0; i < this.#pages.length && cursor !== null; i += 1) {
        const page: Page<Row> = await this.#fetch(cursor);
        pages.push({ ...page, cursor });
        cursor = page.next;
      }
      if (round !== this.#round || this.#busy) return;
      this.#pages = pages;
      this.#failed = false;
    } catch {
      if (round === this.#round) this.#failed = true;
    }
  }

  async #load(cursor: string | undefined, take: (page: HeldPage<Row>) => void): Promise<void> {
    if (this.#busy) return;
    const round = this.#round;
    this.#busy = true;
    this.#failed = false;
    try {
      const page = await this.#fetch(cursor);
      if (round === this.#round) take({ ...page, cursor });
    } catch {
      if (round === this.#round) this.#failed = true;
    } finally {
      if (round === this.#round) {
        this.#busy = false;
        this.#loaded = true;
      }
    }
  }
}

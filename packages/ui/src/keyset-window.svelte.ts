/**
 * A window on a list that the server sorts, filters and pages by key: forward and back, never by offset. Holds at most `pagesMax` pages,
 * so that a scroll through 100,000 rows keeps the page as light as its start. Knows nothing of transport: `fetch` answers one page.
 */
export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Cursors from the server; null = nothing beyond. */
  readonly next: string | null;
  readonly previous: string | null;
  readonly total?: { readonly count: number; readonly exact: boolean } | undefined;
}

export interface ListSource<Row> {
  readonly rows: readonly Row[];
  /** Rows above the window: row numbers go on from it. */
  readonly first: number;
  readonly loading: boolean;
  readonly loaded: boolean;
  readonly failed: boolean;
  readonly total: { readonly count: number; readonly exact: boolean } | null;
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
  #pagesMax: number;
  #pages = $state.raw<readonly HeldPage<Row>[]>([]);
  #first = $state(0);
  #busy = $state(false);
  #failed = $state(false);
  #loaded = $state(false);
  #total = $state.raw<ListSource<Row>['total']>(null);
  #rows = $derived(this.#pages.flatMap((page) => page.rows));
  /** A newer `reset` makes older answers void. */
  #round = 0;

  constructor(fetch: (cursor: string | undefined) => Promise<Page<Row>>, options: { pagesMax?: number } = {}) {
    this.#fetch = fetch;
    this.#pagesMax = options.pagesMax ?? 5;
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
  get total(): ListSource<Row>['total'] {
    return this.#total;
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
    this.#first = 0;
    this.#loaded = false;
    this.#total = null;
    this.#busy = false;
    await this.#load(undefined, (page) => {
      this.#pages = [page];
      this.#total = page.total ?? null;
    });
  }

  async more(): Promise<void> {
    const cursor = this.#pages.at(-1)?.next;
    if (cursor == null) return;
    await this.#load(cursor, (page) => {
      const pages = [...this.#pages, page];
      const dropped = pages.length > this.#pagesMax ? pages.shift() : undefined;
      this.#first += dropped?.rows.length ?? 0;
      this.#pages = pages;
    });
  }

  async back(): Promise<void> {
    const cursor = this.#pages[0]?.previous;
    if (cursor == null || this.#first === 0) return;
    await this.#load(cursor, (page) => {
      this.#pages = [page, ...this.#pages].slice(0, this.#pagesMax);
      this.#first = Math.max(0, this.#first - page.rows.length);
    });
  }

  /** Fetches the pages that are shown once more, in place: a live message said that something changed. */
  async refresh(): Promise<void> {
    if (this.#busy || this.#pages.length === 0) return;
    const round = this.#round;
    try {
      const pages = await Promise.all(this.#pages.map(async (held): Promise<HeldPage<Row>> => ({ ...(await this.#fetch(held.cursor)), cursor: held.cursor })));
      if (round !== this.#round || this.#busy) return;
      this.#pages = pages;
      this.#total = pages[0]?.total ?? this.#total;
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

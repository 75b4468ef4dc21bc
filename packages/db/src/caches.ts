import type { Reader } from './dialect.ts';
import { readEpochs } from './settings.ts';

/** A slow-changing table kept in memory as something faster. Its name is also the name of its epoch row. */
export interface CacheDefinition<T> {
  readonly name: string;
  readonly load: (reader: Reader) => Promise<T>;
}

export const defineCache = <T>(name: string, load: (reader: Reader) => Promise<T>): CacheDefinition<T> => ({ name, load });

/**
 * One process's caches. A command that changes what is cached calls `ctx.invalidate`: its own process reloads before the answer,
 * the others when their worker sees the epoch row move.
 */
export class Caches {
  readonly #reader: Reader;
  readonly #values = new Map<string, { definition: CacheDefinition<unknown>; value: unknown }>();
  #epochs = new Map<string, number>();
  #refreshing: Promise<void> | null = null;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /** Loads each for the first time; called once at the start with all of them. */
  async load(definitions: readonly CacheDefinition<unknown>[]): Promise<void> {
    this.#epochs = await readEpochs(this.#reader);
    for (const definition of definitions) this.#values.set(definition.name, { definition, value: await definition.load(this.#reader) });
  }

  get<T>(definition: CacheDefinition<T>): T {
    const held = this.#values.get(definition.name);
    if (!held) throw new Error(`cache ${definition.name} was not loaded`);
    return held.value as T;
  }

  /** Reloads what has become old. Calls while one runs wait for a whole run that began after them. */
  async refresh(): Promise<void> {
    if (this.#refreshing) await this.#refreshing;
    this.#refreshing ??= this.#reloadOld().finally(() => (this.#refreshing = null));
    await this.#refreshing;
  }

  async #reloadOld(): Promise<void> {
    const fresh = await readEpochs(this.#reader);
    for (const held of this.#values.values()) {
      const { name } = held.definition;
      if (this.#epochs.get(name) === fresh.get(name)) continue;
      held.value = await held.definition.load(this.#reader);
      const epoch = fresh.get(name);
      if (epoch !== undefined) this.#epochs.set(name, epoch);
    }
  }
}

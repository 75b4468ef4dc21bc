import { clock } from '#lib/clock.svelte.ts';
import { m } from '#lib/paraglide/messages.js';
import { kept } from './kept.ts';
import { keyOf } from './keys.ts';
import type { QueuedPhoto } from './outbox-rules.ts';
import { preparePhoto, UnreadablePhoto } from './photo-intake.ts';
import { position } from './position.svelte.ts';
import type { Draft, StoredPhoto } from './store.ts';

export type Stage = QueuedPhoto['stage'];
export interface TrayPhoto {
  readonly photo: QueuedPhoto;
  /** Object URL for the thumbnail. */
  readonly url: string;
}

const NOTE_WAIT_MS = 400;

/** Photos and words that are being gathered for one command. Every step is stored at once: opening the camera may cost the page its life. */
export class PhotoTray {
  items = $state.raw<readonly TrayPhoto[]>([]);
  note = $state('');
  /** Photos that are being read and scaled. */
  busy = $state(0);
  error = $state<string | null>(null);
  /** Something was found from before. */
  restored = $state(false);
  readonly draftKey: string;
  readonly #accountId: string;
  #noteTimer: ReturnType<typeof setTimeout> | undefined;
  #sealed = false;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(accountId: string, what: string) {
    this.#accountId = accountId;
    this.draftKey = keyOf(accountId, what);
  }

  of(stage: Stage): readonly TrayPhoto[] {
    return this.items.filter((item) => item.photo.stage === stage);
  }
  get photos(): readonly QueuedPhoto[] {
    return this.items.map((item) => item.photo);
  }

  async restore(): Promise<void> {
    const store = await kept();
    const draft = await store.drafts.get(this.draftKey);
    if (!draft || this.#sealed) return;
    const found: TrayPhoto[] = [];
    for (const photo of draft.photos) {
      const stored = await store.photos.get(keyOf(this.#accountId, photo.sha256));
      if (stored) found.push({ photo, url: URL.createObjectURL(stored.blob) });
    }
    this.items = [...found, ...this.items];
    if (this.note === '') this.note = draft.note;
    this.restored = found.length > 0 || draft.note !== '';
  }

  async add(files: readonly File[], stage: Stage): Promise<void> {
    this.error = null;
    for (const file of files) {
      this.busy += 1;
      try {
        const { sha256, hashed, blob, ...evidence } = await preparePhoto(file, position.here);
        if (this.items.some((item) => item.photo.sha256 === sha256)) continue;
        const photo: QueuedPhoto = { sha256, stage, ...evidence };
        const items = [...this.items, { photo, url: URL.createObjectURL(blob) }];
        await this.#write(items, { key: keyOf(this.#accountId, sha256), accountId: this.#accountId, sha256, hashed, blob, ...evidence, fileId: null, tried: false });
        this.items = items;
      } catch (fault) {
        this.error = fault instanceof UnreadablePhoto ? m.refusal_UNSUPPORTED_TYPE() : m.field_photo_not_kept();
      } finally {
        this.busy -= 1;
      }
    }
  }

  async remove(item: TrayPhoto): Promise<void> {
    URL.revokeObjectURL(item.url);
    this.items = this.items.filter((one) => one !== item);
    await this.#write(this.items);
    await (await kept()).dropUnusedPhotos(this.#accountId);
  }

  /** Call when the words change. */
  noted(): void {
    clearTimeout(this.#noteTimer);
    this.#noteTimer = setTimeout(() => void this.#write(this.items), NOTE_WAIT_MS);
  }

  /** Before a command takes it over: nothing is written any more, so that the draft which goes with the command does not come back. */
  async seal(): Promise<void> {
    this.#sealed = true;
    clearTimeout(this.#noteTimer);
    await this.#writing;
  }
  /** The command could not be stored: it is a draft again. */
  unseal(): void {
    this.#sealed = false;
  }

  /** The page goes. */
  close(): void {
    this.#sealed = true;
    clearTimeout(this.#noteTimer);
    for (const item of this.items) URL.revokeObjectURL(item.url);
    this.items = [];
  }

  #write(items: readonly TrayPhoto[], photo: StoredPhoto | null = null): Promise<void> {
    if (this.#sealed) return Promise.resolve();
    const draft: Draft = { key: this.draftKey, accountId: this.#accountId, photos: items.map((item) => item.photo), note: this.note, savedAt: clock.exact() };
    const written = kept().then((store) => store.keepDraft(draft, photo));
    this.#writing = Promise.allSettled([this.#writing, written]);
    return written;
  }
}

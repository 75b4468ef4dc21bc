import { Dexie, type EntityTable, type InsertType } from 'dexie';
import { keyOf } from './keys.ts';
import type { QueuedCommand, QueuedPhoto } from './outbox-rules.ts';

/**
 * What the phone keeps (IndexedDB): the queue, the photos' bytes, half-done work, and copies of what was read. Loaded when it is first needed.
 * Everything is keyed by account: whoever signs in next neither reads nor sends it.
 */

/** Bytes to send; under `sha256` for one account. */
export interface StoredPhoto {
  /** `accountId sha256` */
  readonly key: string;
  readonly accountId: string;
  readonly sha256: string;
  /** False: a random name, see photo-intake. */
  readonly hashed: boolean;
  readonly blob: Blob;
  readonly takenAt: number | null;
  readonly longitude: number | null;
  readonly latitude: number | null;
  readonly accuracy: number | null;
  /** Known once uploaded. */
  readonly fileId: string | null;
  /** An upload was begun: ask before sending the bytes again. */
  readonly tried: boolean;
}

/** Photos and words of a ticket that are not sent yet. */
export interface Draft {
  /** `accountId ticketId` */
  readonly key: string;
  readonly accountId: string;
  readonly photos: readonly QueuedPhoto[];
  readonly note: string;
  readonly savedAt: number;
}

/** A copy of something read, for times without network. */
export interface Copy {
  /** `accountId postId what` */
  readonly key: string;
  readonly accountId: string;
  readonly value: unknown;
  /** Server time, epoch ms. */
  readonly savedAt: number;
}

/** What the server has confirmed lately. */
export interface SentCommand extends Pick<QueuedCommand, 'commandId' | 'accountId' | 'verb' | 'title'> {
  readonly ticketId: string | null;
  readonly no: string | null;
  /** Server time, epoch ms. */
  readonly sentAt: number;
}

const SENT_KEPT = 20;
const COPIES_KEPT = 120;

export class FieldStore extends Dexie {
  declare readonly commands: EntityTable<QueuedCommand, 'seq'>;
  declare readonly photos: EntityTable<StoredPhoto, 'key'>;
  declare readonly drafts: EntityTable<Draft, 'key'>;
  declare readonly copies: EntityTable<Copy, 'key'>;
  declare readonly sent: EntityTable<SentCommand, 'commandId'>;

  constructor() {
    super('baxing-field');
    this.version(1).stores({ commands: '++seq, &commandId, accountId', photos: 'key, accountId', drafts: 'key, accountId', copies: 'key, accountId, savedAt', sent: 'commandId, accountId, sentAt' });
  }

  /** Command and photos in one transaction: stored is stored whole. */
  async enqueue(command: InsertType<QueuedCommand, 'seq'>, draftKey: string | null): Promise<void> {
    await this.transaction('rw', this.commands, this.drafts, async () => {
      await this.commands.add(command);
      if (draftKey !== null) await this.drafts.delete(draftKey);
    });
  }

  /** Bytes and the draft that names them in one transaction, so that no tidying comes between. */
  async keepDraft(draft: Draft, photo: StoredPhoto | null = null): Promise<void> {
    await this.transaction('rw', this.photos, this.drafts, async () => {
      if (photo && !(await this.photos.get(photo.key))) await this.photos.put(photo);
      if (draft.photos.length === 0 && draft.note === '') await this.drafts.delete(draft.key);
      else await this.drafts.put(draft);
    });
  }

  /** The server has it. */
  async settle(command: QueuedCommand, sent: SentCommand): Promise<void> {
    await this.transaction('rw', this.commands, this.sent, async () => {
      await this.commands.delete(command.seq);
      await this.sent.put(sent);
      const old = await this.sent.where('accountId').equals(command.accountId).sortBy('sentAt');
      await this.sent.bulkDelete(old.slice(0, Math.max(0, old.length - SENT_KEPT)).map((one) => one.commandId));
    });
    await this.dropUnusedPhotos(command.accountId);
  }

  async dropUnusedPhotos(accountId: string): Promise<void> {
    await this.transaction('rw', this.commands, this.photos, this.drafts, async () => {
      const holders = [...(await this.commands.where('accountId').equals(accountId).toArray()), ...(await this.drafts.where('accountId').equals(accountId).toArray())];
      const used = new Set(holders.flatMap((holder) => holder.photos.map((photo) => keyOf(accountId, photo.sha256))));
      const kept = (await this.photos.where('accountId').equals(accountId).primaryKeys()) as string[];
      await this.photos.bulkDelete(kept.filter((key) => !used.has(key)));
    });
  }

  async keepCopy(copy: Copy): Promise<void> {
    await this.copies.put(copy);
    const count = await this.copies.count();
    if (count > COPIES_KEPT)
      await this.copies.bulkDelete(
        await this.copies
          .orderBy('savedAt')
          .limit(count - COPIES_KEPT)
          .primaryKeys(),
      );
  }

  /** On signing out: what was read goes, what still has to be sent stays. */
  async forgetCopies(accountId: string): Promise<void> {
    await this.copies.where('accountId').equals(accountId).delete();
  }
}

export const store = new FieldStore();

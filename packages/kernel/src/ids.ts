/** Ids: a short noun prefix and a UUIDv7 without hyphens (`tkt_0190…`). Sortable by time of making, unique without coordination. */

export type Id<P extends string = string> = `${P}_${string}`;

export type NewId = <P extends string>(prefix: P) => Id<P>;

/** Makes the id maker of one process. `now` in epoch ms; `random` fills 10 bytes. Both are arguments so that a test can fix them. */
export function idMaker(now: () => number, random: (bytes: Uint8Array<ArrayBuffer>) => void): NewId {
  const bytes = new Uint8Array(10);
  return (prefix) => {
    random(bytes);
    return `${prefix}_${uuid7Hex(now(), bytes)}`;
  };
}

function uuid7Hex(atMs: number, random: Uint8Array): string {
  const time = Math.max(0, Math.floor(atMs)).toString(16).padStart(12, '0').slice(-12);
  let tail = '';
  for (const byte of random) tail += byte.toString(16).padStart(2, '0');
  // version nibble 7, variant bits 10 (RFC 9562, 5.7)
  const variant = ((Number.parseInt(tail[3]!, 16) & 0x3) | 0x8).toString(16);
  return `${time}7${tail.slice(0, 3)}${variant}${tail.slice(4, 19)}`;
}

/** A UUID in its canonical form; version 7 wanted from clients, any version accepted. */
export const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A client's command id: UUIDv7 with hyphens. */
export function newCommandId(now: number, random: (bytes: Uint8Array<ArrayBuffer>) => void): string {
  const bytes = new Uint8Array(10);
  random(bytes);
  const hex = uuid7Hex(now, bytes);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

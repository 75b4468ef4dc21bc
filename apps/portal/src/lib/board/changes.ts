import { formatNumber, formatPercent } from '@baxing/ui/format';
import { m } from '#lib/paraglide/messages.js';
import { lightLabel } from '#lib/plan/words.ts';
import { keyOf, type Numbers, type Progress } from './types.ts';

/** What moved on the board between two answers, for the eye (which cells) and for the ear (in words). */
export interface BoardChange {
  readonly key: string;
  readonly words: string;
}

export const percent = (share: number): string => formatPercent(share, 1);

const NOTHING: Pick<Numbers, 'light' | 'held' | 'verified' | 'reported' | 'ticketsOpen' | 'ticketsClosed'> = { light: 'none', held: 0, verified: 0, reported: 0, ticketsOpen: 0, ticketsClosed: 0 };

export function changesBetween(before: Progress, after: Progress): BoardChange[] {
  const old = new Map(before.cells.map((cell) => [keyOf(cell.actionCode, cell.unitId), cell]));
  const actions = new Map(after.actions.map(({ code, name }) => [code, name]));
  const units = new Map(after.units.map(({ unitId, shortName }) => [unitId, shortName]));
  return after.cells.flatMap((cell) => {
    const key = keyOf(cell.actionCode, cell.unitId);
    const was = old.get(key) ?? NOTHING;
    const what = [
      cell.light === was.light || was.light === 'none' ? '' : m.board_moved_light({ light: lightLabel(cell.light) }),
      cell.held === was.held ? '' : m.board_moved_assigned({ count: formatNumber(cell.held) }),
      cell.verified === was.verified ? '' : m.board_moved_verified({ percent: percent(cell.verified) }),
      cell.reported === was.reported ? '' : m.board_moved_reported({ percent: percent(cell.reported) }),
      cell.ticketsOpen === was.ticketsOpen && cell.ticketsClosed === was.ticketsClosed ? '' : m.board_moved_tickets({ closed: formatNumber(cell.ticketsClosed), all: formatNumber(cell.ticketsOpen + cell.ticketsClosed) }),
    ].filter(Boolean);
    return what.length === 0 ? [] : [{ key, words: m.board_moved({ action: actions.get(cell.actionCode) ?? cell.actionCode, unit: units.get(cell.unitId) ?? '', what: what.join('，') }) }];
  });
}

const SAID_MAX = 2;
export const changesInWords = (changes: readonly BoardChange[]): string =>
  [...changes.slice(0, SAID_MAX).map(({ words }) => words), ...(changes.length > SAID_MAX ? [m.board_moved_more({ count: String(changes.length - SAID_MAX) })] : [])].join('；');

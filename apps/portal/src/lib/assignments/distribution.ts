import { type Split, splitTarget } from '@baxing/campaigns';
import { DAY_MS, fromSteps, toSteps, type UnitOfMeasure } from '@baxing/kernel';
import { formatNumber, fromDateTimeInput, toDateInput } from '@baxing/ui/format';

/** The form of the assignment dialog as numbers: what each receiver gets, and whether it adds up. The server decides by the same functions. */

export interface Receiver {
  /** The unit, or the post when a post receives. */
  readonly key: string;
  readonly unitId: string;
  readonly postId: string | null;
  readonly name: string;
  /** As typed. */
  readonly weight: string;
  readonly part: string;
}

/** A typed number in written units; null when it is none, or has more places than the measure. */
export function stepsOf(text: string, measure: UnitOfMeasure): number | null {
  const trimmed = text.trim().replaceAll(',', '');
  return trimmed === '' || !/^\d+(\.\d+)?$/.test(trimmed) ? null : toSteps(Number(trimmed), measure);
}
/** The number as it is typed. */
export const typed = (steps: number, measure: UnitOfMeasure): string => formatNumber(fromSteps(steps, measure), measure.scale).replaceAll(',', '');

const weightOf = (text: string): number | undefined => {
  const weight = Number(text.trim());
  return text.trim() !== '' && weight > 0 && weight <= 1_000_000 ? weight : undefined;
};

export interface Distribution {
  /** Steps per receiver; null where that is not known yet. */
  readonly parts: readonly (number | null)[];
  /** What the parts add up to. */
  readonly sumSteps: number;
  /** It can be sent. */
  readonly fits: boolean;
}

export function distributionOf(totalSteps: number | null, split: Split, receivers: readonly Receiver[], measure: UnitOfMeasure): Distribution {
  if (split === 'hand') {
    const parts = receivers.map(({ part }) => stepsOf(part, measure));
    const sumSteps = parts.reduce<number>((sum, part) => sum + (part ?? 0), 0);
    const fits = totalSteps !== null && splitTarget(totalSteps, 'hand', parts.map((part) => (part === null ? {} : { targetSteps: part }))).ok;
    return { parts, sumSteps, fits: fits && receivers.length > 0 };
  }
  const nothing: Distribution = { parts: receivers.map(() => null), sumSteps: 0, fits: false };
  if (totalSteps === null || receivers.length === 0) return nothing;
  const made = splitTarget(totalSteps, split, receivers.map(({ weight }) => ({ weight: weightOf(weight) })));
  return made.ok ? { parts: made.value, sumSteps: totalSteps, fits: true } : nothing;
}

/** What the command takes. */
export const targetsOf = (split: Split, receivers: readonly Receiver[], parts: Distribution['parts']) =>
  receivers.map(({ unitId, postId, weight }, at) => ({
    ...(postId === null ? { unitId: unitId as `unt_${string}` } : { postId: postId as `pst_${string}` }),
    ...(split === 'weight' ? { weight: weightOf(weight)! } : {}),
    ...(split === 'hand' ? { targetSteps: parts[at]! } : {}),
  }));

/** The rest of a hand-made split, spread over the fields that are still empty. */
export function filledUp(totalSteps: number, receivers: readonly Receiver[], measure: UnitOfMeasure): readonly Receiver[] {
  const given = receivers.map(({ part }) => stepsOf(part, measure));
  const rest = totalSteps - given.reduce<number>((sum, part) => sum + (part ?? 0), 0);
  const empty = receivers.filter(({ part }) => part.trim() === '');
  if (rest < 0 || empty.length === 0) return receivers;
  const shares = splitTarget(rest, 'equal', empty.map(() => ({})));
  if (!shares.ok) return receivers;
  return receivers.map((receiver) => (receiver.part.trim() === '' ? { ...receiver, part: typed(shares.value[empty.indexOf(receiver)]!, measure) } : receiver));
}

/** A deadline is the first instant that is late; people name the last day in time. */
export const dayOfDeadline = (deadlineAt: number | null): string => (deadlineAt === null ? '' : toDateInput(deadlineAt - 1));
export function deadlineOf(day: string): number | null {
  const start = fromDateTimeInput(day);
  return start === null ? null : start + DAY_MS;
}

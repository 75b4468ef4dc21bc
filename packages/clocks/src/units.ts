import { DAY_MS, HOUR_MS, instantSchema, MINUTE_MS } from '@baxing/kernel';
import { z } from 'zod';

/**
 * How a time limit is counted. `urgent_*` run continuously through nights and holidays, `work_*` only in office hours of the calendar's workdays,
 * `natural_day` ends at the same clock time n civil days later.
 */
export const TIME_UNITS = ['urgent_hour', 'urgent_day', 'work_minute', 'work_hour', 'work_day', 'natural_day'] as const;
export type TimeUnit = (typeof TIME_UNITS)[number];

/** `lhasa`: the national days with the city's own on top. `national`: the State Council's days alone. */
export const CALENDAR_CODES = ['lhasa', 'national'] as const;
export type CalendarCode = (typeof CALENDAR_CODES)[number];

const UNIT_WORDS: Readonly<Record<string, TimeUnit>> = { 紧急工作时: 'urgent_hour', 紧急工作日: 'urgent_day', 工作时: 'work_hour', 工作日: 'work_day', 自然日: 'natural_day' };

/** The unit that a filing standard names in Chinese; null for a word that no standard uses. */
export const timeUnitOf = (chinese: string): TimeUnit | null => UNIT_WORDS[chinese.normalize('NFC').trim()] ?? null;

/** Milliseconds of one continuous unit. China's civil time has no daylight saving, so a civil day is always 24 h. */
export const CONTINUOUS_MS: Readonly<Partial<Record<TimeUnit, number>>> = { urgent_hour: HOUR_MS, urgent_day: DAY_MS, natural_day: DAY_MS };

/** Milliseconds of office time in one unit; a work day's depends on the office hours. */
export const OFFICE_MS: Readonly<Partial<Record<TimeUnit, number>>> = { work_minute: MINUTE_MS, work_hour: HOUR_MS };

/** The longest limit per unit: ten years of continuous time, about four years of office time. */
export const VALUE_MAX: Readonly<Record<TimeUnit, number>> = { urgent_hour: 87_600, urgent_day: 3650, work_minute: 360_000, work_hour: 6000, work_day: 1000, natural_day: 3650 };

const isThousandths = (value: number): boolean => Math.abs(value * 1000 - Math.round(value * 1000)) < 1e-6;

/** More than nothing, at most `VALUE_MAX`, three decimals (half a work day is 0.5); natural days and work minutes are whole. */
export const isLimit = (value: number, unit: TimeUnit): boolean => value > 0 && value <= VALUE_MAX[unit] && (unit === 'natural_day' || unit === 'work_minute' ? Number.isInteger(value) : isThousandths(value));

export const timeUnitSchema = z.enum(TIME_UNITS);
export const calendarCodeSchema = z.enum(CALENDAR_CODES);

/** Input of `clocks.compute`: `startAt` in epoch ms. */
export const computeInputSchema = z
  .strictObject({ startAt: instantSchema, value: z.number(), unit: timeUnitSchema, calendar: calendarCodeSchema })
  .refine(({ value, unit }) => isLimit(value, unit), { path: ['value'], error: 'limit out of bounds for its unit' });
export type ComputeInput = z.infer<typeof computeInputSchema>;

/** A limit is used up at its due instant itself: from then on the work is late. The timers, `stopClock` and every list agree through this. */
export const isOverdue = (dueAt: number | null, at: number): boolean => dueAt !== null && at >= dueAt;

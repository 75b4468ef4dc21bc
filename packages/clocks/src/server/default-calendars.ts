import { readFile } from 'node:fs/promises';
import { type ImportCalendarInput, parseChineseDays, parseLocalDays, type SetOfficeHoursInput } from '@baxing/clocks';
import type { Result } from '@baxing/kernel';

export interface DefaultCalendars {
  /** Inputs of `clocks.importCalendar`, national first. */
  readonly imports: readonly ImportCalendarInput[];
  /** Inputs of `clocks.setOfficeHours`. */
  readonly officeHours: readonly SetOfficeHoursInput[];
}

const NATIONAL_SOURCE = 'npm chinese-days 1.5.7（国务院办公厅节假日安排，MIT）';
const NATIONAL_HOURS_NOTE = '示例：全国历未规定办公时间，沿用拉萨市。';

async function parsed<T>(file: string, parse: (json: unknown) => Result<T>): Promise<T> {
  const result = parse(JSON.parse(await readFile(new URL(`../../data/${file}`, import.meta.url), 'utf8')));
  if (!result.ok) throw new Error(`${file}: ${JSON.stringify(result.refusal.details)}`);
  return result.value;
}

/** The packaged calendars as inputs of the two commands; the caller runs them, so they are audited like any import. */
export async function loadDefaultCalendars(): Promise<DefaultCalendars> {
  const national = await parsed('chinese-days.json', (json) => parseChineseDays(json, NATIONAL_SOURCE));
  const local = await parsed('lasa_local_days.json', parseLocalDays);
  return {
    imports: [national, local.calendar],
    officeHours: [local.officeHours, { ...local.officeHours, calendar: 'national', source: `${NATIONAL_HOURS_NOTE}${local.officeHours.source}` }],
  };
}

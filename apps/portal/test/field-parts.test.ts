import { describe, expect, it } from 'vitest';
import { mapLink } from '../src/lib/field/navigation-link.ts';
import { exifInstant } from '../src/lib/field/photo-intake.ts';
import { ordered, type TicketListRow } from '../src/lib/field/ticket-boxes.ts';

describe("a photo's time", () => {
  it('is read in its own zone, in China’s where it names none', () => {
    expect(exifInstant('2023:11:28 10:05:06', '+01:00')).toBe(Date.parse('2023-11-28T09:05:06Z'));
    expect(exifInstant('2023:11:28 10:05:06', undefined)).toBe(Date.parse('2023-11-28T02:05:06Z'));
  });
  it.each([undefined, '', '0000:00:00 00:00:00', 'yesterday', '2023:13:41 99:99:99'])('is unknown for %s', (civil) => {
    expect(exifInstant(civil, undefined)).toBeNull();
  });
});

describe('the order of the list', () => {
  const row = (id: string, dueAt: number | null, longitude: number): TicketListRow => ({ id, dueAt, longitude, latitude: 29.65, reportedAt: 0 }) as TicketListRow;
  const rows = [row('none', null, 91.1), row('late', 300, 91.2), row('soon', 100, 91.3)];
  const here = { longitude: 91.31, latitude: 29.65, accuracy: 5, at: 0 };
  const ids = (list: readonly TicketListRow[]): string[] => list.map(({ id }) => id);
  it('is by due time, those without one last', () => {
    expect(ids(ordered(rows, 'due', here))).toEqual(['soon', 'late', 'none']);
  });
  it('is by distance where the phone knows its place, by due time where not', () => {
    expect(ids(ordered([...rows].reverse(), 'distance', { ...here, longitude: 91.09 }))).toEqual(['none', 'late', 'soon']);
    expect(ids(ordered(rows, 'distance', null))).toEqual(['soon', 'late', 'none']);
  });
});

describe('the link to the map', () => {
  it('is the phone’s own on Android', () => {
    expect(mapLink(91.1, 29.6, '扎细', 'Mozilla/5.0 (Linux; Android 14)')).toBe('geo:29.6,91.1?q=29.6,91.1(%E6%89%8E%E7%BB%86)');
  });
  it('says elsewhere that the position is WGS84', () => {
    expect(mapLink(91.1, 29.6, 'x', 'iPhone')).toContain('position=91.1,29.6&name=x&coordinate=wgs84');
  });
});

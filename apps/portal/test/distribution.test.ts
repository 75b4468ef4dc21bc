import { unitOfMeasure } from '@baxing/kernel';
import { describe, expect, it } from 'vitest';
import { dayOfDeadline, deadlineOf, distributionOf, filledUp, type Receiver, stepsOf, targetsOf, typed } from '../src/lib/assignments/distribution.ts';

const places = unitOfMeasure('处');
const kilograms = unitOfMeasure('公斤');
const receiver = (key: string, over: Partial<Receiver> = {}): Receiver => ({ key, unitId: key, postId: null, name: key, weight: '1', part: '', ...over });
const sum = (parts: readonly (number | null)[]): number => parts.reduce<number>((all, part) => all + (part ?? 0), 0);

describe('what is typed', () => {
  it('is a number of the measure or nothing', () => {
    expect(['45', ' 1,200 ', '0', '4.5', '-1', '', 'x', '1e3', '٣'].map((text) => stepsOf(text, places))).toEqual([45, 1200, 0, null, null, null, null, null, null]);
    expect(['38744.6', '0.001', '0.0001'].map((text) => stepsOf(text, kilograms))).toEqual([38_744_600, 1, null]);
    expect([typed(38_744_600, kilograms), typed(1_200_000, places)]).toEqual(['38744.6', '1200000']);
  });
  it('names the last day in time; the instant is the first that is late', () => {
    const deadlineAt = Date.parse('2023-12-11T00:00+08:00');
    expect(dayOfDeadline(deadlineAt)).toBe('2023-12-10');
    expect(deadlineOf('2023-12-10')).toBe(deadlineAt);
    expect([deadlineOf(''), deadlineOf('2023-13-01'), dayOfDeadline(null)]).toEqual([null, null, '']);
  });
});

describe('what each receives', () => {
  it('sums to what is given out, however it is split', () => {
    for (const total of [0, 1, 7, 45, 80, 38_744_600])
      for (const count of [1, 2, 12]) {
        const receivers = Array.from({ length: count }, (_, i) => receiver(String(i), { weight: String(i + 1) }));
        for (const split of ['equal', 'weight'] as const) {
          const { parts, fits } = distributionOf(total, split, receivers, kilograms);
          expect(fits).toBe(true);
          expect(sum(parts)).toBe(total);
        }
      }
    expect(distributionOf(45, 'equal', [receiver('a'), receiver('b')], places).parts).toEqual([23, 22]);
    expect(distributionOf(800, 'weight', [receiver('a', { weight: '3' }), receiver('b')], places).parts).toEqual([600, 200]);
  });
  it('does not fit while it does not add up', () => {
    const by = (...parts: string[]) => distributionOf(45, 'hand', parts.map((part, i) => receiver(String(i), { part })), places);
    expect(by('25', '20')).toEqual({ parts: [25, 20], sumSteps: 45, fits: true });
    expect(by('25', '')).toEqual({ parts: [25, null], sumSteps: 25, fits: false });
    expect([by('25', '21').fits, by('25', '19.5').fits, by().fits]).toEqual([false, false, false]);
    expect(distributionOf(45, 'equal', [], places).fits).toBe(false);
    expect(distributionOf(null, 'equal', [receiver('a')], places).fits).toBe(false);
    for (const weight of ['0', '-1', '', 'x', '1000001']) expect(distributionOf(45, 'weight', [receiver('a', { weight })], places).fits).toBe(false);
  });
  it('the rest fills the fields that are empty, and only those', () => {
    const filled = filledUp(45, [receiver('a', { part: '20' }), receiver('b'), receiver('c')], places);
    expect(filled.map(({ part }) => part)).toEqual(['20', '13', '12']);
    const over = [receiver('a', { part: '50' }), receiver('b')];
    expect(filledUp(45, over, places)).toBe(over);
  });
  it('is sent as the command takes it', () => {
    const receivers = [receiver('unt_a', { weight: '2' }), { ...receiver('pst_b'), unitId: 'unt_b', postId: 'pst_b' }];
    expect(targetsOf('equal', receivers, [1, 2])).toEqual([{ unitId: 'unt_a' }, { postId: 'pst_b' }]);
    expect(targetsOf('weight', receivers, [1, 2])).toEqual([{ unitId: 'unt_a', weight: 2 }, { postId: 'pst_b', weight: 1 }]);
    expect(targetsOf('hand', receivers, [1, 2])).toEqual([{ unitId: 'unt_a', targetSteps: 1 }, { postId: 'pst_b', targetSteps: 2 }]);
  });
});

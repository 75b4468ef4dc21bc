import { ROLES } from '@baxing/kernel';
import { z } from 'zod';

/** Named policy values, kept as JSON in `policy_setting`; defaults in `data/policy-settings.json`. */
const minutes = (max: number) => z.number().int().min(1).max(max);

export const policySettingsSchema = z.object({
  /** Who may not verify: by role of the handler, the same person or anyone of the same unit. A role that is not named counts as `person`. */
  separation: z.partialRecord(z.enum(ROLES), z.enum(['person', 'unit'])),
  /** Wall-clock limits of a session; `touchMinutes`: how often at most its last use is written. */
  session: z.object({ idleMinutes: minutes(43_200), absoluteMinutes: minutes(525_600), touchMinutes: minutes(60), perAccountMax: z.number().int().min(1).max(1000) }),
  /** Failed sign-ins: per name in a window, per address in a minute. */
  throttle: z.object({ nameFailuresMax: z.number().int().min(1).max(1000), nameWindowMinutes: minutes(1440), addressFailuresPerMinuteMax: z.number().int().min(100).max(1_000_000) }),
});

export type PolicySettings = z.infer<typeof policySettingsSchema>;
export type Separation = 'person' | 'unit';

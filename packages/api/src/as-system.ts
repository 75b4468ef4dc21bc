import { randomFillSync } from 'node:crypto';
import { type CommandCall, type CommandDefinition, type Database, execute } from '@baxing/db';
import { newCommandId, RefusalError, SYSTEM_ACTOR } from '@baxing/kernel';

export const systemCall = (at: number, origin = 'cli'): CommandCall => ({ commandId: newCommandId(Date.now(), randomFillSync), actor: SYSTEM_ACTOR, at, requestId: origin, origin });

/** A command by the product itself: imports, the demonstration city, the command line. @throws RefusalError */
export async function asSystem<Input, Output, Raw>(db: Database, at: number, definition: CommandDefinition<Input, Output, Raw>, input: Raw): Promise<Output> {
  const result = await execute(db, definition, systemCall(at), definition.input.parse(input));
  if (!result.ok) throw new RefusalError(result.refusal.code, result.refusal.details);
  return result.value;
}

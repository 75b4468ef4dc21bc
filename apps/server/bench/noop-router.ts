import { router, signedIn, withCommandId } from '@baxing/api';
import { z } from 'zod';

/** The least that a mutation of the product can cost: session, parsing, an empty answer. */
export const noopRouter = router({ noop: signedIn.input(withCommandId(z.object({ text: z.string().max(2000) }))).mutation(() => null) });

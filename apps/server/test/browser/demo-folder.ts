import { openRunFolder, scratchFolder } from '../../../../packages/testing/src/scratch.ts';
import { startProduct } from './product.ts';

/** Loads the demonstration city once; every product of the run starts on a copy of it. */
export default async function prepareDemo(): Promise<() => void> {
  const run = openRunFolder();
  try {
    const folder = scratchFolder('demo-');
    const product = await startProduct({ dataFolder: folder });
    await product.stop();
    process.env['BAXING_TEST_DEMO'] = folder;
    return run.remove;
  } catch (fault) {
    run.remove();
    throw fault;
  }
}

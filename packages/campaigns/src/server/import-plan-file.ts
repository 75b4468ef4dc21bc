import { type CommandCall, type Database, execute } from '@baxing/db';
import { basename } from 'node:path';
import type { Result } from '@baxing/kernel';
import { commitImport, type CommittedImport } from './commit-import.ts';
import type { Finding } from '../plan/examine.ts';
import type { PlanImportView } from './plan-import.ts';
import { preparePlanImport } from './prepare-plan-import.ts';
import { previewImport } from './preview-import.ts';

/** One line per finding, as `baxing import plan` prints them. */
export const findingLine = ({ row, sheetRow, column, severity, code, value, proposals }: Finding): string =>
  `${severity === 'error' ? '错误' : '提示'}  第 ${row ?? '?'} 项（表内第 ${sheetRow} 行） ${column}  ${code}  ${value}${proposals.length === 0 ? '' : `  可能是：${proposals.map(({ name, similarity }) => `${name} ${similarity}`).join('、')}`}`;

/**
 * `baxing import plan FILE [--dry-run]`: preview, its findings printed, and without `dryRun` the commit. Mending needs the portal or the API.
 * @refuses what preparing, previewing and committing refuse
 */
export async function importPlanFile(
  db: Database,
  input: { readonly campaignId: string; readonly path: string; readonly dryRun: boolean },
  newCall: () => CommandCall,
  print: (line: string) => void,
): Promise<Result<PlanImportView | CommittedImport>> {
  const prepared = await preparePlanImport({ path: input.path });
  if (!prepared.ok) return prepared;
  const { sha256, rows } = prepared.value;
  const preview = await execute(db, previewImport, newCall(), { campaignId: input.campaignId as `cmp_${string}`, fileName: basename(input.path), sha256, rows: rows as never });
  if (!preview.ok) return preview;
  const { findings, errors, warnings, changes } = preview.value;
  for (const finding of findings) print(findingLine(finding));
  print(`错误 ${errors}，提示 ${warnings}；新增 ${changes.create.length}，变更 ${changes.update.length}，不变 ${changes.unchanged}，撤下 ${changes.drop.length}`);
  return input.dryRun ? preview : execute(db, commitImport, newCall(), { importId: preview.value.importId as `imp_${string}`, version: preview.value.version });
}

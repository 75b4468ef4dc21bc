import { access, constants, statfs } from 'node:fs/promises';
import { calendarWarnings } from '@baxing/clocks/server';
import type { CliCall } from './call.ts';

const FREE_BYTES_MIN = 1024 ** 3;

/** What an administrator would check by hand before calling for help. Exit code 1 when something needs doing. */
export async function doctor({ db, config, say }: CliCall): Promise<number> {
  const problems: string[] = [];
  const check = async (name: string, run: () => Promise<string | null>): Promise<void> => {
    let problem: string | null;
    try {
      problem = await run();
    } catch (fault) {
      problem = fault instanceof Error ? fault.message : String(fault);
    }
    say(`${problem === null ? '正常' : '异常'}  ${name}${problem === null ? '' : `：${problem}`}`);
    if (problem !== null) problems.push(name);
  };
  const major = Number(process.versions.node.split('.')[0]);
  await check(`Node ${process.versions.node}`, () => Promise.resolve(major >= 22 ? null : '需要 22 或更新版本'));
  await check(`数据文件夹 ${config.dataFolder}`, async () => {
    await access(config.dataFolder, constants.R_OK | constants.W_OK);
    const { bavail, bsize } = await statfs(config.dataFolder);
    return bavail * bsize >= FREE_BYTES_MIN ? null : '可用空间不足 1 GB';
  });
  await check(`数据库 ${db.dialect}`, async () => {
    await db.read.selectFrom('setting').select('key').limit(1).execute();
    return null;
  });
  await check('失败的后台任务', async () => {
    const failed = await db.read.selectFrom('job').select(['kind', 'error']).where('state', '=', 'failed').limit(5).execute();
    return failed.length === 0 ? null : failed.map((job) => `${job.kind} ${job.error ?? ''}`).join('；');
  });
  await check('送不出去的消息', async () => {
    const stuck = await db.read.selectFrom('outbox').select('topic').where('attempts', '>', 5).limit(5).execute();
    return stuck.length === 0 ? null : stuck.map((row) => row.topic).join('、');
  });
  await check('工作日历', async () => {
    const warnings = await calendarWarnings(db.read);
    return warnings.length === 0 ? null : warnings.map((warning) => JSON.stringify(warning)).join('；');
  });
  return problems.length === 0 ? 0 : 1;
}

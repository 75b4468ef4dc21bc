import { systemCall } from '@baxing/api';
import { importPlanFile } from '@baxing/campaigns/server';
import { type CliCall, required, told } from './call.ts';

/** `baxing import plan FILE [--campaign 编号] [--dry-run]`: one line per finding; without errors and without `--dry-run` the plan is committed. */
export async function importPlan(call: CliCall, at: number): Promise<number> {
  const path = required(call.args[0], '文件');
  const campaigns = await call.db.read.selectFrom('campaign').select(['id', 'name']).execute();
  const wanted = typeof call.options['campaign'] === 'string' ? campaigns.find((campaign) => campaign.id === call.options['campaign']) : campaigns.length === 1 ? campaigns[0] : undefined;
  if (!wanted) {
    call.say(campaigns.length === 0 ? '还没有专项整治行动' : '请用 --campaign 指定编号：');
    for (const campaign of campaigns) call.say(`  ${campaign.id}  ${campaign.name}`);
    return 2;
  }
  const done = told(call, await importPlanFile(call.db, { campaignId: wanted.id, path, dryRun: call.options['dry-run'] === true }, () => systemCall(at), call.say));
  if (!done) return 1;
  call.say(call.options['dry-run'] === true ? '试运行：任务未写入' : `已导入 ${wanted.name}`);
  return 0;
}

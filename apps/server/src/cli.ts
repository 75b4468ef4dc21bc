import { parseArgs } from 'node:util';
import { openDatabase, type Database, SecondWriterError } from '@baxing/db';
import { readAnchors } from './anchors.ts';
import { UsageError } from './cli/call.ts';
import { COMMANDS } from './cli/commands.ts';
import { type Config, ConfigError, readConfig } from './config.ts';

/** `npm run baxing -- …`: administration from a shell. Writes through the same commands as the product; on SQLite only while no server runs. */

const USAGE = `用法: npm run baxing -- <命令>
  migrate                                        升级数据库结构
  import divisions|categories|calendar|plan 文件 [--dry-run]   导入（plan 另需 --campaign 编号）
  user add 登录名 --role 角色 --unit 单位 [--title 岗位] [--work-number 工号] [--area 区划代码] [--action 行动]
  user disable|reset-password 登录名
  counters verify                                重新计数并比较
  audit verify                                   校验审计链
  backup 文件                                     备份数据库
  doctor                                         检查运行环境和数据`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(2),
    allowPositionals: true,
    options: {
      'dry-run': { type: 'boolean', default: false },
      campaign: { type: 'string' },
      role: { type: 'string' },
      unit: { type: 'string' },
      title: { type: 'string' },
      'work-number': { type: 'string' },
      area: { type: 'string' },
      action: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const found = Object.entries(COMMANDS).find(([name]) => name.split(' ').every((word, i) => positionals[i] === word));
  if (!found || values.help) {
    say(USAGE);
    return values.help ? 0 : 2;
  }
  const [name, command] = found;
  const config: Config = readConfig(process.env);
  const db: Database = openDatabase(config.database, { readonly: command.readonly });
  try {
    if (!command.readonly) await db.migrate();
    return await command.run({ db, config, say, args: positionals.slice(name.split(' ').length), options: values, anchors: readAnchors(config.dataFolder) });
  } finally {
    await db.close();
  }
}

try {
  process.exitCode = await main();
} catch (fault) {
  if (fault instanceof ConfigError) say(`配置错误 ${fault.message}`);
  else if (fault instanceof SecondWriterError) say('服务正在运行并独占这个 SQLite 数据库：请先停止它，或在管理页面中操作');
  else if (fault instanceof UsageError) say(`${fault.message}\n\n${USAGE}`);
  else if (fault instanceof TypeError && (fault as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')) say(`${fault.message}\n\n${USAGE}`);
  else throw fault;
  process.exitCode = 2;
}

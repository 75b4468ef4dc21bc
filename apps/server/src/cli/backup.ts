import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { backupSqlite } from '@baxing/db';
import { type CliCall, required } from './call.ts';

/** A consistent copy while the server may go on writing: SQLite's online backup, or pg_dump. An existing file is never overwritten. */
export async function backup(call: CliCall): Promise<number> {
  const file = resolve(required(call.args[0], '文件'));
  if (existsSync(file)) {
    call.say(`文件已存在，不覆盖：${file}`);
    return 1;
  }
  const partial = `${file}.partial`;
  const { target } = call.db;
  if (target.dialect === 'sqlite') await backupSqlite(target.file, partial, (tenth) => call.say(`${tenth * 10} %`));
  else if ((await dumpPostgres(target.url, partial)) !== 0) {
    await rm(partial, { force: true });
    call.say('pg_dump 失败或不存在：请安装 PostgreSQL 客户端工具');
    return 1;
  }
  const handle = await open(partial, 'r+');
  await handle.sync();
  await handle.close();
  await rename(partial, file);
  call.say(`已备份到 ${file}；照片在数据文件夹的 files/ 中，请一并复制`);
  return 0;
}

function dumpPostgres(url: string, partial: string): Promise<number> {
  return new Promise((done) => {
    const child = spawn('pg_dump', ['--format=custom', '--file', partial, url], { stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', () => done(1));
    child.on('exit', (code) => done(code ?? 1));
  });
}

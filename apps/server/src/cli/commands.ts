import { readFile } from 'node:fs/promises';
import { asSystem, isDemonstration, recountAll, systemCall, wire } from '@baxing/api';
import { importCalendar } from '@baxing/clocks/server';
import { parseChineseDays, parseLocalDays } from '@baxing/clocks';
import { verifyAudit } from '@baxing/db';
import { createAccount, disableAccount, resetPassword } from '@baxing/identity/server';
import { NATIONAL_CODES, parseDivisionsFile } from '@baxing/jurisdictions';
import { DEFAULT_CITY_VALID_FROM, importDivisions, placeCache } from '@baxing/jurisdictions/server';
import { type Result, ROLES, type Role } from '@baxing/kernel';
import { parseCategories } from '@baxing/tickets';
import { importCategories } from '@baxing/tickets/server';
import { demoClock, wallClock } from '../clock.ts';
import { backup } from './backup.ts';
import { type CliCall, required, told, UsageError } from './call.ts';
import { doctor } from './doctor.ts';
import { importPlan } from './import-plan.ts';

/** One entry per command of the command line. `run` answers the exit code. */
interface CliCommand {
  /** Runs beside a server. */
  readonly readonly: boolean;
  readonly run: (call: CliCall) => Promise<number>;
}

/** Wires the packages and tells product time: in the demonstration its own clock's. */
async function ready({ db, config }: CliCall): Promise<number> {
  const clock = (await isDemonstration(db)) ? await demoClock(db, config.clockStart) : wallClock();
  const at = clock.now();
  clock.stop();
  await wire(db, () => at);
  return at;
}

/** Reads, checks, and unless it is a dry run writes. */
async function imported<T>(call: CliCall, parsed: Result<T>, describe: (input: T) => string, write: (input: T, at: number) => Promise<unknown>): Promise<number> {
  const input = told(call, parsed);
  if (input === null) return 1;
  call.say(describe(input));
  if (call.options['dry-run'] === true) {
    call.say('试运行：未写入任何数据');
    return 0;
  }
  call.say(`已导入：${JSON.stringify(await write(input, await ready(call)))}`);
  return 0;
}

const fileText = (call: CliCall): Promise<string> => readFile(required(call.args[0], '文件'), 'utf8');

async function accountNamed(call: CliCall): Promise<`acc_${string}` | null> {
  const userName = required(call.args[0], '登录名');
  const row = await call.db.read.selectFrom('account').select('id').where('user_name', '=', userName).executeTakeFirst();
  if (!row) call.say(`没有这个登录名：${userName}`);
  return (row?.id as `acc_${string}` | undefined) ?? null;
}

export const COMMANDS: Readonly<Record<string, CliCommand>> = {
  migrate: {
    readonly: false,
    async run({ say }) {
      say('数据库结构已是最新');
      return 0;
    },
  },
  'import divisions': {
    readonly: false,
    run: async (call) =>
      imported(
        call,
        parseDivisionsFile(await fileText(call), { codes: NATIONAL_CODES, validFrom: DEFAULT_CITY_VALID_FROM, synthetic: false }),
        (input) => `读到 ${input.rows.length} 个区划`,
        (input, at) => asSystem(call.db, at, importDivisions, input),
      ),
  },
  'import categories': {
    readonly: false,
    run: async (call) =>
      imported(
        call,
        parseCategories(await fileText(call)),
        (input) => `读到 ${input.categories.length} 个小类`,
        (input, at) => asSystem(call.db, at, importCategories, input),
      ),
  },
  'import calendar': {
    readonly: false,
    async run(call) {
      const json: unknown = JSON.parse(await fileText(call));
      const isLocal = typeof json === 'object' && json !== null && 'losar' in json;
      const local = isLocal ? parseLocalDays(json) : null;
      const parsed = local ? (local.ok ? { ok: true as const, value: local.value.calendar } : local) : parseChineseDays(json, required(call.args[0], '文件'));
      return imported(
        call,
        parsed,
        (input) => `读到 ${input.calendar} 历 ${input.years.length} 个年份`,
        (input, at) => asSystem(call.db, at, importCalendar, input),
      );
    },
  },
  'import plan': {
    readonly: false,
    async run(call) {
      const at = await ready(call);
      return importPlan(call, at);
    },
  },
  'user add': {
    readonly: false,
    async run(call) {
      const at = await ready(call);
      const { options } = call;
      const places = call.db.caches.get(placeCache);
      const role = required(options['role'], '--role');
      if (!ROLES.includes(role as Role)) throw new UsageError(`--role 必须是：${ROLES.join('、')}`);
      const unitName = required(options['unit'], '--unit');
      const unit = places.findUnits(unitName, at)[0];
      if (!unit) throw new UsageError(`没有这个单位：${unitName}`);
      const area = typeof options['area'] === 'string' ? places.byCode(NATIONAL_CODES.source, NATIONAL_CODES.edition, options['area'], at) : null;
      if (options['area'] !== undefined && !area) throw new UsageError(`没有这个区划代码：${String(options['area'])}`);
      const title = typeof options['title'] === 'string' ? options['title'] : `${unit.shortName}岗位`;
      const made = told(
        call,
        await createAccount(call.db, systemCall(at), {
          userName: required(call.args[0], '登录名'),
          posts: [
            {
              role: role as Role,
              title,
              workNumber: typeof options['work-number'] === 'string' ? options['work-number'] : '',
              unitId: unit.id,
              areaId: area?.id ?? null,
              actionCode: typeof options['action'] === 'string' ? options['action'] : null,
            },
          ],
        }),
      );
      if (!made) return 1;
      call.say(`已建立账号；首次登录口令（只显示一次）：${made.generatedPassword ?? ''}`);
      return 0;
    },
  },
  'user disable': {
    readonly: false,
    async run(call) {
      const at = await ready(call);
      const accountId = await accountNamed(call);
      if (!accountId) return 1;
      await asSystem(call.db, at, disableAccount, { accountId });
      call.say('已停用，其会话已全部结束');
      return 0;
    },
  },
  'user reset-password': {
    readonly: false,
    async run(call) {
      const at = await ready(call);
      const accountId = await accountNamed(call);
      if (!accountId) return 1;
      const done = told(call, await resetPassword(call.db, systemCall(at), { accountId }));
      if (!done) return 1;
      call.say(`新口令（只显示一次）：${done.generatedPassword ?? ''}`);
      return 0;
    },
  },
  'counters verify': {
    readonly: true,
    async run({ db, say }) {
      const { counters, differences } = await recountAll(db);
      for (const d of differences.slice(0, 50)) say(`${d.scope} ${d.subject} ${d.name}: 记录 ${d.stored}，实际 ${d.counted}`);
      say(differences.length === 0 ? `计数器一致（${counters} 项）` : `不一致 ${differences.length} 项，共 ${counters} 项`);
      return differences.length === 0 ? 0 : 1;
    },
  },
  'audit verify': {
    readonly: true,
    async run({ db, say, anchors }) {
      let shown = 0;
      const report = await verifyAudit(db.read, anchors, (events) => {
        if (events - shown < 50_000) return;
        shown = events;
        say(`已校验 ${events} 条`);
      });
      for (const finding of report.findings) say(JSON.stringify(finding));
      say(`封存 ${report.seals} 批 ${report.events} 条，未封存尾部 ${report.unsealedTail} 条，发现 ${report.findings.length} 处问题`);
      return report.findings.length === 0 ? 0 : 1;
    },
  },
  backup: { readonly: true, run: (call) => backup(call) },
  doctor: { readonly: true, run: (call) => doctor(call) },
};

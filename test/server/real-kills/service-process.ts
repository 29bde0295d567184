import { flushCompileCache } from 'node:module';
import { systemRandom } from '../../../modem/index.ts';
import { openService, type Rail, readKeyFile, servicePrimitives } from '../../../server/index.ts';
import { exampleRail } from '../../../sim/hosts/example-rail.ts';
import { tcpLink } from '../../../sim/hosts/host-link.ts';
import { WIDE_LIMITS } from '../wide-limits.ts';
import { fastClock } from './fast-clock.ts';
import { RemoteBearer } from './remote-bearer.ts';
import { Setting } from './setting.ts';

/**
 * A service in a process of its own, to be killed: as `cash-server serve`, with a network of many phones in place of modems
 * and, if the setting says so, a rail to a host in another process. Prints JSON lines: `ready` with the URL, and of the
 * journal what is a fault or an alarm. SIGTERM ends it.
 */
const setting = Setting.parse(JSON.parse(process.argv[2] ?? ''));
const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const clock = fastClock(setting.origin, setting.speed);
const primitives = servicePrimitives();
const bearer = await RemoteBearer.connect(setting.network, clock);

function railsOf({ rail }: Setting): readonly Rail[] {
  if (rail === undefined) return [];
  const { port, secret, capabilities, inquiry } = rail;
  return [exampleRail({ link: tcpLink(port), clock, secret, capabilities, inquiry })];
}

const service = await openService({
  database: setting.database,
  keys: readKeyFile(setting.keys, primitives),
  number: '+393400000000',
  bearer,
  clock,
  random: systemRandom,
  primitives,
  rails: railsOf(setting),
  // One operator gives all customers their first money.
  limits: { ...WIDE_LIMITS, fourEyesAbove: 1e9 },
  processName: `process ${process.pid}`,
  // The load comes from one address, with a few keys.
  http: { limits: { public: 1e6, goodKey: 1e6 }, patience: { connections: 10_000 } },
  // A fast clock is not the database's.
  ...(setting.database.startsWith('postgres:') && { hold: () => {} }),
  log: ({ event }) => {
    if (event.kind === 'fault' || event.kind === 'alarm') print({ event: event.kind, entry: event });
  },
});
if (setting.rail !== undefined)
  bearer.onNotice = (notice) =>
    void service.notice('bank', notice).catch((error: Error) => print({ event: 'fault', entry: error.message }));
process.once('SIGTERM', async () => {
  await service.drain(1_000);
  await bearer.close();
  await service.close();
});
// A process that is killed does not write what Node compiled: the next one would compile it again.
flushCompileCache();
print({ event: 'ready', url: await service.http.listen({ host: '127.0.0.1', port: 0 }) });

/**
 * The questions of a portrait: forms that change nothing, send nothing and try no PIN. `+COPS=?` is left out, because a
 * search takes a minute and ends data connections; so is `+CMGL`, because a list marks messages as read.
 */

/** Forms about the identity of the modem (3GPP TS 27.007, 5.1 to 5.4; ITU-T V.250, 6.1). */
export const IDENTITY: readonly string[] = [
  ...['I', '+CGMI', '+CGMM', '+CGMR', '+GMI', '+GMM', '+GMR', '+CGSN', '+GSN', '+CIMI', '+CCID', '+ICCID', '+GCAP'],
];

/** Commands whose test form is asked. Those that `+CLAC` names are asked, too. */
export const TESTED: readonly string[] = [
  // 3GPP TS 27.005
  ...['+CMGF', '+CSMS', '+CPMS', '+CSCA', '+CSMP', '+CSDH', '+CSCB', '+CNMI', '+CNMA', '+CMGL', '+CMGR', '+CMGS'],
  ...['+CMGW', '+CMSS', '+CMGD', '+CMGC', '+CMMS', '+CSAS', '+CRES'],
  // 3GPP TS 27.007
  ...['+CSCS', '+CMEE', '+CREG', '+CGREG', '+CEREG', '+CFUN', '+CPIN', '+CPINR', '+CLCK', '+CPWD', '+CUSD', '+CNUM'],
  ...['+CSQ', '+CESQ', '+CIND', '+CMER', '+CPBS', '+CPBR', '+CPBF', '+CPBW', '+CRSM', '+CSIM', '+CCLK', '+CTZU'],
  ...['+CGATT', '+CGDCONT', '+CPAS', '+CBC', '+CLIP', '+CLIR', '+CCWA', '+CLCC', '+CRC', '+CPOL', '+WS46'],
  ...['+IFC', '+IPR', '+ICF', '^USSDMODE', '^PORTSEL'],
];

/** Read forms of settings: the virtual modem has the same ones at its start. */
export const SETTINGS: readonly string[] = [
  ...['+CMEE', '+CMGF', '+CSCS', '+CSMS', '+CNMI', '+CSMP', '+CSDH', '+CSCB', '+CMMS', '+CUSD', '+CLIP', '+CRC'],
  ...['+CMER', '+CTZU', '+CTZR', '+CR', '+CMOD', '+CSTA', '+CVHU', '+CSSN', '+WS46', '+IFC', '+ICF', '+IPR'],
  ...['^USSDMODE', '^PORTSEL'],
].map((name) => `${name}?`);

/** Forms whose answer changes by itself or tells of the subscriber: only that they are answered is noted. */
export const LIVE: readonly string[] = [
  ...['+CPIN?', '+CREG?', '+CGREG?', '+COPS?', '+CPMS?', '+CSCA?', '+CFUN?', '+CPBS?', '+CIND?', '+CGATT?', '+CCLK?'],
  ...['+CNUM', '+CSQ', '+CESQ', '+CBC', '+CPAS', '+CPINR'],
];

/** The positions of the tries left in the first line of the answer, by the question (`+CPINR`, `^CPIN?`, …). */
export const COUNTERS: Readonly<Record<string, Readonly<Record<number, 'state' | 'pin' | 'puk'>>>> = {
  '^CPIN?': { 0: 'state', 2: 'puk', 3: 'pin' },
  '+SPIC': { 0: 'pin', 2: 'puk' },
  '^SPIC': { 0: 'pin' },
  '#PCT': { 0: 'pin' },
  '+QPINC?': { 1: 'pin', 2: 'puk' },
  '+QTRPIN': { 0: 'pin', 2: 'puk' },
  '+UPINCNT': { 0: 'pin', 2: 'puk' },
  '+ZPINPUK=?': { 0: 'pin', 1: 'puk' },
  '%PINNUM?': { 0: 'pin', 1: 'puk' },
  '+XPINCNT': { 0: 'pin', 2: 'puk' },
};

/** The most commands of `+CLAC` that are asked besides. */
const LISTED_LIMIT = 300;
/** Commands whose test form is not harmless or has a very long answer, or that are asked by other lists. */
const NOT_ASKED: ReadonlySet<string> = new Set(['+COPS', '+CLAC', '+COPN', '+CPOL']);

/** Commands that `+CLAC` lists and that are not in {@link TESTED}. */
export function listedCommands(lines: readonly string[]): readonly string[] {
  const names = lines
    .map((line) => /^(?:AT)?([+^$#*%_][A-Z0-9]{2,14})$/i.exec(line.trim())?.[1]?.toUpperCase())
    .filter((name) => name !== undefined);
  return [...new Set(names)].filter((name) => !NOT_ASKED.has(name) && !TESTED.includes(name)).slice(0, LISTED_LIMIT);
}

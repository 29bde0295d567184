import { describe, expect, it } from 'vitest';
import { type IncomingSms, memoryPort, type SmsBearer, type SmsReceiver } from '../../../modem/index.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { Lifeline } from '../../../sim/loop/lifeline.ts';

const SMS: IncomingSms = { originator: '+393400000001', sentAt: 0, content: { kind: 'text', text: 'Ciao' } };

/** A bearer that the test plays. */
function bearer() {
  let receiver: SmsReceiver | undefined;
  const sent: string[] = [];
  const far: SmsBearer = {
    async send({ id }) {
      sent.push(id);
      return { kind: 'sent', references: [1] };
    },
    receive(given) {
      receiver = given;
    },
    close: async () => {},
  };
  return { far, sent, comes: () => receiver?.message(SMS), reports: () => receiver?.report(REPORT) };
}

const REPORT = { id: 'a', outcome: 'delivered', status: 0, dischargedAt: 0 } as const;
const OUT = { id: 'a', destination: '+393400000001', content: SMS.content } as const;

/** What a process does within a second: its timer, an SMS out, an SMS in and a report. */
async function lived(change: (lifeline: Lifeline) => void, after: (lifeline: Lifeline) => void = () => {}) {
  const clock = new VirtualClock();
  const lifeline = new Lifeline();
  const { far, sent, comes, reports } = bearer();
  const near = lifeline.bearer(far);
  const happened: string[] = [];
  near.receive({
    async message() {
      happened.push('message');
    },
    report: () => happened.push('report'),
  });
  lifeline.clock(clock).after(500, () => happened.push('timer'));
  change(lifeline);
  void near.send(OUT).then(() => happened.push('outcome'));
  void comes()?.then(() => happened.push('confirmed'));
  reports();
  await clock.advance(1_000);
  const before = [...happened];
  after(lifeline);
  await clock.advance(1_000);
  return { before: before.toSorted(), after: happened.toSorted(), sent };
}

const ALL = ['confirmed', 'message', 'outcome', 'report', 'timer'];

describe('a process', () => {
  it('that runs does everything', async () => {
    expect(await lived(() => {})).toMatchObject({ before: ALL, sent: ['a'] });
  });

  it('that is killed does nothing, and confirms nothing', async () => {
    expect(await lived((lifeline) => lifeline.kill())).toEqual({ before: [], after: [], sent: [] });
  });

  it('that is stopped does nothing, and all of it once it goes on', async () => {
    const course = await lived(
      (lifeline) => lifeline.stop(),
      (lifeline) => lifeline.goOn(),
    );
    expect(course).toEqual({ before: [], after: ALL, sent: ['a'] });
  });

  it('that is stopped and then killed does nothing when it is told to go on', async () => {
    const course = await lived(
      (lifeline) => lifeline.stop(),
      (lifeline) => {
        lifeline.kill();
        lifeline.goOn();
      },
    );
    expect(course).toEqual({ before: [], after: [], sent: [] });
  });

  it('that is killed while a message is handled does not confirm it', async () => {
    const lifeline = new Lifeline();
    const { far, comes } = bearer();
    lifeline.bearer(far).receive({ message: async () => lifeline.kill(), report() {} });
    let isConfirmed = false;
    void comes()?.then(() => {
      isConfirmed = true;
    });
    await new VirtualClock().advance(1);
    expect(isConfirmed).toBe(false);
  });

  it('tells what leaves it: a message, and that it has taken one', async () => {
    let left = 0;
    const { far, comes } = bearer();
    const near = new Lifeline(() => {
      left += 1;
    }).bearer(far);
    near.receive({ message: async () => {}, report() {} });
    await near.send(OUT);
    expect(left).toBe(1);
    await comes();
    expect(left).toBe(2);
  });

  it('tells its end', async () => {
    const lifeline = new Lifeline();
    let isTold = false;
    void lifeline.ended.then(() => {
      isTold = true;
    });
    await new VirtualClock().advance(1);
    expect(isTold).toBe(false);
    lifeline.kill();
    await lifeline.ended;
  });
});

describe('a port of a process', () => {
  /** What both sides hear after `change`, when each of them says one word. */
  async function talked(change: (lifeline: Lifeline) => void, after: (lifeline: Lifeline) => void = () => {}) {
    const heard: string[] = [];
    const lifeline = new Lifeline();
    const { port, farEnd } = memoryPort();
    farEnd.listen({
      opened: () => heard.push('opened'),
      data: () => heard.push('far'),
      closed: () => heard.push('closed'),
    });
    const own = lifeline.port(port);
    await own.open({ data: () => heard.push('near'), closed: () => heard.push('near closed') });
    change(lifeline);
    const turn = () => new VirtualClock().advance(1);
    await turn();
    void own.write(new Uint8Array([65])).catch(() => {});
    farEnd.write(new Uint8Array([65]));
    await turn();
    const before = [...heard];
    after(lifeline);
    await turn();
    return { before, after: heard };
  }

  it('carries octets both ways', async () => {
    expect((await talked(() => {})).before).toEqual(['opened', 'far', 'near']);
  });

  it('tells that octets leave', async () => {
    let left = 0;
    const { port } = memoryPort();
    const own = new Lifeline(() => {
      left += 1;
    }).port(port);
    await own.open({ data() {}, closed() {} });
    await own.write(new Uint8Array([65]));
    expect(left).toBe(1);
  });

  it('keeps them while the process is stopped', async () => {
    const course = await talked(
      (lifeline) => lifeline.stop(),
      (lifeline) => lifeline.goOn(),
    );
    expect(course).toEqual({ before: ['opened'], after: expect.arrayContaining(['opened', 'far', 'near']) });
  });

  it('is closed when the process is killed, and the next one can open it', async () => {
    expect((await talked((lifeline) => lifeline.kill())).after).toEqual(['opened', 'closed']);
  });
});

import { type Command, cme } from '../command.ts';
import { cmeError } from '../result.ts';
import { timeOf, timeText } from '../time-text.ts';

/** The modem's clock (3GPP TS 27.007, 8.15), which shows the time of the virtual network until it is set. */
export const clockCommands: readonly Command[] = [
  cme('+CCLK', {
    test: '',
    read: ({ modem, respond }) => respond(`+CCLK: "${timeText({ at: modem.time, zone: modem.link.zone })}"`),
    set: ({ modem, args }) => {
      const at = timeOf(args.string(0));
      if (at === undefined) throw cmeError('incorrectParameters');
      modem.setTime(at);
    },
  }),
];

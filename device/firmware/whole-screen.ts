import type { Board, Screen, ScreenBody } from '../hal/index.ts';
import type { Front } from './front.ts';
import { idleScreen, localTime, OFF_SCREEN } from './idle-screen.ts';
import type { Inbox } from './inbox.ts';
import { indicatorOf, nameInQuestion } from './indicator.ts';
import type { Interruptions } from './interruptions.ts';
import type { ShellTexts } from './languages.ts';
import type { Launcher } from './launcher.ts';

/** The parts of a phone that are on its screen. */
export interface ScreenParts {
  readonly board: Board;
  readonly front: Front;
  readonly inbox: Inbox;
  readonly launcher: Launcher;
  readonly interruptions: Interruptions;
  readonly texts: ShellTexts;
}

/** All that the LCD shows: what has the screen, and around it what the phone alone writes. */
export function wholeScreen(parts: ScreenParts): Screen {
  const { board, front, inbox, launcher, texts } = parts;
  if (front.owner === 'off') return OFF_SCREEN;
  const at = board.clock.now();
  const [date = '', clock = ''] = localTime(at, board.utcOffsetMinutes(at)).split(' ');
  const { gauges } = board;
  const idle = (): ScreenBody => {
    const waiting = launcher.waiting?.suite.descriptor.name;
    return idleScreen({ operator: gauges.operator(), date, unread: inbox.unread, waiting, texts, clock });
  };
  // What an application has shown is that of the one that runs.
  const run = front.owner === 'application' ? launcher.run : undefined;
  return {
    ...(front.body() ?? idle()),
    ...heldUpTicker(parts),
    indicator: indicatorOf(run?.application.suite, texts),
    icons: { signal: gauges.signal(), battery: gauges.battery(), message: inbox.unread > 0, clock },
  };
}

/** What has to wait until the owner has answered or written, in the place of running text. */
function heldUpTicker({ front, launcher, interruptions, texts }: ScreenParts): Pick<Screen, 'ticker'> {
  const application = front.isAsking ? launcher.heldUp : undefined;
  const waiting = application === undefined ? interruptions.waiting : nameInQuestion(application.suite);
  return waiting === undefined ? {} : { ticker: texts.waits.replace('{}', () => waiting) };
}

import { describe, expect, test } from 'vitest';
import { Agenda } from '../../../device/cash-mobile/agenda.ts';

/** An agenda, what the user sees, and what is said to wait. */
function agenda() {
  const seen: string[] = [];
  const gone = new Set<string>();
  let waiting = 0;
  const shows = (name: string) => () => void seen.push(name);
  const made = new Agenda(shows('rest'), (requests) => {
    waiting = requests;
  });
  /**
   * `+r` a request comes, `-r` it is taken back, `!n` a notice comes, `*o` an outcome comes, `.` the user is done, `=c` the
   * user's thing has ended, `~f` a screen that anything may replace, `?w` the user has answered and waits, `lock` and `unlock` are orders of the service.
   */
  const play = (script: string) => {
    for (const step of script.split(' ')) {
      const name = step.slice(1);
      if (step.startsWith('+')) made.request(shows(name), () => !gone.has(name));
      else if (step.startsWith('-')) gone.add(name);
      else if (step.startsWith('!')) made.notice(shows(name));
      else if (step.startsWith('=')) made.conclude(shows(name));
      else if (step.startsWith('*')) made.outcome(shows(name));
      else if (step.startsWith('~')) made.free(shows(name));
      else if (step.startsWith('?')) made.await(shows(name));
      else if (step === 'engage') made.engage();
      else if (step === 'lock') made.lock(shows('lock'));
      else if (step === 'unlock') made.unlock();
      else made.next();
    }
    return `${seen.join(' ')} | ${waiting}`;
  };
  return { play };
}

describe('The agenda', () => {
  test.each([
    ['a request of a free user', '+a', 'a | 0'],
    ['a second request waits', '+a +b', 'a | 1'],
    ['and is next', '+a +b .', 'a b | 0'],
    ['in the order of arrival', '+a +b +c . .', 'a b c | 0'],
    ['a request that was taken back is not shown', '+a +b +c -b . .', 'a c rest | 0'],
    ['nor counted, once something else is', '+a +b -b +c', 'a | 1'],
    ['a notice of a free user', '!n', 'n | 0'],
    ['a request takes the place of a notice', '!n +a', 'n a | 0'],
    ['which does not come back', '!n +a .', 'n a rest | 0'],
    ['a notice waits behind a request', '+a !n .', 'a n | 0'],
    ['requests go before notices, which are not forgotten', '+a !n +b . .', 'a b n | 0'],
    ['a notice waits behind a notice', '!n !m', 'n | 0'],
    ['and is next', '!n !m . .', 'n m rest | 0'],
    ['a second notice survives a request', '!n !m +a .', 'n a m | 0'],
    ['what the user was busy with becomes a notice', '+a =n', 'a n | 0'],
    ['before the notices that wait', '+a !m =n .', 'a n m | 0'],
    ['but after the requests', '+a +b =n .', 'a b n | 0'],
    ['and gives way to a request', '+a =n +b', 'a n b | 0'],
    ['a user who types is not disturbed', 'engage +a !n', ' | 1'],
    ['and sees it afterwards', 'engage +a !n . .', 'a n | 0'],
    ['a screen that anything may interrupt', '~f +a', 'f a | 0'],
    ['is not shown while something waits', '+a +b ~f', 'a b | 0'],
    ['nor while a notice waits', '+a !n ~f', 'a n | 0'],
    ['a notice takes its place', '~f !n', 'f n | 0'],
    ['a user who is done with all is free again', '+a . +b', 'a rest b | 0'],
    ['also after a notice', '!n . !m', 'n rest m | 0'],
    ['who waits for an outcome sees no notice before it', '+a !n !m ?w *o . .', 'a w o n m | 0'],
    ['nor one that comes meanwhile', '?w !n *o .', 'w o n | 0'],
    ['but sees it when the user does not wait longer', '?w !n . .', 'w n rest | 0'],
    ['and sees a request', '?w +a', 'w a | 0'],
    ['a request that waits goes before the screen that waits', '+a +b ?w', 'a b | 0'],
    ['as does an outcome', '+a *o !n ?w .', 'a o n | 0'],
    ['an outcome of a free user', '~f *o', 'f o | 0'],
    ['an outcome does not disturb a user who is busy', '+a *o', 'a | 0'],
    ['nor one who reads', '!n *o', 'n | 0'],
    ['and comes before the notices', '!n !m *o . .', 'n o m | 0'],
    ['but after the requests', '+a !n *o +b . . .', 'a b o n | 0'],
    ['outcomes in the order of arrival', '+a *o *p . .', 'a o p | 0'],
    ['what the user was busy with before other outcomes', '+a *o =p .', 'a p o | 0'],
    ['a locked phone shows nothing else, and counts what waits', 'lock +a *o !n', 'lock | 1'],
    ['also when its user had a request on the screen', '+a lock +b .', 'a lock lock | 1'],
    ['what came meanwhile is shown once it is unlocked', 'lock +a !n unlock .', 'lock a n | 0'],
  ])('%s: %s', (_name, script, seen) => {
    expect(agenda().play(script)).toBe(seen);
  });
});

import { describe, expect, test } from 'vitest';
import { Inbox } from '../../../device/firmware/inbox.ts';
import { memoryFlash } from '../../../device/index.ts';

const SMS = { from: '+39340', sentAt: 5_000, text: 'ciao' };

function inbox(...texts: readonly string[]) {
  const flash = memoryFlash();
  const made = new Inbox(flash);
  for (const text of texts) made.add({ ...SMS, text });
  return { made, flash };
}

describe('The inbox', () => {
  test.each([
    ['the same again', {}, 1],
    ['another number', { from: '+39341' }, 2],
    ['another time', { sentAt: 5_001 }, 2],
    ['another text', { text: 'Ciao' }, 2],
    ['another link', { link: 'https://pay.example/' }, 2],
  ])('keeps a message that the modem hands over twice once: %s', (_name, change, count) => {
    const { made } = inbox('ciao');
    made.add({ ...SMS, ...change });
    expect(made.messages).toHaveLength(count);
  });

  test('marks one message as read, and no other', () => {
    const { made, flash } = inbox('a', 'b', 'c');
    made.markRead(2);
    for (const box of [made, new Inbox(flash)]) {
      expect(box.messages.map(({ text, read }) => [text, read])).toEqual([
        ['a', false],
        ['b', true],
        ['c', false],
      ]);
      expect(box.unread).toBe(2);
    }
  });

  test.each([
    [1, ['b', 'c']],
    [2, ['a', 'c']],
    [9, ['a', 'b', 'c']],
  ])('deletes message %d, and no other', (id, left) => {
    const { made, flash } = inbox('a', 'b', 'c');
    made.delete(id);
    for (const box of [made, new Inbox(flash)]) expect(box.messages.map(({ text }) => text)).toEqual(left);
  });

  test('that is full takes a repeat of what it has, and room again after a message was deleted', () => {
    const { made } = inbox(...Array.from({ length: 100 }, (_, index) => String(index)));
    expect(() => made.add(SMS)).toThrow(expect.objectContaining({ code: 'full' }));
    made.add({ ...SMS, text: '7' });
    made.delete(1);
    made.add(SMS);
    expect(made.messages).toHaveLength(100);
  });

  test('that is full takes a WAP push that replaces another', () => {
    const { made } = inbox(...Array.from({ length: 99 }, (_, index) => String(index)));
    made.add({ ...SMS, pushId: 'a', link: 'https://pay.example/1' });
    made.add({ ...SMS, pushId: 'a', link: 'https://pay.example/2' });
    expect(() => made.add({ ...SMS, pushId: 'b' })).toThrow(expect.objectContaining({ code: 'full' }));
    expect([made.messages.length, made.messages.at(-1)?.link]).toEqual([100, 'https://pay.example/2']);
  });

  test('gives a WAP push that replaces the newest a number of its own: what shows the old one deletes nothing', () => {
    const { made } = inbox('a');
    made.add({ ...SMS, pushId: 'p', text: 'old' });
    const [, old] = made.messages;
    made.add({ ...SMS, pushId: 'p', text: 'new' });
    made.delete(old?.id ?? 0);
    expect(made.messages.map(({ text }) => text)).toEqual(['a', 'new']);
  });
});

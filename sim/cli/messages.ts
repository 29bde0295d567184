import { Command } from 'commander';
import { outputOf } from '../../modem/cli/program.ts';
import type { MessageState } from '../message-states.ts';
import { services } from '../network/services.ts';
import { ask } from './control-client.ts';
import { controlOf, group, withControl } from './options.ts';
import { wholeNumber } from './values.ts';

/** A message as the control API shows it: its times are in ISO 8601. */
type MessageView = Omit<MessageState, 'sentAt' | 'nextAttempt' | 'endedAt'> & {
  readonly sentAt: string;
  readonly nextAttempt?: string;
  readonly endedAt?: string;
};

const smsNumber = wholeNumber(1, Number.MAX_SAFE_INTEGER);

/** `gsm-sim messages`: what waits or is on the way, and what became of a message. */
export function messagesCommand(): Command {
  return group('messages', listCommand()).addCommand(showCommand()).addCommand(deleteCommand());
}

function listCommand(): Command {
  const command = new Command('list').description('the messages that wait or are on the way, oldest first');
  return withControl(command).action(async () => {
    const views: readonly MessageView[] = JSON.parse(await ask(controlOf(command), 'GET', '/messages'));
    for (const view of views) print(command, view);
  });
}

function showCommand(): Command {
  const command = new Command('show')
    .description('what became of a message')
    .argument('<sms>', 'its number in the log', smsNumber);
  return withControl(command).action(async (sms: number) => {
    print(command, JSON.parse(await ask(controlOf(command), 'GET', `/messages/${sms}`)));
  });
}

function deleteCommand(): Command {
  const command = new Command('delete')
    .description('delete a message that waits, as the operator would; its sender is told')
    .argument('<sms>', 'its number in the log', smsNumber);
  return withControl(command).action(async (sms: number) => {
    await ask(controlOf(command), 'DELETE', `/messages/${sms}`);
    outputOf(command).print({ event: 'deleted', sms }, `Message ${sms} is deleted`);
  });
}

function print(command: Command, view: MessageView): void {
  const { sms, isReport, from, to, state, reason, nextAttempt, endedAt, deliveries, status, reports } = view;
  const words = [
    `${String(sms).padStart(6)}  ${(isReport ? 'report' : from).padEnd(16)} ${to.padEnd(16)} ${state}`,
    ...(reason === undefined ? [] : [`(${reason})`]),
    ...(nextAttempt === undefined ? [] : [`again at ${nextAttempt}`]),
    ...(endedAt === undefined ? [] : [`at ${endedAt}`]),
    ...(deliveries > 1 ? [`${deliveries} times`] : []),
    ...(status === undefined ? [] : [`status ${status}`]),
    ...(reports.length === 0 ? [] : [`report ${reports.join(', ')}`]),
  ];
  outputOf(command).print(view, words.join(' '));
}

/** `gsm-sim services`: the numbers that the operator answers itself. */
export function servicesCommand(): Command {
  const command = new Command('services');
  return command.action(() => {
    const output = outputOf(command);
    for (const { number, name, sentence } of services) {
      output.print({ number, name, sentence }, `${number.padEnd(6)} ${name.padEnd(8)} ${sentence}`);
    }
  });
}

import { ChoiceGroup, Form } from '../midp/index.ts';
import { addCommands } from './commands.ts';
import type { InstallTexts } from './install-texts.ts';
import { choicesFor, type Grants } from './permissions.ts';
import type { Suite } from './suites.ts';

/** What the owner does with the permissions of an application. */
export interface PermissionActions {
  readonly ok: string;
  readonly back: string;
  save(grants: Grants): void;
  leave(): void;
}

/** The screen on which the owner chooses what an application may do. */
export function permissionScreen(suite: Suite, grants: Grants, texts: InstallTexts, actions: PermissionActions): Form {
  const choices = choicesFor(suite);
  const group = (label: string, what: keyof Grants, words = texts.interactions) => {
    const labels = choices[what].map((choice) => words[choice]);
    const choice = new ChoiceGroup(label, 'EXCLUSIVE', labels);
    choice.setSelectedIndex(choices[what].indexOf(grants[what]), true);
    return { choice, chosen: () => choices[what][choice.getSelectedIndex()] ?? grants[what] };
  };
  const send = group(texts.send, 'send');
  const receive = group(texts.receive, 'receive');
  const start = group(texts.openItself, 'start', texts.openings);
  const form = new Form(suite.descriptor.name, [send.choice, receive.choice, start.choice]);
  const chosen = () => ({ send: send.chosen(), receive: receive.chosen(), start: start.chosen() });
  addCommands(form, [
    { label: actions.ok, type: 'OK', does: () => actions.save(chosen()) },
    { label: actions.back, type: 'BACK', does: () => actions.leave() },
  ]);
  return form;
}

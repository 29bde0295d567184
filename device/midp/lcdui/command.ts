/** The meaning of a command, by which the phone chooses its place (JSR-118, `javax.microedition.lcdui.Command`). */
export type CommandType = 'SCREEN' | 'BACK' | 'CANCEL' | 'OK' | 'HELP' | 'STOP' | 'EXIT' | 'ITEM';

/** Something the user can do on a screen. The phone puts it on a soft key or into the options menu. */
export class Command {
  readonly label: string;
  readonly type: CommandType;
  /** The command with the smallest number comes first among those of its type. */
  readonly priority: number;

  constructor(label: string, type: CommandType, priority: number) {
    this.label = label;
    this.type = type;
    this.priority = priority;
  }
}

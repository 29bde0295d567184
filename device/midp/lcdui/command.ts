/** What a command means, by which the phone decides where to put it (JSR-118, `javax.microedition.lcdui.Command`). */
export type CommandType = 'SCREEN' | 'BACK' | 'CANCEL' | 'OK' | 'HELP' | 'STOP' | 'EXIT' | 'ITEM';

/** Something the user can do on a screen. The phone puts it on a soft key or into the options menu. */
export class Command {
  readonly label: string;
  readonly type: CommandType;
  /** Of commands of one type, the one with the smallest number comes first. */
  readonly priority: number;

  constructor(label: string, type: CommandType, priority: number) {
    this.label = label;
    this.type = type;
    this.priority = priority;
  }
}

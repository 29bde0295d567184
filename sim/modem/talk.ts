/** Echo and form of the output on a line (ITU-T V.250, 6.2). `ATZ` and `AT&F` reset it. */
export interface TalkSettings {
  echo: boolean;
  verbose: boolean;
  quiet: boolean;
  /** S3, S4 and S5. */
  lineEnd: number;
  lineFeed: number;
  backspace: number;
}

/** Talk settings as they are after power-on. */
export const talkDefaults = (): TalkSettings => ({
  echo: true,
  verbose: true,
  quiet: false,
  lineEnd: 0x0d,
  lineFeed: 0x0a,
  backspace: 0x08,
});

import type { Executable } from './executable.ts';

/** The command line of `gsm-modem`. */
export const gsmModem: Executable = {
  name: 'gsm-modem',
  description: 'Uses a GSM modem on a serial port, a PTY or tcp://host:port.',
  commands: {
    list: {
      description: 'list the serial ports that a device is plugged into',
      load: async () => (await import('./list.ts')).listCommand(),
    },
    probe: {
      description: 'say what modem is on a port, and whether it can send and receive',
      load: async () => (await import('./probe.ts')).probeCommand(),
    },
    doctor: {
      description: 'check all that sending and receiving need, and say what to do; exit code 1 when something is wrong',
      load: async () => (await import('./doctor.ts')).doctorCommand(),
    },
    send: {
      description:
        'send a message, or a file of them; exit code 1 when one was not sent, 3 when nobody knows whether it was',
      load: async () => (await import('./send.ts')).sendCommand(),
    },
    receive: {
      description: 'print the messages in the modem and those that come, and delete them there once printed',
      load: async () => (await import('./receive.ts')).receiveCommand(),
    },
    ussd: {
      description: 'ask a service of the network by its code; on a terminal, reply to its menus (an empty line ends)',
      load: async () => (await import('./ussd.ts')).ussdCommand(),
    },
    reset: {
      description: 'start a modem anew that hangs, and wait until it answers again',
      load: async () => (await import('./reset.ts')).resetCommand(),
    },
    console: {
      description:
        'type AT commands; Tab completes them, Enter or Ctrl-Z ends a message, PDUs are shown decoded, Ctrl-D ends',
      load: async () => (await import('./console.ts')).consoleCommand(),
    },
    trace: {
      description: 'print a recording (made with --record) for people',
      load: async () => (await import('./trace.ts')).traceCommand(),
    },
    replay: {
      description:
        'run the driver against a recording (made with --record, by any command but console); exit code 1 where it does something else',
      load: async () => (await import('./replay.ts')).replayCommand(),
    },
    portrait: {
      description: 'print how a modem speaks, as a file that gsm-sim serve --personality takes',
      load: async () => (await import('./portrait.ts')).portraitCommand(),
    },
    pdu: {
      description: 'encode and decode SMS, without a modem',
      load: async () => (await import('./pdu.ts')).pduCommand(),
    },
  },
};

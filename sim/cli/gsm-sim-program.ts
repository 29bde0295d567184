import type { Executable } from '../../modem/cli/executable.ts';

/** `gsm-sim`: a GSM network with virtual modems, and what one can do with it from outside. */
export const gsmSim: Executable = {
  name: 'gsm-sim',
  description: 'A simulated GSM network whose modems any program can open as serial ports',
  commands: {
    serve: {
      description: 'run a network with modems that any program can open, until interrupted or until the command ends',
      load: async () => (await import('./serve.ts')).serveCommand(),
    },
    scenario: {
      description: 'play what a file says, and say whether it came as expected',
      load: async () => (await import('./scenario.ts')).scenarioCommand(),
    },
    deliver: {
      description: 'send a message into the network, as another operator or a service would',
      load: async () => (await import('./deliver.ts')).deliverCommand(),
    },
    send: {
      description: 'send a message from one of the phones, as its user would',
      load: async () => (await import('./deliver.ts')).sendCommand(),
    },
    submitted: {
      description: 'print the SMS that the network took from a number, oldest first, one line a TPDU',
      load: async () => (await import('./submitted.ts')).submittedCommand(),
    },
    messages: {
      description: 'list the messages that wait or are on the way, say what became of one, delete one that waits',
      load: async () => (await import('./messages.ts')).messagesCommand(),
    },
    subscribers: {
      description: 'list the numbers of the network, add one, and what happens to their phones',
      load: async () => (await import('./subscribers.ts')).subscribersCommand(),
    },
    modems: {
      description: 'list the modems, and where other programs open them; switch them off and on, pull them out',
      load: async () => (await import('./modems.ts')).modemsCommand(),
    },
    fault: {
      description: 'arrange faults, list them, switch them off and on, take them back',
      load: async () => (await import('./fault.ts')).faultCommand(),
    },
    clock: {
      description: 'say what time it is in the network; stop it, step it, change its pace',
      load: async () => (await import('./clock.ts')).clockCommand(),
    },
    profile: {
      description: 'list the profiles of latency and loss, or change to one',
      load: async () => (await import('./profile.ts')).profileCommand(),
    },
    log: {
      description: 'print what happened in the network, in columns or (--json) in JSON lines',
      load: async () => (await import('./evidence.ts')).logCommand(),
    },
    pcap: {
      description: 'write what went over the air as a capture (pcapng) that Wireshark dissects as SMS',
      load: async () => (await import('./evidence.ts')).pcapCommand(),
    },
    diagram: {
      description: 'draw a conversation as a sequence diagram: choose it with --number, --sms, --since, --until',
      load: async () => (await import('./evidence.ts')).diagramCommand(),
    },
    latency: {
      description: 'say how long messages took and what was lost, by latency profile; or draw it (SVG)',
      load: async () => (await import('./evidence.ts')).latencyCommand(),
    },
    services: {
      description: 'list the numbers that the operator answers itself',
      load: async () => (await import('./messages.ts')).servicesCommand(),
    },
    personalities: {
      description:
        'list what is said of real modems: the models that serve can imitate, and the faults that show the rest',
      load: async () => (await import('./personalities.ts')).personalitiesCommand(),
    },
  },
};

import type { Executable } from '../../modem/cli/executable.ts';

/** The command line of `cash-server`. */
export const cashServer: Executable = {
  name: 'cash-server',
  description: 'The Cash-Mobile service: payments by encrypted SMS.',
  commands: {
    init: {
      description: 'make the keys and the database of a new service',
      load: async () => (await import('./init.ts')).initCommand(),
    },
    serve: {
      description: 'run the service on a modem until Ctrl-C',
      load: async () => (await import('./serve.ts')).serveCommand(),
    },
    backup: {
      description: 'copy the database beside a running service, and check the copy',
      load: async () => (await import('./backup.ts')).backupCommand(),
    },
    move: {
      description: 'copy a stopped service from its file to PostgreSQL, or back',
      load: async () => (await import('./move.ts')).moveCommand(),
    },
    operator: {
      description: 'register operators with their roles, and change their keys',
      load: async () => (await import('./operator.ts')).operatorCommand(),
    },
    keys: {
      description: 'show and change the keys of the service',
      load: async () => (await import('./keys.ts')).keysCommand(),
    },
    audit: {
      description: 'check and print what operators did; also while the service runs',
      load: async () => (await import('./audit.ts')).auditCommand(),
    },
    person: {
      description: 'register people, let them enrol a phone, and look them up',
      load: async () => (await import('./person.ts')).personCommand(),
    },
    merchant: {
      description: 'register merchants',
      load: async () => (await import('./merchant.ts')).merchantCommand(),
    },
    party: {
      description: 'register relying parties, who ask people to log in or to sign',
      load: async () => (await import('./party.ts')).partyCommand(),
    },
    evidence: {
      description: 'check the evidence of a login or a signature',
      load: async () => (await import('./evidence.ts')).evidenceCommand(),
    },
    deposit: {
      description: "put money in a person's account, once a reference",
      load: async () => (await import('./account.ts')).depositCommand(),
    },
    balance: {
      description: 'print what a person has in their account',
      load: async () => (await import('./account.ts')).balanceCommand(),
    },
    payout: {
      description: 'book that merchants got what they earned, and print their statements',
      load: async () => (await import('./payout.ts')).payoutCommand(),
    },
    payments: {
      description: 'print what a person was asked to pay, latest first',
      load: async () => (await import('./payments.ts')).paymentsCommand(),
    },
    payment: {
      description: 'say what became of a payment or refund in review',
      load: async () => (await import('./payment.ts')).paymentCommand(),
    },
    reconcile: {
      description: "compare the rails' settlements with the service",
      load: async () => (await import('./reconcile.ts')).reconcileCommand(),
    },
    ledger: {
      description: 'check the ledger, and print accounts and their movements; also while the service runs',
      load: async () => (await import('./ledger.ts')).ledgerCommand(),
    },
  },
};

export { VIRTUAL_START, VirtualClock } from './clock.ts';
export { type ControlServer, openControl } from './control/server.ts';
export { capture, LiveCapture } from './evidence/capture.ts';
export { textLine } from './evidence/columns.ts';
export {
  type Conversation,
  type ConversationLimits,
  conversationOf,
  type Participant,
  type Step,
} from './evidence/conversation.ts';
export { figuresOf, type LatencyFigures, type LatencyRun, latencyOf } from './evidence/latency.ts';
export { latencyPlot } from './evidence/latency-plot.ts';
export { keepLog } from './evidence/log-file.ts';
export { mermaidOf } from './evidence/mermaid.ts';
export { LogError, readLog } from './evidence/read-log.ts';
export { type Selection, select } from './evidence/selection.ts';
export { sequenceDiagram } from './evidence/sequence-diagram.ts';
export type { CardEntry } from './hosts/card-book.ts';
export type { CardMessage, CardSpeech } from './hosts/card-frames.ts';
export { type CardFault, CardHost, type CardHostOptions } from './hosts/card-host.ts';
export { listenForCards, memoryCardLine } from './hosts/card-link.ts';
export {
  ExampleHost,
  type ExampleHostOptions,
  HOST_FAULTS,
  type HostFault,
  type HostOrder,
} from './hosts/example-host.ts';
export { type ExampleRailOptions, exampleRail } from './hosts/example-rail.ts';
export { type HostLink, type LineServer, listenForLines, memoryLink, tcpLink } from './hosts/host-link.ts';
export type { PayPalAnswer } from './hosts/paypal-answers.ts';
export type { PayPalEntry } from './hosts/paypal-book.ts';
export { deliverWebhooks } from './hosts/paypal-delivery.ts';
export {
  PAYPAL_FAULTS,
  type PayPalFault,
  PayPalHost,
  type PayPalHostOptions,
  type PayPalRequest,
} from './hosts/paypal-host.ts';
export { listenForPayPal, memoryPayPal } from './hosts/paypal-link.ts';
export { ledgerLaws, type RailLaw, railLaws } from './hosts/rail-laws.ts';
export type { RailUnderTrial, TrialHost } from './hosts/rail-trial.ts';
export type { SettlementFault } from './hosts/settlement-fault.ts';
export { EventLog, jsonLine, type LogEntry, type WorldEvent } from './log.ts';
export type { OutsideMessage, PhoneMessage, Sending } from './messages.ts';
export { type Fact, facts, type Shown } from './modem/facts/index.ts';
export { personalities } from './modem/personalities.ts';
export {
  type ArrivalHabits,
  type Noise,
  type Personality,
  type SendHabits,
  type StartHabits,
  type StoreHabits,
  standardPersonality,
  type UssdHabits,
  type WireHabits,
} from './modem/personality.ts';
export { VirtualModem } from './modem/virtual-modem.ts';
export { type LinesOptions, type ModemLines, type OpenLines, openLines } from './modem-lines.ts';
export {
  type Fault,
  type FaultAction,
  type FaultKind,
  type FaultParameter,
  faultKinds,
  type LineFault,
  type LineFaultAction,
  type MessageFault,
  type MessageFaultAction,
  type Said,
} from './network/fault-kinds.ts';
export type { ArrangedFault, Faults, FaultTarget, LineTarget } from './network/faults.ts';
export { UnknownNumber } from './network/network.ts';
export { type Operator, operators } from './network/operators.ts';
export { type LatencyProfile, type LogNormal, latencyProfiles } from './network/profiles.ts';
export type { Admission, Reception } from './network/radio-link.ts';
export { type Service, services } from './network/services.ts';
export type { Submitted } from './network/submitted.ts';
export type { MessagesWaiting, Subscriber, SubscriberState } from './network/subscriber.ts';
export type { WaitingMessage } from './network/waiting-messages.ts';
export { type Pace, paceOf, paceText } from './pace.ts';
export { LinkError } from './ports/link.ts';
export { openPty, type PtyLine } from './ports/pty.ts';
export { openTcp, type TcpLine } from './ports/tcp.ts';
export { type SeededRandom, seededRandom } from './random.ts';
export { faultText, type ReadScenario, readScenario, type ScenarioFault } from './scenario/read.ts';
export { runScenario } from './scenario/run-scenario.ts';
export type { ScenarioResult } from './scenario/scenario-run.ts';
export { type Scenario, scenarioJsonSchema } from './scenario/schema.ts';
export { openSimulation, type Simulation, type SimulationOptions } from './simulation.ts';
export { createWorld, type ModemOptions, World, type WorldOptions } from './world.ts';
export { WorldClock, type WorldClockOptions } from './world-clock.ts';

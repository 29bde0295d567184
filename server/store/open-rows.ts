/**
 * A part of version 5: queries for rows that wait for something find them by an index of such rows alone, so that they cost
 * the same however long the history is. SQLite uses such an index only for queries with its very condition.
 */
export const OPEN_ROWS: string = `
DROP INDEX outbox_to_send;
DROP INDEX outbox_by_end;
CREATE INDEX outbox_to_send ON outbox (state, id) WHERE ended_at IS NULL;
CREATE INDEX outbox_open_by_ref ON outbox (ref) WHERE ended_at IS NULL;
CREATE INDEX outbox_by_end ON outbox (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX challenge_of_enrolment ON challenge (device_id) WHERE purpose = 'enrolment';

UPDATE timer SET due = (SELECT min(t.due) FROM timer t WHERE t.subject = timer.subject AND t.kind IN ('payment-resend', 'payment-expiry')),
  kind = 'payment-due' WHERE kind = 'payment-expiry';
UPDATE timer SET due = (SELECT min(t.due) FROM timer t WHERE t.subject = timer.subject AND t.kind IN ('enrolment-resend', 'enrolment-expiry')),
  kind = 'enrolment-due' WHERE kind = 'enrolment-expiry';
DELETE FROM timer WHERE kind IN ('payment-resend', 'enrolment-resend');
`;

/** No statement reads by these: what is deleted is walked through by its number. A payment wrote five rows in them. */
export const INDEXES_WITHOUT_READERS: string = `
DROP INDEX challenge_of_enrolment;
DROP INDEX journal_of_subject;
DROP INDEX outbox_by_end;
DROP INDEX inbox_by_age;
DROP INDEX balance_answer_by_age;
`;

/** Why an SMS did not arrive, in the few kinds that differ in what the person can do about it. */

export type SmsFailure =
  /** The number cannot receive SMS: it is not a mobile number, or does not exist. */
  | 'bad-number'
  /** The phone or its network blocks our SMS, or the person once replied STOP. */
  | 'blocked'
  /** The provider does not send to the number's country. */
  | 'country'
  /** Switched off, no signal, or not in use. */
  | 'unreachable'
  /** The provider did not take it, for any other reason. */
  | 'refused'
  /** The provider took it and could not deliver it, for any other reason. */
  | 'not-delivered'
  /** The provider is failing; the SMS is retried within the life of the code. */
  | 'delayed'
  /** It could not be sent within the life of the code. */
  | 'too-late'
  /** A newer code was requested before this one was sent; it was not sent. */
  | 'superseded';

/** Twilio's error codes (twilio.com/docs/api/errors), as its API and its delivery receipts give them. */
const CODES: Partial<Record<SmsFailure, number[]>> = {
  // 21263 to 21266: a short code, a service number, or our own number. 21635 and 30006: a landline.
  'bad-number': [21211, 21214, 21217, 21263, 21264, 21265, 21266, 21401, 21614, 21635, 30006, 60205],
  // 21610: answered STOP. 30004: blocked. 30007: filtered by the network.
  blocked: [21610, 30004, 30007],
  country: [21408],
  // 30003: switched off or no signal. 30005: unknown, possibly no longer in use.
  unreachable: [30003, 30005],
  // The provider's queue held it past its validity.
  'too-late': [30036],
};

const KNOWN = new Map(
  Object.entries(CODES).flatMap(([failure, codes]) => codes.map((code) => [code, failure as SmsFailure])),
);

/** The failure for a provider's error code; undefined when the code says nothing about the number or phone. */
export const failureOf = (code: number | string | undefined): SmsFailure | undefined =>
  KNOWN.get(Number(code));

/**
 * Every number the client chooses, with its unit and why. What the server
 * announces in `hello.limits` wins over `CHANNEL`.
 */

/** Text channel (docs/reference/protocol.md, section 4). */
export const CHANNEL = Object.freeze({
  /** messages in flight: the relay holds no more commitments than these */
  window: 32,
  /** messages at once, then per second: what the relay takes from one side */
  burst: 8,
  perSecond: 2,
  /** messages received before an acknowledgement must leave */
  ackEvery: 8,
  /** ms an acknowledgement may wait to ride along; the protocol allows 1000 */
  ackDelayMs: 500,
  /** ms without an acknowledgement before sending again, step by step */
  resendAfterMs: Object.freeze([5_000, 10_000, 20_000, 30_000]),
  /** ms to wait after a refusal that names no time */
  refusalDelayMs: 1_000,
  /** ms added to a wait for a token, so that rounding never asks too early */
  paceMarginMs: 25,
  /** lines written but not yet sent: two minutes at the permitted pace */
  unsentLines: 240,
});

/** A message as the protocol bounds it. */
export const MESSAGE = Object.freeze({
  /** bytes of UTF-8 */
  bodyBytes: 4_000,
  /** bytes of UTF-8: the longest emoji sequences in use have 35, most below 20 */
  emojiBytes: 32,
  /** lengths of padded plaintexts, bytes */
  buckets: Object.freeze([128, 256, 512, 1024, 2048, 4608]),
  /** bytes AES-GCM adds */
  tagBytes: 16,
});

/** Failed checks (protocol section 3). */
export const INTEGRITY = Object.freeze({
  /** endings within `countedForMs` from which the visitor is warned */
  warnFrom: 3,
  countedForMs: 3_600_000,
  storageKey: 'strangerspace.integrity',
});

/** Handshake (protocol section 3). */
export const HANDSHAKE = Object.freeze({
  /** ms: the server ends it after three times 5 s; this is for one that does not */
  patienceMs: 20_000,
  /** signals held until the partner's confirm is verified */
  heldSignals: 128,
});

/** Calls (protocol section 2, "Ladder"). */
export const CALL = Object.freeze({
  /** ms of media above the ladder that are still taken for a late message */
  excessMs: 2_000,
  /** ms between looks at what arrives: several within `excessMs` */
  lookEveryMs: 500,
  /** ms a dropped connection may heal by itself before ICE restarts */
  healMs: 3_000,
  /** ms to wait for fresh ICE servers before restarting with the ones we have */
  refreshMs: 2_000,
  /** ms the polite side leaves to the other for its offer: a round trip and more */
  yieldMs: 500,
  /** ms from the first agreed descriptions to a connection; local ones take < 300 */
  connectMs: 8_000,
  /** restarts without a connection in between before the call counts as failed */
  restarts: 4,
});

/** Socket (protocol section 1). */
export const SOCKET = Object.freeze({
  /** ms of silence from the server before we ask whether it is there */
  quietMs: 20_000,
  /** ms it then has to answer */
  answerMs: 5_000,
  /** ms by which a timer may be late; later, this page slept, and asks once more */
  lateMs: 2_000,
  /** ms between the ticket and the server's hello */
  helloMs: 10_000,
  /** ms of random delay after a restart, so that clients do not return at once */
  jitterMs: 3_000,
  /**
   * ms: back-off after failures, doubling from `first`; to `most` where the server
   * asked for it, to `mostOfNetwork` where the network failed: a minute is all that a
   * conversation waits
   */
  backoff: Object.freeze({ first: 1_000, most: 30_000, mostOfNetwork: 8_000 }),
  /** ms that a socket must live before earlier failures no longer count */
  steadyMs: 10_000,
  /** tries in a row before the visitor is told and asked */
  tries: 6,
  /** ms from the first ticket to saying that no socket opens: with it, within 5 s */
  blockedMs: 4_000,
  /** sockets in a row that did not open before saying so */
  blockedTries: 3,
  /** ms between two tries when the page wakes again and again */
  wakeMs: 1_000,
});

/** Resuming (protocol section 4, "Resume"). */
export const RESUME = Object.freeze({
  /** ms a conversation waits for us, until `hello` has told */
  windowMs: 60_000,
  /** ms for an answer: the server may take 5000, the network the rest */
  answerMs: 8_000,
  /** ms that "back again" stands: long enough to be read twice */
  backMs: 4_000,
});

/** What is typed and kept. */
export const TALK = Object.freeze({
  /** ms between two "still typing" messages; the server takes two a second */
  typingEveryMs: 2_000,
  /** ms after which "typing" is taken back if nothing more is heard */
  typingLastsMs: 6_000,
  /** ms that camera and microphone stay open after the end, ready for the next one */
  restMs: 30_000,
  /** ms that lines stay in memory after the end */
  keepLinesMs: 600_000,
  /** lines kept during a conversation; older ones are forgotten */
  lines: 1_000,
});

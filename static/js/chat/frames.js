/**
 * Every JSON frame this client sends or understands, as two discriminated unions.
 * Types only; no code.
 *
 * To add a frame: add its typedef and a member of the union here, its shape to
 * `SHAPES` in `wire.js` if the server sends it, and its case in `hearing.js` and,
 * if it is about a conversation, in `conversation.js`. Forgetting one, or misspelling
 * its type, fails `tsc`.
 */

/**
 * @import { EndedReason, Farewell, Mode, Region, Step, Strictness } from './types.js'
 */

/** @typedef {{p50: number, p90: number}} WireExpectation seconds */
/** @typedef {{step: Step, by: 'you' | 'partner', expires_in_seconds: number}} WireProposal */
/** @typedef {{state: 'relay' | 'direct', relay_available: boolean, version: number}} WireRoute */
/** @typedef {{step: Step, max: Step, version: number}} WireLadder */
/** @typedef {{started: string, ended: string, kept: string[]}} WireReceipt */
/** @typedef {{urls: string | string[], username?: string, credential?: string}} WireIceServer */
/** @typedef {{handle: string, badges: string[], languages: string[], region?: Region | null}} WirePartner */
/**
 * @typedef {{
 *   unacked: number, burst: number, per_second: number, interests: number,
 *   resume_window_seconds: number, frame_bytes: number,
 * }} WireLimits
 */

/**
 * @typedef {{
 *   type: 'hello', modes: Mode[], limits: WireLimits, server_time: string, build: string,
 *   features: string[],
 * }} Hello
 */
/**
 * @typedef {{
 *   type: 'queue.waiting', waiting: number, expected_seconds: WireExpectation | null,
 *   since: string,
 * }} QueueWaiting
 */
/** @typedef {{type: 'queue.left'}} QueueLeft */
/**
 * @typedef {{
 *   type: 'conversation.matched', conversation: string, slot: number, role: 'A' | 'B',
 *   polite: boolean, mode: Mode, handle: string, partner: WirePartner,
 *   shared_interests: string[], suite: number, kid: number, conversation_token: string,
 *   resume_token: string, ladder: WireLadder, route: WireRoute,
 *   ice_servers: WireIceServer[],
 * }} Matched
 */
/** @typedef {{type: 'e2e.commit', conversation: string, commitment: string}} Commit */
/**
 * @typedef {{
 *   type: 'e2e.reveal', conversation: string, suites: string, suite: number,
 *   public_key: string, fingerprint: string, random: string,
 * }} Reveal
 */
/** @typedef {{type: 'e2e.confirm', conversation: string, mac: string}} Confirm */
/** @typedef {{type: string, sdp: string}} WireDescription what the partner wrote: checked in `peer.js` */
/**
 * @typedef {{
 *   candidate?: string, sdpMid?: string | null, sdpMLineIndex?: number | null,
 *   usernameFragment?: string | null,
 * }} WireCandidate
 */
/**
 * @typedef {{
 *   type: 'signal', conversation: string, description?: WireDescription,
 *   candidate?: WireCandidate | null,
 * }} Signal
 */
/**
 * @typedef {{
 *   type: 'ice.servers', conversation?: string, ice_servers: WireIceServer[],
 *   expires_in_seconds: number,
 * }} IceServers
 */
/**
 * @typedef {{
 *   type: 'ladder.state', conversation: string, step: Step, max: Step, version: number,
 *   proposal?: WireProposal | null,
 * }} LadderState
 */
/**
 * @typedef {{
 *   type: 'route.state', conversation: string, state: 'relay' | 'direct', version: number,
 * }} RouteState
 */
/** @typedef {{type: 'typing', conversation: string, active: boolean}} Typing */
/**
 * @typedef {{
 *   type: 'conversation.ended', conversation: string, reason: EndedReason,
 *   farewell?: Farewell | null, receipt: WireReceipt | null,
 * }} ConversationEnded
 */
/** @typedef {{type: 'partner.away', conversation: string, grace_seconds: number}} PartnerAway */
/** @typedef {{type: 'partner.back', conversation: string}} PartnerBack */
/**
 * @typedef {{
 *   type: 'conversation.resumed', conversation: string, slot: number, accepted: number,
 *   acked: number, partner: 'here' | 'away', ladder: WireLadder, route: WireRoute,
 *   ice_servers: WireIceServer[],
 * }} Resumed
 */
/** @typedef {{type: 'notice', code: string, text: string, case_code?: string | null}} ServerNotice */
/** @typedef {{type: 'pong', t: number}} Pong */
/**
 * @typedef {{
 *   type: 'error', code: string, message: string, ref?: string | null,
 *   conversation?: string | null, seq?: number | null, expected?: number | null,
 *   retry_after_ms?: number | null,
 * }} ErrorFrame
 */

/**
 * @typedef {Hello | QueueWaiting | QueueLeft | Matched | Commit | Reveal | Confirm | Signal
 *   | IceServers | LadderState | RouteState | Typing | PartnerAway | PartnerBack | Resumed
 *   | ConversationEnded | ServerNotice | Pong | ErrorFrame} ServerFrame
 */

/**
 * @typedef {{
 *   type: 'queue.join', id: string, mode: Mode, interests: readonly string[],
 *   languages: readonly string[], region?: Region, regions?: readonly Region[],
 *   strictness?: Strictness, suites: readonly number[],
 * }} QueueJoin
 */
/** @typedef {{type: 'queue.leave'}} QueueLeave */
/** @typedef {{type: 'ice.refresh', conversation: string}} IceRefresh */
/**
 * @typedef {{
 *   type: 'ladder.propose' | 'ladder.accept' | 'ladder.decline' | 'ladder.down',
 *   id: string, conversation: string, step: Step,
 * }} LadderMove
 */
/**
 * @typedef {{
 *   type: 'conversation.leave', conversation: string,
 *   reason: 'next' | 'stop' | 'report' | 'integrity', farewell?: Farewell,
 *   resume_token?: string,
 * }} Leave
 */
/**
 * @typedef {{
 *   type: 'resume', conversation: string, resume_token: string, received: number,
 * }} Resume
 */
/** @typedef {{type: 'ping', t: number}} Ping */

/**
 * @typedef {QueueJoin | QueueLeave | Commit | Reveal | Confirm | Signal | IceRefresh
 *   | LadderMove | Typing | Leave | Resume | Ping} ClientFrame
 */

export {};

/**
 * What the view may know: the state it draws, the actions it may call, and
 * what the page lends the session (its platform). Types only; no code.
 *
 *     import { browserPlatform } from './platform.js';
 *     import { createSession } from './session.js';
 *     const session = createSession({ platform: browserPlatform(window), preferences });
 *
 * The wire's own types are in `frames.js` (JSON) and `records.js` (binary).
 */

/** @typedef {'text' | 'voice' | 'video'} Mode what two strangers choose before they meet */
/** @typedef {'text' | 'voice' | 'blurred' | 'clear'} Step a step of the consent ladder, lowest first */
/** @typedef {'af' | 'as' | 'eu' | 'na' | 'oc' | 'sa'} Region */
/** @typedef {'strict' | 'balanced' | 'open'} Strictness */
/** @typedef {'good_chat' | 'language' | 'no_sound' | 'brb'} Farewell */
/** @typedef {'left' | 'partner_left' | 'partner_lost' | 'expired' | 'moderated' | 'integrity'} EndedReason */

/**
 * Where the visitor is.
 *
 * - `idle`: nothing asked for yet, or the queue was left.
 * - `preparing`: camera and microphone are being asked for, are open and can be
 *   previewed, or were refused (`media.problem` says so). `join` goes on from here.
 * - `connecting`: on the way to the server, or back to it.
 * - `waiting`: in the queue.
 * - `securing`: matched; encryption is being agreed. Nothing can be said yet.
 * - `talking`: encrypted; text flows, calls as far as the ladder allows.
 * - `ended`: the conversation is over (`ended` says how); `next` or `rejoin` go on.
 * - `stopped`: the visitor stopped; devices and socket are closed. `rejoin` goes on.
 * - `failed`: `problem` says why; `rejoin` tries again if `problem.canRetry`.
 *
 * @typedef {'idle' | 'preparing' | 'connecting' | 'waiting' | 'securing' | 'talking'
 *   | 'ended' | 'stopped' | 'failed'} Stage
 */

/**
 * @typedef {object} Preferences what `queue.join` asks for
 * @property {Mode} mode
 * @property {readonly string[]} interests
 * @property {readonly string[]} languages BCP 47 tags
 * @property {Region | null} [region]
 * @property {readonly Region[]} [regions]
 * @property {Strictness | null} [strictness]
 */

/**
 * @typedef {object} Partner
 * @property {string} handle
 * @property {readonly string[]} badges
 * @property {readonly string[]} languages
 * @property {Region | null} region
 */

/**
 * @typedef {object} Waiting
 * @property {number} others other people waiting in this mode
 * @property {{p50: number, p90: number} | null} expected seconds; null: not known
 * @property {number} since milliseconds since 1970
 */

/**
 * @typedef {object} Proposal
 * @property {Step} step
 * @property {'you' | 'partner'} by
 * @property {number} expiresAt milliseconds since 1970
 */

/**
 * @typedef {object} Ladder
 * @property {Step} step
 * @property {Step} max nothing above it can be proposed
 * @property {number} version
 * @property {Proposal | null} proposal
 */

/**
 * @typedef {object} Route
 * @property {'relay' | 'direct'} state
 * @property {boolean} relayAvailable
 * @property {number} version
 */

/**
 * A line of the conversation. `text` is untrusted: draw it as text only.
 *
 * Your own lines go `queued` → `sent` → `stamped` → `received`; the stranger's
 * are `shown`: opened, checked against the stamped commitment, and displayable.
 *
 * @typedef {object} Line
 * @property {string} key unique within the conversation, stable
 * @property {'you' | 'stranger'} who
 * @property {'text' | 'note' | 'reaction' | 'edit' | 'unsupported'} kind
 * @property {string} text an emoji for a reaction (empty: taken back); the new text for
 *   an edit; empty for what this page cannot show
 * @property {string | null} target key of the line that a reaction or an edit is about
 * @property {'queued' | 'sent' | 'stamped' | 'received' | 'shown'} state
 * @property {number} at milliseconds since 1970
 */

/**
 * @typedef {object} MediaState
 * @property {'off' | 'on' | 'muted'} microphone
 * @property {'off' | 'on' | 'paused'} camera
 * @property {string | null} problem why a device is not open, in words
 */

/**
 * @typedef {object} RemoteState what may be shown of the stranger now
 * @property {boolean} audio
 * @property {boolean} video
 * @property {boolean} blurred cover the picture with a strong blur
 */

/**
 * @typedef {object} Contact who is reached now, and until when the other is waited for
 * @property {'here' | 'lost' | 'back' | 'elsewhere'} own this page and the server; `back`
 *   for a moment after `lost`; `elsewhere`: another window took over, `comeBack` returns
 * @property {number | null} ownUntil milliseconds since 1970: when the conversation is
 *   lost; null: nothing is lost, or there is none
 * @property {'here' | 'away' | 'back'} partner `back` for a moment after `away`
 * @property {number | null} partnerUntil milliseconds since 1970: when we wait no longer;
 *   null: not known
 * @property {boolean} blocked the site answers, but no socket opens: the network, or
 *   something in this browser, blocks WebSockets
 */

/**
 * @typedef {object} Receipt what the server says it kept
 * @property {number} startedAt milliseconds since 1970
 * @property {number} endedAt milliseconds since 1970
 * @property {readonly string[]} kept
 */

/**
 * @typedef {object} Ended
 * @property {EndedReason} reason
 * @property {Farewell | null} farewell the partner's parting word
 * @property {Receipt | null} receipt
 * @property {string} words
 */

/**
 * @typedef {'insecure' | 'unsupported' | 'unreachable' | 'visitor_required' | 'age_required'
 *   | 'admission_required' | 'suspended' | 'taken_over' | 'not_this_protocol' | 'overloaded'
 *   | 'mode_not_allowed'} ProblemCode
 */

/**
 * @typedef {object} Problem
 * @property {ProblemCode} code
 * @property {string} words
 * @property {boolean} canRetry
 * @property {string | null} caseCode names the statement of reasons of a suspension
 */

/**
 * @typedef {object} Notice something to say once, without stopping anything
 * @property {string} key for `dismissNotice`
 * @property {string} code
 * @property {string} words
 */

/** @typedef {{emoji: string, name: string}} SafetyEmoji */

/**
 * @typedef {object} State everything the view draws; never mutated, always replaced
 * @property {Stage} stage
 * @property {Mode} mode
 * @property {string | null} handle your own, fresh for this conversation
 * @property {Partner | null} partner
 * @property {readonly string[]} shared interests you share, in your spelling
 * @property {Waiting | null} waiting null until the server gave numbers
 * @property {Ladder | null} ladder
 * @property {Route | null} route
 * @property {readonly SafetyEmoji[] | null} safetyCode seven; show five, seven on request
 * @property {boolean} comparedByYou
 * @property {boolean} partnerTyping
 * @property {readonly Line[]} lines oldest first; emptied 10 minutes after the end
 * @property {MediaState} media
 * @property {RemoteState} remote
 * @property {'new' | 'connecting' | 'connected' | 'failed'} connection of the call
 * @property {Contact} contact
 * @property {Ended | null} ended
 * @property {Problem | null} problem
 * @property {readonly Notice[]} notices oldest first
 */

/**
 * @typedef {object} Actions
 * @property {() => Promise<void>} prepareMedia open what the mode needs; call it after the
 *   explanation. Never rejects: a refusal is in `state.media.problem`
 * @property {(preferences?: Preferences) => Promise<void>} join queue up, or change what was
 *   asked for while waiting. Opens what the mode needs first; after a refusal a second
 *   `join` goes on without the device. Never rejects
 * @property {() => void} leaveQueue
 * @property {(text: string) => boolean} sendText false: not taken (empty, too long, too
 *   many unsent, or nobody to talk to); keep it in the composer
 * @property {(active: boolean) => void} setTyping call it as often as you like
 * @property {(step: Step) => Promise<void>} propose opens the device first; call it after
 *   the explanation. Never rejects
 * @property {() => Promise<void>} accept the partner's open proposal; opens the device
 *   first. Never rejects
 * @property {() => void} decline
 * @property {(step: Step) => void} stepDown `text` hangs up
 * @property {() => void} toggleMicrophone
 * @property {() => Promise<void>} toggleCamera off releases the device. Never rejects
 * @property {(farewell?: Farewell) => void} next leave this conversation, if any, and
 *   queue up again
 * @property {() => void} stop leave everything, close devices
 * @property {() => void} confirmCode "they match", over voice or video only
 * @property {() => void} comeBack go on here with the conversation that another window
 *   took over
 * @property {() => Promise<void>} rejoin queue up again after an end, a stop or a failure
 * @property {(key: string) => void} dismissNotice
 */

/**
 * @typedef {object} Streams give them to `srcObject`; ask again after every change of state
 * @property {() => MediaStream | null} local for your own preview
 * @property {() => MediaStream | null} remote holds only what the ladder allows
 */

/**
 * @typedef {object} Session
 * @property {() => State} getState
 * @property {(listener: (state: State) => void) => () => void} subscribe called after every
 *   change, not at once; returns the way to stop
 * @property {Actions} actions
 * @property {Streams} streams
 */

/** @typedef {(message: string) => string} Translate shaped like `gettext` */
/** @typedef {import('../lib/timer.js').TimerId} TimerId */

/**
 * @typedef {object} SocketLike what is used of a WebSocket
 * @property {string} binaryType
 * @property {(data: string | Uint8Array<ArrayBuffer>) => void} send
 * @property {(code?: number, reason?: string) => void} close
 * @property {((event: Event) => void) | null} onopen
 * @property {((event: {data: unknown}) => void) | null} onmessage
 * @property {((event: {code: number}) => void) | null} onclose
 */

/**
 * @typedef {object} Platform all that the session takes from the page around it
 * @property {SubtleCrypto | undefined} subtle undefined on an insecure origin
 * @property {boolean} secure a secure context
 * @property {(length: number) => Uint8Array<ArrayBuffer>} randomBytes
 * @property {() => number} random 0 ≤ x < 1, for jitter only
 * @property {() => number} now milliseconds since 1970
 * @property {(callback: () => void, milliseconds: number) => TimerId} setTimer
 * @property {(timer: TimerId) => void} clearTimer
 * @property {(input: string, init: RequestInit) => Promise<Response>} fetch
 * @property {() => string} csrfToken
 * @property {(url: string, protocols: string[]) => SocketLike} openSocket
 * @property {((configuration: RTCConfiguration) => RTCPeerConnection) | undefined} openPeer
 * @property {(() => Promise<RTCCertificate>) | undefined} makeCertificate
 * @property {Pick<MediaDevices, 'getUserMedia'> | undefined} devices
 * @property {(name: 'microphone' | 'camera') => Promise<PermissionState>} permission
 *   `prompt` where the browser does not tell
 * @property {() => MediaStream} makeStream
 * @property {(handler: () => void) => void} onClosing the page goes away for good, not
 *   into the browser's cache of pages
 * @property {(handler: () => void) => void} onWake it was shown, restored, or the network
 *   came or went: what was true of the connection may not be any more
 * @property {() => boolean} visible
 * @property {() => boolean} online false: certainly no network; true: perhaps one
 * @property {Pick<Storage, 'getItem' | 'setItem'>} storage lasts as long as the tab
 * @property {Translate} translate
 */

export {};

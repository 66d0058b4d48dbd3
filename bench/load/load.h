/* The load generator: one thread, one epoll, WebSocket clients by the thousand.
 *
 * Layers, lowest first; each knows only those before it:
 *   clock, histogram, text, timers   small tools
 *   net, ws                          sockets, handshake and frames
 *   dialect_*                        how a server is spoken to
 *   talk                             what one side of a conversation does
 *   relay, people                    the two experiments
 *   main                             commands on stdin, JSON lines on stdout
 */
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SECOND 1000000000ULL
#define MILLISECOND 1000000ULL

#define WINDOW 32            /* unacknowledged messages a direction */
#define BURST 8.0            /* messages at once ... */
#define PER_SECOND 2.0       /* ... then this many a second */
#define ACK_EVERY 8          /* acknowledge after so many messages ... */
#define ACK_AFTER SECOND     /* ... or after so long */
#define COMMITMENT_BYTES 32
#define SEALED_BYTES 272     /* bucket of 256 bytes and a tag of 16 */
#define BODY_BYTES (COMMITMENT_BYTES + SEALED_BYTES)
#define BODY_TEXT 408        /* the same in base64, padded */

/* --- clock, histogram ---------------------------------------------------- */

uint64_t now_ns(void);

typedef struct {
    uint64_t count, most;
    uint64_t bucket[64 * 64];
} Histogram;

void histogram_add(Histogram *h, uint64_t value);
double histogram_quantile_ms(const Histogram *h, double quantile);

/* --- text ------------------------------------------------------------------ */

size_t base64(const uint8_t *raw, size_t length, char *text, bool url);
size_t unbase64(const char *text, size_t length, uint8_t *raw);
/* Finds "name":"value" or "name":value in compact JSON; NULL if it is not there. */
const char *member(const char *json, size_t length, const char *name);
bool word_is(const char *at, const char *end, const char *word);
uint64_t number_at(const char *at, const char *end);
uint64_t random64(void);

/* --- connections ----------------------------------------------------------- */

typedef struct {
    uint8_t *data;
    size_t length, room;
} Buffer;

void buffer_add(Buffer *b, const void *data, size_t length);

enum { TIMER_ACK, TIMER_PUMP, TIMER_PERSON, TIMERS };

typedef struct Conn {
    int fd;
    uint32_t index;
    bool upgraded, writing, closed;
    Buffer in, out;
    uint64_t due[TIMERS];

    /* dialect */
    bool matched, ready, committed, revealed, confirmed, partner_confirmed;
    uint16_t slot;
    char conversation[24];

    /* talk: one direction each way */
    struct Conn *partner;
    uint64_t next;         /* number of the next message to seal */
    uint64_t cursor;       /* number of the next one to transmit */
    uint64_t acked;        /* the partner has all below */
    uint64_t stamped;      /* receipts that came */
    uint64_t expected;     /* number of the next message to receive */
    uint64_t acknowledged; /* what we last acknowledged */
    uint64_t sealed_at[WINDOW];
    uint64_t waiting[WINDOW]; /* scheduled, not let out yet */
    unsigned first_waiting, waiting_count;
    double tokens;
    uint64_t tokens_at;

    /* people */
    struct Talk *talk;
    int stage;
    uint64_t since, leaves_at;
    uint32_t *met, met_count;
} Conn;

typedef struct {
    uint64_t bytes_out, bytes_in;
    uint64_t sent, resent, delivered, receipts, acks, held;
    uint64_t doubled, gaps, misdirected, corrupt, refused, errors, closes;
    uint64_t error_codes[16];
} Tally;

extern Tally tally;
extern Conn *conns;
extern uint32_t conn_count;

/* --- timers: a heap; setting one again makes the earlier one void -------------- */

void timer_set(Conn *c, int kind, uint64_t due);
uint64_t timers_next(void);
void timers_fire(uint64_t now, void (*fire)(Conn *, int kind));

/* --- net, ws ------------------------------------------------------------------- */

void net_start(void);
void net_watch_stdin(void (*line)(char *line));
void net_connect(Conn *c, const char *host, int port);
void net_send(Conn *c, const void *data, size_t length);
void net_close(Conn *c);
/* Waits until `wake` at the latest and handles what came. */
void net_poll(uint64_t wake);

enum { WS_TEXT = 1, WS_BINARY = 2, WS_CLOSE = 8, WS_PING = 9, WS_PONG = 10 };

void ws_connect(Conn *c, const char *host, int port);
void ws_send(Conn *c, int opcode, const void *payload, size_t length);
size_t ws_take(Conn *c, uint8_t *data, size_t length);

/* --- dialects --------------------------------------------------------------------- */

typedef struct {
    const char *name;
    bool limited; /* burst, pace and window are the server's rules */
    size_t (*request)(Conn *c, char *path, char *headers, size_t room);
    void (*upgraded)(Conn *c);
    void (*frame)(Conn *c, int opcode, uint8_t *payload, size_t length);
    void (*join)(Conn *c);
    void (*message)(Conn *c, uint64_t seq, const uint8_t *body, bool ack);
    void (*ack)(Conn *c);
    void (*leave)(Conn *c);
} Dialect;

extern const Dialect *dialect;
extern const Dialect strangerspace, socketio, socketio_folded, plain_json;
extern char **tickets;
extern uint32_t ticket_count;
extern bool own_partners; /* pairs are (0,1), (2,3) ..., not whoever is next */

/* --- what a dialect tells; talk checks, then an experiment is told ------------------- */

typedef struct {
    void (*open)(Conn *c);
    void (*matched)(Conn *c);
    void (*ready)(Conn *c);
    void (*delivered)(Conn *c, uint64_t scheduled);
    void (*refused)(Conn *c, const char *code, uint64_t retry_ms);
    void (*ended)(Conn *c, const char *reason, const char *end);
    void (*closed)(Conn *c);
    void (*fire)(Conn *c, int kind);
} Experiment;

extern const Experiment *experiment;
extern const Experiment relay, people;

void talk_begin(Conn *c);
void talk_say(Conn *c, uint64_t scheduled);
void talk_pump(Conn *c);
void talk_ack_now(Conn *c);
void talk_got_message(Conn *c, uint64_t seq, const uint8_t *body);
void talk_got_receipt(Conn *c, uint64_t seq);
void talk_got_acked(Conn *c, uint64_t next);
void talk_go_back(Conn *c, uint64_t expected, uint64_t retry_ms);
void talk_fire(Conn *c, int kind);
void count_error(const char *code, const char *end);
const char *error_name(int i);

/* --- who is with whom, as StrangerSpace says it ---------------------------------- */

typedef struct Talk {
    char id[24];
    Conn *side[2];
    uint64_t stamped[2], delivered[2]; /* of each side, when it was told of the end */
    unsigned ended;
    struct Talk *after;
} Talk;

/* Seats a connection in the conversation that it was told of. */
bool meet(Conn *c);
void part(Talk *talk);

/* --- experiments -------------------------------------------------------------------- */

void relay_run(double rate, double seconds, double warmup);
void relay_connect(uint32_t count, uint32_t at_once);
void relay_join(uint32_t at_once);
void people_run(double seconds, double talk_seconds, double pause_seconds);
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void server_at(uint32_t index, const char **host, int *port);
void say_tally(const Tally *from);
void spin(uint64_t until, bool (*done)(void));

#endif

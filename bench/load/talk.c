/* One side of a conversation: what it sends and when, what it expects to get.
 *
 * A message is made from who sends it to whom, its number and the time at which
 * it was due, so that sending it again gives the same bytes and the receiver can
 * tell one that is not for it, or that was changed, from one that is.
 */
#include "load.h"

#include <string.h>

#define MAGIC 0x53537061u

typedef struct {
    uint32_t magic, from, to, filler;
    uint64_t seq, scheduled;
} Mark;

static void make_body(const Conn *from, const Conn *to, uint64_t seq, uint64_t scheduled,
                      uint8_t *body)
{
    Mark mark = {MAGIC, from->index, to->index, 0, seq, scheduled};
    for (size_t at = 0; at < BODY_BYTES; at += sizeof mark) {
        size_t left = BODY_BYTES - at;
        memcpy(body + at, &mark, left < sizeof mark ? left : sizeof mark);
    }
}

void talk_begin(Conn *c)
{
    c->next = c->cursor = c->acked = c->stamped = 0;
    c->expected = c->acknowledged = 0;
    c->first_waiting = c->waiting_count = 0;
    c->tokens = BURST;
    c->tokens_at = now_ns();
    timer_set(c, TIMER_ACK, 0);
    timer_set(c, TIMER_PUMP, 0);
}

static bool take_token(Conn *c)
{
    uint64_t now = now_ns();
    double gained = (double)(now - c->tokens_at) / (double)SECOND * PER_SECOND;
    c->tokens = c->tokens + gained > BURST ? BURST : c->tokens + gained;
    c->tokens_at = now;
    if (c->tokens >= 1) {
        c->tokens -= 1;
        return true;
    }
    double wait = (1 - c->tokens) / PER_SECOND * (double)SECOND;
    timer_set(c, TIMER_PUMP, now + (uint64_t)wait + MILLISECOND);
    return false;
}

static bool may_seal(Conn *c)
{
    if (!dialect->limited)
        return true;
    return c->next - c->acked < WINDOW && take_token(c);
}

static void transmit(Conn *c)
{
    uint8_t body[BODY_BYTES];
    bool ack = c->expected > c->acknowledged;
    if (ack) {
        c->acknowledged = c->expected;
        timer_set(c, TIMER_ACK, 0);
    }
    make_body(c, c->partner, c->cursor, c->sealed_at[c->cursor % WINDOW], body);
    dialect->message(c, c->cursor++, body, ack);
}

/* Sends what may go: first what is to be sent again, then what waits. */
void talk_pump(Conn *c)
{
    if (c->closed || !c->ready || c->due[TIMER_PUMP])
        return;
    for (; c->cursor < c->next; tally.resent++)
        transmit(c);
    while (c->waiting_count && may_seal(c)) {
        c->sealed_at[c->next % WINDOW] = c->waiting[c->first_waiting];
        c->first_waiting = (c->first_waiting + 1) % WINDOW;
        c->waiting_count--;
        c->next++;
        tally.sent++;
        transmit(c);
    }
}

void talk_say(Conn *c, uint64_t scheduled)
{
    if (c->closed || !c->ready || c->waiting_count == WINDOW) {
        tally.held++;
        return;
    }
    c->waiting[(c->first_waiting + c->waiting_count++) % WINDOW] = scheduled;
    talk_pump(c);
}

void talk_ack_now(Conn *c)
{
    timer_set(c, TIMER_ACK, 0);
    if (c->closed || c->expected <= c->acknowledged)
        return;
    c->acknowledged = c->expected;
    dialect->ack(c);
}

void talk_fire(Conn *c, int kind)
{
    if (kind == TIMER_ACK)
        talk_ack_now(c);
    else
        talk_pump(c);
}

static bool ours(const Conn *c, const Mark *mark, const uint8_t *body)
{
    uint8_t wanted[BODY_BYTES];
    if (!c->partner || mark->magic != MAGIC || mark->to != c->index ||
        mark->from != c->partner->index) {
        tally.misdirected++;
        return false;
    }
    make_body(c->partner, c, mark->seq, mark->scheduled, wanted);
    if (memcmp(wanted, body, BODY_BYTES)) {
        tally.corrupt++;
        return false;
    }
    return true;
}

void talk_got_message(Conn *c, uint64_t seq, const uint8_t *body)
{
    Mark mark;
    memcpy(&mark, body, sizeof mark);
    if (!ours(c, &mark, body))
        return;
    if (seq != mark.seq || seq > c->expected) {
        tally.gaps++;
        return;
    }
    if (seq < c->expected) {
        tally.doubled++;
        return;
    }
    c->expected++;
    tally.delivered++;
    if (c->expected - c->acknowledged >= ACK_EVERY)
        talk_ack_now(c);
    else if (!c->due[TIMER_ACK])
        timer_set(c, TIMER_ACK, now_ns() + ACK_AFTER);
    experiment->delivered(c, mark.scheduled);
}

void talk_got_receipt(Conn *c, uint64_t seq)
{
    if (seq == c->stamped) {
        c->stamped++;
        tally.receipts++;
    } else if (seq > c->stamped || seq < c->acked) {
        tally.gaps++;
    }
}

void talk_got_acked(Conn *c, uint64_t next)
{
    tally.acks++;
    if (next > c->next) {
        tally.gaps++;
    } else if (next > c->acked) {
        c->acked = next;
        talk_pump(c);
    }
}

void talk_go_back(Conn *c, uint64_t expected, uint64_t retry_ms)
{
    if (expected < c->cursor)
        c->cursor = expected;
    timer_set(c, TIMER_PUMP, now_ns() + (retry_ms + 1) * MILLISECOND);
}

/* --- errors by their code ------------------------------------------------------ */

static const char *const CODES[] = {
    "bad_frame", "unknown_type", "too_large", "rate_limited", "not_in_conversation",
    "already_in_conversation", "bad_sequence", "window_full", "not_allowed",
    "mode_not_allowed", "suspended", "overloaded", "internal", "other",
};
#define CODE_COUNT ((int)(sizeof CODES / sizeof *CODES))

void count_error(const char *code, const char *end)
{
    int i = 0;
    while (i < CODE_COUNT - 1 && !word_is(code, end, CODES[i]))
        i++;
    tally.error_codes[i]++;
    tally.errors++;
}

const char *error_name(int i)
{
    return i < CODE_COUNT ? CODES[i] : NULL;
}

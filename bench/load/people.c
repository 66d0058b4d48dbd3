/* Experiment: people who queue, meet, talk, say "next", and queue again.
 *
 * What must hold: nobody is in two conversations, nobody is stranded in the
 * queue while someone they have not met waits too, and each message that the
 * server stamped reached the partner before either was told of the end.
 */
#include "load.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARRIVALS_PER_SECOND 400
#define REST (200 * MILLISECOND)
#define CLOSING_SECONDS 20
#define LOOK_SECONDS 5

enum { IDLE, WAITING, TALKING, LEAVING, GONE, STAGES };

static const char *const REASONS[] = {"left",    "partner_left", "partner_lost", "expired",
                                      "integrity", "moderated",  "other"};
#define REASON_COUNT ((int)(sizeof REASONS / sizeof *REASONS))

static Histogram waits, latency;
static double talk_mean, pause_mean;
static bool closing;
static uint64_t joins, put_off, conversations, twice, lost, unreceipted, cut_off;
static uint64_t endings[16];

static uint64_t drawn(double mean)
{
    double unit = ((double)(random64() >> 11) + 1) / 9007199254740993.0;
    return (uint64_t)(-log(unit) * mean * (double)SECOND);
}

static void next_act(Conn *c)
{
    uint64_t act = now_ns() + drawn(pause_mean);
    timer_set(c, TIMER_PERSON, act < c->leaves_at ? act : c->leaves_at);
}

static void on_matched(Conn *c)
{
    if (c->stage != WAITING || !meet(c)) {
        twice++;
        return;
    }
    c->stage = TALKING;
    histogram_add(&waits, now_ns() - c->since);
}

static void remember(Conn *c, const Conn *partner)
{
    if (c->met_count % 64 == 0)
        c->met = realloc(c->met, (c->met_count + 64) * sizeof *c->met);
    c->met[c->met_count++] = partner->index;
}

static void on_ready(Conn *c)
{
    if (!c->partner) {
        c->ready = false;
        twice++;
        return;
    }
    conversations += c->index < c->partner->index;
    remember(c, c->partner);
    c->leaves_at = now_ns() + drawn(2 * talk_mean); /* of two, the earlier one leaves */
    next_act(c);
}

static void on_delivered(Conn *c, uint64_t scheduled)
{
    (void)c;
    histogram_add(&latency, now_ns() - scheduled);
}

static void on_refused(Conn *c, const char *code, uint64_t retry_ms)
{
    if (c->stage != WAITING || !code || strncmp(code, "rate_limited", 12))
        return;
    put_off++;
    c->stage = IDLE;
    timer_set(c, TIMER_PERSON, now_ns() + (retry_ms + 1) * MILLISECOND);
}

static void settle(Talk *talk)
{
    for (int i = 0; i < 2; i++) {
        if (talk->stamped[i] > talk->delivered[1 - i])
            lost += talk->stamped[i] - talk->delivered[1 - i];
        else
            unreceipted += talk->delivered[1 - i] - talk->stamped[i];
    }
    part(talk);
}

static void on_ended(Conn *c, const char *reason, const char *end)
{
    Talk *talk = c->talk;
    int i = 0;
    while (i < REASON_COUNT - 1 && !word_is(reason, end, REASONS[i]))
        i++;
    endings[i]++;
    if (!talk) {
        twice++;
        return;
    }
    int side = talk->side[1] == c;
    talk->stamped[side] = c->stamped;
    talk->delivered[side] = c->expected;
    cut_off += c->next - c->stamped;
    if (++talk->ended == 2)
        settle(talk);
    c->talk = NULL;
    c->partner = NULL;
    c->ready = false;
    c->stage = IDLE;
    timer_set(c, TIMER_ACK, 0);
    timer_set(c, TIMER_PERSON, now_ns() + random64() % REST);
}

static void on_closed(Conn *c)
{
    c->stage = GONE;
    c->ready = false;
}

static void join(Conn *c)
{
    c->stage = WAITING;
    c->since = now_ns();
    joins++;
    dialect->join(c);
}

static void go(Conn *c)
{
    c->stage = LEAVING;
    c->ready = false;
    timer_set(c, TIMER_PUMP, 0);
    dialect->leave(c);
}

static void act(Conn *c)
{
    if (c->stage == GONE) {
        return;
    } else if (c->stage == IDLE) {
        join(c);
    } else if (c->stage == TALKING && !closing && now_ns() >= c->leaves_at) {
        go(c);
    } else if (c->stage == TALKING && c->ready) {
        if (closing)
            return;
        talk_say(c, now_ns());
        next_act(c);
    }
}

static void fire(Conn *c, int kind)
{
    if (kind == TIMER_PERSON)
        act(c);
    else
        talk_fire(c, kind);
}

static void on_open(Conn *c)
{
    (void)c;
}

const Experiment people = {
    .open = on_open, .matched = on_matched, .ready = on_ready,
    .delivered = on_delivered, .refused = on_refused, .ended = on_ended,
    .closed = on_closed, .fire = fire,
};

/* --- looking at all of them ------------------------------------------------------- */

static bool have_met(const Conn *one, const Conn *other)
{
    for (uint32_t i = 0; i < one->met_count; i++)
        if (one->met[i] == other->index)
            return true;
    return false;
}

/* Who waits although somebody waits whom they have not met. */
static uint32_t stranded(void)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < conn_count; i++) {
        bool could = false;
        for (uint32_t j = 0; j < conn_count && !could && conns[i].stage == WAITING; j++)
            could = j != i && conns[j].stage == WAITING && !have_met(&conns[i], &conns[j]);
        count += could || conns[i].stage == LEAVING || conns[i].stage == IDLE;
    }
    return count;
}

static void report_progress(void)
{
    unsigned stages[STAGES] = {0};
    uint64_t longest = 0, now = now_ns();
    for (uint32_t i = 0; i < conn_count; i++) {
        stages[conns[i].stage]++;
        if (conns[i].stage == WAITING && now - conns[i].since > longest)
            longest = now - conns[i].since;
    }
    say("{\"event\":\"look\",\"waiting\":%u,\"talking\":%u,\"gone\":%u,"
        "\"conversations\":%llu,\"delivered\":%llu,\"longest_wait\":%.3f}",
        stages[WAITING], stages[TALKING], stages[GONE],
        (unsigned long long)conversations, (unsigned long long)tally.delivered,
        (double)longest / (double)SECOND);
}

static uint64_t seconds_to(uint64_t then)
{
    uint64_t now = now_ns();
    return then > now ? then - now : 0;
}

static bool never(void)
{
    return false;
}

static bool settled(void)
{
    static uint64_t looked_at;
    if (now_ns() - looked_at < 100 * MILLISECOND)
        return false;
    looked_at = now_ns();
    for (uint32_t i = 0; i < conn_count; i++) {
        const Conn *c = &conns[i];
        if (c->stage != TALKING && c->stage != GONE)
            return false;
        if (c->partner && c->next != c->partner->expected)
            return false;
    }
    return true;
}

static void count_what_runs(void)
{
    for (uint32_t i = 0; i < conn_count; i++)
        if (conns[i].partner && conns[i].stamped > conns[i].partner->expected)
            lost += conns[i].stamped - conns[i].partner->expected;
}

static void say_endings(void)
{
    char text[512] = "";
    size_t at = 0;
    for (int i = 0; i < REASON_COUNT; i++)
        if (endings[i])
            at += (size_t)snprintf(text + at, sizeof text - at, "%s\"%s\":%llu",
                                   at ? "," : "", REASONS[i],
                                   (unsigned long long)endings[i]);
    say("{\"event\":\"endings\",\"reasons\":{%s}}", text);
}

void people_run(double seconds, double talk_seconds, double pause_seconds)
{
    uint64_t until = now_ns() + (uint64_t)(seconds * (double)SECOND);
    Tally first = tally;
    experiment = &people;
    talk_mean = talk_seconds;
    pause_mean = pause_seconds;
    for (uint32_t i = 0; i < conn_count; i++)
        timer_set(&conns[i], TIMER_PERSON,
                  now_ns() + 1 + i * SECOND / ARRIVALS_PER_SECOND);
    while (seconds_to(until)) {
        uint64_t look = now_ns() + LOOK_SECONDS * SECOND;
        spin(look < until ? look : until, never);
        report_progress();
    }
    closing = true;
    spin(now_ns() + CLOSING_SECONDS * SECOND, settled);
    report_progress();
    count_what_runs();
    say_endings();
    say("{\"event\":\"people\",\"people\":%u,\"joins\":%llu,\"put_off\":%llu,"
        "\"conversations\":%llu,\"stranded\":%u,\"twice\":%llu,\"lost\":%llu,"
        "\"unreceipted\":%llu,\"cut_off\":%llu}",
        conn_count, (unsigned long long)joins, (unsigned long long)put_off,
        (unsigned long long)conversations, stranded(), (unsigned long long)twice,
        (unsigned long long)lost, (unsigned long long)unreceipted,
        (unsigned long long)cut_off);
    say("{\"event\":\"waits\",\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f}",
        histogram_quantile_ms(&waits, 0.5), histogram_quantile_ms(&waits, 0.99),
        (double)waits.most / (double)MILLISECOND);
    say("{\"event\":\"latency\",\"p50\":%.4f,\"p99\":%.4f,\"p999\":%.4f}",
        histogram_quantile_ms(&latency, 0.5), histogram_quantile_ms(&latency, 0.99),
        histogram_quantile_ms(&latency, 0.999));
    say_tally(&first);
}

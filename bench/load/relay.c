/* Experiment: pairs that stay together and send at a fixed rate, open loop.
 *
 * Message k is due at k / rate, whatever became of those before it, and carries
 * that time: a server that falls behind shows it as delay. Senders take turns in
 * a fixed shuffled order, so partners speak at odds with each other.
 */
#include "load.h"

#include <stdio.h>
#include <stdlib.h>

#define SETUP_SECONDS 180
#define DRAIN_SECONDS 4
#define AGAIN (500 * MILLISECOND)

static uint32_t opened, ready_count, begun, wanted, turned_away;
static bool opening;
static uint64_t last_at;
static void (*next_one)(void);
static Histogram latency;
static uint64_t window_from, window_to;
static uint32_t *order;

static void begin_next(void)
{
    if (begun < wanted)
        next_one();
}

static void on_open(Conn *c)
{
    (void)c;
    opened++;
    last_at = now_ns();
    begin_next();
}

static void on_matched(Conn *c)
{
    if (!meet(c))
        tally.misdirected++;
}

static void on_ready(Conn *c)
{
    (void)c;
    ready_count++;
    last_at = now_ns();
    begin_next();
}

static void on_delivered(Conn *c, uint64_t scheduled)
{
    (void)c;
    if (scheduled >= window_from && scheduled < window_to)
        histogram_add(&latency, now_ns() - scheduled);
}

static void on_refused(Conn *c, const char *code, uint64_t retry_ms)
{
    (void)c, (void)code, (void)retry_ms; /* counted already */
}

static void on_ended(Conn *c, const char *reason, const char *end)
{
    (void)reason, (void)end;
    c->ready = false;
    tally.closes++;
}

/* A server that is too busy for more turns newcomers away: they come again. */
static void on_closed(Conn *c)
{
    c->ready = false;
    if (opening) {
        turned_away++;
        timer_set(c, TIMER_PERSON, now_ns() + AGAIN + random64() % AGAIN);
    } else {
        tally.errors++;
    }
}

static void open_socket(Conn *c)
{
    const char *host;
    int port;
    server_at(c->index, &host, &port);
    ws_connect(c, host, port);
}

static void on_timer(Conn *c, int kind)
{
    if (kind != TIMER_PERSON) {
        talk_fire(c, kind);
        return;
    }
    free(c->in.data);
    free(c->out.data);
    c->in = c->out = (Buffer){0};
    c->closed = c->upgraded = c->writing = false;
    c->fd = 0;
    open_socket(c);
}

const Experiment relay = {
    .open = on_open, .matched = on_matched, .ready = on_ready,
    .delivered = on_delivered, .refused = on_refused, .ended = on_ended,
    .closed = on_closed, .fire = on_timer,
};

/* --- setting up ------------------------------------------------------------------- */

static void open_next(void)
{
    open_socket(&conns[begun++]);
}

static void join_next(void)
{
    dialect->join(&conns[begun++]);
}

static bool all_open(void)
{
    return opened == wanted;
}

static bool all_ready(void)
{
    return ready_count == wanted;
}

static void go_through(void (*one)(void), uint32_t at_once, bool (*done)(void),
                       const char *event, const uint32_t *count)
{
    uint64_t began = last_at = now_ns();
    begun = 0;
    next_one = one;
    for (uint32_t i = 0; i < at_once; i++)
        begin_next();
    spin(began + SETUP_SECONDS * SECOND, done);
    say("{\"event\":\"%s\",\"count\":%u,\"wanted\":%u,\"seconds\":%.4f,"
        "\"turned_away\":%u}",
        event, *count, wanted, (double)(last_at - began) / (double)SECOND, turned_away);
}

void relay_connect(uint32_t count, uint32_t at_once)
{
    wanted = count;
    opened = 0;
    opening = true;
    go_through(open_next, at_once, all_open, "connected", &opened);
    opening = false;
}

void relay_join(uint32_t at_once)
{
    ready_count = 0;
    go_through(join_next, at_once, all_ready, "joined", &ready_count);
}

/* --- the run ------------------------------------------------------------------------ */

static void shuffle(void)
{
    if (order)
        return;
    order = malloc(conn_count * sizeof *order);
    for (uint32_t i = 0; i < conn_count; i++) {
        uint32_t j = (uint32_t)(random64() % (i + 1));
        order[i] = order[j];
        order[j] = i;
    }
}

static uint64_t send_until(uint64_t began, uint64_t k, double gap, uint64_t until)
{
    for (;;) {
        uint64_t due = began + (uint64_t)(gap * (double)k), now = now_ns();
        if (now >= until && due >= until)
            return k;
        if (due <= now) {
            talk_say(&conns[order[k++ % conn_count]], due);
            continue;
        }
        uint64_t wake = due < timers_next() ? due : timers_next();
        net_poll(wake < until ? wake : until);
        timers_fire(now_ns(), experiment->fire);
    }
}

static uint64_t in_flight(void)
{
    uint64_t count = 0;
    for (uint32_t i = 0; i < conn_count; i++)
        if (conns[i].partner)
            count += conns[i].next - conns[i].partner->expected + conns[i].waiting_count;
    return count;
}

static bool drained(void)
{
    static uint64_t looked_at;
    if (now_ns() - looked_at < 20 * MILLISECOND)
        return false;
    looked_at = now_ns();
    return in_flight() == 0;
}

void relay_run(double rate, double seconds, double warmup)
{
    double gap = (double)SECOND / rate;
    uint64_t began = now_ns();
    Tally first = tally;
    shuffle();
    latency = (Histogram){0};
    window_from = began + (uint64_t)(warmup * (double)SECOND);
    window_to = window_from + (uint64_t)(seconds * (double)SECOND);
    uint64_t k = send_until(began, 0, gap, window_from);
    Tally start = tally;
    say("{\"event\":\"start\"}");
    send_until(began, k, gap, window_to);
    Tally stop = tally;
    say("{\"event\":\"stop\",\"delivered\":%llu,\"bytes_in\":%llu,\"bytes_out\":%llu}",
        (unsigned long long)(stop.delivered - start.delivered),
        (unsigned long long)(stop.bytes_in - start.bytes_in),
        (unsigned long long)(stop.bytes_out - start.bytes_out));
    spin(now_ns() + DRAIN_SECONDS * SECOND, drained);
    say("{\"event\":\"latency\",\"count\":%llu,\"p50\":%.4f,\"p99\":%.4f,"
        "\"p999\":%.4f,\"max\":%.4f,\"lost\":%llu}",
        (unsigned long long)latency.count, histogram_quantile_ms(&latency, 0.5),
        histogram_quantile_ms(&latency, 0.99), histogram_quantile_ms(&latency, 0.999),
        (double)latency.most / (double)MILLISECOND, (unsigned long long)in_flight());
    say_tally(&first);
}

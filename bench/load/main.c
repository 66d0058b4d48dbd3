/* Commands on stdin, one a line; answers on stdout, JSON lines.
 *
 *   connect COUNT AT_ONCE         open sockets
 *   join AT_ONCE                  pair them all
 *   run RATE SECONDS WARMUP       send at a fixed rate
 *   people SECONDS TALK PAUSE     live through it (StrangerSpace)
 *   quit
 */
#include "load.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Tally tally;
Conn *conns;
uint32_t conn_count;
const Dialect *dialect;
const Experiment *experiment = &relay;
char **tickets;
uint32_t ticket_count;
bool own_partners;

static const Dialect *const DIALECTS[] = {&strangerspace, &socketio, &socketio_folded,
                                          &plain_json};
static int ports[16], port_count;
static char commands[8][256];
static unsigned command_first, command_count;

void say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    fflush(stdout);
}

void say_tally(const Tally *from)
{
#define MORE(field) (unsigned long long)(tally.field - from->field)
    printf("{\"event\":\"result\",\"sent\":%llu,\"resent\":%llu,\"delivered\":%llu,"
           "\"receipts\":%llu,\"acks\":%llu,\"held\":%llu,\"doubled\":%llu,"
           "\"gaps\":%llu,\"misdirected\":%llu,\"corrupt\":%llu,\"refused\":%llu,"
           "\"errors\":%llu,\"closes\":%llu,\"codes\":{",
           MORE(sent), MORE(resent), MORE(delivered), MORE(receipts), MORE(acks),
           MORE(held), MORE(doubled), MORE(gaps), MORE(misdirected), MORE(corrupt),
           MORE(refused), MORE(errors), MORE(closes));
    const char *comma = "";
    for (int i = 0; error_name(i); i++) {
        if (MORE(error_codes[i]) == 0)
            continue;
        printf("%s\"%s\":%llu", comma, error_name(i), MORE(error_codes[i]));
        comma = ",";
    }
    say("}}");
#undef MORE
}

void spin(uint64_t until, bool (*done)(void))
{
    while (!done() && now_ns() < until) {
        uint64_t wake = now_ns() + 20 * MILLISECOND;
        net_poll(timers_next() < wake ? timers_next() : wake);
        timers_fire(now_ns(), experiment->fire);
    }
}

void server_at(uint32_t index, const char **host, int *port)
{
    *host = "127.0.0.1";
    *port = ports[index % (uint32_t)port_count];
}

static void read_tickets(const char *path)
{
    char line[256];
    FILE *file = fopen(path, "r");
    if (!file) {
        perror(path);
        exit(1);
    }
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\r\n")] = 0;
        tickets = realloc(tickets, (ticket_count + 1) * sizeof *tickets);
        tickets[ticket_count++] = strdup(line);
    }
    fclose(file);
}

static void make_connections(uint32_t count)
{
    conns = calloc(count, sizeof *conns);
    conn_count = count;
    for (uint32_t i = 0; i < count; i++)
        conns[i].index = i;
}

static void queue_command(char *line)
{
    char *slot = commands[(command_first + command_count) % 8];
    if (command_count < 8 && strlen(line) < sizeof commands[0]) {
        strcpy(slot, line);
        command_count++;
    }
}

static void obey(const char *line)
{
    double one, two, three;
    unsigned count, at_once;
    if (sscanf(line, "connect %u %u", &count, &at_once) == 2) {
        make_connections(count);
        relay_connect(count, at_once);
    } else if (sscanf(line, "join %u", &at_once) == 1) {
        relay_join(at_once);
    } else if (sscanf(line, "run %lf %lf %lf", &one, &two, &three) == 3) {
        relay_run(one, two, three);
    } else if (sscanf(line, "people %lf %lf %lf", &one, &two, &three) == 3) {
        people_run(one, two, three);
    } else if (!strcmp(line, "quit")) {
        exit(0);
    } else {
        fprintf(stderr, "no such command: %s\n", line);
        exit(2);
    }
}

static const Dialect *dialect_named(const char *name)
{
    for (size_t i = 0; i < sizeof DIALECTS / sizeof *DIALECTS; i++)
        if (!strcmp(DIALECTS[i]->name, name))
            return DIALECTS[i];
    fprintf(stderr, "no such dialect: %s\n", name);
    exit(2);
}

int main(int count, char **words)
{
    if (count < 4) {
        fprintf(stderr, "usage: load DIALECT TICKETS|- own|any PORT...\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    dialect = dialect_named(words[1]);
    if (strcmp(words[2], "-"))
        read_tickets(words[2]);
    own_partners = !strcmp(words[3], "own");
    for (int i = 4; i < count && port_count < 16; i++)
        ports[port_count++] = atoi(words[i]);
    net_start();
    net_watch_stdin(queue_command);
    for (;;) {
        net_poll(timers_next());
        timers_fire(now_ns(), experiment->fire);
        while (command_count) {
            const char *line = commands[command_first];
            obey(line);
            command_first = (command_first + 1) % 8;
            command_count--;
        }
    }
}

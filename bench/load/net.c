/* Sockets: non-blocking, one epoll, writes tried at once. */
#define _GNU_SOURCE
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define READ_BYTES (1 << 18)
#define TIMER_MARK UINT64_MAX
#define STDIN_MARK (UINT64_MAX - 1)

static int epoll, timer;
static uint8_t *scratch;
static void (*on_line)(char *);

static void watch(int how, int fd, uint32_t events, uint64_t mark)
{
    struct epoll_event event = {.events = events, .data.u64 = mark};
    epoll_ctl(epoll, how, fd, &event);
}

void net_start(void)
{
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    epoll = epoll_create1(0);
    timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    scratch = malloc(READ_BYTES);
    watch(EPOLL_CTL_ADD, timer, EPOLLIN, TIMER_MARK);
}

void net_watch_stdin(void (*line)(char *))
{
    on_line = line;
    watch(EPOLL_CTL_ADD, STDIN_FILENO, EPOLLIN, STDIN_MARK);
}

void buffer_add(Buffer *b, const void *data, size_t length)
{
    if (b->length + length > b->room) {
        b->room = b->length + length + 1024;
        b->data = realloc(b->data, b->room);
    }
    memcpy(b->data + b->length, data, length);
    b->length += length;
}

static void buffer_drop(Buffer *b, size_t length)
{
    b->length -= length;
    memmove(b->data, b->data + length, b->length);
    if (b->length == 0) {
        free(b->data);
        *b = (Buffer){0};
    }
}

void net_connect(Conn *c, const char *host, int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int yes = 1;
    inet_pton(AF_INET, host, &to.sin_addr);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (c->fd < 0) {
        perror("socket");
        exit(1);
    }
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(c->fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS) {
        perror("connect");
        exit(1);
    }
    watch(EPOLL_CTL_ADD, c->fd, EPOLLIN | (c->writing ? EPOLLOUT : 0), c->index);
}

static void expect_room(Conn *c, bool wanted)
{
    if (c->writing == wanted)
        return;
    c->writing = wanted;
    watch(EPOLL_CTL_MOD, c->fd, EPOLLIN | (wanted ? EPOLLOUT : 0), c->index);
}

void net_send(Conn *c, const void *data, size_t length)
{
    ssize_t done = 0;
    if (c->closed)
        return;
    if (c->fd && !c->out.length && c->upgraded)
        done = write(c->fd, data, length);
    if (done < 0)
        done = 0; /* EAGAIN, or an error that reading will tell */
    tally.bytes_out += (uint64_t)done;
    if ((size_t)done < length) {
        buffer_add(&c->out, (const uint8_t *)data + done, length - (size_t)done);
        if (c->fd)
            expect_room(c, true);
        else
            c->writing = true;
    }
}

void net_close(Conn *c)
{
    if (c->closed)
        return;
    c->closed = true;
    close(c->fd);
    experiment->closed(c);
}

static void writable(Conn *c)
{
    ssize_t done = write(c->fd, c->out.data, c->out.length);
    if (done < 0)
        return;
    tally.bytes_out += (uint64_t)done;
    buffer_drop(&c->out, (size_t)done);
    if (!c->out.length)
        expect_room(c, false);
}

static void readable(Conn *c)
{
    size_t held = c->in.length;
    if (held)
        memcpy(scratch, c->in.data, held);
    ssize_t got = read(c->fd, scratch + held, READ_BYTES - held);
    if (got < 0 && errno == EAGAIN)
        return;
    if (got <= 0) {
        net_close(c);
        return;
    }
    tally.bytes_in += (uint64_t)got;
    size_t length = held + (size_t)got, used = ws_take(c, scratch, length);
    if (held)
        buffer_drop(&c->in, held);
    if (!c->closed && used < length)
        buffer_add(&c->in, scratch + used, length - used);
}

static void read_lines(void)
{
    static char text[4096];
    static size_t length;
    ssize_t got = read(STDIN_FILENO, text + length, sizeof text - length - 1);
    if (got <= 0)
        exit(0); /* whoever drives us is gone */
    length += (size_t)got;
    for (char *end; (end = memchr(text, '\n', length));) {
        size_t used = (size_t)(end - text) + 1;
        char line[sizeof text];
        memcpy(line, text, used - 1);
        line[used - 1] = 0;
        length -= used;
        memmove(text, text + used, length);
        on_line(line);
    }
}

static void set_alarm(uint64_t wake)
{
    static uint64_t set;
    if (wake == set)
        return;
    set = wake;
    struct itimerspec when = {0};
    if (wake != UINT64_MAX) {
        when.it_value.tv_sec = (time_t)(wake / SECOND);
        when.it_value.tv_nsec = (long)(wake % SECOND);
    }
    timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL);
}

void net_poll(uint64_t wake)
{
    struct epoll_event events[512];
    set_alarm(wake);
    int count = epoll_wait(epoll, events, 512, wake <= now_ns() ? 0 : -1);
    for (int i = 0; i < count; i++) {
        uint64_t mark = events[i].data.u64, ticks;
        if (mark == TIMER_MARK) {
            if (read(timer, &ticks, sizeof ticks) < 0)
                continue;
        } else if (mark == STDIN_MARK) {
            read_lines();
        } else {
            Conn *c = &conns[mark];
            if (!c->closed && events[i].events & EPOLLOUT)
                writable(c);
            if (!c->closed && events[i].events & ~(uint32_t)EPOLLOUT)
                readable(c);
        }
    }
}

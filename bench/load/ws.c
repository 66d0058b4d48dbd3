/* The WebSocket protocol (RFC 6455), client side. */
#define _GNU_SOURCE
#include "load.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void open_socket(Conn *c)
{
    char path[256], headers[512], request[1024];
    dialect->request(c, path, headers, sizeof headers);
    int length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                          "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                          "Sec-WebSocket-Version: 13\r\n%s\r\n",
                          path, headers);
    net_send(c, request, (size_t)length);
}

void ws_connect(Conn *c, const char *host, int port)
{
    open_socket(c);
    net_connect(c, host, port);
}

static void mask(uint8_t *to, const uint8_t *from, size_t length, uint32_t key)
{
    uint64_t wide = (uint64_t)key << 32 | key, block;
    size_t i = 0;
    for (; i + 8 <= length; i += 8) {
        memcpy(&block, from + i, 8);
        block ^= wide;
        memcpy(to + i, &block, 8);
    }
    for (; i < length; i++)
        to[i] = from[i] ^ (uint8_t)(key >> 8 * (i % 4));
}

void ws_send(Conn *c, int opcode, const void *payload, size_t length)
{
    uint8_t frame[8192];
    size_t at = 2;
    uint32_t key = (uint32_t)random64();
    frame[0] = (uint8_t)(0x80 | opcode);
    frame[1] = (uint8_t)(0x80 | (length < 126 ? length : 126));
    if (length >= 126) {
        frame[at++] = (uint8_t)(length >> 8);
        frame[at++] = (uint8_t)length;
    }
    memcpy(frame + at, &key, 4);
    at += 4;
    if (at + length > sizeof frame) {
        fprintf(stderr, "a frame of %zu bytes is not for this generator\n", length);
        exit(1);
    }
    mask(frame + at, payload, length, key);
    net_send(c, frame, at + length);
}

static size_t take_handshake(Conn *c, uint8_t *data, size_t length)
{
    uint8_t *end = memmem(data, length, "\r\n\r\n", 4);
    if (!end)
        return 0;
    if (length < 12 || memcmp(data + 9, "101", 3)) {
        fprintf(stderr, "refused: %.*s\n", (int)(end - data), data);
        net_close(c);
        return length;
    }
    c->upgraded = true;
    dialect->upgraded(c);
    return (size_t)(end - data) + 4;
}

static void take_close(Conn *c, uint8_t *payload, size_t length)
{
    int code = length >= 2 ? payload[0] << 8 | payload[1] : 1005;
    tally.closes++;
    say("{\"event\":\"close\",\"code\":%d}", code);
    ws_send(c, WS_CLOSE, payload, length < 2 ? length : 2);
    net_close(c);
}

static void take_frame(Conn *c, int opcode, uint8_t *payload, size_t length)
{
    if (opcode == WS_PING)
        ws_send(c, WS_PONG, payload, length);
    else if (opcode == WS_CLOSE)
        take_close(c, payload, length);
    else if (opcode != WS_PONG)
        dialect->frame(c, opcode, payload, length);
}

/* Takes whole frames; says how many bytes are used. Servers send no fragments here. */
size_t ws_take(Conn *c, uint8_t *data, size_t length)
{
    size_t used = c->upgraded ? 0 : take_handshake(c, data, length);
    while (c->upgraded && !c->closed && length - used >= 2) {
        uint8_t *head = data + used;
        size_t size = head[1] & 127, start = 2;
        if (size == 126)
            start = 4;
        else if (size == 127)
            start = 10;
        if (length - used < start)
            break;
        if (size == 126)
            size = (size_t)head[2] << 8 | head[3];
        else if (size == 127) {
            uint64_t wide;
            memcpy(&wide, head + 2, 8);
            size = be64toh(wide);
        }
        if (length - used < start + size)
            break;
        take_frame(c, head[0] & 15, head + start, size);
        used += start + size;
    }
    return used;
}

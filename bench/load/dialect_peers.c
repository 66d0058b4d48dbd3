/* The peers: Socket.IO 4 over its WebSocket transport, and plain JSON.
 *
 * The same job as ours: a message goes to the partner, a receipt to its sender
 * (Socket.IO's own acknowledgement of a packet), and what the receiver has is
 * told to the sender. `socketio` says that with an event of its own, as one
 * writes it; `socketio-folded` puts it into the next message where there is one,
 * the least that this library can be made to send.
 */
#include "load.h"

#include <stdio.h>
#include <string.h>

static void tell(Conn *c, const char *text)
{
    ws_send(c, WS_TEXT, text, strlen(text));
}

static void spell(const uint8_t *body, char *text)
{
    text[base64(body, BODY_BYTES, text, false)] = 0;
}

static void take_body(Conn *c, uint64_t seq, const char *text, size_t length)
{
    uint8_t body[BODY_TEXT];
    if (length < BODY_TEXT || unbase64(text, BODY_TEXT, body) != BODY_BYTES)
        tally.corrupt++;
    else
        talk_got_message(c, seq, body);
}

/* Both sides of a pair have joined: they are ready. */
static void joined(Conn *c)
{
    Conn *partner = &conns[c->index ^ 1];
    c->matched = true;
    c->partner = partner;
    talk_begin(c);
    if (!partner->matched)
        return;
    c->ready = partner->ready = true;
    experiment->ready(c);
    experiment->ready(partner);
}

static void no_leave(Conn *c)
{
    net_close(c);
}

/* --- Socket.IO ------------------------------------------------------------------ */

static size_t sio_request(Conn *c, char *path, char *headers, size_t room)
{
    (void)c, (void)room;
    strcpy(path, "/socket.io/?EIO=4&transport=websocket");
    *headers = 0;
    return 0;
}

static void sio_upgraded(Conn *c)
{
    (void)c; /* the server sends its "open" packet first */
}

static void sio_join(Conn *c)
{
    char text[64];
    snprintf(text, sizeof text, "420[\"join\",%u]", c->index / 2);
    tell(c, text);
}

static void sio_ack(Conn *c)
{
    char text[64];
    snprintf(text, sizeof text, "42[\"ack\",%llu]", (unsigned long long)c->acknowledged);
    tell(c, text);
}

static void sio_message(Conn *c, uint64_t seq, const uint8_t *body, bool ack)
{
    char text[BODY_TEXT + 96], spelt[BODY_TEXT + 1];
    if (ack)
        sio_ack(c);
    spell(body, spelt);
    snprintf(text, sizeof text, "42%llu[\"message\",%llu,\"%s\"]",
             (unsigned long long)(seq + 1), (unsigned long long)seq, spelt);
    tell(c, text);
}

static void folded_message(Conn *c, uint64_t seq, const uint8_t *body, bool ack)
{
    char text[BODY_TEXT + 96], spelt[BODY_TEXT + 1];
    spell(body, spelt);
    int at = snprintf(text, sizeof text, "42%llu[\"message\",%llu,\"%s\"",
                      (unsigned long long)(seq + 1), (unsigned long long)seq, spelt);
    if (ack)
        at += snprintf(text + at, sizeof text - (size_t)at, ",%llu",
                       (unsigned long long)c->acknowledged);
    snprintf(text + at, sizeof text - (size_t)at, "]");
    tell(c, text);
}

/* 42["message",SEQ,"BODY"] or 42["message",SEQ,"BODY",NEXT] or 42["ack",NEXT] */
static void sio_event(Conn *c, const char *text, const char *end)
{
    if (word_is(text + 2, end, "ack")) {
        talk_got_acked(c, number_at(text + 7, end));
        return;
    }
    if (!word_is(text + 2, end, "message"))
        return;
    uint64_t seq = number_at(text + 11, end);
    const char *body = memchr(text + 11, '"', (size_t)(end - text - 11));
    if (!body)
        return;
    const char *after = body + 1 + BODY_TEXT + 1;
    if (after + 1 < end && *after == ',')
        talk_got_acked(c, number_at(after + 1, end));
    take_body(c, seq, body + 1, (size_t)(end - body - 1));
}

static void sio_frame(Conn *c, int opcode, uint8_t *payload, size_t length)
{
    const char *text = (const char *)payload, *end = text + length;
    if (opcode != WS_TEXT || !length)
        return;
    if (text[0] == '0')
        tell(c, "40");
    else if (text[0] == '2')
        tell(c, "3");
    else if (length > 1 && text[0] == '4' && text[1] == '0')
        experiment->open(c);
    else if (length > 8 && text[0] == '4' && text[1] == '2')
        sio_event(c, text + 2, end);
    else if (length > 2 && text[0] == '4' && text[1] == '3') {
        uint64_t packet = number_at(text + 2, end);
        packet ? talk_got_receipt(c, packet - 1) : joined(c);
    } else
        tally.errors++;
}

const Dialect socketio = {
    .name = "socketio", .request = sio_request, .upgraded = sio_upgraded,
    .frame = sio_frame, .join = sio_join, .message = sio_message, .ack = sio_ack,
    .leave = no_leave,
};
const Dialect socketio_folded = {
    .name = "socketio-folded", .request = sio_request, .upgraded = sio_upgraded,
    .frame = sio_frame, .join = sio_join, .message = folded_message, .ack = sio_ack,
    .leave = no_leave,
};

/* --- plain JSON -------------------------------------------------------------------- */

static size_t json_request(Conn *c, char *path, char *headers, size_t room)
{
    (void)c, (void)room;
    strcpy(path, "/ws/");
    *headers = 0;
    return 0;
}

static void json_upgraded(Conn *c)
{
    experiment->open(c);
}

static void json_join(Conn *c)
{
    char text[64];
    snprintf(text, sizeof text, "{\"type\":\"join\",\"pair\":%u}", c->index / 2);
    tell(c, text);
}

static void json_ack(Conn *c)
{
    char text[64];
    snprintf(text, sizeof text, "{\"type\":\"ack\",\"next\":%llu}",
             (unsigned long long)c->acknowledged);
    tell(c, text);
}

static void json_message(Conn *c, uint64_t seq, const uint8_t *body, bool ack)
{
    char text[BODY_TEXT + 96], spelt[BODY_TEXT + 1];
    if (ack)
        json_ack(c);
    spell(body, spelt);
    snprintf(text, sizeof text, "{\"type\":\"message\",\"seq\":%llu,\"body\":\"%s\"}",
             (unsigned long long)seq, spelt);
    tell(c, text);
}

static void json_frame(Conn *c, int opcode, uint8_t *payload, size_t length)
{
    const char *text = (const char *)payload, *end = text + length;
    const char *type = member(text, length, "type");
    uint64_t seq = number_at(member(text, length, "seq"), end);
    (void)opcode;
    if (word_is(type, end, "message")) {
        const char *body = member(text, length, "body");
        take_body(c, seq, body, body ? (size_t)(end - body) : 0);
    } else if (word_is(type, end, "receipt"))
        talk_got_receipt(c, seq);
    else if (word_is(type, end, "ack"))
        talk_got_acked(c, number_at(member(text, length, "next"), end));
    else if (word_is(type, end, "joined"))
        joined(c);
    else
        tally.errors++;
}

const Dialect plain_json = {
    .name = "json", .request = json_request, .upgraded = json_upgraded,
    .frame = json_frame, .join = json_join, .message = json_message, .ack = json_ack,
    .leave = no_leave,
};

/* StrangerSpace: docs/reference/protocol.md, sections 1 to 4.
 *
 * The keys and proofs of the handshake are noise: the server cannot check them
 * and passes them on. Their lengths, and those of the sealed messages, are real.
 */
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE = 0x01, ACK = 0x02, DELIVER = 0x11, STAMPED = 0x12, ACKED = 0x13 };
enum { HEAD = 3, NUMBERED = 10, STAMP = 47 };

static size_t request(Conn *c, char *path, char *headers, size_t room)
{
    if (c->index >= ticket_count) {
        fprintf(stderr, "there are only %u tickets\n", ticket_count);
        exit(1);
    }
    strcpy(path, "/ws/v1/");
    return (size_t)snprintf(headers, room,
                            "Sec-WebSocket-Protocol: ss.v1, ss.ticket.%s\r\n",
                            tickets[c->index]);
}

static void upgraded(Conn *c)
{
    (void)c; /* the server speaks first */
}

static void tell(Conn *c, const char *text)
{
    ws_send(c, WS_TEXT, text, strlen(text));
}

static void join(Conn *c)
{
    char text[256], interest[64] = "";
    if (own_partners)
        snprintf(interest, sizeof interest, "\"pair %u\"", c->index / 2);
    snprintf(text, sizeof text,
             "{\"type\":\"queue.join\",\"mode\":\"text\",\"interests\":[%s],"
             "\"languages\":[],\"strictness\":\"%s\",\"suites\":[1]}",
             interest, own_partners ? "strict" : "open");
    tell(c, text);
}

/* A word of so many bytes of noise. */
static const char *noise(char *text, int bytes)
{
    uint8_t raw[32];
    for (int i = 0; i < bytes; i++)
        raw[i] = (uint8_t)random64();
    text[base64(raw, (size_t)bytes, text, true)] = 0;
    return text;
}

static void commit(Conn *c)
{
    char text[256], word[48];
    snprintf(text, sizeof text,
             "{\"type\":\"e2e.commit\",\"conversation\":\"%s\",\"commitment\":\"%s\"}",
             c->conversation, noise(word, 32));
    tell(c, text);
}

static void reveal(Conn *c)
{
    char text[512], key[48], print[48], word[48];
    snprintf(text, sizeof text,
             "{\"type\":\"e2e.reveal\",\"conversation\":\"%s\",\"suites\":\"AQ\","
             "\"suite\":1,\"public_key\":\"%s\",\"fingerprint\":\"%s\","
             "\"random\":\"%s\"}",
             c->conversation, noise(key, 32), noise(print, 32), noise(word, 32));
    tell(c, text);
}

static void confirm(Conn *c)
{
    char text[256], word[48];
    snprintf(text, sizeof text,
             "{\"type\":\"e2e.confirm\",\"conversation\":\"%s\",\"mac\":\"%s\"}",
             c->conversation, noise(word, 32));
    tell(c, text);
}

static void leave(Conn *c)
{
    char text[160];
    snprintf(text, sizeof text,
             "{\"type\":\"conversation.leave\",\"conversation\":\"%s\","
             "\"reason\":\"next\"}",
             c->conversation);
    tell(c, text);
}

static bool same_conversation(Conn *c, const char *json, size_t length)
{
    const char *named = member(json, length, "conversation");
    bool same = named && word_is(named, json + length, c->conversation);
    tally.misdirected += !same;
    return same;
}

static void matched(Conn *c, const char *json, size_t length)
{
    const char *named = member(json, length, "conversation");
    const char *slot = member(json, length, "slot");
    if (!named || !slot) {
        tally.errors++;
        return;
    }
    memcpy(c->conversation, named, 22);
    c->conversation[22] = 0;
    c->slot = (uint16_t)number_at(slot, json + length);
    c->ready = false;
    talk_begin(c);
    experiment->matched(c);
    commit(c);
}

static void refused(Conn *c, const char *json, size_t length)
{
    const char *end = json + length, *code = member(json, length, "code");
    const char *expected = member(json, length, "expected");
    uint64_t retry = number_at(member(json, length, "retry_after_ms"), end);
    count_error(code, end);
    if (expected) {
        tally.refused++;
        talk_go_back(c, number_at(expected, end), retry);
    } else {
        experiment->refused(c, code, retry);
    }
}

static void told(Conn *c, const char *json, size_t length)
{
    const char *end = json + length, *type = member(json, length, "type");
    if (word_is(type, end, "hello")) {
        experiment->open(c);
    } else if (word_is(type, end, "conversation.matched")) {
        matched(c, json, length);
    } else if (word_is(type, end, "error")) {
        refused(c, json, length);
    } else if (word_is(type, end, "conversation.ended")) {
        if (same_conversation(c, json, length))
            experiment->ended(c, member(json, length, "reason"), end);
    } else if (word_is(type, end, "e2e.commit")) {
        if (same_conversation(c, json, length))
            reveal(c);
    } else if (word_is(type, end, "e2e.reveal")) {
        if (same_conversation(c, json, length))
            confirm(c);
    } else if (word_is(type, end, "e2e.confirm")) {
        if (same_conversation(c, json, length)) {
            c->ready = true;
            experiment->ready(c);
        }
    }
}

/* --- records ---------------------------------------------------------------- */

static uint64_t big(const uint8_t *at, int bytes)
{
    uint64_t number = 0;
    for (int i = 0; i < bytes; i++)
        number = number << 8 | at[i];
    return number;
}

static uint8_t *put(uint8_t *at, uint64_t number, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--, number >>= 8)
        at[i] = (uint8_t)number;
    return at + bytes;
}

static uint8_t *put_ack(uint8_t *at, const Conn *c)
{
    at = put(at, ACK, 1);
    at = put(at, NUMBERED, 2);
    at = put(at, c->slot, 2);
    return put(at, c->acknowledged, 8);
}

static void ack(Conn *c)
{
    uint8_t frame[HEAD + NUMBERED];
    put_ack(frame, c);
    ws_send(c, WS_BINARY, frame, sizeof frame);
}

/* An acknowledgement rides in front of the message. */
static void message(Conn *c, uint64_t seq, const uint8_t *body, bool with_ack)
{
    uint8_t frame[2 * (HEAD + NUMBERED) + BODY_BYTES];
    uint8_t *at = with_ack ? put_ack(frame, c) : frame;
    at = put(at, MESSAGE, 1);
    at = put(at, NUMBERED + BODY_BYTES, 2);
    at = put(at, c->slot, 2);
    at = put(at, seq, 8);
    memcpy(at, body, BODY_BYTES);
    ws_send(c, WS_BINARY, frame, (size_t)(at - frame) + BODY_BYTES);
}

static void deliver(Conn *c, uint64_t seq, const uint8_t *body, size_t length)
{
    uint8_t whole[BODY_BYTES];
    if (length != BODY_BYTES + STAMP) {
        tally.corrupt++;
        return;
    }
    memcpy(whole, body, COMMITMENT_BYTES);
    memcpy(whole + COMMITMENT_BYTES, body + COMMITMENT_BYTES + STAMP, SEALED_BYTES);
    talk_got_message(c, seq, whole);
}

static void record(Conn *c, int kind, const uint8_t *body, size_t length)
{
    if (length < NUMBERED || big(body, 2) != c->slot) {
        tally.misdirected++;
        return;
    }
    uint64_t number = big(body + 2, 8);
    if (kind == DELIVER)
        deliver(c, number, body + NUMBERED, length - NUMBERED);
    else if (kind == STAMPED && length == NUMBERED + STAMP)
        talk_got_receipt(c, number);
    else if (kind == ACKED)
        talk_got_acked(c, number);
    else
        tally.corrupt++;
}

static void frame(Conn *c, int opcode, uint8_t *payload, size_t length)
{
    if (opcode == WS_TEXT) {
        told(c, (const char *)payload, length);
        return;
    }
    for (size_t at = 0; at + HEAD <= length && !c->closed;) {
        size_t size = (size_t)big(payload + at + 1, 2);
        if (at + HEAD + size > length) {
            tally.corrupt++;
            return;
        }
        record(c, payload[at], payload + at + HEAD, size);
        at += HEAD + size;
    }
}

const Dialect strangerspace = {
    .name = "strangerspace", .limited = true, .request = request, .upgraded = upgraded,
    .frame = frame, .join = join, .message = message, .ack = ack, .leave = leave,
};

/* Clock, histogram, base64, JSON members, random numbers. */
#include "load.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

/* Buckets of 64 to each power of two: an error of 1.6 % at most. */
static unsigned bucket_of(uint64_t value)
{
    if (value < 64)
        return (unsigned)value;
    unsigned shift = 63u - (unsigned)__builtin_clzll(value) - 6u;
    return (shift + 1) * 64 + (unsigned)((value >> shift) & 63);
}

static double middle_of(unsigned bucket)
{
    if (bucket < 64)
        return bucket;
    unsigned shift = bucket / 64 - 1;
    return ((double)(64 + bucket % 64) + 0.5) * (double)(1ULL << shift);
}

void histogram_add(Histogram *h, uint64_t value)
{
    h->count++;
    h->bucket[bucket_of(value)]++;
    if (value > h->most)
        h->most = value;
}

double histogram_quantile_ms(const Histogram *h, double quantile)
{
    uint64_t wanted = (uint64_t)(quantile * (double)h->count + 0.5), seen = 0;
    if (h->count == 0)
        return -1;
    for (unsigned i = 0; i < sizeof h->bucket / sizeof *h->bucket; i++) {
        seen += h->bucket[i];
        if (seen >= wanted && seen > 0)
            return middle_of(i) / (double)MILLISECOND;
    }
    return (double)h->most / (double)MILLISECOND;
}

static const char ALPHABET[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t base64(const uint8_t *raw, size_t length, char *text, bool url)
{
    size_t at = 0;
    for (size_t i = 0; i < length; i += 3) {
        uint32_t left = length - i < 3 ? (uint32_t)(length - i) : 3;
        uint32_t bits = (uint32_t)raw[i] << 16;
        bits |= left > 1 ? (uint32_t)raw[i + 1] << 8 : 0;
        bits |= left > 2 ? raw[i + 2] : 0;
        for (uint32_t j = 0; j <= left; j++)
            text[at++] = ALPHABET[bits >> (18 - 6 * j) & 63];
        for (uint32_t j = left; j < 3 && !url; j++)
            text[at++] = '=';
    }
    for (size_t i = 0; url && i < at; i++)
        text[i] = text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i];
    return at;
}

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

size_t unbase64(const char *text, size_t length, uint8_t *raw)
{
    size_t at = 0;
    uint32_t bits = 0, have = 0;
    for (size_t i = 0; i < length; i++) {
        int value = value_of(text[i]);
        if (value < 0)
            break;
        bits = bits << 6 | (uint32_t)value;
        have += 6;
        if (have >= 8) {
            have -= 8;
            raw[at++] = (uint8_t)(bits >> have);
        }
    }
    return at;
}

const char *member(const char *json, size_t length, const char *name)
{
    size_t size = strlen(name);
    const char *at = json, *end = json + length;
    while (at < end && (at = memchr(at, '"', (size_t)(end - at)))) {
        const char *after = at + size + 1;
        if (after + 2 < end && !memcmp(at + 1, name, size) && after[0] == '"' &&
            after[1] == ':') {
            after += 2;
            while (after < end && (*after == ' ' || *after == '"'))
                after++;
            return after;
        }
        at++;
    }
    return NULL;
}

bool word_is(const char *at, const char *end, const char *word)
{
    size_t size = strlen(word);
    return at && at + size < end && !memcmp(at, word, size) && at[size] == '"';
}

uint64_t number_at(const char *at, const char *end)
{
    uint64_t number = 0;
    while (at && at < end && *at >= '0' && *at <= '9')
        number = number * 10 + (uint64_t)(*at++ - '0');
    return number;
}

/* xorshift64*: noise and phases, the same in every run. */
uint64_t random64(void)
{
    static uint64_t state = 88172645463325252ULL;
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * 2685821657736338717ULL;
}

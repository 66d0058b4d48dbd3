/* Conversations by their id: who sits in them. */
#include "load.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS 32768

static Talk *table[SLOTS];

static Talk **place_of(const char *id)
{
    uint32_t hash = 2166136261u;
    for (const char *at = id; *at; at++)
        hash = (hash ^ (uint8_t)*at) * 16777619u;
    Talk **place = &table[hash % SLOTS];
    while (*place && strcmp((*place)->id, id))
        place = &(*place)->after;
    return place;
}

/* False when it is somewhere else already, or both seats are taken. */
bool meet(Conn *c)
{
    Talk **place = place_of(c->conversation), *talk = *place;
    if (!talk) {
        talk = *place = calloc(1, sizeof *talk);
        strcpy(talk->id, c->conversation);
    }
    if (c->talk || talk->side[1])
        return false;
    talk->side[talk->side[0] != NULL] = c;
    c->talk = talk;
    if (talk->side[1]) {
        talk->side[0]->partner = talk->side[1];
        talk->side[1]->partner = talk->side[0];
    }
    return true;
}

void part(Talk *talk)
{
    *place_of(talk->id) = talk->after;
    free(talk);
}

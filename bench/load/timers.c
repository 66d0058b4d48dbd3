/* Deadlines of connections, in a binary heap. */
#include "load.h"

#include <stdlib.h>

typedef struct {
    uint64_t due;
    uint32_t index;
    int kind;
} Entry;

static Entry *heap;
static size_t count, room;

static void put(size_t at, Entry entry)
{
    while (at > 0 && heap[(at - 1) / 2].due > entry.due) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = entry;
}

static void drop_first(void)
{
    Entry last = heap[--count];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= count)
            break;
        if (child + 1 < count && heap[child + 1].due < heap[child].due)
            child++;
        if (heap[child].due >= last.due)
            break;
        heap[at] = heap[child];
        at = child;
    }
    if (count)
        heap[at] = last;
}

void timer_set(Conn *c, int kind, uint64_t due)
{
    c->due[kind] = due;
    if (due == 0)
        return;
    if (count == room) {
        room = room ? 2 * room : 1024;
        heap = realloc(heap, room * sizeof *heap);
    }
    put(count++, (Entry){due, c->index, kind});
}

uint64_t timers_next(void)
{
    return count ? heap[0].due : UINT64_MAX;
}

void timers_fire(uint64_t now, void (*fire)(Conn *, int kind))
{
    while (count && heap[0].due <= now) {
        Entry entry = heap[0];
        drop_first();
        Conn *c = &conns[entry.index];
        if (c->due[entry.kind] != entry.due)
            continue; /* set anew or taken back */
        c->due[entry.kind] = 0;
        if (!c->closed || entry.kind == TIMER_PERSON)
            fire(c, entry.kind);
    }
}

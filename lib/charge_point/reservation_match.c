/* reservation_match.c: a matching in a small bipartite graph, by augmenting paths: a wish that finds all its EVSEs given away
 * asks their owners whether another would do for them. At most 64 of either, so sets are single words and nothing is allocated.
 */
#include "reservation_match.h"

#include <stdbool.h>
#include <string.h>

#include "require.h"

enum { NOBODY = -1 };

struct graph {
    const uint64_t *wishes;
    uint64_t closed; /* EVSEs that may not be given */
    int8_t owner[MATCH_ROOM];
};

static int lowest(uint64_t set)
{
    int place = 0;
    while ((set >> place & 1) == 0) {
        place++;
    }
    return place;
}

/* The EVSE at the end of the path goes to the wish before it on the path, and so on back to |wish|. */
static void give_along(struct graph *graph, const int8_t *from, int end, int wish)
{
    for (int place = end; place != NOBODY;) {
        const int before = from[place];
        graph->owner[place] = (int8_t)(before == NOBODY ? wish : graph->owner[before]);
        place = before;
    }
}

static bool augment(struct graph *graph, int wish)
{
    int8_t from[MATCH_ROOM]; /* the EVSE on whose owner's behalf this one was asked for */
    int8_t queue[MATCH_ROOM];
    size_t head = 0;
    size_t tail = 0;
    uint64_t seen = graph->closed;
    for (int place = NOBODY, asking = wish;;) {
        for (uint64_t fresh = graph->wishes[asking] & ~seen; fresh != 0; fresh &= fresh - 1) {
            const int next = lowest(fresh);
            seen |= (uint64_t)1 << next;
            from[next] = (int8_t)place;
            queue[tail++] = (int8_t)next;
        }
        if (head == tail) {
            return false;
        }
        place = queue[head++];
        if (graph->owner[place] == NOBODY) {
            give_along(graph, from, place, wish);
            return true;
        }
        asking = graph->owner[place];
    }
}

/* Whether the owner of |place| finds another. */
static bool is_spared(const struct graph *graph, int place)
{
    struct graph without = *graph;
    const int wish = without.owner[place];
    without.owner[place] = NOBODY;
    without.closed |= (uint64_t)1 << place;
    return augment(&without, wish);
}

struct match ocpp_cp_match(const uint64_t *wishes, size_t count)
{
    struct match match = { 0, 0 };
    struct graph graph = { .wishes = wishes };
    ocpp_require(count <= MATCH_ROOM);
    memset(graph.owner, NOBODY, sizeof(graph.owner));
    for (size_t wish = 0; wish < count; wish++) {
        if (augment(&graph, (int)wish)) {
            match.served |= (uint64_t)1 << wish;
        }
    }
    for (int place = 0; place < MATCH_ROOM; place++) {
        if (graph.owner[place] != NOBODY && !is_spared(&graph, place)) {
            match.held |= (uint64_t)1 << place;
        }
    }
    return match;
}

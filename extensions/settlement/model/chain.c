/* chain.c: the chain of hashes that the journal of a store is, and the walk that proves it. */
#include "anchor.h"

#include <string.h>

/* --- one link ---------------------------------------------------------------------------------------------------- */

static void put_number(unsigned char to[8], uint64_t number)
{
    for (int i = 7; i >= 0; i--) {
        to[i] = (unsigned char)(number & 0xff);
        number >>= 8;
    }
}

void ocpp_settle_entry_pieces(const unsigned char previous[OCPP_SETTLE_DIGEST_SIZE],
                              const struct ocpp_settle_journal_entry *entry, struct ocpp_settle_entry_room *room)
{
    const size_t kind_size = strlen(entry->kind);

    put_number(room->numbers, (uint64_t)entry->number);
    put_number(room->numbers + 8, (uint64_t)entry->utc_ms);
    put_number(room->kind_size, kind_size);
    put_number(room->body_size, entry->size);
    room->pieces[0] = (struct ocpp_settle_bytes){ previous, OCPP_SETTLE_DIGEST_SIZE };
    room->pieces[1] = (struct ocpp_settle_bytes){ room->numbers, sizeof room->numbers };
    room->pieces[2] = (struct ocpp_settle_bytes){ room->kind_size, sizeof room->kind_size };
    room->pieces[3] = (struct ocpp_settle_bytes){ entry->kind, kind_size };
    room->pieces[4] = (struct ocpp_settle_bytes){ room->body_size, sizeof room->body_size };
    room->pieces[5] = (struct ocpp_settle_bytes){ entry->body, entry->size };
}

/* --- the walk ---------------------------------------------------------------------------------------------------- */

struct walk {
    const struct ocpp_settle_keys *keys;
    struct ocpp_settle_verify how;
    struct ocpp_settle_verification found;
    enum ocpp_status status;
};

static bool break_here(struct walk *walk, int64_t number, enum ocpp_settle_break wrong)
{
    walk->found.broken_at = number;
    walk->found.wrong = wrong;
    return false;
}

static bool same_hash(const unsigned char *a, const unsigned char *b)
{
    return memcmp(a, b, OCPP_SETTLE_DIGEST_SIZE) == 0;
}

/* An anchor tells the entry before it. False: the walk is over. */
static bool look_at_anchor(struct walk *walk, const struct ocpp_settle_journal_entry *entry)
{
    const enum ocpp_status status = anchor_says(walk->keys, walk->how.anchor_point, &walk->found.head, entry->body, entry->size);

    if (status == OCPP_ERR_SECURITY) {
        return break_here(walk, entry->number, OCPP_SETTLE_REWRITTEN);
    }
    walk->status = status;
    walk->found.anchors += status == OCPP_OK;
    return status == OCPP_OK;
}

static bool look_at(const struct ocpp_settle_journal_entry *entry, void *user)
{
    struct walk *walk = user;
    struct ocpp_settle_entry_room room;
    unsigned char hash[OCPP_SETTLE_DIGEST_SIZE];
    const int64_t expected = walk->found.head.number + 1;

    if (entry->number != expected) {
        return break_here(walk, expected, OCPP_SETTLE_MISSING);
    }
    ocpp_settle_entry_pieces(walk->found.head.hash, entry, &room);
    walk->status = walk->keys->sha256(room.pieces, OCPP_SETTLE_ENTRY_PIECES, hash, walk->keys->user);
    if (walk->status != OCPP_OK) {
        return false;
    }
    if (!same_hash(hash, entry->hash)) {
        return break_here(walk, expected, OCPP_SETTLE_CHANGED);
    }
    if (strcmp(entry->kind, ANCHOR_KIND) == 0 && !look_at_anchor(walk, entry)) {
        return false;
    }
    if (expected == walk->how.remembered.number && !same_hash(hash, walk->how.remembered.hash)) {
        return break_here(walk, expected, OCPP_SETTLE_REWRITTEN);
    }
    walk->found.head.number = expected;
    memcpy(walk->found.head.hash, hash, sizeof hash);
    walk->found.entries++;
    return true;
}

/* What is remembered of the place where the walk begins says the same of it; of places before it nothing can be said. */
static bool begin(struct walk *walk)
{
    const struct ocpp_settle_verify *how = &walk->how;

    walk->found.head = how->from;
    if (how->remembered.number == how->from.number && !same_hash(how->remembered.hash, how->from.hash)) {
        return break_here(walk, how->from.number, OCPP_SETTLE_REWRITTEN);
    }
    return true;
}

static void look_at_end(struct walk *walk)
{
    if (walk->found.wrong == OCPP_SETTLE_UNBROKEN && walk->how.remembered.number > walk->found.head.number) {
        (void)break_here(walk, walk->found.head.number + 1, OCPP_SETTLE_TRUNCATED);
    }
}

enum ocpp_status ocpp_settle_store_verify(const struct ocpp_settle_store *store, const struct ocpp_settle_keys *keys,
                                          const struct ocpp_settle_verify *how, struct ocpp_settle_verification *found)
{
    struct walk walk = { .keys = keys };

    if (how != NULL) {
        walk.how = *how;
    }
    if (begin(&walk)) {
        const enum ocpp_status status = store->journal(walk.how.from.number + 1, look_at, &walk, store->user);

        walk.status = status != OCPP_OK ? status : walk.status;
        look_at_end(&walk);
    }
    if (walk.status == OCPP_OK) {
        *found = walk.found;
    }
    return walk.status;
}

const char *ocpp_settle_break_sentence(enum ocpp_settle_break wrong)
{
    static const char *const sentences[OCPP_SETTLE_BREAK_COUNT] = {
        [OCPP_SETTLE_UNBROKEN] = "every entry is as it was written",
        [OCPP_SETTLE_MISSING] = "an entry was taken away or put elsewhere",
        [OCPP_SETTLE_CHANGED] = "an entry was changed, put in or put elsewhere",
        [OCPP_SETTLE_TRUNCATED] = "the journal ends before an entry that is remembered",
        [OCPP_SETTLE_REWRITTEN] = "the journal was made anew: it does not lead to what is remembered or signed",
    };

    return (unsigned)wrong < OCPP_SETTLE_BREAK_COUNT ? sentences[wrong] : "?";
}

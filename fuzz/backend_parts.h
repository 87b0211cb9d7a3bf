/* backend_parts.h: a settlement backend for fuzz targets: over a store in memory, with toy keys and chance that is the same in
 * every run, a tariff, and payers who pay from wallets. */
#ifndef OCPP_FUZZ_BACKEND_PARTS_H
#define OCPP_FUZZ_BACKEND_PARTS_H

#include <ocpp/settlement/backend.h>

enum { BACKEND_MONEY = 10000, BACKEND_TEXT = 64 };

struct backend_parts {
    struct ocpp_settle *settle;
    struct ocpp_settle_store *store;
    struct ocpp_arena *arena; /* as long as it is open */
    struct ocpp_settle_keys keys;
    struct ocpp_now now;
    uint64_t random;
    bool fails;            /* the next request for memory */
    char id[BACKEND_TEXT]; /* what the last command told; "": nothing, or it was refused */
    int events;            /* of security */
};

extern struct backend_parts backend;

/* backend_open: |change| (may be NULL) may change the settings. */
void backend_open(void (*change)(struct ocpp_settle_settings *settings));
void backend_close(void);

void backend_must(bool holds);
void backend_any(enum ocpp_status status); /* whatever it is */
void backend_pass(int64_t seconds);

/* backend_done: to give to commands; their end is in |id|. */
const struct ocpp_settle_done *backend_done(void);

/* backend_key: a name of a key that begins with |prefix| and whose point looks like one. */
void backend_key(const char *prefix, char name[16]);

/* backend_lines: calls |event| for each of at most 200 lines of |data|, terminated, and |holds| after each. */
void backend_lines(const uint8_t *data, size_t size, void (*event)(const char *line), void (*holds)(void));

/* backend_fill: |text| with each "$x" replaced by what |find| knows for x (NULL: nothing), into |room| bytes. */
void backend_fill(const char *text, const char *(*find)(char x), char *to, size_t room);

#endif

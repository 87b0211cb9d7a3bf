/* command_internal.h: what command.c, command_commit.c and command_key.c share. */
#ifndef SETTLEMENT_COMMAND_INTERNAL_H
#define SETTLEMENT_COMMAND_INTERNAL_H

#include "command.h"

enum { COMMAND_IDS = 128 };

/* A row this command has looked at: as it was, and as it shall be. */
struct seen_row {
    const char *key;
    size_t key_size;
    const struct ocpp_type *type; /* of |record|; NULL: it was only asked whether it is there */
    const void *record;           /* NULL: not decoded */
    const char *text;             /* as it is written; NULL: not yet */
    size_t size;
    int64_t version; /* 0: it was not there */
    bool exists;     /* as this command sees it */
    bool changed;
    bool cached; /* |record| is of the row cache */
    bool kept;   /* also when the command is refused */
};

/* What happens once all is durable: |size| bytes of |data| for |run|. */
struct noted_effect {
    void (*run)(struct ocpp_settle *settle, const void *data);
    const void *data;
    size_t size;
    bool always; /* also when the command is refused */
};

struct command {
    struct ocpp_settle *settle;
    struct ocpp_arena *arena;
    const char *name;
    struct seen_row rows[COMMAND_CHANGES];
    size_t row_count;
    struct ocpp_settle_entry entries[COMMAND_ENTRIES];
    size_t entry_count;
    struct noted_effect effects[COMMAND_EFFECTS];
    size_t effect_count;
    char ids[COMMAND_IDS][OCPP_SETTLE_ID_SIZE]; /* given out; the same when the body runs again */
    size_t ids_made;
    size_t ids_given;
    enum ocpp_status status;
    enum ocpp_settle_refusal_code refused; /* UNSET: not */
    char reason[COMMAND_REASON_SIZE];
    char result[OCPP_SETTLE_KEY_SIZE];
    bool bookkeeping;
    bool hushed; /* a refusal is not noted */
    bool runs;
};

/* command_commit: writes what was noted, or the refusal; |done| follows. OCPP_ERR_BUSY: decide again. */
enum ocpp_status command_commit(struct command *command, const struct ocpp_settle_done *done);

#endif

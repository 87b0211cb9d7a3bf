/* command_internal.h: what the files command*.c share. */
#ifndef SETTLEMENT_COMMAND_INTERNAL_H
#define SETTLEMENT_COMMAND_INTERNAL_H

#include "command.h"
#include "row_key.h"

enum { COMMAND_IDS = 128 };

/* A row this command has looked at: as it was, and as it shall be. */
struct seen_row {
    struct row_key key;
    const struct ocpp_type *type; /* of |record|; NULL: it was only asked whether it is there */
    const void *record;           /* NULL: not decoded */
    struct row_room *room;        /* where the record that was put first stands; NULL: elsewhere */
    const char *text;             /* as it is written; NULL: not yet */
    size_t size;
    int64_t version; /* 0: it was not there */
    bool exists;     /* as this command sees it */
    bool changed;
    bool cached;  /* |record| is of the row cache */
    bool in_room; /* |record| stands in |room| */
    bool kept;    /* also when the command is refused */
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
    unsigned char random[16 * 32];              /* of ids to come; its first |random_left| bytes */
    size_t random_left;
    size_t ids_made;
    size_t ids_given;
    enum ocpp_status status;
    enum ocpp_settle_refusal_code refused; /* UNSET: not */
    char reason[COMMAND_REASON_SIZE];
    char result[OCPP_SETTLE_KEY_SIZE];
    bool bookkeeping;
    bool hushed; /* a refusal is not noted */
    bool runs;
    int tries;    /* that met somebody faster */
    uint64_t run; /* whose name and ids these are: another may run within the write of one */
};

/* command_made: whether |id| (ROW_ID bytes, need not be terminated) was made by this run. */
bool command_made(const struct command *command, const char *id);

/* command_seldom_reads: nobody asks for the row of |key| again, but where something went wrong. */
bool command_seldom_reads(const struct command *command, const struct row_key *key);

/* command_give_rooms_back: those whose records were not kept; before another command may run. */
void command_give_rooms_back(struct command *command);

/* command_commit: writes what was noted, or the refusal; |done| follows. OCPP_ERR_BUSY: decide again. */
enum ocpp_status command_commit(struct command *command, const struct ocpp_settle_done *done);

#endif

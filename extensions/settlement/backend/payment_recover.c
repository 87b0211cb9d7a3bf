/* payment_recover.c: after a start: what became of everything that had left when the backend went down. */
#include "payment_steps.h"
#include "timers.h"

#include <stdio.h>
#include <string.h>

enum { RECOVERED_AT_ONCE = 32, LONGEST_PREFIX = OCPP_SETTLE_KEY_SIZE };

/* Every operation that has left has a timer that asks for it: these rows are the list. */
struct recovery {
    char prefix[LONGEST_PREFIX];
    char from[OCPP_SETTLE_KEY_SIZE]; /* "": from the first */
    char operations[RECOVERED_AT_ONCE][OCPP_SETTLE_ID_SIZE];
    size_t count;
};

static void name_prefix(struct command *command, void *args)
{
    struct recovery *recovery = args;
    const char *prefix = command_key(command, "due", TIMER_PAYMENT_QUERY, "", NULL);

    (void)snprintf(recovery->prefix, sizeof recovery->prefix, "%s", prefix ? prefix : "");
}

static bool list_operation(const struct ocpp_settle_row *row, void *user)
{
    struct recovery *recovery = user;
    const char *operation = row->key + strlen(recovery->prefix);

    if (strcmp(row->key, recovery->from) != 0) {
        (void)snprintf(recovery->operations[recovery->count++], OCPP_SETTLE_ID_SIZE, "%s", operation);
        (void)snprintf(recovery->from, sizeof recovery->from, "%s", row->key);
    }
    return recovery->count < RECOVERED_AT_ONCE;
}

/* One that cannot be asked for now is asked for when its timer runs out. */
void payments_recover(struct ocpp_settle *settle)
{
    const struct ocpp_settle_store *store = &settle->settings.store;
    struct recovery recovery = { .count = RECOVERED_AT_ONCE };

    if (command_run(settle, "recover", name_prefix, &recovery, NULL) != OCPP_OK || !recovery.prefix[0]) {
        return;
    }
    while (recovery.count == RECOVERED_AT_ONCE) {
        recovery.count = 0;
        if (store->each(recovery.prefix, recovery.from[0] ? recovery.from : NULL, list_operation, &recovery, store->user) !=
            OCPP_OK) {
            return;
        }
        for (size_t i = 0; i < recovery.count; i++) {
            (void)command_run(settle, "recover payment", payment_query_due, recovery.operations[i], NULL);
        }
    }
}

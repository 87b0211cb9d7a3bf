/* suspense.c: what a person has to look at: banks that nobody understands, and what is missing. */
#include "suspense.h"
#include "closed.h"

#include <ocpp/settlement/rentals.h>

#include <stdio.h>
#include <string.h>

static void put(struct command *command, const struct row_suspense *entry)
{
    command_put(command, command_key(command, "suspense", entry->id, NULL), &row_suspense_type, entry);
}

void suspense_open(struct command *command, struct row_suspense *entry, bool is_security, const char *text)
{
    const char *kind = ocpp_enum_name(&row_suspense_kind_enum, (int)entry->kind);

    entry->state = ROW_SUSPENSE_STATE_WAITING;
    put(command, entry);
    closed_watch(command, CLOSED_SUSPENSE);
    command_state(command, "suspense", entry->id, NULL, "Waiting", text);
    command_tell(command, OCPP_SETTLE_EVENT_SUSPENSE, entry->id, entry->station, kind, text);
    if (is_security) {
        command_tell(command, OCPP_SETTLE_EVENT_SECURITY, entry->id, entry->station, kind, text);
    }
}

void suspense_close(struct command *command, struct row_suspense *entry, const char *resolution)
{
    entry->state = ROW_SUSPENSE_STATE_RESOLVED;
    entry->has_resolved_at = true;
    entry->resolved_at = command_utc_ms(command);
    entry->resolution = resolution;
    put(command, entry);
    command_state(command, "suspense", entry->id, "Waiting", "Resolved", NULL);
    command_tell(command, OCPP_SETTLE_EVENT_SUSPENSE, entry->id, entry->station, "Resolved", resolution);
}

/* --- what an operator decides -------------------------------------------------------------------------------------------- */

struct resolving {
    struct command *command;
    const struct ocpp_settle_resolve *asked;
    struct row_suspense *entry;
    struct row_insertion *insertion; /* NULL: nothing lies in a bay */
    struct row_bank *bank;           /* NULL: nobody knows which */
};

static bool entry_of(struct resolving *resolving)
{
    struct command *command = resolving->command;
    struct row_suspense *entry =
        command_edit(command, command_key(command, "suspense", resolving->asked->suspense, NULL), &row_suspense_type);

    if (!entry) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_INVALID, "there is no such entry");
    } else if (entry->state != ROW_SUSPENSE_STATE_WAITING) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "it was resolved");
    }
    resolving->entry = entry;
    return !command_failed(command);
}

static void bank_of(struct resolving *resolving)
{
    struct command *command = resolving->command;
    const struct ocpp_settle_resolve *asked = resolving->asked;
    const struct row_suspense *entry = resolving->entry;
    const char *id = asked->bank ? bank_text(command, asked->bank) : entry->bank;

    if (entry->insertion) {
        resolving->insertion =
            command_edit(command, command_key(command, "insertion", entry->insertion, NULL), &row_insertion_type);
    }
    resolving->bank = bank_find(command, id, entry->hardware_id);
    if (!resolving->bank && (id || entry->hardware_id) &&
        (asked->resolution == OCPP_SETTLE_RESOLVE_ADOPT || asked->resolution == OCPP_SETTLE_RESOLVE_RETIRE)) {
        resolving->bank = bank_new(command, id, entry->hardware_id, 0, ROW_BANK_STATE_HELD);
    }
}

static const char *words(struct resolving *resolving)
{
    static const char *const names[] = { "returned", "adopted", "retired", "ejected", "dismissed" };
    const struct ocpp_settle_resolve *asked = resolving->asked;
    char text[160];

    snprintf(text, sizeof text, "%s%s%.100s", names[asked->resolution], asked->note ? ": " : "", asked->note ? asked->note : "");
    return bank_text(resolving->command, text);
}

/* Whose clock stood for the entry, and who did not return the bank after all: it goes on. */
static void free_pinned(struct resolving *resolving, const char *but)
{
    struct command *command = resolving->command;
    const char *id = resolving->entry->rental;
    struct row_rental *rental;

    if (!id || (but && strcmp(id, but) == 0)) {
        return;
    }
    rental =
        command_edit(command, command_key(command, "rental", id, NULL), &row_rental_type); /* a pile may name one nobody knows */
    if (rental && rental->suspense && strcmp(rental->suspense, resolving->entry->id) == 0 &&
        rental_apply(command, rental, RENTAL_FREED) == MOVE_MADE) {
        rental->has_pinned_at = false;
        rental->suspense = NULL;
        rental_arm(command, rental);
        rental_put(command, rental);
        rental_review(command, rental, "the clock runs again");
    }
}

static enum ocpp_settle_bank_verdict verdict_for(const struct row_suspense *entry)
{
    return entry->condition && strcmp(entry->condition, "Good") != 0 ? OCPP_SETTLE_BANK_VERDICT_OUT_OF_SERVICE
                                                                     : OCPP_SETTLE_BANK_VERDICT_RENTABLE;
}

/* The clock stopped at the insertion, whenever somebody looked (A8, A16, A17). */
static void resolve_returned(struct resolving *resolving)
{
    struct command *command = resolving->command;
    const char *id = resolving->asked->rental ? resolving->asked->rental : resolving->entry->rental;
    struct row_rental *rental;

    if (!id) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_RENTAL, "nobody says which rental ended");
        return;
    }
    rental = rental_edit(command, id);
    if (!rental) {
        return;
    }
    if (rental_return(command, rental, resolving->entry->station, resolving->entry->slot, resolving->entry->at) != MOVE_MADE) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "the rental is over");
        return;
    }
    rental->insertion = resolving->entry->insertion;
    rental->condition = resolving->entry->condition;
    rental_put(command, rental);
    if (!resolving->bank) {
        resolving->bank = bank_find(command, rental->bank, rental->hardware_id);
    }
    resolving->insertion->rental = rental->id;
    if (resolving->insertion->generation < rental->generation) {
        resolving->insertion->generation = rental->generation;
    }
    insertion_neutral(command, resolving->insertion, resolving->bank, verdict_for(resolving->entry), NULL);
    free_pinned(resolving, rental->id);
    rental_tell_closed(command, rental, resolving->entry->station);
    suspense_close(command, resolving->entry, words(resolving));
    rental_review(command, rental, "returned");
}

static void adopt(struct resolving *resolving, enum ocpp_settle_bank_verdict verdict)
{
    struct command *command = resolving->command;

    if (!resolving->bank) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_BANK, "nobody says which bank it is");
        return;
    }
    insertion_neutral(command, resolving->insertion, resolving->bank, verdict, NULL);
    suspense_close(command, resolving->entry, words(resolving));
    free_pinned(resolving, NULL);
}

static void resolve_adopt(struct resolving *resolving)
{
    adopt(resolving, OCPP_SETTLE_BANK_VERDICT_RENTABLE);
}

static void resolve_retire(struct resolving *resolving)
{
    adopt(resolving, OCPP_SETTLE_BANK_VERDICT_OUT_OF_SERVICE);
}

static void resolve_eject(struct resolving *resolving)
{
    struct command *command = resolving->command;
    struct row_insertion *insertion = resolving->insertion;

    suspense_order_slot(command, insertion->station, insertion->slot, OCPP_SETTLE_SLOT_ORDER_EJECT_FOR_SERVICE);
    insertion->state = ROW_INSERTION_STATE_EJECTED;
    insertion_put(command, insertion);
    if (resolving->bank) {
        bank_place(resolving->bank, insertion->station, insertion->slot);
        bank_service_begin(command, resolving->bank);
        (void)bank_apply(command, resolving->bank, BANK_VANISH);
    }
    suspense_close(command, resolving->entry, words(resolving));
    free_pinned(resolving, NULL);
}

static void resolve_dismiss(struct resolving *resolving)
{
    suspense_close(resolving->command, resolving->entry, words(resolving));
    free_pinned(resolving, NULL);
}

static const struct resolution {
    void (*resolve)(struct resolving *resolving);
    bool needs_bank_in_bay;
} resolutions[] = {
    [OCPP_SETTLE_RESOLVE_RETURNED] = { resolve_returned, true }, [OCPP_SETTLE_RESOLVE_ADOPT] = { resolve_adopt, true },
    [OCPP_SETTLE_RESOLVE_RETIRE] = { resolve_retire, true },     [OCPP_SETTLE_RESOLVE_EJECT] = { resolve_eject, true },
    [OCPP_SETTLE_RESOLVE_DISMISS] = { resolve_dismiss, false },
};

void suspense_resolve(struct command *command, void *args)
{
    struct resolving resolving = { .command = command, .asked = args };
    const struct resolution *resolution = &resolutions[resolving.asked->resolution];
    bool is_in_bay;

    if (!entry_of(&resolving)) {
        return;
    }
    bank_of(&resolving);
    is_in_bay = resolving.insertion && resolving.insertion->state == ROW_INSERTION_STATE_HELD;
    if (resolution->needs_bank_in_bay != is_in_bay) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE,
                       is_in_bay ? "the bank in the bay needs a decision" : "no bank lies in a bay for it");
        return;
    }
    resolution->resolve(&resolving);
    command_result(command, resolving.entry->id);
}

void suspense_meet(struct command *command, struct ocpp_settle_resolve *resolve)
{
    const struct row_suspense *entry =
        command_read(command, command_key(command, "suspense", resolve->suspense, NULL), &row_suspense_type);

    if (entry && entry->state == ROW_SUSPENSE_STATE_WAITING) {
        suspense_resolve(command, resolve);
    }
}

/* rental_returns.c: a bank was pushed into a slot and read: whose it was, and what becomes of it. */
#include "closed.h"
#include "orders.h"
#include "piles.h"
#include "rental_grants.h"
#include "suspense.h"
#include "timers.h"

#include <string.h>

/* What reading it came to. */
enum finding {
    FOUND_RENTAL,  /* its mark names a rental, and all fits */
    FOUND_NEUTRAL, /* one of ours that nobody owes anything for */
    FOUND_UNREADABLE,
    FOUND_TORN,
    FOUND_FORGED,
    FOUND_OLD,
    FOUND_UNKNOWN_ORDER,
    FOUND_OTHER_HARDWARE,
    FOUND_FOREIGN,
    FOUND_UNKNOWN_BANK,
    FOUND_TWICE,
    FOUND_CONTRADICTED
};

enum pinned { PINS_NOBODY, PINS_RENTAL_OF_BANK, PINS_RENTAL_OF_MARK };

/* What somebody has to look at: the slot is held, and the clock of who may have returned it stands since the insertion. */
static const struct finding_rule {
    enum row_suspense_kind kind;
    bool is_security;
    bool is_tested; /* the slot tests itself: perhaps it is the reader */
    enum pinned pins;
    const char *text;
} rules[] = {
    [FOUND_UNREADABLE] = { ROW_SUSPENSE_KIND_UNREADABLE_MARK, false, true, PINS_RENTAL_OF_BANK,
                           "the mark cannot be read" }, /* A8 */
    [FOUND_TORN] = { ROW_SUSPENSE_KIND_TORN_MARK, false, true, PINS_RENTAL_OF_BANK, "the mark is torn" },
    [FOUND_FORGED] = { ROW_SUSPENSE_KIND_FORGED_MARK, true, false, PINS_RENTAL_OF_BANK, "the mark is none of ours" }, /* A15 */
    [FOUND_OLD] = { ROW_SUSPENSE_KIND_OLD_MARK, true, false, PINS_RENTAL_OF_BANK,
                    "a mark that was written over came back" }, /* A15 */
    [FOUND_UNKNOWN_ORDER] = { ROW_SUSPENSE_KIND_UNKNOWN_ORDER, false, false, PINS_RENTAL_OF_BANK,
                              "nobody knows the mark" }, /* A16 */
    [FOUND_OTHER_HARDWARE] = { ROW_SUSPENSE_KIND_OTHER_HARDWARE, true, false, PINS_RENTAL_OF_MARK,
                               "the mark of another bank" },                                                             /* A17 */
    [FOUND_FOREIGN] = { ROW_SUSPENSE_KIND_FOREIGN_FLEET, false, false, PINS_RENTAL_OF_BANK, "a bank of another fleet" }, /* A18 */
    [FOUND_UNKNOWN_BANK] = { ROW_SUSPENSE_KIND_UNKNOWN_BANK, false, false, PINS_NOBODY, "nobody knows the bank" },
    [FOUND_TWICE] = { ROW_SUSPENSE_KIND_TWICE, true, false, PINS_NOBODY, "it came back already, somewhere else" }, /* A7 */
    [FOUND_CONTRADICTED] = { ROW_SUSPENSE_KIND_NOT_NEUTRAL, true, false, PINS_NOBODY, "its pile said that it never left" },
};

/* One bank that was put in. */
struct arriving {
    struct command *command;
    const char *station;
    const struct ocpp_settle_bank_returned_req *message;
    struct ocpp_settle_bank_returned_conf *answer;
    const struct row_pile *pile;
    struct row_insertion *insertion;
    struct row_bank *bank;     /* by what is printed on it; NULL: unknown */
    struct row_rental *rental; /* by its mark; NULL: none */
    struct bank_mark_said said;
    int64_t at;
};

/* --- whose is it ------------------------------------------------------------------------------------------------------------ */

static bool is_open(const struct row_bank *bank)
{
    return bank->state == ROW_BANK_STATE_RENTED || bank->state == ROW_BANK_STATE_SOLD;
}

static enum finding find_neutral(struct arriving *arriving)
{
    const struct ocpp_settle_bank_returned_req *message = arriving->message;
    const bool is_proved = message->mark && arriving->said.reading == OCPP_SETTLE_READ_NEUTRAL;
    const int64_t generation = is_proved ? arriving->said.generation : message->has_generation ? message->generation : 0;

    arriving->insertion->generation = generation;
    if (!arriving->bank && is_proved && (message->bank || message->hardware_id)) {
        arriving->bank = bank_new(arriving->command, message->bank, message->hardware_id, generation, ROW_BANK_STATE_HELD);
        return FOUND_NEUTRAL;
    }
    if (!arriving->bank) {
        return FOUND_UNKNOWN_BANK;
    }
    if (bank_is_other(arriving->bank, message->hardware_id)) {
        return FOUND_OTHER_HARDWARE;
    }
    if (generation < arriving->bank->generation) {
        return FOUND_OLD;
    }
    return is_open(arriving->bank) ? FOUND_FORGED : FOUND_NEUTRAL;
}

/* The same bank, marked as when it went out, of a rental that is over. */
static enum finding find_ended(const struct arriving *arriving)
{
    const struct row_rental *rental = arriving->rental;

    if (rental->state == ROW_RENTAL_STATE_FAILED) {
        return FOUND_CONTRADICTED;
    }
    if (!arriving->bank || arriving->bank->state != ROW_BANK_STATE_RETURNING) {
        return FOUND_TWICE;
    }
    return bank_same(rental->end_station, arriving->station) && rental->end_slot == arriving->message->slot ? FOUND_RENTAL
                                                                                                            : FOUND_TWICE;
}

static bool is_other_bank(const struct arriving *arriving)
{
    const struct row_rental *rental = arriving->rental;
    const struct ocpp_settle_bank_returned_req *message = arriving->message;

    return (rental->hardware_id && message->hardware_id && !bank_same(rental->hardware_id, message->hardware_id)) ||
           (rental->bank && message->bank && !bank_same(rental->bank, message->bank));
}

static enum finding find_marked(struct arriving *arriving)
{
    struct command *command = arriving->command;
    const struct row_mark_owner *owner = arriving->said.owner;
    struct row_rental *rental;
    struct row_bank *bank;

    rental = owner && owner->rental ? command_edit(command, command_key(command, "rental", owner->rental, NULL), &row_rental_type)
                                    : NULL;
    if (!rental) {
        return FOUND_UNKNOWN_ORDER;
    }
    arriving->rental = rental;
    if (is_other_bank(arriving)) {
        return FOUND_OTHER_HARDWARE;
    }
    bank = bank_find(command, rental->bank, rental->hardware_id);
    arriving->bank = bank ? bank : arriving->bank;
    if (!bank_same(rental->handle, arriving->said.handle) || (bank && bank->rental && !bank_same(bank->rental, rental->id))) {
        return FOUND_OLD;
    }
    if (rental->state == ROW_RENTAL_STATE_RETURNED || rental->state == ROW_RENTAL_STATE_UNSEEN ||
        rental->state == ROW_RENTAL_STATE_FAILED) {
        return find_ended(arriving);
    }
    return rental->state == ROW_RENTAL_STATE_REQUESTED ? FOUND_CONTRADICTED : FOUND_RENTAL;
}

static enum finding find(struct arriving *arriving)
{
    const struct ocpp_settle_bank_returned_req *message = arriving->message;

    if (message->mark_state == OCPP_SETTLE_MARK_STATE_TORN) {
        return FOUND_TORN;
    }
    if (message->mark_state == OCPP_SETTLE_MARK_STATE_UNREADABLE) {
        return FOUND_UNREADABLE;
    }
    if (message->mark_state == OCPP_SETTLE_MARK_STATE_NEUTRAL && !message->mark) {
        return find_neutral(arriving);
    }
    switch (arriving->said.reading) {
    case OCPP_SETTLE_READ_NEUTRAL:
        return find_neutral(arriving);
    case OCPP_SETTLE_READ_MARKED:
        return find_marked(arriving);
    case OCPP_SETTLE_READ_TORN:
        return FOUND_TORN;
    case OCPP_SETTLE_READ_FOREIGN:
        return FOUND_FOREIGN;
    case OCPP_SETTLE_READ_FORGED:
        return FOUND_FORGED;
    case OCPP_SETTLE_READ_UNREADABLE:
        break;
    }
    return FOUND_UNREADABLE;
}

/* --- what nobody understands -------------------------------------------------------------------------------------------------
 */

static struct row_rental *rental_to_pin(struct arriving *arriving, enum pinned pins)
{
    const struct row_bank *bank = arriving->bank;
    struct row_rental *rental = NULL;

    if (pins == PINS_RENTAL_OF_MARK && arriving->rental) {
        rental = arriving->rental;
    } else if (pins != PINS_NOBODY && bank && bank->rental && bank->state == ROW_BANK_STATE_RENTED) {
        rental = rental_edit(arriving->command, bank->rental);
    }
    return rental && (rental->state == ROW_RENTAL_STATE_TAKEN) ? rental : NULL;
}

/* Whether what lies there is surely the registered bank: a copy of its label may be anything, and of two one is a copy. */
static bool is_surely(const struct arriving *arriving, enum finding finding)
{
    const struct row_bank *bank = arriving->bank;

    return bank && finding != FOUND_TWICE &&
           (bank_same(bank->hardware_id, arriving->message->hardware_id) ||
            (!rules[finding].is_security && !bank_is_other(bank, arriving->message->hardware_id)));
}

static const char *condition_word(const struct arriving *arriving)
{
    return ocpp_enum_name(&ocpp_settle_bank_condition_enum, (int)arriving->message->condition);
}

/* An offline rental whose pile has not been heard of yet: it finds its bank when it is told. */
static void note_unmet(struct arriving *arriving, const char *suspense)
{
    const struct row_unmet_mark unmet = { .suspense = suspense };

    if (arriving->said.handle && !arriving->said.owner) {
        command_put(arriving->command, command_key(arriving->command, "unmet", arriving->said.handle, NULL), &row_unmet_mark_type,
                    &unmet);
        closed_watch(arriving->command, CLOSED_UNMET);
    }
}

static void hold(struct arriving *arriving, enum finding finding)
{
    struct command *command = arriving->command;
    const struct ocpp_settle_bank_returned_req *message = arriving->message;
    const struct finding_rule *rule = &rules[finding];
    struct row_rental *rental = rental_to_pin(arriving, rule->pins);
    struct row_suspense entry = { .id = command_id(command),
                                  .kind = rule->kind,
                                  .station = arriving->station,
                                  .slot = message->slot,
                                  .insertion = message->insertion,
                                  .bank = message->bank,
                                  .hardware_id = message->hardware_id,
                                  .has_generation = true,
                                  .generation = arriving->insertion->generation,
                                  .mark = message->mark,
                                  .rental = rental ? rental->id : NULL,
                                  .condition = condition_word(arriving),
                                  .at = arriving->at };

    entry.has_is_pinned = true;
    entry.is_pinned = rental && rental_stuck(command, rental, entry.id, arriving->at);
    arriving->insertion->suspense = entry.id;
    suspense_open(command, &entry, rule->is_security, rule->text);
    note_unmet(arriving, entry.id);
    insertion_held(command, arriving->insertion, is_surely(arriving, finding) ? arriving->bank : NULL, NULL);
    if (rule->is_tested) {
        suspense_order_slot(command, arriving->station, message->slot, OCPP_SETTLE_SLOT_ORDER_SELF_TEST);
    }
    if (finding == FOUND_TWICE) {
        arriving->answer->receipt.reception = OCPP_SETTLE_RECEPTION_DUPLICATE;
    }
}

/* --- what is understood --------------------------------------------------------------------------------------------------------
 */

static enum ocpp_settle_bank_verdict verdict_of(const struct arriving *arriving)
{
    return arriving->message->condition == OCPP_SETTLE_BANK_CONDITION_GOOD ? OCPP_SETTLE_BANK_VERDICT_RENTABLE
                                                                           : OCPP_SETTLE_BANK_VERDICT_OUT_OF_SERVICE;
}

static void note_bank(struct arriving *arriving)
{
    struct row_bank *bank = arriving->bank;

    if (bank) {
        bank->condition = condition_word(arriving);
        bank->has_charge = arriving->message->has_charge;
        bank->charge = arriving->message->charge;
        bank_raise(bank, arriving->insertion->generation);
    }
}

static bool is_swap(const struct arriving *arriving)
{
    const struct row_rental *rental = arriving->rental;

    return rental->state == ROW_RENTAL_STATE_TAKEN &&
           (arriving->message->condition == OCPP_SETTLE_BANK_CONDITION_FAULTY ||
            (rental->has_swap_asked && rental->swap_asked)) &&
           arriving->at - rental->taken_at <= command_policy(arriving->command)->swap_within_s * 1000;
}

/* A26. Another bank for the same rental; where there is none, nothing is asked for a bank that did not work. */
static void swap(struct arriving *arriving)
{
    struct command *command = arriving->command;
    struct row_rental *rental = arriving->rental;
    const char *old_station = rental->station;
    struct ocpp_settle_bank_grant grant;
    const struct ocpp_settle_bank_grant *given = NULL;

    rental_note(rental, "the bank was faulty");
    (void)rental_apply(command, rental, RENTAL_SWAP);
    rental_disarm(command, rental);
    rental->has_pinned_at = false; /* a slot was found (A22) */
    command_timer_stop(command, TIMER_RENTAL_PIN, rental->id);
    arriving->insertion->rental = rental->id;
    if (strcmp(old_station, arriving->station) != 0) {
        rental_tell_closed(command, rental, arriving->station);
    }
    if (arriving->message->replacement &&
        grant_another(command, rental, arriving->station, arriving->message->replacement, &grant)) {
        given = &grant;
    } else {
        (void)rental_apply(command, rental, RENTAL_FAILED);
    }
    rental_put(command, rental);
    insertion_neutral(command, arriving->insertion, arriving->bank, OCPP_SETTLE_BANK_VERDICT_OUT_OF_SERVICE, given);
    if (!given) {
        rental_review(command, rental, "the bank was faulty");
    }
}

static void end(struct arriving *arriving)
{
    struct command *command = arriving->command;
    struct row_rental *rental = arriving->rental;
    const enum move_outcome outcome = rental_return(command, rental, arriving->station, arriving->message->slot, arriving->at);

    rental_answer(&arriving->answer->receipt, outcome);
    arriving->insertion->rental = rental->id;
    if (outcome == MOVE_MADE) {
        rental->insertion = arriving->message->insertion;
        rental->condition = condition_word(arriving);
        rental_put(command, rental);
    }
    insertion_neutral(command, arriving->insertion, arriving->bank, verdict_of(arriving), NULL);
    if (outcome == MOVE_MADE) {
        rental_tell_closed(command, rental, arriving->station);
        rental_review(command, rental, "returned");
    }
}

static void settle(struct arriving *arriving)
{
    const enum finding finding = find(arriving);

    if (command_failed(arriving->command)) {
        return;
    }
    if (finding != FOUND_RENTAL && finding != FOUND_NEUTRAL) {
        hold(arriving, finding);
        return;
    }
    note_bank(arriving);
    if (finding == FOUND_NEUTRAL) {
        insertion_neutral(arriving->command, arriving->insertion, arriving->bank, verdict_of(arriving), NULL);
    } else if (is_swap(arriving)) {
        swap(arriving);
    } else {
        end(arriving);
    }
}

/* --- the message
 * ---------------------------------------------------------------------------------------------------------------- */

/* True: the act was told before. */
static bool is_known(struct arriving *arriving)
{
    struct command *command = arriving->command;
    const struct row_insertion *before =
        command_read(command, command_key(command, "insertion", arriving->message->insertion, NULL), &row_insertion_type);

    if (!before) {
        return false;
    }
    if (!bank_same(before->station, arriving->station) || before->slot != arriving->message->slot) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_PILE, "that was put in somewhere else");
    }
    arriving->answer->receipt.reception = OCPP_SETTLE_RECEPTION_DUPLICATE;
    return true;
}

void rental_bank_returned(struct command *command, void *args)
{
    const struct incoming *in = args;
    struct arriving arriving = { .command = command, .station = in->station, .message = in->message, .answer = in->answer };

    arriving.pile = pile_with(command, in->station, OCPP_SETTLE_FEATURE_POWER_BANKS);
    if (!arriving.pile || !pile_has_slot(command, arriving.pile, arriving.message->slot) || is_known(&arriving)) {
        return;
    }
    arriving.insertion = ocpp_arena_take(command_arena(command), sizeof *arriving.insertion);
    if (!arriving.insertion) {
        command_fail(command, OCPP_ERR_NOMEM);
        return;
    }
    arriving.at = pile_utc_ms(command, arriving.pile, &arriving.message->at);
    bank_mark_read(command, arriving.message->mark, &arriving.said);
    *arriving.insertion = (struct row_insertion){ .id = arriving.message->insertion,
                                                  .station = arriving.station,
                                                  .slot = arriving.message->slot,
                                                  .has_generation = true,
                                                  .generation = arriving.said.generation > 0       ? arriving.said.generation
                                                                : arriving.message->has_generation ? arriving.message->generation
                                                                                                   : 0,
                                                  .has_is_short = true,
                                                  .is_short = arriving.said.is_short,
                                                  .at = arriving.at };
    arriving.bank = bank_find(command, arriving.message->bank, arriving.message->hardware_id);
    settle(&arriving);
}

/* rental_taken.c: what a pile tells of a grant: the bank is in somebody's hand, or nothing was rented. */
#include "orders.h"
#include "payments.h"
#include "piles.h"
#include "rental_alone.h"
#include "suspense.h"
#include "timers.h"

#include <ocpp/settlement/id.h>

#include <string.h>

/* One report of a pile. */
struct leaving {
    struct command *command;
    const char *station;
    const struct ocpp_settle_bank_taken_req *message;
    struct ocpp_settle_bank_taken_conf *answer;
    const struct row_pile *pile;
    struct row_rental *rental;
    int64_t at;   /* of what was let out alone */
    bool is_past; /* likewise: the bank was put in again since, whatever its mark said by then */
};

/* --- what was granted
 * ------------------------------------------------------------------------------------------------------------ */

/* Somebody tells of what is not theirs: refused, and somebody hears of it. */
static void wrong_pile(struct command *command, const char *rental, const char *station)
{
    command_bookkeeping(command, true);
    command_tell(command, OCPP_SETTLE_EVENT_SECURITY, rental, station, "WrongPile", "a pile told of another pile's rental");
    command_bookkeeping(command, false);
    command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_PILE, "another pile let it out");
}

static bool fits(struct command *command, const struct row_rental *rental, const char *station, int64_t slot)
{
    if (!bank_same(rental->station, station)) {
        wrong_pile(command, rental->id, station);
    } else if (rental->slot != slot) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_SLOT, "it was granted in another slot");
    }
    return !command_failed(command);
}

static bool is_this_bank(const struct leaving *leaving)
{
    const struct row_rental *rental = leaving->rental;
    const struct ocpp_settle_bank_taken_req *message = leaving->message;
    struct command *command = leaving->command;

    if (message->order && !bank_same(message->order, rental->order)) {
        (void)order_read(command, message->order);
    }
    if (message->generation != rental->generation) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_OLD_GENERATION, "the mark was to have another generation");
    } else if (rental->hardware_id && message->hardware_id && !bank_same(rental->hardware_id, message->hardware_id)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_BAD_MARK, "another bank was granted");
    }
    return !command_failed(command);
}

static void bank_left(const struct leaving *leaving)
{
    struct command *command = leaving->command;
    struct row_rental *rental = leaving->rental;
    struct row_bank *bank = bank_find(command, rental->bank, rental->hardware_id);

    if (bank && bank_same(bank->rental, rental->id)) {
        bank_raise(bank, rental->generation);
        bank_place(bank, leaving->station, rental->slot);
        if (rental->state == ROW_RENTAL_STATE_TAKEN) {
            (void)bank_apply(command, bank, BANK_LEAVE);
        }
        bank_put(command, bank);
    }
}

/* A5: it exists once, and began when its pile says. A26: after a swap its clock has been running. */
static void begin(struct leaving *leaving)
{
    struct command *command = leaving->command;
    struct row_rental *rental = leaving->rental;
    const enum move_outcome outcome = rental_apply(command, rental, RENTAL_TAKEN);

    rental_answer(&leaving->answer->receipt, outcome);
    if (outcome != MOVE_MADE) {
        return;
    }
    if (!rental->has_taken_at) {
        rental_begin(command, rental, pile_utc_ms(command, leaving->pile, &leaving->message->at));
    }
    rental_note(rental, NULL);
    command_timer_stop(command, TIMER_RENTAL_GRANT, rental->id);
    bank_left(leaving);
    rental_put(command, rental);
    if (rental->state == ROW_RENTAL_STATE_TAKEN) {
        rental_arm(command, rental);
    }
    rental_review_late(command, rental, "the pile was heard of again");
}

/* --- what a pile let out alone
 * ------------------------------------------------------------------------------------------------------ */

static void offline_suspense(struct leaving *leaving, enum row_suspense_kind kind, bool is_security, const char *text)
{
    struct command *command = leaving->command;
    struct row_suspense entry = { .id = command_id(command),
                                  .kind = kind,
                                  .station = leaving->station,
                                  .slot = leaving->message->slot,
                                  .bank = leaving->message->bank,
                                  .hardware_id = leaving->message->hardware_id,
                                  .has_generation = true,
                                  .generation = leaving->message->generation,
                                  .mark = leaving->message->offline->mark,
                                  .rental = leaving->message->rental,
                                  .at = leaving->at };

    suspense_open(command, &entry, is_security, text);
}

/* The pile's own key made the mark, for this generation. */
static bool is_own_mark(struct leaving *leaving, struct bank_mark_said *said)
{
    bank_mark_read(leaving->command, leaving->message->offline->mark, said);
    if (said->reading != OCPP_SETTLE_READ_MARKED || said->is_short || said->pile != leaving->pile->number ||
        said->generation != leaving->message->generation || said->owner) {
        command_bookkeeping(leaving->command, true);
        command_tell(leaving->command, OCPP_SETTLE_EVENT_SECURITY, leaving->message->rental, leaving->station, "ForgedMark",
                     "a mark that the pile did not make itself");
        command_bookkeeping(leaving->command, false);
        command_refuse(leaving->command, OCPP_SETTLE_REFUSAL_CODE_BAD_MARK, "the pile did not make this mark");
    }
    return !command_failed(leaving->command);
}

/* The order it belongs to: the vehicle's, or its own. A bank that is out is out: where nobody is found to pay, somebody looks. */
static struct row_order *offline_order(struct leaving *leaving, enum row_renter_class *renter_class)
{
    struct command *command = leaving->command;
    const struct ocpp_settle_offline_rental *offline = leaving->message->offline;
    struct row_order *order = offline->is_vehicle_user ? order_of_vehicle_user(command, &offline->token, leaving->station) : NULL;

    if (order && order->rentals.count >= (size_t)command_policy(command)->banks_per_order) {
        order = NULL; /* it is full, and the bank is out */
    }
    *renter_class = order ? ROW_RENTER_CLASS_VEHICLE : ROW_RENTER_CLASS_PLAIN;
    return order || command_failed(command) ? order : order_open_for_fact(command, &offline->token, leaving->station);
}

static int64_t offline_deposit(struct command *command, const struct row_order *order)
{
    const struct ocpp_settle_snapshot *snapshot = order ? order_snapshot(command, order) : NULL;

    return snapshot && snapshot->tariff.bank ? snapshot->tariff.bank->deposit_minor : 0;
}

static struct row_rental *offline_rental(struct leaving *leaving, const struct row_order *order,
                                         enum row_renter_class renter_class)
{
    struct command *command = leaving->command;
    const struct ocpp_settle_bank_taken_req *message = leaving->message;
    struct row_rental *rental = ocpp_arena_take(command_arena(command), sizeof *rental);

    if (!rental) {
        command_fail(command, OCPP_ERR_NOMEM);
        return NULL;
    }
    *rental = (struct row_rental){ .id = message->rental,
                                   .order = order ? order->id : NULL,
                                   .request = message->rental,
                                   .state = ROW_RENTAL_STATE_TAKEN,
                                   .renter_class = renter_class,
                                   .bank = message->bank ? message->bank : message->hardware_id,
                                   .hardware_id = message->hardware_id,
                                   .generation = message->generation,
                                   .deposit_minor = offline_deposit(command, order),
                                   .station = leaving->station,
                                   .slot = message->slot,
                                   .asked_at = leaving->at,
                                   .has_is_offline = true,
                                   .is_offline = true };
    rental_begin(command, rental, leaving->at);
    return rental;
}

static void offline_bank_left(struct leaving *leaving)
{
    struct command *command = leaving->command;
    const struct ocpp_settle_bank_taken_req *message = leaving->message;
    struct row_bank *bank = bank_find(command, message->bank, message->hardware_id);

    if (!bank) {
        bank = bank_new(command, message->bank, message->hardware_id, message->generation, ROW_BANK_STATE_IDLE);
    }
    if (!bank || message->generation < bank->generation) {
        return;
    }
    bank_raise(bank, message->generation);
    if (leaving->is_past) {
        bank_put(command, bank);
        return;
    }
    bank_place(bank, leaving->station, message->slot);
    bank->rental = message->rental;
    (void)bank_apply(command, bank, BANK_LEAVE);
    bank_put(command, bank);
}

/* It is known to be back already: the rental lasted until then. */
static void came_back(struct leaving *leaving, const char *station, int64_t slot, int64_t at_utc_ms)
{
    struct command *command = leaving->command;
    struct row_rental *rental = leaving->rental;

    if (rental_return(command, rental, station, slot, at_utc_ms) == MOVE_MADE) {
        rental_put(command, rental);
        rental_tell_closed(command, rental, station);
        rental_review(command, rental, "its bank had come back");
    }
}

/* Where it was put in when it was put in last: it lies there, or was let again from there. */
static void back_where_it_was_put_in(struct leaving *leaving, const struct row_bank *bank)
{
    const bool is_out = bank->state == ROW_BANK_STATE_RENTED || bank->state == ROW_BANK_STATE_SOLD;
    const struct row_rental *now =
        is_out && bank->rental
            ? command_read(leaving->command, command_key(leaving->command, "rental", bank->rental, NULL), &row_rental_type)
            : NULL;

    came_back(leaving, now ? now->station : bank->station, now ? now->slot : bank->slot, bank->inserted_at);
}

/* The mark it bore was written over since: somebody decided about it without knowing whose it was. */
static void look_whether_back(struct leaving *leaving)
{
    const struct row_bank *bank = bank_find(leaving->command, leaving->rental->bank, leaving->rental->hardware_id);

    if (bank && leaving->is_past) {
        back_where_it_was_put_in(leaving, bank);
    } else if (bank && bank->generation > leaving->rental->generation && bank->since >= leaving->rental->taken_at) {
        came_back(leaving, bank->station, bank->slot, bank->since);
    }
}

/* A bank that came back elsewhere before anybody heard of its rental has been waiting for this, or was decided about. */
static void meet(struct leaving *leaving, const char *handle)
{
    struct command *command = leaving->command;
    const char *key = command_key(command, "unmet", handle, NULL);
    const struct row_unmet_mark *unmet = command_read(command, key, &row_unmet_mark_type);
    const struct row_suspense *entry =
        unmet ? command_read(command, command_key(command, "suspense", unmet->suspense, NULL), &row_suspense_type) : NULL;
    struct ocpp_settle_resolve resolve = { .resolution = OCPP_SETTLE_RESOLVE_RETURNED,
                                           .rental = leaving->message->rental,
                                           .note = "its pile was heard of" };

    if (!entry) {
        look_whether_back(leaving);
        return;
    }
    resolve.suspense = entry->id;
    command_remove(command, key);
    if (entry->state == ROW_SUSPENSE_STATE_WAITING) {
        suspense_meet(command, &resolve);
    } else {
        came_back(leaving, entry->station, entry->slot, entry->at);
    }
}

/* I9. A bank somebody has, or is being let, comes back before it is let again: no pile that tells the truth says otherwise. What
 * is told of a mark that was written over since is only late; so is what is told of a bank that was put in since: its mark was
 * forged or unreadable then, and nobody knew how far its generation had come. */
static bool is_elsewhere(struct leaving *leaving)
{
    struct command *command = leaving->command;
    const struct row_bank *bank = bank_find(command, leaving->message->bank, leaving->message->hardware_id);
    const bool is_out = bank && (bank->state == ROW_BANK_STATE_RENTED || bank->state == ROW_BANK_STATE_SOLD);
    const bool is_let = bank && bank->state == ROW_BANK_STATE_RESERVED && !bank_same(bank->station, leaving->station);

    leaving->is_past =
        bank && bank->has_inserted_at && bank->inserted_at > leaving->at && leaving->message->generation >= bank->generation;
    if ((!is_out && !is_let) || leaving->is_past || leaving->message->generation < bank->generation) {
        return false;
    }
    command_bookkeeping(command, true);
    command_tell(command, OCPP_SETTLE_EVENT_SECURITY, bank->id, leaving->station, "BankIsOut",
                 "a pile told of a bank that somebody else has");
    command_bookkeeping(command, false);
    command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_PILE, "somebody else has the bank");
    return true;
}

static void take_offline(struct leaving *leaving)
{
    struct command *command = leaving->command;
    struct bank_mark_said said;
    enum row_renter_class renter_class;
    struct row_order *order;

    if (!ocpp_settle_id_is_valid(leaving->message->rental) || (!leaving->message->bank && !leaving->message->hardware_id)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_INVALID, "the rental or the bank has no name");
        return;
    }
    if (!pile_has(leaving->pile, OCPP_SETTLE_FEATURE_OFFLINE_RENTALS)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_NOT_AGREED, "the pile was not to rent alone");
        return;
    }
    if (!is_own_mark(leaving, &said)) {
        return;
    }
    const struct alone_rental alone = { leaving->station, leaving->pile, leaving->message };
    leaving->at = alone_utc_ms(command, &alone);
    if (is_elsewhere(leaving)) {
        return;
    }
    order = offline_order(leaving, &renter_class);
    alone_judge(command, &alone, leaving->at, renter_class == ROW_RENTER_CLASS_VEHICLE);
    leaving->rental = offline_rental(leaving, order, renter_class);
    if (!leaving->rental) {
        return;
    }
    const struct row_mark_owner owner = { .rental = leaving->rental->id,
                                          .bank = leaving->rental->bank,
                                          .generation = said.generation };
    leaving->rental->handle = said.handle;
    bank_mark_own(command, said.handle, &owner);
    offline_bank_left(leaving);
    rental_put(command, leaving->rental);
    command_state(command, "rental", leaving->rental->id, NULL, "Taken", "offline");
    rental_tell(command, leaving->rental->id, order ? order->id : NULL, leaving->station, "Taken", "offline");
    if (order) {
        order_add_rental(command, order, leaving->rental->id);
    } else {
        offline_suspense(leaving, ROW_SUSPENSE_KIND_NO_PAYER, false, "nobody pays for a bank that was let out offline");
    }
    rental_arm(command, leaving->rental);
    meet(leaving, said.handle);
    if (order && !order->tenant && leaving->rental->deposit_minor > 0 && rental_is_out(command, leaving->rental->id)) {
        order_hold(command, order, leaving->rental->deposit_minor, PURPOSE_OFFLINE_HOLD, leaving->rental->id);
    }
}

void rental_bank_taken(struct command *command, void *args)
{
    const struct incoming *in = args;
    struct leaving leaving = { .command = command, .station = in->station, .message = in->message, .answer = in->answer };

    leaving.pile = pile_with(command, in->station, OCPP_SETTLE_FEATURE_POWER_BANKS);
    if (!leaving.pile || !pile_has_slot(command, leaving.pile, leaving.message->slot)) {
        return;
    }
    leaving.rental = command_edit(command, command_key(command, "rental", leaving.message->rental, NULL), &row_rental_type);
    if (!leaving.rental && leaving.message->offline) {
        take_offline(&leaving);
    } else if (!leaving.rental) {
        (void)rental_read(command, leaving.message->rental);
    } else if (fits(command, leaving.rental, in->station, leaving.message->slot) && is_this_bank(&leaving)) {
        begin(&leaving);
    }
}

/* --- nothing was rented
 * -------------------------------------------------------------------------------------------------------------- */

/* What the pile found instead of a neutral bank; somebody has to look at the slot (A4, A6, A25). */
static void bank_is_odd(struct command *command, const struct row_rental *rental,
                        const struct ocpp_settle_rent_failed_req *message, struct row_bank *bank, int64_t at)
{
    const bool is_gone = message->why == OCPP_SETTLE_RENT_FAILURE_BANK_GONE;
    struct row_suspense entry = { .id = command_id(command),
                                  .kind = is_gone ? ROW_SUSPENSE_KIND_INVENTORY_DIFFERENCE : ROW_SUSPENSE_KIND_NOT_NEUTRAL,
                                  .station = rental->station,
                                  .slot = message->slot,
                                  .bank = rental->bank,
                                  .hardware_id = rental->hardware_id,
                                  .has_generation = true,
                                  .generation = message->generation,
                                  .mark = message->mark,
                                  .rental = rental->id,
                                  .at = at };

    if (bank) {
        (void)bank_apply(command, bank, is_gone ? BANK_VANISH : BANK_HOLD);
    }
    suspense_open(command, &entry, is_gone, is_gone ? "the bank is gone" : "the bank could not be made neutral");
}

static void bank_stays(struct command *command, const struct row_rental *rental,
                       const struct ocpp_settle_rent_failed_req *message, int64_t at)
{
    struct row_bank *bank = bank_find(command, rental->bank, rental->hardware_id);

    if (bank && !bank_same(bank->rental, rental->id)) {
        return;
    }
    if (bank) {
        bank_raise(bank, message->generation);
        bank_place(bank, rental->station, message->slot);
        bank_put(command, bank);
    }
    if (!message->is_neutral) {
        bank_is_odd(command, rental, message, bank, at);
    } else if (bank) {
        (void)bank_apply(command, bank, BANK_RELEASE);
    }
}

/* One that the pile began alone, and of which nothing came: nobody heard of it, but the bank bears another mark now. */
static void failed_alone(struct command *command, const struct row_pile *pile, const struct ocpp_settle_rent_failed_req *message)
{
    const struct row_rental nobodys = { .id = message->rental, .station = pile->station };
    struct row_bank *bank;

    if (!pile_has(pile, OCPP_SETTLE_FEATURE_OFFLINE_RENTALS) || !pile_has_slot(command, pile, message->slot)) {
        (void)rental_read(command, message->rental);
        return;
    }
    bank = bay_bank_in(command, pile->station, message->slot);
    if (bank && bank->state == ROW_BANK_STATE_IDLE && message->is_neutral) {
        bank_raise(bank, message->generation);
        bank_put(command, bank);
    } else if (!message->is_neutral) {
        bank_is_odd(command, &nobodys, message, bank && bank->state == ROW_BANK_STATE_IDLE ? bank : NULL,
                    pile_utc_ms(command, pile, &message->at));
    }
}

static bool is_known(struct command *command, const char *rental)
{
    return command_read(command, command_key(command, "rental", rental, NULL), &row_rental_type) != NULL;
}

/* A3, A4, A24. The deposit goes back, the order is void where nothing else is on it. */
void rental_rent_failed(struct command *command, void *args)
{
    const struct incoming *in = args;
    const struct ocpp_settle_rent_failed_req *message = in->message;
    struct ocpp_settle_rent_failed_conf *answer = in->answer;
    const struct row_pile *pile = pile_with(command, in->station, OCPP_SETTLE_FEATURE_POWER_BANKS);
    struct row_rental *rental;
    enum move_outcome outcome;

    if (pile && !is_known(command, message->rental)) {
        failed_alone(command, pile, message);
        return;
    }
    rental = pile ? rental_edit(command, message->rental) : NULL;
    if (!rental || !fits(command, rental, in->station, message->slot)) {
        return;
    }
    rental_note(rental, ocpp_enum_name(&ocpp_settle_rent_failure_enum, (int)message->why));
    outcome = rental_apply(command, rental, RENTAL_FAILED);
    rental_answer(&answer->receipt, outcome);
    if (outcome == MOVE_MADE) {
        command_timer_stop(command, TIMER_RENTAL_GRANT, rental->id);
        rental_put(command, rental);
        bank_stays(command, rental, message, pile_utc_ms(command, pile, &message->at));
        rental_review(command, rental, rental->reason);
    }
}

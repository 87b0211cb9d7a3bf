/* commands_view.c: what can be looked at. */
#include "command_arguments.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void print_limit(const struct ocpp_permit *permit)
{
    if (permit->max_power_w != INT64_MAX) {
        printf(", at most %" PRId64 " W", permit->max_power_w);
    }
    if (permit->max_current_ma[0] != INT64_MAX) {
        printf(", at most %" PRId64 " mA", permit->max_current_ma[0]);
    }
    if (permit->phases > 0) {
        printf(", %d phase%s", permit->phases, permit->phases > 1 ? "s" : "");
    }
}

static void print_evse(const struct pile *pile, int number)
{
    const struct pile_evse *place = &pile->evses[number];
    struct ocpp_permit permit = ocpp_charge_point_permit(pile->cp, number, sim_now());
    struct ocpp_evse_view evse;

    if (ocpp_charge_point_evse(pile->cp, number, &evse) != OCPP_OK) {
        return;
    }
    printf("  EVSE %d: %s, register %" PRId64 " Wh, %" PRId64 " W", number, ocpp_connector_status_name(evse.status),
           place->register_mwh / 1000, place->draws ? place->power_w : 0);
    if (evse.transaction) {
        print_limit(&permit);
    }
    if (place->battery_mwh > 0) {
        printf(", battery %" PRId64 " of %" PRId64 " Wh", place->charged_mwh / 1000, place->battery_mwh / 1000);
    }
    if (evse.transaction) {
        printf(", transaction %s of %s, %" PRId64 " Wh, %s", evse.transaction_id[0] ? evse.transaction_id : evse.transaction_uuid,
               evse.token, evse.energy_wh, ocpp_charging_state_name(evse.charging_state));
    }
    printf("\n");
}

enum { RESERVATIONS_SHOWN = 128 };

static void print_reservations(const struct pile *pile)
{
    struct ocpp_reservation_view views[RESERVATIONS_SHOWN];
    size_t count = ocpp_charge_point_reservations(pile->cp, views, RESERVATIONS_SHOWN);

    for (size_t i = 0; i < count && i < RESERVATIONS_SHOWN; i++) {
        const struct ocpp_reservation_view *view = &views[i];
        char until[OCPP_TIME_TEXT_SIZE] = "an unknown time";
        (void)ocpp_time_format(view->expires_utc_ms, until);
        printf("  reservation %" PRId64 ": ", view->id);
        if (view->evse > 0) {
            printf("EVSE %d", view->evse);
        } else {
            printf("any EVSE%s%s", *view->connector_type ? " with a connector " : "", view->connector_type);
        }
        printf(" for %s%s%s until %s%s\n", view->token.id, *view->group ? " of " : "", view->group, until,
               view->presented ? ", who is there" : "");
    }
}

enum command_outcome run_status(struct arguments *arguments)
{
    const struct pile *pile = arguments->pile;
    struct ocpp_charge_point_view view = ocpp_charge_point_view(pile->cp);

    printf("%s: %s, OCPP %s, registration %s, %zu records wait", pile->identity, pile->up ? "connected" : "not connected",
           ocpp_version_name(view.version), ocpp_registration_name(view.registration), view.queued_records);
    printf(", %zu given up, %zu set aside\n", view.dead_letters, view.corrupt_records);
    for (int i = 1; i <= pile->options->evses; i++) {
        print_evse(pile, i);
    }
    print_reservations(pile);
    fflush(stdout);
    return COMMAND_DONE;
}

/* --- what drivers read
 * ---------------------------------------------------------------------------------------------------------------------- */

enum command_outcome run_messages(struct arguments *arguments)
{
    struct pile *pile = arguments->pile;
    struct ocpp_display_view view;
    int count = 0;

    ocpp_charge_point_each_message(pile->cp, pile_print_message, &count);
    if (ocpp_charge_point_display(pile->cp, 0, sim_now(), &view) != OCPP_OK) {
        return wrong(arguments, "it has no display", NULL);
    }
    if (view.has_message) {
        printf("  %d kept; shown now: message %" PRId64 "\n", count, view.message.id);
    } else {
        printf("  %d kept; none is shown now\n", count);
    }
    fflush(stdout);
    return COMMAND_DONE;
}

enum command_outcome run_prices(struct arguments *arguments)
{
    struct pile *pile = arguments->pile;
    struct ocpp_price price;
    char line[PILE_PRICE_LINE];

    for (int i = 0; i <= pile->options->evses; i++) {
        if (ocpp_charge_point_price(pile->cp, i, sim_now(), &price) == OCPP_OK && price.kind != OCPP_PRICE_NONE) {
            pile_price_line(&price, line);
            printf("  %s\n", line);
        }
    }
    fflush(stdout);
    return COMMAND_DONE;
}

/* --- records that are kept and not used
 * ----------------------------------------------------------------------------------------------------- */

enum { KEPT_MOST = 200, KEY_SIZE = 64 };

struct kept_keys {
    const char *wanted; /* a key, or "all" */
    size_t count;
    char keys[KEPT_MOST][KEY_SIZE];
};

static bool print_kept(const struct ocpp_kept_record *record, void *user)
{
    size_t *count = user;
    char time[OCPP_TIME_TEXT_SIZE] = "an unknown time";

    (*count)++;
    if (!record->is_dead_letter) {
        printf("  %s: %zu bytes that cannot be read\n", record->key, record->size);
        return true;
    }
    (void)ocpp_time_format(record->utc_ms, time);
    printf("  %s: %s of transaction %s at EVSE %d, %s, %" PRId64 " Wh\n", record->key,
           record->is_first  ? "start"
           : record->is_last ? "end"
                             : "update",
           record->transaction, record->evse, time, record->meter_wh);
    return true;
}

static bool pick_key(const struct ocpp_kept_record *record, void *user)
{
    struct kept_keys *picked = user;

    if ((strcmp(picked->wanted, "all") == 0 && record->is_dead_letter) || strcmp(picked->wanted, record->key) == 0) {
        snprintf(picked->keys[picked->count++], KEY_SIZE, "%s", record->key);
    }
    return picked->count < KEPT_MOST;
}

/* What is visited may not be changed meanwhile, so the keys are gathered first. */
static enum command_outcome treat_kept(struct arguments *arguments,
                                       enum ocpp_status (*treat)(struct ocpp_charge_point *cp, const char *key,
                                                                 struct ocpp_now now))
{
    struct kept_keys picked = { .wanted = arguments->words[1] };
    enum ocpp_status status = ocpp_charge_point_each_kept(arguments->pile->cp, pick_key, &picked);

    if (status == OCPP_OK && picked.count == 0) {
        return wrong(arguments, "nothing is kept as", arguments->words[1]);
    }
    for (size_t i = 0; i < picked.count && status == OCPP_OK; i++) {
        status = treat(arguments->pile->cp, picked.keys[i], sim_now());
    }
    return outcome_of(arguments, status);
}

enum command_outcome run_dead(struct arguments *arguments)
{
    if (arguments->count == 0) {
        size_t count = 0;
        enum ocpp_status status = ocpp_charge_point_each_kept(arguments->pile->cp, print_kept, &count);
        if (count == 0) {
            printf("  no records were given up or set aside\n");
        }
        fflush(stdout);
        return outcome_of(arguments, status);
    }
    if (arguments->count == 2 && strcmp(arguments->words[0], "requeue") == 0) {
        return treat_kept(arguments, ocpp_charge_point_requeue);
    }
    if (arguments->count == 2 && strcmp(arguments->words[0], "discard") == 0) {
        return treat_kept(arguments, ocpp_charge_point_discard);
    }
    return wrong(arguments, "usage: dead [requeue|discard KEY|all]", NULL);
}

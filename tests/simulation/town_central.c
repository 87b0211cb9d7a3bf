/* town_central.c: the central system of the town, the real one: it hears everything of the piles but DataTransfer, and tells the
 * backend of transactions. It stands on the backend's machine: what it recorded it tells once more when the power is back. */
#include "town.h"

#include <stdio.h>
#include <string.h>

static void fill_random(void *bytes, size_t size, void *user)
{
    struct town *town = user;
    unsigned char *byte = bytes;

    for (size_t i = 0; i < size; i++) {
        byte[i] = (unsigned char)town_chance(town, 256);
    }
}

static bool has_backend(const struct town *town)
{
    return town->settle && !town->is_cut;
}

/* --- what it hears -----------------------------------------------------------------------------------------------------------
 */

static bool accept(struct ocpp_station *station, const struct ocpp_authorize_request *request, struct ocpp_question question,
                   struct ocpp_authorize_decision *decision, void *user)
{
    (void)station, (void)request, (void)question, (void)user;
    *decision = (struct ocpp_authorize_decision){ .authorization = OCPP_AUTHORIZATION_ACCEPTED };
    return true;
}

/* A vehicle is known by where it stood and by what the meter said then. */
static void name_car(struct town *town, const struct ocpp_transaction *transaction)
{
    for (int i = 0; i < town->car_count; i++) {
        struct town_car *car = &town->cars[i];

        if (transaction->has_meter_start && car->start_wh == transaction->meter_start_wh &&
            strcmp(town->piles[car->pile].name, transaction->identity) == 0) {
            (void)snprintf(car->id, sizeof car->id, "%s", transaction->id);
        }
    }
}

static void tell(struct town *town, const struct ocpp_transaction_event *event)
{
    if (!has_backend(town)) {
        return;
    }
    name_car(town, event->transaction);
    const enum ocpp_status status = ocpp_settle_transaction(town->settle, event, town_now(town));
    town_require(town, status == OCPP_OK || town->is_cut, "transaction %s cannot be told: %s", event->transaction->id,
                 ocpp_status_sentence(status));
}

static void on_transaction(struct ocpp_station *station, const struct ocpp_transaction_event *event, void *user)
{
    (void)station;
    tell(user, event);
}

static void on_status(struct ocpp_station *station, const struct ocpp_status_event *event, void *user)
{
    struct town *town = user;

    if (has_backend(town)) {
        const enum ocpp_status status = ocpp_settle_status(town->settle, ocpp_station_identity(station), event, town_now(town));

        town_require(town, status == OCPP_OK || town->is_cut, "a status cannot be told: %s", ocpp_status_sentence(status));
    }
}

static bool tell_again(const struct ocpp_transaction *transaction, void *user)
{
    const struct ocpp_transaction_event event = { .phase = transaction->ended ? OCPP_TRANSACTION_ENDED : OCPP_TRANSACTION_UPDATED,
                                                  .transaction = transaction };

    tell(user, &event);
    return true;
}

/* --- what it says ------------------------------------------------------------------------------------------------------------
 */

/* Of what it wants to say when its power goes nothing leaves. */
static bool speak(struct town *town)
{
    struct ocpp_station *station = NULL;
    bool did = false;

    while (town->central && (station = ocpp_central_next_with_output(town->central)) != NULL) {
        const char *text = NULL;
        size_t size = 0;

        while ((text = ocpp_station_next_output(station, &size, town_now(town))) != NULL) {
            if (!town->is_cut) {
                town_line_tell_pile(ocpp_station_user(station), text, size);
            }
            did = true;
        }
    }
    return did;
}

void town_central_hear(struct town_pile *pile, const char *text)
{
    struct town *town = pile->town;

    if (pile->station) {
        const enum ocpp_status status = ocpp_station_receive(pile->station, text, strlen(text), town_now(town));

        town_require(town, status == OCPP_OK, "%s is not heard: %s", pile->name, ocpp_status_sentence(status));
    }
}

void town_central_link(struct town_pile *pile, bool up)
{
    struct town *town = pile->town;
    const struct ocpp_station_options options = { .identity = pile->name, .version = pile->version, .user = pile };

    if (!up) {
        if (pile->station) {
            ocpp_station_disconnect(pile->station, town_now(town));
        }
        pile->station = NULL;
        return;
    }
    const enum ocpp_status status = ocpp_central_connect(town->central, &options, town_now(town), &pile->station);
    town_require(town, status == OCPP_OK, "%s cannot connect: %s", pile->name, ocpp_status_sentence(status));
}

void town_central_stop_cars(struct town *town)
{
    while (town->stop_count > 0) {
        const char *id = town->stopped[--town->stop_count];

        for (int i = 0; i < town->car_count; i++) {
            struct town_pile *pile = &town->piles[town->cars[i].pile];

            if (has_backend(town) && pile->station && strcmp(town->cars[i].id, id) == 0) {
                const enum ocpp_status status = ocpp_station_stop(pile->station, id, NULL);

                town_note(town, "transaction %s shall end: %s", id, ocpp_status_sentence(status));
            }
        }
    }
}

/* --- time, power --------------------------------------------------------------------------------------------------------------
 */

bool town_central_run(struct town *town)
{
    bool did = false;

    if (!has_backend(town)) {
        return false;
    }
    if (ocpp_central_deadline(town->central) <= town->now_ms) {
        ocpp_central_advance(town->central, town_now(town));
        did = true;
    }
    return speak(town) || did;
}

int64_t town_central_deadline(const struct town *town)
{
    return has_backend(town) ? ocpp_central_deadline(town->central) : OCPP_NEVER;
}

void town_central_on(struct town *town)
{
    const struct ocpp_central_handler handler = {
        .on_authorize = accept, .on_status = on_status, .on_transaction = on_transaction, .user = town
    };
    const struct ocpp_transaction_query all = { .identity = NULL };
    struct ocpp_central_settings settings = ocpp_central_settings_default();

    settings.random = fill_random;
    settings.random_user = town;
    settings.heartbeat_interval_s = 86400;
    settings.max_power_w = INT64_C(1000000000000); /* vehicles of this town charge in no time */
    town->central = ocpp_central_new(&settings, &handler, town->records);
    town_require(town, town->central, "no central system");
    const enum ocpp_status status = ocpp_central_find_transactions(town->records, &all, tell_again, town);
    town_require(town, status == OCPP_OK, "what was recorded: %s", ocpp_status_sentence(status));
}

void town_central_off(struct town *town)
{
    ocpp_central_free(town->central);
    town->central = NULL;
}

void town_central_prepare(struct town *town)
{
    town->records = ocpp_memory_storage_new(NULL, 0);
    town_require(town, town->records, "no memory");
}

void town_central_end(struct town *town)
{
    ocpp_memory_storage_free(town->records);
}

/* places.c: where one may charge: what the application says of it, and what its pile tells of its state and its faults. */
#include "places.h"
#include "order_internal.h"
#include "visit.h"

#include <stdio.h>
#include <string.h>

enum { NAME_MAXIMUM = 80, CONNECTOR_MAXIMUM = 20, POWER_MOST_W = 10000000 };

static const int64_t fault_window_ms = INT64_C(30) * 86400000;

/* --- what is said ------------------------------------------------------------------------------------------------------------
 */

static bool is_possible(const struct ocpp_settle_place *place)
{
    return place->evse >= 1 && place->evse <= 9999 && (!place->name || strlen(place->name) <= NAME_MAXIMUM) && place->connector &&
           strlen(place->connector) <= CONNECTOR_MAXIMUM && place->power_w >= 0 && place->power_w <= POWER_MOST_W &&
           place->latitude_udeg >= -90000000 && place->latitude_udeg <= 90000000 && place->longitude_udeg >= -180000000 &&
           place->longitude_udeg <= 180000000;
}

static bool count_place(struct command *command, int by)
{
    const char *key = command_key(command, "places", NULL);
    const struct row_place_count *before = command_read(command, key, &row_place_count_type);
    const struct row_place_count after = { .count = (before ? before->count : 0) + by };

    if (by > 0 && after.count > command_policy(command)->places) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED, "as many places as are kept");
    }
    command_put(command, key, &row_place_count_type, &after);
    return !command_failed(command);
}

static void set_body(struct command *command, void *args)
{
    const struct ocpp_settle_place *place = args;
    const char *key = visit_place_key(command, place->station, place->evse);
    const struct row_place *before = command_read(command, key, &row_place_type);
    struct row_place row = { .status = "", .status_at = 0, .faults_at = command_utc_ms(command) };

    if (!is_possible(place)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_INVALID, "something of the place is outside its range");
    }
    if (!before && !count_place(command, 1)) {
        return;
    }
    if (before) {
        row = *before;
    }
    row.station = place->station;
    row.evse = place->evse;
    row.name = place->name;
    row.latitude = place->latitude_udeg;
    row.longitude = place->longitude_udeg;
    row.connector = place->connector;
    row.power_w = place->power_w;
    row.is_bookable = place->is_bookable;
    command_put(command, key, &row_place_type, &row);
}

static void remove_body(struct command *command, void *args)
{
    const struct ocpp_settle_place *place = args;
    const char *key = visit_place_key(command, place->station, place->evse);

    if (command_read_needed(command, key, &row_place_type, OCPP_SETTLE_REFUSAL_CODE_INVALID)) {
        command_remove(command, key);
        (void)count_place(command, -1);
    }
}

static enum ocpp_status run(struct ocpp_settle *settle, const char *name, command_body *body, struct ocpp_settle_place place,
                            const struct ocpp_settle_done *done, struct ocpp_now now)
{
    if (!place.station || !place.station[0] || strlen(place.station) >= OCPP_IDENTITY_SIZE) {
        return OCPP_ERR_ARGUMENT;
    }
    if (now.utc_ms == OCPP_UTC_UNKNOWN) {
        return OCPP_ERR_STATE;
    }
    backend_enter(settle, now);
    return command_run(settle, name, body, &place, done);
}

enum ocpp_status ocpp_settle_place_set(struct ocpp_settle *settle, const struct ocpp_settle_place *place,
                                       const struct ocpp_settle_done *done, struct ocpp_now now)
{
    return run(settle, "place", set_body, *place, done, now);
}

enum ocpp_status ocpp_settle_place_remove(struct ocpp_settle *settle, const char *station, int evse,
                                          const struct ocpp_settle_done *done, struct ocpp_now now)
{
    return run(settle, "remove place", remove_body, (struct ocpp_settle_place){ .station = station, .evse = evse }, done, now);
}

/* --- what is told ------------------------------------------------------------------------------------------------------------
 */

int64_t places_faults(const struct row_place *place, int64_t utc_ms)
{
    int64_t faults = place->faults;

    for (int64_t at = place->faults_at + fault_window_ms; at <= utc_ms && faults > 0; at += fault_window_ms) {
        faults /= 2;
    }
    return faults;
}

static void count_fault(struct row_place *place, int64_t now)
{
    if (now - place->faults_at >= fault_window_ms) {
        place->faults = places_faults(place, now);
        place->faults_at = now;
    }
    place->faults++;
}

void places_hear_status(struct command *command, const char *station, int64_t evse, const char *word)
{
    struct row_place *place = visit_place(command, station, evse);

    if (!place || strcmp(place->status, word) == 0) {
        return;
    }
    place->status = word;
    place->status_at = command_utc_ms(command);
    if (strcmp(word, "Faulted") == 0) {
        count_fault(place, place->status_at);
    }
    command_put(command, visit_place_key(command, station, evse), &row_place_type, place);
}

/* --- reading ------------------------------------------------------------------------------------------------------------------
 */

bool places_is_free(const struct row_place *place)
{
    return !place->visit && (place->status[0] == '\0' || strcmp(place->status, "Available") == 0);
}

bool places_is_reached(struct command *command, const struct row_place *place)
{
    const struct ocpp_settle_settings *settings = &command_settle(command)->settings;

    return !settings->is_reached || settings->is_reached(place->station, settings->user);
}

struct ocpp_settle_place places_shown(const struct row_place *row, int64_t utc_ms)
{
    return (struct ocpp_settle_place){ .station = row->station,
                                       .evse = (int)row->evse,
                                       .name = row->name,
                                       .latitude_udeg = row->latitude,
                                       .longitude_udeg = row->longitude,
                                       .connector = row->connector,
                                       .power_w = row->power_w,
                                       .is_bookable = row->is_bookable,
                                       .status = row->status,
                                       .faults = places_faults(row, utc_ms),
                                       .visit = row->visit };
}

struct paging {
    struct ocpp_settle_places_query *query;
    void (*visit)(const struct ocpp_settle_place *place, void *user);
    void *user;
    size_t shown;
    bool is_more;
    char last[OCPP_IDENTITY_SIZE + 12];
};

static bool show(struct command *command, const char *key, const void *record, void *user)
{
    const struct row_place *row = record;
    struct paging *paging = user;
    const struct ocpp_settle_place place = places_shown(row, command_utc_ms(command));
    char name[sizeof paging->last];

    (void)key;
    snprintf(name, sizeof name, "%s/%04d", row->station, place.evse);
    if (strcmp(name, paging->query->cursor) == 0) {
        return true;
    }
    if (paging->shown == paging->query->limit) {
        paging->is_more = true;
        return false;
    }
    snprintf(paging->last, sizeof paging->last, "%s", name);
    paging->shown++;
    paging->visit(&place, paging->user);
    return true;
}

static void page_body(struct command *command, void *args)
{
    struct paging *paging = args;
    const char *cursor = paging->query->cursor;
    const char *slash = strchr(cursor, '/');
    const char *prefix = command_key(command, "place", "", NULL);
    const char *from = prefix;

    if (slash) {
        char station[OCPP_IDENTITY_SIZE];

        snprintf(station, sizeof station, "%.*s", (int)(slash - cursor), cursor);
        from = command_key(command, "place", station, slash + 1, NULL);
    }
    if (from && prefix) {
        command_each_from(command, prefix, from, &row_place_type, show, paging);
    }
}

enum ocpp_status ocpp_settle_places(struct ocpp_settle *settle, struct ocpp_settle_places_query *query,
                                    void (*visit)(const struct ocpp_settle_place *place, void *user), void *user)
{
    struct paging paging = { .query = query, .visit = visit, .user = user };
    enum ocpp_status status;

    query->limit = query->limit == 0 || query->limit > 100 ? 100 : query->limit;
    status = command_run(settle, "show", page_body, &paging, NULL);
    if (status == OCPP_OK) {
        snprintf(query->cursor, sizeof query->cursor, "%s", paging.is_more ? paging.last : "");
    }
    return status;
}

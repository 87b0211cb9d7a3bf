/* rental_views.c: rentals, banks, slots, piles and what waits for somebody, shown to people and programs. Each call is a command
 * that notes nothing. */
#include "piles.h"
#include "rental.h"

#include <ocpp/settlement/rentals.h>

#include <stdio.h>
#include <string.h>

enum { LOOKS_PER_ROW = 20 };

/* A page on its way: the rows of one kind, those that are asked for, shown one by one. */
struct paging {
    const char *kind;
    const struct ocpp_type *type;
    struct ocpp_settle_rentals_query *query;
    /* whether the row is asked for, and if so, shown */
    bool (*show)(const void *record, const struct paging *paging);
    union {
        void (*rental)(const struct ocpp_settle_rental *rental, void *user);
        void (*bank)(const struct ocpp_settle_bank *bank, void *user);
        void (*slot)(const struct ocpp_settle_slot *slot, void *user);
        void (*suspense)(const struct ocpp_settle_suspense *entry, void *user);
        void (*pile)(const struct ocpp_settle_pile *pile, void *user);
    } visit;
    void *user;
    size_t shown;
    size_t looked_at;
    char next[OCPP_SETTLE_CURSOR_SIZE];
};

static bool is_asked_for(const struct paging *paging, const char *state, const char *station)
{
    const struct ocpp_settle_rentals_query *query = paging->query;

    return (!query->state || !state || strcmp(query->state, state) == 0) &&
           (!query->station || bank_same(query->station, station));
}

static int64_t time_or_unknown(bool is_known, int64_t utc_ms)
{
    return is_known ? utc_ms : OCPP_UTC_UNKNOWN;
}

/* --- kinds
 * ------------------------------------------------------------------------------------------------------------------------- */

static struct ocpp_settle_rental rental_shown(const struct row_rental *row)
{
    return (struct ocpp_settle_rental){
        .id = row->id,
        .order = row->order,
        .request = row->request,
        .state = ocpp_enum_name(&row_rental_state_enum, (int)row->state),
        .bank = row->bank,
        .station = row->station,
        .slot = row->slot,
        .end_station = row->end_station,
        .end_slot = row->end_slot,
        .deposit_minor = row->deposit_minor,
        .asked_utc_ms = row->asked_at,
        .taken_utc_ms = time_or_unknown(row->has_taken_at, row->taken_at),
        .pinned_utc_ms = time_or_unknown(row->has_pinned_at, row->pinned_at),
        .ended_utc_ms = row->has_ended_at ? row->ended_at : time_or_unknown(row->has_bought_at, row->bought_at),
        .swaps = row->swaps,
        .is_vehicle_user = row->renter_class == ROW_RENTER_CLASS_VEHICLE,
        .is_offline = row->has_is_offline && row->is_offline,
        .suspense = row->suspense,
        .condition = row->condition,
        .reason = row->reason,
    };
}

static bool show_rental(const void *record, const struct paging *paging)
{
    const struct ocpp_settle_rental rental = rental_shown(record);
    const bool is_asked = is_asked_for(paging, rental.state, rental.station);

    if (is_asked) {
        paging->visit.rental(&rental, paging->user);
    }
    return is_asked;
}

static bool show_bank(const void *record, const struct paging *paging)
{
    const struct row_bank *row = record;
    const struct ocpp_settle_bank bank = { .id = row->id,
                                           .hardware_id = row->hardware_id,
                                           .state = ocpp_enum_name(&row_bank_state_enum, (int)row->state),
                                           .generation = row->generation,
                                           .station = row->station,
                                           .slot = row->slot,
                                           .rental = row->rental,
                                           .charge = row->has_charge ? row->charge : -1,
                                           .condition = row->condition,
                                           .since_utc_ms = row->since };
    const bool is_asked = is_asked_for(paging, bank.state, bank.station);

    if (is_asked) {
        paging->visit.bank(&bank, paging->user);
    }
    return is_asked;
}

static bool show_slot(const void *record, const struct paging *paging)
{
    const struct row_slot *row = record;
    const struct ocpp_settle_slot slot = { .station = row->station,
                                           .slot = row->slot,
                                           .state = row->state,
                                           .bank = row->bank,
                                           .charge = row->has_charge ? row->charge : -1,
                                           .failures = row->failures,
                                           .reason = row->reason,
                                           .since_utc_ms = row->since };
    const bool is_asked = is_asked_for(paging, slot.state, slot.station);

    if (is_asked) {
        paging->visit.slot(&slot, paging->user);
    }
    return is_asked;
}

static bool show_suspense(const void *record, const struct paging *paging)
{
    const struct row_suspense *row = record;
    const struct ocpp_settle_suspense entry = { .id = row->id,
                                                .kind = ocpp_enum_name(&row_suspense_kind_enum, (int)row->kind),
                                                .is_resolved = row->state == ROW_SUSPENSE_STATE_RESOLVED,
                                                .station = row->station,
                                                .slot = row->slot,
                                                .bank = row->bank,
                                                .hardware_id = row->hardware_id,
                                                .rental = row->rental,
                                                .at_utc_ms = row->at,
                                                .resolved_utc_ms = time_or_unknown(row->has_resolved_at, row->resolved_at),
                                                .resolution = row->resolution };
    const bool is_asked = is_asked_for(paging, ocpp_enum_name(&row_suspense_state_enum, (int)row->state), entry.station);

    if (is_asked) {
        paging->visit.suspense(&entry, paging->user);
    }
    return is_asked;
}

static bool show_pile(const void *record, const struct paging *paging)
{
    const struct row_pile *row = record;
    const struct ocpp_settle_pile pile = { .station = row->station,
                                           .version = row->version,
                                           .serial = row->serial,
                                           .number = row->number,
                                           .slots = row->slots,
                                           .clock_offset_ms = row->clock_offset_ms,
                                           .seen_utc_ms = row->seen_at };
    const bool is_asked = is_asked_for(paging, NULL, pile.station);

    if (is_asked) {
        paging->visit.pile(&pile, paging->user);
    }
    return is_asked;
}

/* --- pages
 * ------------------------------------------------------------------------------------------------------------------------- */

static size_t limit_of(const struct paging *paging)
{
    const size_t limit = paging->query->limit;

    return limit == 0 || limit > OCPP_SETTLE_RENTALS_PAGE ? OCPP_SETTLE_RENTALS_PAGE : limit;
}

static bool look_at(struct command *command, const char *key, const void *record, void *user)
{
    struct paging *paging = user;

    (void)command;
    if (paging->shown == limit_of(paging) || paging->looked_at == limit_of(paging) * LOOKS_PER_ROW) {
        snprintf(paging->next, sizeof paging->next, "%s", key);
        return false;
    }
    paging->looked_at++;
    paging->shown += paging->show(record, paging);
    return true;
}

static void page_body(struct command *command, void *args)
{
    struct paging *paging = args;
    const char *prefix = command_key(command, paging->kind, "", NULL);
    const char *cursor = paging->query->cursor;

    paging->next[0] = '\0';
    if (cursor[0] && prefix && strncmp(cursor, prefix, strlen(prefix)) != 0) {
        command_fail(command, OCPP_ERR_ARGUMENT);
        return;
    }
    command_each_from(command, prefix, cursor[0] ? cursor : NULL, paging->type, look_at, paging);
}

static enum ocpp_status show_page(struct ocpp_settle *settle, struct paging *paging)
{
    enum ocpp_status status;

    if (!memchr(paging->query->cursor, '\0', sizeof paging->query->cursor)) {
        return OCPP_ERR_ARGUMENT;
    }
    status = command_run(settle, "show", page_body, paging, NULL);
    if (status == OCPP_OK) {
        memcpy(paging->query->cursor, paging->next, sizeof paging->next);
    }
    return status;
}

enum ocpp_status ocpp_settle_rentals(struct ocpp_settle *settle, struct ocpp_settle_rentals_query *query,
                                     void (*visit)(const struct ocpp_settle_rental *rental, void *user), void *user)
{
    struct paging paging = { "rental", &row_rental_type, query, show_rental, { .rental = visit }, user, 0, 0, "" };

    return show_page(settle, &paging);
}

enum ocpp_status ocpp_settle_banks(struct ocpp_settle *settle, struct ocpp_settle_rentals_query *query,
                                   void (*visit)(const struct ocpp_settle_bank *bank, void *user), void *user)
{
    struct paging paging = { "bank", &row_bank_type, query, show_bank, { .bank = visit }, user, 0, 0, "" };

    return show_page(settle, &paging);
}

enum ocpp_status ocpp_settle_slots(struct ocpp_settle *settle, struct ocpp_settle_rentals_query *query,
                                   void (*visit)(const struct ocpp_settle_slot *slot, void *user), void *user)
{
    struct paging paging = { "slot", &row_slot_type, query, show_slot, { .slot = visit }, user, 0, 0, "" };

    return show_page(settle, &paging);
}

enum ocpp_status ocpp_settle_suspenses(struct ocpp_settle *settle, struct ocpp_settle_rentals_query *query,
                                       void (*visit)(const struct ocpp_settle_suspense *entry, void *user), void *user)
{
    struct paging paging = { "suspense", &row_suspense_type, query, show_suspense, { .suspense = visit }, user, 0, 0, "" };

    return show_page(settle, &paging);
}

enum ocpp_status ocpp_settle_piles(struct ocpp_settle *settle, struct ocpp_settle_rentals_query *query,
                                   void (*visit)(const struct ocpp_settle_pile *pile, void *user), void *user)
{
    struct paging paging = { "pile", &row_pile_type, query, show_pile, { .pile = visit }, user, 0, 0, "" };

    return show_page(settle, &paging);
}

/* --- one
 * ------------------------------------------------------------------------------------------------------------------------- */

struct finding_one {
    const char *id;
    void (*visit)(const struct ocpp_settle_rental *rental, void *user);
    void *user;
    bool is_known;
};

static void find_body(struct command *command, void *args)
{
    struct finding_one *finding = args;
    const struct row_rental *row = command_read(command, command_key(command, "rental", finding->id, NULL), &row_rental_type);

    if (row && !finding->is_known) {
        const struct ocpp_settle_rental rental = rental_shown(row);

        finding->is_known = true;
        finding->visit(&rental, finding->user);
    }
}

enum ocpp_status ocpp_settle_find_rental(struct ocpp_settle *settle, const char *id,
                                         void (*visit)(const struct ocpp_settle_rental *rental, void *user), void *user)
{
    struct finding_one finding = { .id = id, .visit = visit, .user = user };
    enum ocpp_status status;

    if (!id || strlen(id) > OCPP_SETTLE_KEY_SIZE / 4) {
        return OCPP_ERR_NOT_FOUND;
    }
    status = command_run(settle, "show", find_body, &finding, NULL);
    return status != OCPP_OK ? status : finding.is_known ? OCPP_OK : OCPP_ERR_NOT_FOUND;
}

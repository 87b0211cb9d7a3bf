/* reservation_use.c: whom a reservation lets in and whom it keeps out, and how long it can be kept.
 *
 * A reservation of an EVSE keeps that EVSE. One that names none keeps that there is always one for its owner: as long as others
 * are left over, anybody may have them (H01.FR.07, FR.09, FR.20). Where faults or orders leave too few, the latest go first.
 * OCPP 1.6 5.13; OCPP 2.0.1 H01, H03, errata 2.32. */
#include "charge_point_internal.h"

#include <string.h>

#include "reservation_match.h"
#include "text.h"

/* The station itself, 0, is no EVSE. */
static uint64_t bit_of(int evse)
{
    return evse < 1 ? 0 : (uint64_t)1 << (evse - 1);
}

static bool is_open(const struct ocpp_charge_point *cp, const struct reservation *entry)
{
    return entry->state == RESERVATION_HELD && !ocpp_cp_reservation_is_presented(cp, entry);
}

bool ocpp_cp_reservation_is_presented(const struct ocpp_charge_point *cp, const struct reservation *reservation)
{
    for (int slot = 0; slot <= cp->settings.evse_count; slot++) {
        const struct authorization *authorization = &cp->authorizations[slot];
        if (authorization->has_reservation_id && authorization->reservation_id == reservation->id) {
            return true;
        }
    }
    for (int i = 0; i < cp->settings.evse_count; i++) {
        const struct evse *evse = &cp->evses[i];
        if (evse->uses_reservation && ocpp_cp_has_transaction(evse) && evse->transaction.reservation_id == reservation->id) {
            return true;
        }
    }
    return false;
}

/* While nobody knows the time it is over when it must be: when the time it was made for has passed since the start (H04). */
int64_t ocpp_cp_reservation_expires_mono(const struct ocpp_charge_point *cp, const struct reservation *reservation)
{
    const int64_t utc_ms = ocpp_cp_utc(cp, cp->now);
    return utc_ms == OCPP_UTC_UNKNOWN ? reservation->since_mono_ms + reservation->lasts_ms
                                      : cp->now.mono_ms + (reservation->expires_utc_ms - utc_ms);
}

/* --- EVSEs ---------------------------------------------------------------------------------------------------------------- */

static const char *type_of(const struct ocpp_charge_point *cp, int evse, int connector)
{
    const struct ocpp_connector_settings *described = cp->settings.connectors;
    const char *type = described == NULL ? NULL : described[(evse - 1) * cp->settings.connectors_per_evse + connector - 1].type;
    return type == NULL ? "" : type;
}

/* Whether |evse| has a connector of |type| ("": any); of those that can be used now, where |usable|. */
static bool has_type(const struct ocpp_charge_point *cp, int evse, const char *type, bool usable)
{
    for (int connector = 1; connector <= cp->settings.connectors_per_evse; connector++) {
        const bool is_meant = type[0] == '\0' || strcmp(type, type_of(cp, evse, connector)) == 0;
        if (is_meant &&
            (!usable || (ocpp_cp_is_set_operative(cp, evse, connector) && ocpp_cp_fault_at(cp, evse, connector) == 0))) {
            return true;
        }
    }
    return false;
}

/* The reservation that names |evse|, |except| one; NULL. */
static struct reservation *named_at(const struct ocpp_charge_point *cp, int evse, const struct reservation *except)
{
    for (size_t i = 0; i < cp->reservations.room && cp->reservations.held_count > 0; i++) {
        struct reservation *entry = &cp->reservations.entries[i];
        if (entry != except && entry->evse == evse && is_open(cp, entry)) {
            return entry;
        }
    }
    return NULL;
}

/* Whether nobody uses |evse|. A vehicle that was plugged in where a place is kept may be the one it is kept for (G01.FR.09). */
static bool is_vacant(const struct ocpp_charge_point *cp, const struct evse *evse)
{
    const bool is_held = (cp->reservations.held_evses & bit_of(evse->number)) != 0;
    return evse->state <= EVSE_AWAIT_TOKEN && (is_held || (evse->state == EVSE_IDLE && !ocpp_cp_has_transaction(evse)));
}

/* EVSEs that reservations without an EVSE may count on; one that |except| names counts. */
static uint64_t left_over(const struct ocpp_charge_point *cp, const struct reservation *except)
{
    uint64_t set = 0;
    for (int i = 0; i < cp->settings.evse_count; i++) {
        const struct evse *evse = &cp->evses[i];
        if (is_vacant(cp, evse) && ocpp_cp_is_set_operative(cp, evse->number, evse->connector) &&
            ocpp_cp_fault_at(cp, evse->number, evse->connector) == 0 && named_at(cp, evse->number, except) == NULL) {
            set |= bit_of(evse->number);
        }
    }
    return set;
}

static uint64_t of_type(const struct ocpp_charge_point *cp, const char *type, bool usable)
{
    uint64_t set = 0;
    for (int evse = 1; evse <= cp->settings.evse_count; evse++) {
        set |= has_type(cp, evse, type, usable) ? bit_of(evse) : 0;
    }
    return set;
}

/* --- reservations that name no EVSE --------------------------------------------------------------------------------------- */

struct unnamed {
    struct reservation *entries[MATCH_ROOM]; /* oldest first */
    uint64_t wishes[MATCH_ROOM + 1];         /* the EVSEs that would do for each; room for one more */
    size_t count;
};

static void collect(const struct ocpp_charge_point *cp, const struct reservation *except, uint64_t evses, struct unnamed *all)
{
    all->count = 0;
    for (size_t i = 0; i < cp->reservations.room; i++) {
        struct reservation *entry = &cp->reservations.entries[i];
        if (entry == except || entry->evse != 0 || !is_open(cp, entry) || all->count == MATCH_ROOM) {
            continue;
        }
        size_t place = all->count++;
        for (; place > 0 && all->entries[place - 1]->made > entry->made; place--) {
            all->entries[place] = all->entries[place - 1];
        }
        all->entries[place] = entry;
    }
    for (size_t i = 0; i < all->count; i++) {
        all->wishes[i] = of_type(cp, all->entries[i]->connector_type, true) & evses;
    }
}

static uint64_t first_bits(size_t count)
{
    return count == 64 ? UINT64_MAX : ((uint64_t)1 << count) - 1;
}

/* Whether all but |except| still find an EVSE when those outside |evses| do not count. */
static bool suffice(const struct ocpp_charge_point *cp, const struct reservation *except, uint64_t evses)
{
    struct unnamed all;
    collect(cp, except, evses, &all);
    return ocpp_cp_match(all.wishes, all.count).served == first_bits(all.count);
}

/* --- what can no longer be kept ------------------------------------------------------------------------------------------- */

/* A reset that is due takes no place away: what is reserved is so after it, too (TC_B_24_CS). */
static bool is_lost(const struct ocpp_charge_point *cp, const struct reservation *entry)
{
    const bool is_place = ocpp_cp_evse(cp, entry->evse) != NULL &&
                          (entry->connector == 0 || ocpp_cp_connector(cp, entry->evse, entry->connector) != NULL);
    return entry->evse != 0 && (!is_place || !ocpp_cp_is_set_operative(cp, entry->evse, entry->connector) ||
                                ocpp_cp_fault_at(cp, entry->evse, entry->connector) != 0);
}

static void update_entry(struct ocpp_charge_point *cp, struct reservation *entry)
{
    if (ocpp_cp_reservation_is_presented(cp, entry)) {
        entry->was_presented = true;
        return;
    }
    if (entry->was_presented && entry->ends_when_presented) { /* H03.FR.09: its owner came, and did not charge */
        ocpp_cp_reservation_end(cp, entry, RESERVATION_UNUSED);
        return;
    }
    entry->was_presented = false;
    if (cp->now.mono_ms >= ocpp_cp_reservation_expires_mono(cp, entry)) { /* H04.FR.01; 1.6 5.13 */
        ocpp_cp_reservation_end(cp, entry, RESERVATION_EXPIRED);
    } else if (is_lost(cp, entry)) { /* H01.FR.16, FR.17; 1.6 5.13 */
        ocpp_cp_reservation_end(cp, entry, RESERVATION_REMOVED);
    }
}

static void update_entries(struct ocpp_charge_point *cp)
{
    size_t held = 0;
    for (size_t i = 0; i < cp->reservations.room && cp->reservations.held_count > 0; i++) {
        struct reservation *entry = &cp->reservations.entries[i];
        if (entry->state == RESERVATION_HELD) {
            update_entry(cp, entry);
            held += entry->state == RESERVATION_HELD;
        }
    }
    cp->reservations.held_count = held;
}

void ocpp_cp_reservations_update(struct ocpp_charge_point *cp)
{
    update_entries(cp);
    struct unnamed all;
    collect(cp, NULL, left_over(cp, NULL), &all);
    const struct match match = ocpp_cp_match(all.wishes, all.count);
    for (size_t i = 0; i < all.count; i++) {
        if ((match.served >> i & 1) == 0) {
            ocpp_cp_reservation_end(cp, all.entries[i], RESERVATION_REMOVED);
        }
    }
    cp->dirty = cp->dirty || cp->reservations.held_evses != match.held;
    cp->reservations.held_evses = match.held;
}

/* --- whether one more can be kept ----------------------------------------------------------------------------------------- */

static enum verdict judge_named(const struct ocpp_charge_point *cp, const struct reservation *wanted,
                                const struct reservation *before)
{
    const struct evse *evse = ocpp_cp_evse(cp, wanted->evse);
    const bool is_place = evse != NULL && has_type(cp, wanted->evse, wanted->connector_type, false) &&
                          (wanted->connector == 0 || ocpp_cp_connector(cp, wanted->evse, wanted->connector) != NULL);
    if (!is_place) {
        return VERDICT_REJECTED;
    }
    if (ocpp_cp_fault_at(cp, wanted->evse, wanted->connector) != 0) {
        return VERDICT_FAULTED;
    }
    const bool is_its_own = before != NULL && before->evse == wanted->evse && evse->state <= EVSE_AWAIT_TOKEN;
    if ((evse->state != EVSE_IDLE || ocpp_cp_has_transaction(evse)) && !is_its_own) {
        return VERDICT_OCCUPIED;
    }
    if (!ocpp_cp_is_operative(cp, wanted->evse, wanted->connector)) {
        return VERDICT_UNAVAILABLE;
    }
    const bool is_free = cp->authorizations[wanted->evse].state == AUTHORIZATION_NONE &&
                         named_at(cp, wanted->evse, before) == NULL &&
                         suffice(cp, before, left_over(cp, before) & ~bit_of(wanted->evse));
    return is_free ? VERDICT_ACCEPTED : VERDICT_OCCUPIED;
}

/* Why none of |evses| can be had. */
static enum verdict judge_refusal(const struct ocpp_charge_point *cp, uint64_t evses)
{
    bool are_faulted = true;
    bool are_out = true;
    for (int i = 0; i < cp->settings.evse_count; i++) {
        const struct evse *evse = &cp->evses[i];
        if ((evses & bit_of(evse->number)) == 0) {
            continue;
        }
        const bool is_faulted = ocpp_cp_fault_at(cp, evse->number, evse->connector) != 0;
        const bool is_used = evse->state > EVSE_AWAIT_TOKEN;
        are_faulted = are_faulted && is_faulted;
        are_out = are_out && (is_faulted || (!is_used && !ocpp_cp_is_operative(cp, evse->number, evse->connector)));
    }
    return are_faulted ? VERDICT_FAULTED : are_out ? VERDICT_UNAVAILABLE : VERDICT_OCCUPIED;
}

static enum verdict judge_unnamed(const struct ocpp_charge_point *cp, const struct reservation *wanted,
                                  const struct reservation *before)
{
    struct unnamed all;
    const uint64_t targets = of_type(cp, wanted->connector_type, false);
    const uint64_t evses = left_over(cp, before);
    if (cp->values[VARIABLE_RESERVE_ANY_EVSE] == 0 || targets == 0) { /* H01.FR.19; 1.6 5.13; or nothing of that type is here */
        return VERDICT_REJECTED;
    }
    if (ocpp_cp_reset_blocks(cp, 0)) {
        return VERDICT_UNAVAILABLE;
    }
    collect(cp, before, evses, &all);
    if (all.count == MATCH_ROOM) {
        return VERDICT_OCCUPIED;
    }
    all.wishes[all.count] = of_type(cp, wanted->connector_type, true) & evses;
    const bool is_served = ocpp_cp_match(all.wishes, all.count + 1).served == first_bits(all.count + 1);
    return is_served ? VERDICT_ACCEPTED : judge_refusal(cp, targets);
}

enum verdict ocpp_cp_reservation_judge(const struct ocpp_charge_point *cp, const struct reservation *wanted,
                                       const struct reservation *before)
{
    return wanted->evse != 0 ? judge_named(cp, wanted, before) : judge_unnamed(cp, wanted, before);
}

/* --- who may come in ------------------------------------------------------------------------------------------------------ */

/* The group of the token, or that of the reservation where nobody knows the token's yet: then it may turn out to be that. */
static bool matches(const struct reservation *entry, const struct token *token, const char *group)
{
    if (ocpp_token_same(&entry->token, token)) {
        return true;
    }
    return entry->group[0] != '\0' && (group == NULL || ocpp_text_equal_fold(entry->group, group));
}

bool ocpp_cp_is_reserved(const struct ocpp_charge_point *cp, int evse)
{
    return (cp->reservations.held_evses & bit_of(evse)) != 0 || named_at(cp, evse, NULL) != NULL;
}

/* The reservation by which |token| could use |evse| (0: any), so that the others keep what they need; NULL. */
static struct reservation *entitling(const struct ocpp_charge_point *cp, int evse, const struct token *token, const char *group)
{
    struct reservation *named = evse == 0 ? NULL : named_at(cp, evse, NULL);
    if (named != NULL) {
        return matches(named, token, group) ? named : NULL;
    }
    const uint64_t evses = left_over(cp, NULL) & ~(evse == 0 ? 0 : bit_of(evse));
    for (size_t i = 0; i < cp->reservations.room; i++) {
        struct reservation *entry = &cp->reservations.entries[i];
        if (entry->evse == 0 && is_open(cp, entry) && matches(entry, token, group) &&
            (evse == 0 || has_type(cp, evse, entry->connector_type, true)) && suffice(cp, entry, evses)) {
            return entry;
        }
    }
    return NULL;
}

static bool admits(const struct ocpp_charge_point *cp, int evse, const struct token *token, const char *group)
{
    return entitling(cp, evse, token, group) != NULL ||
           (named_at(cp, evse, NULL) == NULL && suffice(cp, NULL, left_over(cp, NULL) & ~bit_of(evse)));
}

bool ocpp_cp_reservation_admits(const struct ocpp_charge_point *cp, int evse, const struct token *token, const char *group)
{
    bool is_admitted = true;
    for (int i = 0; i < cp->settings.evse_count && cp->reservations.held_count > 0; i++) {
        const struct evse *there = &cp->evses[i];
        if ((evse != 0 && evse != there->number) || there->state > EVSE_AWAIT_TOKEN) { /* nothing is kept where somebody is */
            continue;
        }
        is_admitted = admits(cp, there->number, token, group);
        if (is_admitted) {
            return true;
        }
    }
    return is_admitted;
}

void ocpp_cp_reservation_take(struct ocpp_charge_point *cp, struct authorization *authorization, int evse)
{
    if (authorization->has_reservation_id) {
        return;
    }
    struct reservation *entry = entitling(cp, evse, &authorization->token, authorization->group);
    if (entry == NULL) {
        return;
    }
    authorization->has_reservation_id = true;
    authorization->reservation_id = entry->id;
    entry->was_presented = true;
    cp->dirty = true;
}

void ocpp_cp_reservation_use(struct ocpp_charge_point *cp, struct evse *evse)
{
    struct authorization *authorization = &cp->authorizations[evse->number];
    evse->transaction.has_reservation_id = evse->uses_reservation = authorization->has_reservation_id;
    evse->transaction.reservation_id = authorization->reservation_id;
    authorization->has_reservation_id = false;
}

struct evse *ocpp_cp_evse_reserved_for(const struct ocpp_charge_point *cp, const struct token *token, const char *group)
{
    for (size_t i = 0; i < cp->reservations.room; i++) {
        const struct reservation *entry = &cp->reservations.entries[i];
        struct evse *evse = ocpp_cp_evse(cp, entry->evse);
        if (evse != NULL && evse->state <= EVSE_AWAIT_TOKEN && is_open(cp, entry) &&
            matches(entry, token, group == NULL ? "" : group)) {
            return evse;
        }
    }
    return NULL;
}

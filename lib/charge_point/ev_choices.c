/* ev_choices.c: profiles with up to three schedules, among which a vehicle chooses by ISO 15118. The table of profiles holds each
 * with the schedule that counts: the first until the vehicle has chosen. Several profiles of different stack levels are combined
 * first with first, second with second (K15.FR.22). */
#include "pnc.h"
#include "smart.h"

#include <string.h>

#include "arena.h"

/* --- memory ---------------------------------------------------------------------------------------------------------------- */

bool ocpp_cp_ev_choices_take(struct ocpp_charge_point *cp, struct choices *choices)
{
    const size_t stride = cp->smart->table.stride;
    uint8_t *memory = ocpp_reallocate(cp->settings.allocator, NULL, EV_CHOICES * stride);
    choices->profiles[0] = (struct profile *)(void *)memory;
    choices->arena = ocpp_arena_new(cp->settings.allocator, 0);
    if (memory == NULL || choices->arena == NULL) {
        return false;
    }
    memset(memory, 0, EV_CHOICES * stride);
    for (size_t i = 1; i < EV_CHOICES; i++) {
        choices->profiles[i] = (struct profile *)(void *)(memory + i * stride);
    }
    return true;
}

void ocpp_cp_ev_choices_free(struct ocpp_charge_point *cp, struct choices *choices)
{
    ocpp_reallocate(cp->settings.allocator, choices->profiles[0], 0);
    ocpp_arena_free(choices->arena);
}

void ocpp_cp_ev_choices_forget(struct choices *choices)
{
    choices->count = 0;
    ocpp_arena_reset(choices->arena);
}

/* --- a profile that comes --------------------------------------------------------------------------------------------------- */

/* The profile of the table that |choices| belong to; NULL: it is gone, or was replaced by one of another transaction. */
static struct profile *slot_of(const struct ocpp_charge_point *cp, const struct choices *choices)
{
    for (size_t i = 0; choices->count > 0 && i < cp->smart->table.room; i++) {
        struct profile *slot = ocpp_smart_slot(cp, i);
        const struct profile *first = choices->profiles[0];
        if (slot->is_used && slot->awaits == 0 && slot->id == first->id &&
            memcmp(slot->transaction, first->transaction, PROFILE_UUID_BYTES) == 0) {
            return slot;
        }
    }
    return NULL;
}

/* Where the choices of a profile stand, or may; NULL: there is no room. */
static struct choices *set_for(const struct ocpp_charge_point *cp, struct ev *ev, int64_t profile_id)
{
    struct choices *free_set = NULL;
    for (size_t i = 0; i < EV_SETS; i++) {
        struct choices *set = &ev->sets[i];
        if (set->count > 0 && set->profiles[0]->id == profile_id) {
            return set;
        }
        free_set = free_set == NULL && slot_of(cp, set) == NULL ? set : free_set;
    }
    return free_set;
}

enum profile_refusal ocpp_cp_ev_admits(const struct ocpp_charge_point *cp, int evse, int64_t profile_id, size_t count)
{
    struct ev *ev = ocpp_cp_ev(cp, evse);
    if (ev == NULL || !ev->session) {
        return count > 1 ? PROFILE_TOO_MANY : PROFILE_TAKEN; /* K01.FR.34 */
    }
    if (!ev->has_needs) { /* K15.FR.17 */
        return PROFILE_TOO_EARLY;
    }
    return count <= EV_CHOICES && set_for(cp, ev, profile_id) != NULL ? PROFILE_TAKEN : PROFILE_TOO_MANY;
}

struct choices *ocpp_cp_ev_choices_begin(struct ocpp_charge_point *cp)
{
    struct pnc *pnc = ocpp_cp_pnc(cp);
    ocpp_cp_ev_choices_forget(&pnc->staged);
    return &pnc->staged;
}

enum profile_refusal ocpp_cp_ev_choices_add(struct ocpp_charge_point *cp, const struct profile *profile,
                                            const struct ocpp_sales_tariff *tariff)
{
    struct choices *staged = &ocpp_cp_pnc(cp)->staged;
    const enum profile_refusal refusal = ocpp_cp_profile_check(cp, profile);
    if (refusal == PROFILE_TAKEN) {
        staged->tariffs[staged->count] = tariff;
        memcpy(staged->profiles[staged->count++], profile, cp->smart->table.stride);
    }
    return refusal;
}

/* K15.FR.07, K16.FR.01: the central system made a profile for this vehicle: it is offered, whatever it changes. */
void ocpp_cp_ev_choices_done(struct ocpp_charge_point *cp, int evse)
{
    struct pnc *pnc = ocpp_cp_pnc(cp);
    struct ev *ev = &pnc->evs[evse];
    struct choices *set = set_for(cp, ev, pnc->staged.profiles[0]->id);
    if (set == NULL) {
        return;
    }
    const struct choices before = *set;
    *set = pnc->staged;
    pnc->staged = before;
    ocpp_cp_ev_choices_forget(&pnc->staged);
    ev->is_anew = ev->state == NEEDS_ANSWERED || ev->state == NEEDS_NONE;
    ev->is_offer_due = true;
    ev->origin = OCPP_SCHEDULE_OF_CENTRAL;
    ev->state = NEEDS_ANSWERED;
    cp->dirty = true;
}

/* --- looking at them ----------------------------------------------------------------------------------------------------------
 */

size_t ocpp_cp_ev_choice_count(struct ocpp_charge_point *cp, struct ev *ev)
{
    size_t count = 0;
    for (size_t i = 0; i < EV_SETS; i++) {
        struct choices *set = &ev->sets[i];
        if (set->count > 0 && slot_of(cp, set) == NULL) { /* the profile was cleared */
            ocpp_cp_ev_choices_forget(set);
        }
        count = set->count > count ? set->count : count;
    }
    return count;
}

const struct profile *ocpp_cp_ev_choice_at(const struct ev *ev, size_t index, const struct ocpp_sales_tariff **tariff)
{
    const struct profile *leading = NULL;
    *tariff = NULL;
    for (size_t i = 0; i < EV_SETS; i++) {
        const struct choices *set = &ev->sets[i];
        if (index < set->count && (leading == NULL || set->profiles[index]->stack_level > leading->stack_level)) {
            leading = set->profiles[index];
            *tariff = set->tariffs[index];
        }
    }
    return leading;
}

/* A profile with fewer schedules goes on with its last one. */
static const struct profile *with_choice(const struct choices *set, size_t index)
{
    return set->profiles[index < set->count ? index : set->count - 1];
}

/* What counts stands in the staged profiles meanwhile, which nobody needs while no profile is being set. */
void ocpp_cp_ev_choices_lay(struct ocpp_charge_point *cp, struct ev *ev, size_t index)
{
    struct choices *staged = ocpp_cp_ev_choices_begin(cp);
    for (size_t i = 0; i < EV_SETS; i++) {
        struct profile *slot = slot_of(cp, &ev->sets[i]);
        if (slot != NULL) {
            memcpy(staged->profiles[i], slot, cp->smart->table.stride);
            memcpy(slot, with_choice(&ev->sets[i], index), cp->smart->table.stride);
        }
    }
}

void ocpp_cp_ev_choices_lift(struct ocpp_charge_point *cp, struct ev *ev)
{
    const struct choices *staged = &ocpp_cp_pnc(cp)->staged;
    for (size_t i = 0; i < EV_SETS; i++) {
        struct profile *slot = slot_of(cp, &ev->sets[i]);
        if (slot != NULL) {
            memcpy(slot, staged->profiles[i], cp->smart->table.stride);
        }
    }
}

bool ocpp_cp_ev_choose(struct ocpp_charge_point *cp, struct ev *ev, size_t index)
{
    bool is_kept = true;
    for (size_t i = 0; i < EV_SETS; i++) {
        const struct profile *slot = slot_of(cp, &ev->sets[i]);
        if (slot == NULL || slot->schedule_id == with_choice(&ev->sets[i], index)->schedule_id) {
            continue;
        }
        struct profile *profile = ocpp_cp_profile_begin(cp);
        memcpy(profile, with_choice(&ev->sets[i], index), cp->smart->table.stride);
        is_kept = ocpp_cp_profile_set(cp, profile, RIVALS_REFUSE) == PROFILE_TAKEN && is_kept;
    }
    return is_kept;
}

/* outlets_price.c: what a session costs, by the same engine as the backend's; and whether the cap is near. */
#include "outlets_internal.h"

#include <ocpp/settlement/compute.h>

/* --- events ------------------------------------------------------------------------------------------------------ */

/* Every second reading between goes; what says that the vehicle stopped or went on drawing stays. The last one stays, too: a word
 * may be changed into it. */
static bool make_room(struct outlet_session *session)
{
    size_t kept = 0;
    bool goes = false;

    for (size_t i = 0; i < session->event_count; i++) {
        const bool is_between = session->events[i].kind == OCPP_SETTLE_USAGE_KIND_METER && i + 1 < session->event_count;

        goes = is_between && !goes;
        if (!goes) {
            session->events[kept++] = session->events[i];
        }
    }
    const bool made = kept < session->event_count;
    session->event_count = kept;
    return made;
}

static int64_t time_of(const struct outlet_session *session, int64_t mono_ms)
{
    return session->base_utc_ms + mono_ms;
}

void outlet_add_event(struct ocpp_settle_outlets *outlets, struct outlet_session *session, enum ocpp_settle_usage_kind kind,
                      int64_t at_mono_ms)
{
    const size_t most = (size_t)outlets->settings.max_events;
    const bool is_last = kind == OCPP_SETTLE_USAGE_KIND_STOP;
    const struct ocpp_settle_usage_event event = { .at = time_of(session, at_mono_ms),
                                                   .kind = kind,
                                                   .has_energy_mwh = true,
                                                   .energy_mwh = session->last_mwh - session->start_mwh };

    if (session->event_count == 0 && kind != OCPP_SETTLE_USAGE_KIND_START) {
        return; /* no energy flowed */
    }
    /* the last place is kept for the end */
    if (session->event_count + (is_last ? 0 : 1) >= most && !make_room(session) && !is_last) {
        session->event_count--; /* a vehicle that stops and goes on all the time: its last word gives way */
        session->is_idle = false;
    }
    session->events[session->event_count++] = event;
}

/* --- amounts ----------------------------------------------------------------------------------------------------- */

static bool bill_of(struct ocpp_settle_outlets *outlets, const struct ocpp_settle_snapshot *snapshot,
                    const struct ocpp_settle_usage_event *events, size_t count, int64_t at, int64_t *minor)
{
    const bool is_over = count > 0 && events[count - 1].kind == OCPP_SETTLE_USAGE_KIND_STOP;
    const enum ocpp_settle_compute_mode mode = is_over ? OCPP_SETTLE_COMPUTE_MODE_FINAL : OCPP_SETTLE_COMPUTE_MODE_RUNNING;
    const struct ocpp_settle_usage usage = { .events = { events, count } };
    const struct ocpp_settle_bill *bill = NULL;

    ocpp_arena_reset(outlets->work);
    if (ocpp_settle_compute(snapshot, &usage, mode, at, &outlets->settings.keys, outlets->work, &bill, NULL) != OCPP_OK) {
        return false;
    }
    *minor = bill->gross_minor;
    return true;
}

bool outlet_cost(struct ocpp_settle_outlets *outlets, const struct outlet_session *session, int64_t *minor)
{
    if (session->snapshot == NULL || session->event_count == 0) {
        *minor = 0;
        return session->snapshot != NULL;
    }
    return bill_of(outlets, session->snapshot, session->events, session->event_count,
                   session->events[session->event_count - 1].at, minor);
}

/* --- the highest price --------------------------------------------------------------------------------------------- */

/* D19. Who does not know the time cannot tell which price holds: each dimension counts at the most any element asks for it,
 * whenever that holds. */
struct highest {
    struct ocpp_settle_outlets *outlets;
    const struct ocpp_settle_snapshot *snapshot;
    const struct ocpp_settle_usage_event *events;
    size_t count;
    int64_t at;
};

static bool cost_of_component(const struct highest *highest, const struct ocpp_settle_price_component *component, int64_t *minor)
{
    struct ocpp_settle_snapshot snapshot = *highest->snapshot;
    const struct ocpp_settle_tariff_element element = { .components = { component, 1 } };

    snapshot.tariff.elements.items = &element;
    snapshot.tariff.elements.count = 1;
    snapshot.tariff.min_price = NULL;
    snapshot.tariff.max_price = NULL;
    return bill_of(highest->outlets, &snapshot, highest->events, highest->count, highest->at, minor);
}

static bool highest_of(const struct highest *highest, enum ocpp_settle_dimension dimension, int64_t *most)
{
    const struct ocpp_settle_tariff *tariff = &highest->snapshot->tariff;
    bool ok = true;

    for (size_t i = 0; ok && i < tariff->elements.count; i++) {
        const struct ocpp_settle_tariff_element *element = &tariff->elements.items[i];

        for (size_t c = 0; ok && c < element->components.count; c++) {
            int64_t minor = 0;

            if (element->components.items[c].dimension == dimension) {
                ok = cost_of_component(highest, &element->components.items[c], &minor);
                *most = minor > *most ? minor : *most;
            }
        }
    }
    return ok;
}

static bool highest_cost(const struct highest *highest, int64_t *minor)
{
    bool ok = true;

    *minor = 0;
    for (unsigned d = 1; ok && d <= ocpp_settle_dimension_enum.count; d++) {
        int64_t most = 0;

        ok = highest_of(highest, (enum ocpp_settle_dimension)d, &most);
        *minor += most;
    }
    int64_t plain = 0; /* a minimum, or what the tariff says anyhow, may be more */
    ok = ok && bill_of(highest->outlets, highest->snapshot, highest->events, highest->count, highest->at, &plain);
    *minor = plain > *minor ? plain : *minor;
    return ok;
}

/* --- the cap --------------------------------------------------------------------------------------------------------- */

/* Whole seconds up: compute cuts times. */
static int64_t most_energy(const struct ocpp_settle_outlets *outlets)
{
    const int64_t power = outlets->settings.max_power_mw;
    const int64_t span = outlets->settings.sample_ms + 1000;

    return power / 3600000 * span + power % 3600000 * span / 3600000 + 1;
}

bool outlet_is_cap_near(struct ocpp_settle_outlets *outlets, const struct outlet_session *session)
{
    int64_t minor = 0;

    if (session->frozen_minor == 0 || session->snapshot == NULL || session->event_count == 0) {
        return false;
    }
    struct ocpp_settle_usage_event *events = ocpp_arena_take(outlets->scratch, (session->event_count + 1) * sizeof(*events));
    if (events == NULL) {
        return true;
    }
    for (size_t i = 0; i < session->event_count; i++) {
        events[i] = session->events[i];
    }
    const int64_t at = time_of(session, session->last_mono_ms + outlets->settings.sample_ms + 1000);
    events[session->event_count] =
        (struct ocpp_settle_usage_event){ .at = at,
                                          .kind = OCPP_SETTLE_USAGE_KIND_METER,
                                          .has_energy_mwh = true,
                                          .energy_mwh = session->last_mwh - session->start_mwh + most_energy(outlets) };
    const struct highest next = { outlets, session->snapshot, events, session->event_count + 1, at };
    const bool knows = session->time_status != OCPP_SETTLE_TIME_STATUS_UNKNOWN
                           ? bill_of(outlets, session->snapshot, events, next.count, at, &minor)
                           : highest_cost(&next, &minor);
    return !knows || minor > session->frozen_minor;
}

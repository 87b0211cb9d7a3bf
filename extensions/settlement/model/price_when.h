/* price_when.h: whether an element of a tariff applies at a moment, and until when that cannot change. */
#ifndef OCPP_SETTLEMENT_PRICE_WHEN_H
#define OCPP_SETTLEMENT_PRICE_WHEN_H

#include <ocpp/settlement/model.h>

/* slope: energy between two readings of a meter: |base_mwh| at |from_s|, |delta_mwh| more at |to_s|, evenly in between. With no
 * time in between it is a jump. */
struct slope {
    int64_t from_s, to_s;
    int64_t base_mwh, delta_mwh;
};

/* slope_at: the energy at a second from |from_s| on; what a second cannot have whole comes later, so that sums are exact. */
int64_t slope_at(const struct slope *slope, int64_t at_s);

/* moment: all that restrictions ask. Energy is that of the session; the slope's is, too. */
struct moment {
    int64_t at_s;
    int64_t begun_s; /* when the session, or the reservation, began */
    int64_t charging_s, idle_s;
    bool is_charging, is_idle;
    struct slope energy;
    bool has_power; /* sampled; else it is that of the slope */
    int64_t power_mw;
    bool has_current;
    int64_t current_ma;
};

/* when_holds: whether |restrictions| (NULL: none) let something apply at |moment|, but for |restrictions->reservation|. */
bool when_holds(const struct ocpp_settle_restrictions *restrictions, const struct moment *moment,
                const struct ocpp_settle_snapshot *snapshot, const struct ocpp_settle_usage *usage);

/* when_changes: the first second after |moment| at which when_holds() may say something else, as long as the slope, the state and
 * the zone's offset stay what they are; INT64_MAX: none. */
int64_t when_changes(const struct ocpp_settle_restrictions *restrictions, const struct moment *moment,
                     const struct ocpp_settle_snapshot *snapshot);

#endif

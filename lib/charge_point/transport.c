/* transport.c: settings of the connection itself: pings and back-off. Whoever makes the connection brings its defaults and asks
 * here before each use, so that what the central system sets counts, and what it reads is true. OCPP 2.0.1 part 4, 8; 1.6-J 7. */
#include "charge_point_internal.h"

static const enum variable variables[] = { VARIABLE_PING_INTERVAL_S, VARIABLE_RETRY_MINIMUM_S, VARIABLE_RETRY_RANDOM_S,
                                           VARIABLE_RETRY_REPEATS };

static int64_t seconds(int64_t ms)
{
    return (ms + 999) / 1000;
}

/* A setting in seconds as milliseconds; where it is still what |own_ms| was rounded to, that. */
int64_t ocpp_cp_exact_ms(int64_t value_s, int64_t own_ms)
{
    return value_s == seconds(own_ms) ? own_ms : value_s * 1000;
}

struct ocpp_transport ocpp_charge_point_transport(const struct ocpp_charge_point *cp)
{
    const struct ocpp_transport *own = &cp->transport;
    return (struct ocpp_transport){
        .ping_interval_ms = ocpp_cp_exact_ms(cp->values[VARIABLE_PING_INTERVAL_S], own->ping_interval_ms),
        .retry_wait_minimum_ms = ocpp_cp_exact_ms(cp->values[VARIABLE_RETRY_MINIMUM_S], own->retry_wait_minimum_ms),
        .retry_random_range_ms = ocpp_cp_exact_ms(cp->values[VARIABLE_RETRY_RANDOM_S], own->retry_random_range_ms),
        .retry_repeat_times = (int)cp->values[VARIABLE_RETRY_REPEATS],
    };
}

void ocpp_charge_point_set_transport(struct ocpp_charge_point *cp, const struct ocpp_transport *transport)
{
    const int64_t values[] = { seconds(transport->ping_interval_ms), seconds(transport->retry_wait_minimum_ms),
                               seconds(transport->retry_random_range_ms), transport->retry_repeat_times };
    cp->transport = *transport;
    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
        if (!ocpp_cp_variable_is_kept(cp, variables[i])) { /* what somebody set stays */
            cp->values[variables[i]] = values[i];
        }
    }
}

void ocpp_cp_reconnect(struct ocpp_charge_point *cp)
{
    cp->must_reconnect = cp->dialect != NULL;
}

bool ocpp_charge_point_must_reconnect(const struct ocpp_charge_point *cp)
{
    return cp->must_reconnect && cp->dialect != NULL && !ocpp_rpc_has_output(cp->rpc);
}

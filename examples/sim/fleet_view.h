/* fleet_view.h: what a summary of a fleet is made of, at one moment. */
#ifndef OCPP_SIM_FLEET_VIEW_H
#define OCPP_SIM_FLEET_VIEW_H

#include "fleet_tally.h"

/* How the piles stand. Each is in one of the first four; those that charge are among them. */
struct census {
    int connected; /* and accepted */
    int booting;   /* connected, and not accepted */
    int away;      /* not connected */
    int failed;    /* its scenario failed, or it could not start again */
    int charging;
    int64_t energy_wh;
};

struct fleet_view {
    const char *identity; /* of all, without their numbers */
    int stations;
    struct census census;
    const struct tally *tally;
    double seconds; /* since the start */
    double out_per_s;
    double in_per_s;
    bool has_drivers;
    uint64_t sessions; /* of theirs, that charged */
};

#endif

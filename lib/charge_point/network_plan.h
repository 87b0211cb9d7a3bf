/* network_plan.h: which connection is tried next, as a machine that knows nothing of sockets, clocks or stores.
 *
 *   TRIAL     -> the slot in use with its security profile raised (1.6 A05.FR.07); gives up for good (A05.FR.08)
 *   LIST      -> each slot of NetworkConfigurationPriority, from the first on, NetworkProfileConnectionAttempts times (B10.FR.03)
 *   LAST_GOOD -> the slot that worked last, for a series of the back-off (B10.FR.07); then the list again (B10.FR.08)
 *
 * Where the station has two certificates, the one that came last goes through the list first; then the one before it is shown to
 * the slot that worked last, and after that the two take turns (A02.FR.28). Of two passwords the newer one is shown first; where
 * it is refused, the other one at once. Of two roots, at the slot that worked last, the newer one is believed first; where it
 * does not verify the server, the other one too (M05.FR.14, FR.16); while migrating the newer one alone (M05.FR.15).
 */
#ifndef OCPP_LIB_NETWORK_PLAN_H
#define OCPP_LIB_NETWORK_PLAN_H

#include <ocpp/network.h>

/* Named for what is tried. */
enum network_stage { STAGE_TRIAL, STAGE_LIST, STAGE_LAST_GOOD_OLD, STAGE_LIST_OLD, STAGE_LAST_GOOD, STAGE_COUNT };

enum network_event {
    NETWORK_STARTED,          /* the station started */
    NETWORK_LOST,             /* a link that was up is gone */
    NETWORK_CHANGED,          /* … because password, security profile or certificate are others now */
    NETWORK_FAILED,           /* an attempt came to nothing */
    NETWORK_PASSWORD_REFUSED, /* … because the password was refused */
    NETWORK_SERVER_REFUSED,   /* … because the server's certificate was not believed */
    NETWORK_CONNECTED,
    NETWORK_EVENT_COUNT
};

struct network_plan {
    enum network_stage stage;
    size_t entry;      /* of the list */
    int32_t attempts;  /* that failed, at this entry or in this stage */
    bool old_password; /* the one before the last change is shown */
    bool old_root;     /* the one before the newest is believed, too */
};

/* What it decides by; asked anew for every event. */
struct network_facts {
    uint8_t list[OCPP_NETWORK_SLOTS]; /* usable slots in their order */
    size_t count;
    uint8_t last_good;          /* the slot that worked last, if it can be used; 0: none */
    bool has_trial;             /* a raised security profile is to be tried with the slot in use */
    bool has_old_password;      /* there are two */
    bool has_old_certificate;   /* there are two */
    bool has_old_root;          /* there are two */
    int32_t attempts;           /* NetworkProfileConnectionAttempts; at least 1 */
    int32_t last_good_attempts; /* how long a series is; at least 1 */
};

struct network_choice {
    uint8_t slot; /* 0: there is nothing to try */
    bool is_trial;
    bool old_password;
    bool old_certificate;
    bool old_root;
};

/* ocpp_cp_network_step: what |event| makes of |plan|. True: the trial has failed and is given up. */
bool ocpp_cp_network_step(struct network_plan *plan, const struct network_facts *facts, enum network_event event);

/* ocpp_cp_network_choose: what is tried now. Moves |plan| past what the facts do not have any more. */
struct network_choice ocpp_cp_network_choose(struct network_plan *plan, const struct network_facts *facts);

#endif

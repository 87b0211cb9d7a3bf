/* energy_world.h: a central system (central_world.h) whose application hears of energy and of vehicles, and decides as a test
 * says. */
#ifndef OCPP_TESTS_ENERGY_WORLD_H
#define OCPP_TESTS_ENERGY_WORLD_H

#include "central_world.h"

#include <ocpp/central_energy.h>
#include <ocpp/central_vehicles.h>

struct energy_world {
    struct central_world *world;
    struct ocpp_station *one; /* speaks 1.6 */
    struct ocpp_station *two; /* speaks 2.0.1 */
    char told[16384];         /* what the application was told, one line each */
    struct ocpp_question question;
    bool decide_later;
    enum ocpp_ev_needs_decision needs;
    bool schedule_accepted;
    struct ocpp_ev_certificate_decision certificate;
    struct ocpp_ocsp_decision ocsp;
    struct ocpp_authorize_decision authorize;
    bool signs;
    bool takes_calls;
    const struct ocpp_charging_profile *profile_at_once; /* sent while the needs are asked about; NULL: none */
    const struct ocpp_profile_query *query_again;        /* ordered while a report is told; NULL: none */
    int again_status;
    char answer[2000]; /* how the last order ended: status, yes or no, word */
};

/* energy_world_set_up, _tear_down: of a cmocka test; *state is the world. Both stations booted. */
int energy_world_set_up(void **state);
int energy_world_tear_down(void **state);

/* energy_told: what was told since it was asked last. */
const char *energy_told(struct energy_world *energy);

/* energy_done: leaves how the order ended in |answer|. */
struct ocpp_command_done energy_done(struct energy_world *energy);

/* energy_answered: the last call that was heard is answered with |payload|, ' for "; what the application heard of it. */
const char *energy_answered(struct energy_world *energy, struct ocpp_station *station, const char *payload);

/* pnc_says: the station of 1.6 says |message| about ISO 15118 with |data|, ' for "; what it gets back, data unwrapped:
 * "Accepted {'status':…}". */
const char *pnc_says(struct energy_world *energy, const char *message, const char *data);

/* pnc_heard: the DataTransfer the station of 1.6 hears next, unwrapped: "InstallCertificate {…}". */
const char *pnc_heard(struct energy_world *energy);

/* pnc_answered: it is answered so, Accepted, with |data|; what the application heard of it. */
const char *pnc_answered(struct energy_world *energy, const char *data);

#endif

/* dialect_v201_profiles.h: charging profiles, their schedules and tariffs between words of no version and those of OCPP 2.0.1. */
#ifndef OCPP_CENTRAL_DIALECT_V201_PROFILES_H
#define OCPP_CENTRAL_DIALECT_V201_PROFILES_H

#include "command.h"

#include <ocpp/central_energy.h>
#include <ocpp/v201.h>

enum ocpp201_charging_rate_unit central_v201_rate_unit(enum ocpp_rate_unit unit);
enum ocpp201_charging_profile_purpose central_v201_purpose(enum ocpp_limit_purpose purpose);
enum ocpp201_charging_limit_source central_v201_limit_source(enum ocpp_limit_source source);
enum ocpp_limit_source central_v201_source_of(enum ocpp201_charging_limit_source source);

/* central_v201_write_profile: |profile| as the wire has it; what it points to lives until command_send() returns. Errors:
 * OCPP_ERR_NOMEM. */
enum ocpp_status central_v201_write_profile(struct command *command, const struct ocpp_charging_profile *profile,
                                            struct ocpp201_charging_profile *wire);

/* central_v201_read_profile, _read_schedules: what the wire says, in |arena|, texts included. False: no memory. */
bool central_v201_read_profile(struct ocpp_arena *arena, const struct ocpp201_charging_profile *wire,
                               struct ocpp_charging_profile *profile);
const struct ocpp_charging_schedule *central_v201_read_schedules(struct ocpp_arena *arena,
                                                                 const struct ocpp201_charging_schedule *wire, size_t count);

#endif

/* dialect_energy.h: what stations tell and are asked about energy, and for vehicles that speak ISO 15118, by version. */
#ifndef OCPP_CENTRAL_DIALECT_ENERGY_H
#define OCPP_CENTRAL_DIALECT_ENERGY_H

#include "dialect.h"

#include <ocpp/v201.h>

/* dialect_v201_energy.c, dialect_v201_vehicles.c: tables as struct ocpp_central_dialect has them */
extern const struct central_route central_v201_energy[];
extern const struct central_route central_v201_vehicles[];

enum ocpp_status central_v201_get_profiles(struct command *command, const void *what);

/* dialect_v201_vehicles.c: a contract of ISO 15118 in an Authorize into |request|. Errors: OCPP_ERR_LENGTH a name no digest can
 * have; OCPP_ERR_NOMEM. */
enum ocpp_status central_v201_read_contract(struct pending *pending, const struct ocpp201_authorize_req *req,
                                            struct ocpp_authorize_request *request);
enum ocpp201_authorize_certificate_status central_v201_certificate_status(enum ocpp_certificate_status status);

#endif

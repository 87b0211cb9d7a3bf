/* vehicles.h: questions for vehicles that the dialects bring. */
#ifndef OCPP_CENTRAL_VEHICLES_INTERNAL_H
#define OCPP_CENTRAL_VEHICLES_INTERNAL_H

#include "central_internal.h"

#include <ocpp/central_vehicles.h>

/* vehicles_handler: the application's functions, all NULL where it has none. */
const struct ocpp_vehicle_handler *vehicles_handler(const struct ocpp_station *station);

/* vehicles_ask_certificate, _status: asks the application, which has a function for it; |answer| runs with pending->verdict, now
 * or later: |word| whether there is one, |text| what. It answers and frees. */
void vehicles_ask_certificate(struct pending *pending, const struct ocpp_ev_certificate_request *request,
                              void (*answer)(struct pending *pending));
void vehicles_ask_status(struct pending *pending, const struct ocpp_ocsp_target *target, void (*answer)(struct pending *pending));

/* vehicles_read_target: |*target| of what the wire says. False: a name or an address no certificate has. */
struct target_words {
    const char *issuer_name_hash;
    const char *issuer_key_hash;
    const char *serial_number;
    const char *responder_url; /* NULL: none */
};
bool vehicles_read_target(enum ocpp_hash algorithm, const struct target_words *words, struct ocpp_ocsp_target *target);

#endif

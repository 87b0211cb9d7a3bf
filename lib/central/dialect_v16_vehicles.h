/* dialect_v16_vehicles.h: messages about ISO 15118 within DataTransfer of OCPP 1.6 (application note of the Open Charge
 * Alliance). */
#ifndef OCPP_CENTRAL_DIALECT_V16_VEHICLES_H
#define OCPP_CENTRAL_DIALECT_V16_VEHICLES_H

#include "command.h"

#include <ocpp/v16_pnc.h>

#define V16_PNC_VENDOR "org.openchargealliance.iso15118pnc"

/* dialect_v16_vehicles.c: whether the DataTransfer |call| was of that vendor, and for the application's functions for vehicles:
 * it is answered then, now or later. */
bool central_v16_vehicle_call(struct ocpp_station *station, const struct ocpp_incoming_call *call);

/* dialect_v16_vehicle_orders.c: what central_orders.h says where only a vehicle's message has the word. */
enum ocpp_status central_v16_send_vehicle_chain(struct command *command, const char *chain);
enum ocpp_status central_v16_install_vehicle_root(struct command *command, const struct root_order *order);
enum ocpp_status central_v16_get_vehicle_certificates(struct command *command, uint32_t bits);
enum ocpp_status central_v16_delete_vehicle_certificate(struct command *command, const void *what);
enum ocpp_status central_v16_vehicle_trigger(struct command *command, const char *message);

#endif

/* station_parts.h: every part a station need not have (block.h), so that whatever a central system says of them is heard: a
 * crypto of lines of text, transfers that somebody ends, a slot for firmware in memory. */
#ifndef OCPP_FUZZ_STATION_PARTS_H
#define OCPP_FUZZ_STATION_PARTS_H

#include <ocpp/ocpp.h>

#include <ocpp/cost.h>
#include <ocpp/customer.h>
#include <ocpp/diagnostics.h>
#include <ocpp/display.h>
#include <ocpp/firmware.h>
#include <ocpp/monitoring.h>
#include <ocpp/network.h>
#include <ocpp/plug_and_charge.h>

#include "fake_crypto.h"
#include "fake_transfer.h"

enum { PART_SLOT_BYTES = 4096 };

struct station_parts {
    struct fake_crypto crypto;
    struct fake_transfer transfer;
    uint8_t slot[PART_SLOT_BYTES];
    uint64_t slot_size;
    struct ocpp_certificates_settings certificates;
    struct ocpp_network_settings network;
    struct ocpp_firmware_settings firmware;
    struct ocpp_diagnostics_settings diagnostics;
    struct ocpp_monitoring_settings monitoring;
    struct ocpp_customer_settings customer;
    struct ocpp_display_settings display;
    struct ocpp_cost_settings cost;
    struct ocpp_plug_and_charge_settings plug_and_charge;
};

/* station_parts_give: |parts|, which stays where it is, becomes what |settings| ask for, as far as it was built. */
void station_parts_give(struct station_parts *parts, struct ocpp_charge_point_settings *settings);

#endif

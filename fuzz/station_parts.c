/* station_parts.c: see station_parts.h. */
#include "station_parts.h"

#include <string.h>

#if OCPP_WITH_FIRMWARE
/* --- a slot for firmware ---------------------------------------------------------------------------------------------------- */

static bool open_slot(uint64_t offset, void *user)
{
    struct station_parts *parts = user;
    parts->slot_size = offset;
    return offset <= PART_SLOT_BYTES;
}

static bool write_slot(uint64_t offset, const void *bytes, size_t size, void *user)
{
    struct station_parts *parts = user;
    if (offset > PART_SLOT_BYTES || size > PART_SLOT_BYTES - offset) {
        return false;
    }
    memcpy(parts->slot + offset, bytes, size);
    parts->slot_size = offset + size;
    return true;
}

static bool close_slot(uint64_t size, void *user)
{
    const struct station_parts *parts = user;
    return size == parts->slot_size;
}

static bool read_slot(uint64_t offset, void *bytes, size_t room, size_t *got, void *user)
{
    const struct station_parts *parts = user;
    const uint64_t rest = offset < parts->slot_size ? parts->slot_size - offset : 0;
    *got = rest < room ? (size_t)rest : room;
    memcpy(bytes, parts->slot + (rest > 0 ? offset : 0), *got);
    return true;
}

static void install(uint64_t size, void *user)
{
    (void)size;
    (void)user;
}
#endif

/* --- what it has ---------------------------------------------------------------------------------------------------------------
 */

static void fill(struct station_parts *parts)
{
    *parts = (struct station_parts){ .slot_size = 0 };
    fake_crypto_init(&parts->crypto);
    fake_add_root(&parts->crypto, OCPP_ROOT_CSMS, "Root");
    fake_add_root(&parts->crypto, OCPP_ROOT_MANUFACTURER, "Maker");
    fake_transfer_init(&parts->transfer);
    parts->certificates.organization = "O";
}

void station_parts_give(struct station_parts *parts, struct ocpp_charge_point_settings *settings)
{
    fill(parts);
    settings->crypto = &parts->crypto.contract;
    settings->file_transfer = &parts->transfer.transfer;
#if OCPP_WITH_CERTIFICATES
    settings->certificates = &parts->certificates;
#endif
#if OCPP_WITH_NETWORK
    parts->network = ocpp_network_settings_default();
    parts->network.url = "wss://c.example/ocpp";
    parts->network.security_profile = OCPP_SECURITY_TLS;
    parts->network.password = "delivered-with-this";
    settings->network = &parts->network;
#endif
#if OCPP_WITH_FIRMWARE
    parts->firmware = (struct ocpp_firmware_settings){
        .open = open_slot,
        .sink = { .write = write_slot, .user = parts },
        .close = close_slot,
        .read = read_slot,
        .install = install,
        .user = parts,
        .unsigned_allowed = true,
    };
    settings->firmware = &parts->firmware;
#endif
#if OCPP_WITH_LOGS
    parts->diagnostics = ocpp_diagnostics_settings_default();
    parts->diagnostics.max_security_records = 10;
    settings->diagnostics = &parts->diagnostics;
#endif
#if OCPP_WITH_MONITORING
    settings->monitoring = &parts->monitoring;
#endif
#if OCPP_WITH_CUSTOMER
    settings->customer = &parts->customer;
#endif
#if OCPP_WITH_DISPLAY
    settings->display = &parts->display;
#endif
#if OCPP_WITH_COST
    settings->cost = &parts->cost;
#endif
#if OCPP_WITH_PLUG_AND_CHARGE
    parts->plug_and_charge = ocpp_plug_and_charge_settings_default();
    parts->plug_and_charge.secc_id = "S";
    settings->plug_and_charge = &parts->plug_and_charge;
#endif
}

/* vehicle.h: words about vehicles that speak ISO 15118 which both roles share: what a vehicle needs, what a tariff tells it, how
 * its contract is named and judged.
 */
#ifndef OCPP_VEHICLE_H
#define OCPP_VEHICLE_H

#include <ocpp/crypto.h>

OCPP_BEGIN_DECLARATIONS

/* --- contracts (C07) ----------------------------------------------------------------------------------------------------- */

/* OCPP_CONTRACT_CHAIN_SIZE: room for the longest chain that fits in an Authorize (5,500 characters) and its terminator. A
 * longer one can be checked here, but not by the central system. */
enum { OCPP_CONTRACT_CHAIN_SIZE = 5501, OCPP_CONTRACT_HASHES = 4 };

/* ocpp_ocsp_target: a certificate whose status somebody can be asked for: its name as RFC 6960 has it, and where. */
struct ocpp_ocsp_target {
    struct ocpp_certificate_hash certificate;
    char responder_url[513]; /* "" only where the certificate names none */
};

/* ocpp_certificate_status: AuthorizeCertificateStatusEnumType: what the vehicle is to be told about its certificate. */
enum ocpp_certificate_status {
    OCPP_CERTIFICATE_STATUS_NONE, /* nothing was said of it */
    OCPP_CERTIFICATE_STATUS_ACCEPTED,
    OCPP_CERTIFICATE_STATUS_SIGNATURE_ERROR,
    OCPP_CERTIFICATE_STATUS_EXPIRED,
    OCPP_CERTIFICATE_STATUS_REVOKED,
    OCPP_CERTIFICATE_STATUS_NONE_AVAILABLE,
    OCPP_CERTIFICATE_STATUS_CHAIN_ERROR,
    OCPP_CERTIFICATE_STATUS_CONTRACT_CANCELLED
};

/* --- contract certificates for the vehicle (M01, M02) ---------------------------------------------------------------------- */

enum ocpp_ev_certificate_action { OCPP_EV_CERTIFICATE_INSTALL, OCPP_EV_CERTIFICATE_UPDATE };

/* ocpp_ev_certificate_request: a vehicle wants a contract certificate. */
struct ocpp_ev_certificate_request {
    enum ocpp_ev_certificate_action action;
    const char *schema_version; /* "urn:iso:15118:2:2013:MsgDef"; at most 50 characters */
    const char *exi_request;    /* base64 of the vehicle's request; at most 5,600 characters */
};

/* --- needs and tariffs (K15 to K17) ---------------------------------------------------------------------------------------- */

enum ocpp_energy_transfer {
    OCPP_ENERGY_TRANSFER_DC,
    OCPP_ENERGY_TRANSFER_AC_SINGLE_PHASE,
    OCPP_ENERGY_TRANSFER_AC_TWO_PHASE,
    OCPP_ENERGY_TRANSFER_AC_THREE_PHASE
};

#define OCPP_EV_UNSAID INT64_MIN /* a number the vehicle did not tell */

/* ocpp_ev_needs: what the vehicle told in its ChargeParameterDiscoveryReq. Numbers it did not tell are OCPP_EV_UNSAID. */
struct ocpp_ev_needs {
    enum ocpp_energy_transfer transfer; /* says which of the groups below counts */
    int64_t departure_utc_ms;           /* OCPP_EV_UNSAID */
    int64_t max_schedule_tuples;        /* entries a schedule may have; OCPP_EV_UNSAID */
    int64_t energy_wh;                  /* required for AC */
    int64_t max_current_a;              /* required; per phase */
    int64_t max_voltage_v;              /* required */
    int64_t min_current_a;              /* AC, required; per phase */
    int64_t max_power_w;                /* DC, as the rest */
    int64_t state_of_charge;            /* percent */
    int64_t capacity_wh;
    int64_t full_soc; /* percent, at which the vehicle calls itself full; so below, where bulk charging ends */
    int64_t bulk_soc;
};

/* ocpp_sales_tariff: what energy costs when, relative to the schedule it comes with; for the vehicle to weigh. */
enum ocpp_cost_kind {
    OCPP_COST_CARBON_DIOXIDE, /* g per kWh */
    OCPP_COST_RELATIVE_PRICE, /* percent of the highest price */
    OCPP_COST_RENEWABLE       /* percent of renewable generation */
};
enum { OCPP_TARIFF_COSTS = 3, OCPP_TARIFF_BLOCKS = 3 };

/* ocpp_tariff_cost: one cost of a block. */
struct ocpp_tariff_cost {
    enum ocpp_cost_kind kind;
    int64_t amount;
    int multiplier; /* -3 to 3: amount times 10 to that power */
};

/* ocpp_tariff_block: costs that hold from a consumption on. */
struct ocpp_tariff_block {
    struct ocpp_decimal from_value; /* from this consumption on */
    struct ocpp_tariff_cost costs[OCPP_TARIFF_COSTS];
    size_t cost_count;
};

/* ocpp_tariff_entry: what holds from a moment on. */
struct ocpp_tariff_entry {
    int64_t start_s;
    int64_t duration_s;  /* OCPP_EV_UNSAID: to the next one */
    int64_t price_level; /* OCPP_EV_UNSAID */
    struct ocpp_tariff_block blocks[OCPP_TARIFF_BLOCKS];
    size_t block_count;
};

/* ocpp_sales_tariff: what a vehicle is offered beside a schedule (ISO 15118). */
struct ocpp_sales_tariff {
    int64_t id;
    char description[33 * 4];
    int64_t price_levels; /* OCPP_EV_UNSAID */
    const struct ocpp_tariff_entry *entries;
    size_t entry_count;
};

OCPP_END_DECLARATIONS

#endif

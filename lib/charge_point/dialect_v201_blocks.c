/* dialect_v201_blocks.c: what OCPP 2.0.1 has for the blocks of this build. A block's file says what it hears and how it speaks.
 */
#include "certificates.h"
#include "customer_information.h"
#include "dialect_v201.h"
#include "firmware_update.h"
#include "monitors.h"
#include "network_block.h"
#include "logs.h"
#include "notices.h"
#include "pnc.h"

const struct block_words ocpp_cp_v201_blocks[BLOCK_COUNT] = {
    [BLOCK_NOTICES] = { .words = &ocpp_cp_v201_notice_words },
#if OCPP_WITH_CERTIFICATES
    [BLOCK_CERTIFICATES] = { ocpp_cp_v201_certificate_hearings, CERTIFICATE_HEARINGS, &ocpp_cp_v201_certificate_words },
#endif
#if OCPP_WITH_FIRMWARE
    [BLOCK_FIRMWARE] = { ocpp_cp_v201_firmware_hearings, FIRMWARE_V201_HEARINGS, &ocpp_cp_v201_firmware_words },
#endif
#if OCPP_WITH_LOGS
    [BLOCK_LOGS] = { ocpp_cp_v201_log_hearings, V201_LOG_HEARINGS, &ocpp_cp_v201_log_words },
#endif
#if OCPP_WITH_COST
    [BLOCK_COST] = { ocpp_cp_v201_cost_hearings, COST_HEARINGS, NULL },
#endif
#if OCPP_WITH_DISPLAY
    [BLOCK_DISPLAY] = { ocpp_cp_v201_display_hearings, DISPLAY_HEARINGS, &ocpp_cp_v201_display_words },
#endif
#if OCPP_WITH_NETWORK
    [BLOCK_NETWORK] = { .hearings = ocpp_cp_v201_network_hearings, .hearing_count = NETWORK_HEARINGS },
#endif
#if OCPP_WITH_CUSTOMER
    [BLOCK_CUSTOMER] = { ocpp_cp_v201_customer_hearings, CUSTOMER_HEARINGS, &ocpp_cp_v201_customer_words },
#endif
#if OCPP_WITH_MONITORING
    [BLOCK_MONITORING] = { ocpp_cp_v201_monitoring_hearings, MONITORING_HEARINGS, &ocpp_cp_v201_monitoring_words },
#endif
#if OCPP_WITH_PLUG_AND_CHARGE
    [BLOCK_PLUG_AND_CHARGE] = { .words = &ocpp_cp_v201_pnc_words },
#endif
};

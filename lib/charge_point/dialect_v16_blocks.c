/* dialect_v16_blocks.c: what OCPP 1.6 with its security extension has for the blocks of this build. A block's file says what it
 * hears and how it speaks. */
#include "certificates.h"
#include "dialect_v16.h"
#include "dialect_v16_pnc.h"
#include "firmware_update.h"
#include "logs.h"
#include "notices.h"
#include "pnc.h"

const struct block_words ocpp_cp_v16_blocks[BLOCK_COUNT] = {
    [BLOCK_NOTICES] = { .words = &ocpp_cp_v16_notice_words },
#if OCPP_WITH_CERTIFICATES
    [BLOCK_CERTIFICATES] = { ocpp_cp_v16_certificate_hearings, CERTIFICATE_HEARINGS, &ocpp_cp_v16_certificate_words },
#endif
#if OCPP_WITH_FIRMWARE
    [BLOCK_FIRMWARE] = { ocpp_cp_v16_firmware_hearings, FIRMWARE_V16_HEARINGS, &ocpp_cp_v16_firmware_words },
#endif
#if OCPP_WITH_LOGS
    [BLOCK_LOGS] = { ocpp_cp_v16_log_hearings, V16_LOG_HEARINGS, &ocpp_cp_v16_log_words },
#endif
#if OCPP_WITH_PLUG_AND_CHARGE
    [BLOCK_PLUG_AND_CHARGE] = { ocpp_cp_v16_pnc_hearings, PNC_HEARINGS, &ocpp_cp_v16_pnc_words },
#endif
#if OCPP_WITH_COST
    [BLOCK_COST] = { ocpp_cp_v16_cost_hearings, COST_HEARINGS, &ocpp_cp_v16_cost_words },
#endif
};

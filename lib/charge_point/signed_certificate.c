/* signed_certificate.c: what the central system sends back for a request: judged, and in use from then on. OCPP 2.0.1 A02.FR.06
 * to FR.10, A03; 1.6 security whitepaper A02, A03. */
#include "certificates.h"

#include <string.h>

#include "charge_point_internal.h"

static struct certificates *state(const struct ocpp_charge_point *cp)
{
    return ocpp_cp_block(cp, BLOCK_CERTIFICATES);
}

/* Whether the certificate of the station has to be shown to be worth anything. Who is below security profile 3 shows none, so no
 * connection can prove it, and nothing is left of the one before. */
static bool is_shown(const struct ocpp_charge_point *cp)
{
    return !ocpp_cp_has_feature(cp, FEATURE_NETWORK) || cp->values[VARIABLE_SECURITY_PROFILE] == 3;
}

static void settle(struct ocpp_charge_point *cp, enum ocpp_key_use use)
{
    const struct ocpp_crypto *crypto = cp->settings.crypto;
    const enum ocpp_status status = crypto->settle(use, OCPP_NEWEST, crypto->user);
    if (status != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "the certificate that was replaced stays: %s", ocpp_status_sentence(status));
    }
}

static void take_certificate(struct ocpp_charge_point *cp, enum ocpp_key_use use)
{
    struct certificates *all = state(cp);
    struct signing *signing = &all->signings[use];
    const bool serves_vehicles = use == OCPP_KEY_V2G || signing->is_combined;
    signing->step = SIGNING_RESTS;
    signing->repeats = 0;
    signing->given_up_for_utc_ms = 0;
    signing->not_before_mono_ms = 0;
    (void)ocpp_cp_signing_keep(cp); /* a request that is sent again after a restart has lost its key, and makes a new one */
    if (use == OCPP_KEY_V2G || !is_shown(cp)) {
        settle(cp, use);
    } else {
        ocpp_cp_reconnect(cp); /* A02.FR.08 */
    }
    ocpp_cp_signing_refresh(cp);
    all->renewed |= 1u << use;
    cp->dirty = true;
    ocpp_cp_security_event(cp, "ReconfigurationOfSecurityParameters",
                           use == OCPP_KEY_V2G ? "a new V2G certificate" : "a new certificate of the station");
    if (serves_vehicles && all->v2g != NULL && all->v2g->renewed != NULL) {
        all->v2g->renewed(cp);
    }
}

static enum ocpp_status judge(struct ocpp_charge_point *cp, enum ocpp_key_use use, const char *chain,
                              enum ocpp_certificate_fault *fault)
{
    const struct ocpp_crypto *crypto = cp->settings.crypto;
    const bool is_combined = use == OCPP_KEY_STATION && state(cp)->signings[use].is_combined;
    const uint32_t roots = (use == OCPP_KEY_STATION ? OCPP_ROOT_BIT(OCPP_ROOT_CSMS) : 0) |
                           (use == OCPP_KEY_V2G || is_combined ? OCPP_ROOT_BIT(OCPP_ROOT_V2G) : 0);
    return crypto->accept_chain(use, roots, chain, strlen(chain), ocpp_cp_utc(cp, cp->now), fault, crypto->user);
}

/* What a certificate is for, its key says; some central systems do not, or say it wrong. */
static enum ocpp_status judge_for_either(struct ocpp_charge_point *cp, enum ocpp_key_use *use, const char *chain,
                                         enum ocpp_certificate_fault *fault)
{
    const enum ocpp_key_use other = *use == OCPP_KEY_STATION ? OCPP_KEY_V2G : OCPP_KEY_STATION;
    enum ocpp_certificate_fault other_fault = OCPP_CERTIFICATE_GOOD;
    const enum ocpp_status status = judge(cp, *use, chain, fault);
    if (status != OCPP_ERR_VALUE || *fault != OCPP_CERTIFICATE_WRONG_KEY || state(cp)->v2g == NULL) {
        return status;
    }
    const enum ocpp_status other_status = judge(cp, other, chain, &other_fault);
    if (other_status == OCPP_ERR_VALUE && other_fault == OCPP_CERTIFICATE_WRONG_KEY) {
        return status;
    }
    *use = other;
    *fault = other_fault;
    return other_status;
}

static void refuse_certificate(struct ocpp_charge_point *cp, enum ocpp_key_use use, enum ocpp_certificate_fault fault)
{
    struct signing *signing = &state(cp)->signings[use];
    ocpp_cp_security_event(cp, "InvalidChargingStationCertificate", ocpp_certificate_fault_words(fault));
    if (signing->step == SIGNING_AWAITED || signing->step == SIGNING_ASKED) {
        ocpp_cp_signing_give_up(cp, signing);
    }
}

enum verdict ocpp_cp_certificate_signed(struct ocpp_charge_point *cp, enum ocpp_key_use use, const char *chain,
                                        enum ocpp_certificate_fault *fault)
{
    *fault = OCPP_CERTIFICATE_GOOD;
    if (strlen(chain) > (size_t)cp->values[VARIABLE_CERTIFICATE_CHAIN_SIZE]) { /* A02.FR.16 */
        *fault = OCPP_CERTIFICATE_TOO_LARGE;
        return VERDICT_REJECTED;
    }
    const enum ocpp_status status = judge_for_either(cp, &use, chain, fault);
    if (status == OCPP_OK) {
        take_certificate(cp, use);
        return VERDICT_ACCEPTED;
    }
    if (status != OCPP_ERR_VALUE) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "a certificate cannot be stored: %s", ocpp_status_sentence(status));
        return VERDICT_FAILED;
    }
    refuse_certificate(cp, use, *fault);
    return VERDICT_REJECTED;
}

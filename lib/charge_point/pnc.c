/* pnc.c: the block for vehicles that speak ISO 15118: its settings, its memory, and whose turn it is. What it does is in
 * contract.c, ev_certificate.c, ev_needs.c, ev_offer.c, ev_choices.c and ocsp.c. */
#include "pnc.h"

#include <string.h>

#include "arena.h"
#include "certificates.h"
#include "text.h"

/* --- settings ----------------------------------------------------------------------------------------------------------------
 */

enum { WEEK_MS = 604800000 };

struct ocpp_plug_and_charge_settings ocpp_plug_and_charge_settings_default(void)
{
    return (struct ocpp_plug_and_charge_settings){
        .central_validation = true,
        .contract_timeout_ms = 50000,
        .certificate_timeout_ms = 4500,
        .needs_timeout_ms = 50000,
        .renegotiation_wait_ms = 5000,
        .max_offer_periods = 24,
        .max_tariff_entries = 24,
        .offer_horizon_s = 86400,
        .max_ocsp_targets = 4,
        .ocsp_refresh_ms = WEEK_MS,
        .ocsp_retry_ms = 3600000,
    };
}

static bool is_text(const char *text, size_t most)
{
    return text == NULL || (ocpp_text_valid(text, strlen(text)) && ocpp_text_count(text, strlen(text)) <= most);
}

static bool is_time(int64_t time_ms)
{
    return time_ms > 0 && time_ms <= WEEK_MS;
}

static const char *wrong_setting(const struct ocpp_charge_point_settings *settings, const struct ocpp_hardware *hardware)
{
    (void)hardware;
    const struct ocpp_plug_and_charge_settings *own = settings->plug_and_charge;
    if (own == NULL) {
        return NULL;
    }
    const struct {
        bool is_right;
        const char *name;
    } rules[] = {
        { is_text(own->secc_id, 64), "plug_and_charge secc_id" },
        { is_text(own->country, 2), "plug_and_charge country" },
        { is_text(own->organization, 64), "plug_and_charge organization" },
        { is_time(own->contract_timeout_ms), "plug_and_charge contract_timeout_ms" },
        { is_time(own->certificate_timeout_ms), "plug_and_charge certificate_timeout_ms" },
        { is_time(own->needs_timeout_ms), "plug_and_charge needs_timeout_ms" },
        { own->renegotiation_wait_ms >= 0 && own->renegotiation_wait_ms <= WEEK_MS, "plug_and_charge renegotiation_wait_ms" },
        { own->max_offer_periods >= 1 && own->max_offer_periods <= 1024, "plug_and_charge max_offer_periods" },
        { own->max_tariff_entries <= 1024, "plug_and_charge max_tariff_entries" },
        { own->offer_horizon_s >= 60 && own->offer_horizon_s <= 31622400, "plug_and_charge offer_horizon_s" },
        { own->max_ocsp_targets >= 1 && own->max_ocsp_targets <= MOST_OCSP_TARGETS, "plug_and_charge max_ocsp_targets" },
        { is_time(own->ocsp_refresh_ms), "plug_and_charge ocsp_refresh_ms" },
        { is_time(own->ocsp_retry_ms), "plug_and_charge ocsp_retry_ms" },
    };
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (!rules[i].is_right) {
            return rules[i].name;
        }
    }
    return NULL;
}

/* --- memory ------------------------------------------------------------------------------------------------------------------
 */

struct pnc *ocpp_cp_pnc(const struct ocpp_charge_point *cp)
{
    return ocpp_cp_block(cp, BLOCK_PLUG_AND_CHARGE);
}

struct ev *ocpp_cp_ev(const struct ocpp_charge_point *cp, int evse)
{
    const struct pnc *pnc = ocpp_cp_pnc(cp);
    return pnc == NULL || ocpp_cp_evse(cp, evse) == NULL ? NULL : &pnc->evs[evse];
}

static size_t size(const struct ocpp_charge_point_settings *settings)
{
    return settings->plug_and_charge == NULL ? 0 : sizeof(struct pnc);
}

static void put_text(struct ocpp_charge_point *cp, enum variable variable, size_t most, const char *text)
{
    if (text != NULL) {
        ocpp_text_copy(cp->texts + cp->values[variable], most * 4 + 1, text);
    }
}

static void put_values(struct ocpp_charge_point *cp, const struct ocpp_plug_and_charge_settings *settings)
{
    cp->values[VARIABLE_PNC_ENABLED] = !settings->contracts_off;
    cp->values[VARIABLE_PNC_CENTRAL_VALIDATION] = settings->central_validation;
    cp->values[VARIABLE_PNC_OFFLINE_VALIDATION] = !settings->no_offline_validation;
    cp->values[VARIABLE_PNC_CONTRACT_INSTALLATION] = !settings->certificates_off;
    cp->values[VARIABLE_PNC_SCHEDULE_ENTRIES] = (int64_t)settings->max_offer_periods;
    put_text(cp, VARIABLE_PNC_SECC_ID, 64, settings->secc_id);
    put_text(cp, VARIABLE_PNC_ORGANIZATION, 64, settings->organization);
    if (settings->country != NULL) {
        ocpp_text_copy(cp->texts + cp->values[VARIABLE_PNC_COUNTRY], 3, settings->country);
    }
}

#if OCPP_WITH_CERTIFICATES
/* What stands in the leaf of the SECC (ISO 15118-2 annex F; A02.FR.03). */
static bool leaf_subject(const struct ocpp_charge_point *cp, struct ocpp_certificate_request *request)
{
    const char *organization = ocpp_cp_variable_string(cp, VARIABLE_PNC_ORGANIZATION);
    const char *country = ocpp_cp_variable_string(cp, VARIABLE_PNC_COUNTRY);
    request->common_name = ocpp_cp_variable_string(cp, VARIABLE_PNC_SECC_ID);
    request->organization = organization[0] != '\0' ? organization : ocpp_cp_variable_string(cp, VARIABLE_ORGANIZATION);
    request->country = country[0] == '\0' ? NULL : country;
    request->domain_component = "CPO";
    return cp->values[VARIABLE_PNC_LEAF_INSTALLATION] != 0 && request->common_name[0] != '\0' && request->organization[0] != '\0';
}

static void leaf_renewed(struct ocpp_charge_point *cp)
{
    struct pnc *pnc = ocpp_cp_pnc(cp);
    pnc->ocsp.is_stale = true;
    cp->dirty = true;
}

static const struct v2g_signing leaf = { .subject = leaf_subject, .renewed = leaf_renewed };
#endif

static bool start(struct ocpp_charge_point *cp)
{
    struct pnc *pnc = ocpp_cp_pnc(cp);
    const size_t bytes = ((size_t)cp->settings.evse_count + 1) * sizeof(pnc->evs[0]);
    pnc->settings = *cp->settings.plug_and_charge;
    put_values(cp, &pnc->settings);
#if OCPP_WITH_CERTIFICATES
    ocpp_cp_certificates_serve_v2g(cp, &leaf);
#endif
    pnc->evs = ocpp_reallocate(cp->settings.allocator, NULL, bytes);
    bool has_all = ocpp_cp_ocsp_take(cp);
    has_all = ocpp_cp_ev_offers_take(cp) && has_all;
    if (pnc->evs == NULL) {
        return false;
    }
    memset(pnc->evs, 0, bytes);
    for (int evse = 1; evse <= cp->settings.evse_count; evse++) {
        pnc->evs[evse].needs.departure_utc_ms = pnc->evs[evse].needs.max_schedule_tuples = OCPP_EV_UNSAID;
        has_all = ocpp_cp_ev_take(cp, &pnc->evs[evse]) && has_all;
    }
    return has_all;
}

static void end(struct ocpp_charge_point *cp)
{
    struct pnc *pnc = ocpp_cp_pnc(cp);
    for (int evse = 1; pnc->evs != NULL && evse <= cp->settings.evse_count; evse++) {
        ocpp_cp_ev_free(cp, &pnc->evs[evse]);
    }
    ocpp_reallocate(cp->settings.allocator, pnc->evs, 0);
    ocpp_cp_ev_offers_free(cp);
    ocpp_cp_ocsp_free(cp);
}

/* --- whose turn it is ----------------------------------------------------------------------------------------------------------
 */

const struct pnc_words *ocpp_cp_pnc_words(const struct ocpp_charge_point *cp)
{
    return ocpp_cp_words(cp, BLOCK_PLUG_AND_CHARGE);
}

bool ocpp_cp_pnc_may_send(const struct ocpp_charge_point *cp)
{
    return ocpp_cp_may_send(cp) && ocpp_cp_pnc_words(cp) != NULL;
}

static void work(struct ocpp_charge_point *cp)
{
    for (int evse = 1; evse <= cp->settings.evse_count; evse++) {
        ocpp_cp_contract_work(cp, evse);
        ocpp_cp_ev_certificate_work(cp, evse);
        ocpp_cp_ev_needs_work(cp, evse);
        ocpp_cp_ev_choice_work(cp, evse);
    }
    ocpp_cp_ocsp_work(cp);
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t deadline(const struct ocpp_charge_point *cp)
{
    int64_t earliest = OCPP_NEVER;
    for (int evse = 1; evse <= cp->settings.evse_count; evse++) {
        const struct ev *ev = &ocpp_cp_pnc(cp)->evs[evse];
        const bool waits = ev->certificate.state == EV_CERTIFICATE_DUE || ev->certificate.state == EV_CERTIFICATE_ASKED;
        earliest = waits ? earlier(earliest, ev->certificate.until_mono_ms) : earliest;
        earliest = ev->contract.is_open ? earlier(earliest, ev->contract.until_mono_ms) : earliest;
        earliest = ev->session ? earlier(earliest, ocpp_cp_ev_deadline(cp, evse)) : earliest;
    }
    return earliest;
}

static bool send_urgent(struct ocpp_charge_point *cp)
{
    return ocpp_cp_pnc_may_send(cp) && (ocpp_cp_ev_certificate_send(cp) || ocpp_cp_ev_needs_send(cp));
}

static bool send(struct ocpp_charge_point *cp, bool is_early)
{
    return !is_early && ocpp_cp_pnc_may_send(cp) && (ocpp_cp_ev_choice_send(cp) || ocpp_cp_ocsp_send(cp));
}

static int64_t send_deadline(const struct ocpp_charge_point *cp)
{
    return ocpp_cp_pnc_may_send(cp) ? ocpp_cp_ocsp_deadline(cp) : OCPP_NEVER;
}

static void failed(struct ocpp_charge_point *cp, enum ocpp_status status)
{
    struct pnc *pnc = ocpp_cp_pnc(cp);
    const enum pnc_flight flight = pnc->flight;
    pnc->flight = PNC_FLIGHT_NONE;
    switch (flight) {
    case PNC_FLIGHT_CERTIFICATE:
        ocpp_cp_ev_certificate_answered(cp, status, NULL);
        break;
    case PNC_FLIGHT_NEEDS:
        ocpp_cp_ev_needs_answered(cp, status, NEEDS_REJECTED);
        break;
    case PNC_FLIGHT_CHOICE:
        ocpp_cp_ev_choice_answered(cp, status, false);
        break;
    case PNC_FLIGHT_OCSP:
        ocpp_cp_ocsp_answered(cp, status, NULL);
        break;
    case PNC_FLIGHT_NONE:
        break;
    }
}

static void link_down(struct ocpp_charge_point *cp)
{
    failed(cp, OCPP_ERR_CLOSED);
    for (int evse = 1; evse <= cp->settings.evse_count; evse++) {
        ocpp_cp_ev_certificate_link_down(cp, evse);
    }
}

static void session(struct ocpp_charge_point *cp, struct evse *evse, enum block_session what)
{
    if (what == BLOCK_TRANSACTION_ENDED) {
        ocpp_cp_ev_forget(cp, evse->number);
    }
}

const struct block ocpp_cp_block_plug_and_charge = {
    .size = size,
    .wrong_setting = wrong_setting,
    .start = start,
    .free = end,
    .load = ocpp_cp_ocsp_load,
    .work = work,
    .deadline = deadline,
    .send = send,
    .send_urgent = send_urgent,
    .send_deadline = send_deadline,
    .failed = failed,
    .link_down = link_down,
    .session = session,
    .decide = ocpp_cp_contract_decide,
    .authorize = ocpp_cp_contract_ask,
    .judged = ocpp_cp_contract_judged,
};

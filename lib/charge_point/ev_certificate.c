/* ev_certificate.c: contract certificates that vehicles ask for by way of the station (M01, M02). Requests and answers are EXI in
 * base64 that only the vehicle and the central system read. A vehicle waits for seconds: what is not answered then is over, and
 * nothing is kept for a link that is not there. */
#include "pnc.h"

#include <string.h>

#include "arena.h"
#include "encoding.h"
#include "text.h"

void ocpp_cp_ev_certificate_free(struct ocpp_charge_point *cp, struct ev_certificate *certificate)
{
    ocpp_reallocate(cp->settings.allocator, certificate->texts, 0);
    certificate->texts = NULL;
    certificate->state = EV_CERTIFICATE_NONE;
}

/* --- asked ---------------------------------------------------------------------------------------------------------------- */

static bool is_base64(const char *text)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const size_t size = strlen(text);
    const size_t signs = strspn(text, alphabet);
    return size > 0 && size % 4 == 0 && size - signs <= 2 && strspn(text + signs, "=") == size - signs;
}

static enum ocpp_status judge(const struct ocpp_ev_certificate_request *request)
{
    if (request == NULL || request->exi_request == NULL || request->schema_version == NULL ||
        (unsigned)request->action > OCPP_EV_CERTIFICATE_UPDATE) {
        return OCPP_ERR_ARGUMENT;
    }
    const size_t size = strlen(request->schema_version);
    if (!ocpp_text_valid(request->schema_version, size)) {
        return OCPP_ERR_ARGUMENT;
    }
    if (ocpp_text_count(request->schema_version, size) >= EV_SCHEMA_SIZE || strlen(request->exi_request) >= EV_EXI_SIZE) {
        return OCPP_ERR_LENGTH;
    }
    return is_base64(request->exi_request) ? OCPP_OK : OCPP_ERR_VALUE;
}

static bool fill(struct ocpp_charge_point *cp, const struct ocpp_ev_certificate_request *request,
                 struct ev_certificate *certificate)
{
    struct ev_certificate_texts *texts = ocpp_reallocate(cp->settings.allocator, NULL, sizeof(*texts));
    if (texts == NULL) {
        return false;
    }
    ocpp_text_copy(texts->schema_version, sizeof(texts->schema_version), request->schema_version);
    ocpp_text_copy(texts->exi, sizeof(texts->exi), request->exi_request);
    *certificate = (struct ev_certificate){
        .state = EV_CERTIFICATE_DUE,
        .action = request->action,
        .until_mono_ms = cp->now.mono_ms + ocpp_cp_pnc(cp)->settings.certificate_timeout_ms,
        .texts = texts,
    };
    cp->dirty = true;
    return true;
}

enum ocpp_status ocpp_charge_point_ev_certificate(struct ocpp_charge_point *cp, int evse,
                                                  const struct ocpp_ev_certificate_request *request, struct ocpp_now now)
{
    struct ev *ev = ocpp_cp_ev(cp, evse);
    const enum ocpp_status status = ocpp_cp_evse(cp, evse) == NULL ? OCPP_ERR_ARGUMENT : judge(request);
    if (status != OCPP_OK) {
        return status;
    }
    if (ev == NULL || cp->values[VARIABLE_PNC_CONTRACT_INSTALLATION] == 0 || !ocpp_cp_pnc_may_send(cp)) {
        return OCPP_ERR_STATE;
    }
    if (ev->certificate.state != EV_CERTIFICATE_NONE) {
        return OCPP_ERR_BUSY;
    }
    ocpp_cp_enter(cp, now);
    const bool is_taken = fill(cp, request, &ev->certificate);
    ocpp_cp_leave(cp);
    return is_taken ? OCPP_OK : OCPP_ERR_NOMEM;
}

bool ocpp_cp_ev_certificate_send(struct ocpp_charge_point *cp)
{
    struct pnc *pnc = ocpp_cp_pnc(cp);
    for (int evse = 1; evse <= cp->settings.evse_count; evse++) {
        struct ev_certificate *certificate = &pnc->evs[evse].certificate;
        if (certificate->state != EV_CERTIFICATE_DUE) {
            continue;
        }
        const enum ocpp_status status = ocpp_cp_pnc_words(cp)->send_certificate(cp, certificate);
        if (status == OCPP_OK) {
            certificate->state = EV_CERTIFICATE_ASKED;
            pnc->flight = PNC_FLIGHT_CERTIFICATE;
            pnc->flight_evse = evse;
            return true;
        }
        if (ocpp_status_class_of(status) == OCPP_CLASS_MESSAGE) { /* it can never be said */
            certificate->state = EV_CERTIFICATE_ENDED;
            certificate->status = status;
            cp->dirty = true;
        }
    }
    return false;
}

/* --- answered --------------------------------------------------------------------------------------------------------------- */

static void end(struct ocpp_charge_point *cp, struct ev_certificate *certificate, enum ocpp_status status, const char *exi)
{
    const bool fits = exi != NULL && strlen(exi) < EV_EXI_SIZE;
    certificate->state = EV_CERTIFICATE_ENDED;
    certificate->status = status != OCPP_OK || fits ? status : OCPP_ERR_BAD_ANSWER;
    ocpp_text_copy(certificate->texts->exi, sizeof(certificate->texts->exi), certificate->status == OCPP_OK ? exi : "");
    cp->dirty = true;
}

void ocpp_cp_ev_certificate_answered(struct ocpp_charge_point *cp, enum ocpp_status status, const char *exi)
{
    struct pnc *pnc = ocpp_cp_pnc(cp);
    struct ev_certificate *certificate = &pnc->evs[pnc->flight_evse].certificate;
    if (certificate->state == EV_CERTIFICATE_ASKED) { /* else the vehicle waits no longer */
        end(cp, certificate, status, exi);
    }
}

void ocpp_cp_ev_certificate_link_down(struct ocpp_charge_point *cp, int evse)
{
    struct ev_certificate *certificate = &ocpp_cp_pnc(cp)->evs[evse].certificate;
    if (certificate->state == EV_CERTIFICATE_DUE || certificate->state == EV_CERTIFICATE_ASKED) {
        end(cp, certificate, OCPP_ERR_CLOSED, NULL);
    }
}

void ocpp_cp_ev_certificate_work(struct ocpp_charge_point *cp, int evse)
{
    struct pnc *pnc = ocpp_cp_pnc(cp);
    struct ev_certificate *certificate = &pnc->evs[evse].certificate;
    const bool waits = certificate->state == EV_CERTIFICATE_DUE || certificate->state == EV_CERTIFICATE_ASKED;
    if (waits && cp->now.mono_ms >= certificate->until_mono_ms) { /* M01, M02: the vehicle hears of a failure */
        end(cp, certificate, OCPP_ERR_TIMEOUT, NULL);
    }
    if (certificate->state != EV_CERTIFICATE_ENDED) {
        return;
    }
    struct ev_certificate_texts *texts = certificate->texts;
    certificate->texts = NULL; /* the callback may ask for the next one */
    certificate->state = EV_CERTIFICATE_NONE;
    cp->dirty = true;
    if (pnc->settings.ev_certificate != NULL) {
        pnc->settings.ev_certificate(evse, certificate->status, texts->exi, pnc->settings.user);
    }
    ocpp_reallocate(cp->settings.allocator, texts, 0);
}

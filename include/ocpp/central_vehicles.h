/* central_vehicles.h: what stations ask a central system for vehicles that speak ISO 15118: whether a contract is good, a
 * contract certificate, an answer about revocation; and the certificates such stations hold (OCPP 2.x C07, M01, M02, M06).
 *
 * The same functions serve 2.x and 1.6, whose stations say it by DataTransfer as the Open Charge Alliance's application note
 * "Using ISO 15118 Plug & Charge with OCPP 1.6" has it (vendor org.openchargealliance.iso15118pnc). Whether a contract is good is
 * asked by on_authorize, with its certificates; that a certificate is wanted for the station's side of ISO 15118 is told by
 * on_sign_request (central_system.h).
 *
 *     static bool on_certificate_status(struct ocpp_station *station, const struct ocpp_ocsp_target *target,
 *                                       struct ocpp_question question, struct ocpp_ocsp_decision *decision, void *user)
 *     {
 *         ask_responder(user, station, target, question);   … another thread; ocpp_server_post() brings back the answer
 *         return false;
 *     }
 */
#ifndef OCPP_CENTRAL_VEHICLES_H
#define OCPP_CENTRAL_VEHICLES_H

#include <ocpp/central_orders.h>
#include <ocpp/vehicle.h>

OCPP_BEGIN_DECLARATIONS

/* ocpp_ev_certificate_decision: what to answer a vehicle that wants a contract certificate. The text is copied. */
struct ocpp_ev_certificate_decision {
    bool accepted;            /* false: Failed */
    const char *exi_response; /* base64 of the CertificateInstallationRes or CertificateUpdateRes, at most 5,600 characters; NULL:
                                 there is none, which |accepted| does not go with */
};

/* ocpp_ocsp_decision: what a responder said of a certificate. The text is copied. */
struct ocpp_ocsp_decision {
    const char *response; /* base64 of the DER OCSPResponse of RFC 6960, at most 5,500 characters; NULL: Failed, nobody could be
                             asked (M06.FR.04) */
};

/* ocpp_vehicle_handler: central_system.h says how it gets there. What is handed over is borrowed for the callback. A question
 * that is not decided within 60 s gets InternalError. */
struct ocpp_vehicle_handler {
    /* true: |decision| was filled; false: ocpp_station_decide_ev_certificate() follows with |question|. Vehicles wait 5 s (M01,
     * M02) */
    bool (*on_ev_certificate)(struct ocpp_station *station, const struct ocpp_ev_certificate_request *request,
                              struct ocpp_question question, struct ocpp_ev_certificate_decision *decision, void *user);
    /* the same with ocpp_station_decide_certificate_status() (M06). |target| comes from the station: whoever asks its
     * |responder_url| decides which addresses it asks. NULL here: it comes to on_call; where that does not take it, the answer is
     * Failed */
    bool (*on_certificate_status)(struct ocpp_station *station, const struct ocpp_ocsp_target *target,
                                  struct ocpp_question question, struct ocpp_ocsp_decision *decision, void *user);
};

/* ocpp_station_decide_ev_certificate, _certificate_status: as the decisions of central_system.h. Errors: OCPP_ERR_NOT_FOUND the
 * question is of another kind, was answered, or is void; OCPP_ERR_ARGUMENT accepted without a response, and OCPP_ERR_LENGTH a
 * response that is too long: the question still stands. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_decide_ev_certificate(struct ocpp_station *station,
                                                                           struct ocpp_question question,
                                                                           const struct ocpp_ev_certificate_decision *decision,
                                                                           struct ocpp_now now);
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_decide_certificate_status(struct ocpp_station *station,
                                                                               struct ocpp_question question,
                                                                               const struct ocpp_ocsp_decision *decision,
                                                                               struct ocpp_now now);

/* Of the orders of central_orders.h, these reach a station of 1.6 by DataTransfer: ocpp_station_send_certificate() with
 * OCPP_KEY_V2G, ocpp_station_install_root() with OCPP_ROOT_V2G and OCPP_ROOT_MO, ocpp_station_get_certificates() where V2G or MO
 * roots or the V2G chain are asked for, ocpp_station_trigger() with "SignV2GCertificate". A station that does not know the vendor
 * or the message did not accept, and |word| of the result says so ("UnknownVendorId"). */

/* ocpp_station_delete_vehicle_certificate: as ocpp_station_delete_certificate(), for what only a vehicle needs: roots of V2G and
 * MO, the V2G chain. In 2.x the same; in 1.6 it goes by DataTransfer. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_delete_vehicle_certificate(struct ocpp_station *station,
                                                                                const struct ocpp_certificate_hash *hash,
                                                                                const struct ocpp_command_done *done);

OCPP_END_DECLARATIONS

#endif

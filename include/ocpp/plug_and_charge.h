/* plug_and_charge.h: what the charge point does for vehicles that speak ISO 15118, and what it asks of the SECC, the side of the
 * station that speaks with them.
 *
 * The SECC keeps the session with the vehicle: TLS, EXI, V2G messages. Here it tells what of that concerns the central system (a
 * contract was presented, a contract certificate is wanted, the vehicle told its needs, it chose a schedule), and hears by
 * callbacks what to answer the vehicle. Every question that was taken gets one answer, at its time-out at the latest. OCPP 2.0.1
 * C07, K15 to K17, M01, M02, M06; with OCPP 1.6 the same by the Open Charge Alliance's application note "Using ISO 15118 Plug &
 * Charge with OCPP 1.6", which has no words for needs and schedules: the station's own schedule is offered there.
 *
 * docs/plug-and-charge.md tells the order of things. Callbacks run as those of charge_point.h do: they may call the inputs.
 */
#ifndef OCPP_PLUG_AND_CHARGE_H
#define OCPP_PLUG_AND_CHARGE_H

#include <ocpp/charge_point.h>
#include <ocpp/crypto.h>
#include <ocpp/vehicle.h>

OCPP_BEGIN_DECLARATIONS

/* --- contracts (C07) ----------------------------------------------------------------------------------------------------- */

/* ocpp_contract_check: what is known of a contract's certificate chain. */
enum ocpp_contract_check {
    OCPP_CONTRACT_UNCHECKED,    /* check it by settings.crypto; without, it counts as of an unknown root */
    OCPP_CONTRACT_VALID,        /* the SECC checked it up to a root it has */
    OCPP_CONTRACT_UNKNOWN_ROOT, /* sound, but the root above it is not installed here */
    OCPP_CONTRACT_EXPIRED,
    OCPP_CONTRACT_REVOKED,
    OCPP_CONTRACT_INVALID /* broken, a wrong signature, a wrong use */
};

/* ocpp_contract: what the vehicle presented (PaymentDetailsReq, AuthorizationReq of ISO 15118). Borrowed for the call. */
struct ocpp_contract {
    const char *emaid;                      /* required; at most 36 characters; 1.6: those of its idToken */
    const char *chain;                      /* PEM, the leaf first, without the root; NULL: the SECC does not tell it */
    enum ocpp_contract_check check;         /* where the SECC checks by itself */
    const struct ocpp_ocsp_target *targets; /* of leaf and sub-CAs; NULL: worked out from the chain by settings.crypto */
    size_t target_count;                    /* at most OCPP_CONTRACT_HASHES */
};

/* ocpp_contract_verdict: |authorization| is Accepted when the vehicle may charge by its contract. Otherwise the SECC says so with
 * the response code that fits |certificate|, and may offer external identification. */
struct ocpp_contract_verdict {
    const char *emaid;                     /* borrowed */
    enum ocpp_authorization authorization; /* OCPP_AUTHORIZATION_UNKNOWN_STATUS: nobody could be asked in time */
    enum ocpp_certificate_status certificate;
    bool is_offline; /* decided without the central system */
};

/* --- needs and schedules (K15 to K17) -------------------------------------------------------------------------------------- */

/* ocpp_ev_period: power from |start_s| on, counted from the beginning of the schedule. */
struct ocpp_ev_period {
    int64_t start_s;
    int64_t power_w; /* in all phases, rounded down */
    int phases;      /* 0: not said */
};

/* ocpp_ev_schedule: one of those the vehicle may choose: an SAScheduleTuple. */
struct ocpp_ev_schedule {
    int64_t id; /* SAScheduleTupleID; told back with the vehicle's choice */
    int64_t duration_s;
    const struct ocpp_ev_period *periods; /* at least one, the first from 0 on */
    size_t count;
    const struct ocpp_sales_tariff *tariff; /* NULL: none */
};

enum ocpp_schedule_origin {
    OCPP_SCHEDULE_OF_CENTRAL, /* made for these needs, or anew, by the central system */
    OCPP_SCHEDULE_OF_STATION  /* what the limits here allow: the central system gave none in time, or could not be asked */
};

/* ocpp_ev_offer: the schedules that hold from |from_utc_ms| on. Borrowed for the call. */
struct ocpp_ev_offer {
    enum ocpp_schedule_origin origin;
    bool renegotiate;    /* the vehicle has not asked: have it do so (EVSENotification ReNegotiation, K16.FR.02), and mind the
                            permit:    what is lower now holds at once (K16.FR.11) */
    int64_t from_utc_ms; /* OCPP_UTC_UNKNOWN: now; nobody knows the date */
    const struct ocpp_ev_schedule *schedules;
    size_t count; /* 1 to 3 */
};

/* ocpp_ev_choice: what the vehicle chose (PowerDeliveryReq). */
struct ocpp_ev_choice {
    int64_t schedule_id;                  /* SAScheduleTupleID */
    int64_t from_utc_ms;                  /* what the periods count from; OCPP_UTC_UNKNOWN: now */
    const struct ocpp_ev_period *periods; /* its ChargingProfile; NULL: it gave none, and follows the schedule */
    size_t count;
};

/* --- settings ----------------------------------------------------------------------------------------------------------------
 */

/* ocpp_plug_and_charge_settings: start from ocpp_plug_and_charge_settings_default(). Borrowed for the life of the charge point,
 * as what it points to. Callbacks may be NULL. |evse| as in the question. */
struct ocpp_plug_and_charge_settings {
    /* what to answer a contract that was presented */
    void (*contract_judged)(int evse, const struct ocpp_contract_verdict *verdict, void *user);
    /* what to answer the vehicle that wants a contract certificate: OCPP_OK with base64 of the CertificateInstallationRes or
     * CertificateUpdateRes; OCPP_ERR_CALL_ERROR  the central system says Failed, or refuses; OCPP_ERR_TIMEOUT, OCPP_ERR_CLOSED,
     * OCPP_ERR_BAD_ANSWER. |exi_response| is "" then */
    void (*ev_certificate)(int evse, enum ocpp_status status, const char *exi_response, void *user);
    /* the schedules to offer to the vehicle */
    void (*ev_offer)(int evse, const struct ocpp_ev_offer *offer, void *user);
    /* what the central system thinks of the vehicle's choice; a rejected one will be renegotiated by it (K15.FR.13) */
    void (*ev_choice_answered)(int evse, bool is_accepted, void *user);
    /* a fresh answer about one of the certificates the SECC shows to vehicles: |der| is an OCSPResponse. OCPP_ERR_CALL_ERROR: the
     * central system has none; it is asked again later. The one before stays good until |next_update_utc_ms| of it */
    void (*ocsp_status)(const struct ocpp_ocsp_target *target, enum ocpp_status status, const unsigned char *der, size_t size,
                        void *user);
    void *user;

    /* where the central system's settings begin (docs/settings.md) */
    bool contracts_off;         /* PnCEnabled; default false: contracts are taken */
    bool certificates_off;      /* ContractCertificateInstallationEnabled; default false */
    bool central_validation;    /* CentralContractValidationAllowed; default true */
    bool no_offline_validation; /* ContractValidationOffline; default false: they are checked offline */
    const char *secc_id;        /* SeccId, the CN of the SECC's leaf; at most 64 characters; NULL: none */
    const char *country;        /* CountryName: two letters; NULL: none */
    const char *organization;   /* OrganizationName; at most 64; NULL: none */

    /* how long the vehicle can wait */
    int64_t contract_timeout_ms;    /* default 50,000: AuthorizationReq may be repeated for 60 s */
    int64_t certificate_timeout_ms; /* default 4,500: ISO 15118-2 gives the CertificateInstallationRes 5 s */
    int64_t needs_timeout_ms;       /* from the needs to the profile; default 50,000 (K15.FR.08: the profile comes within 60 s) */
    int64_t renegotiation_wait_ms;  /* between two offers the vehicle did not ask for; default 5,000 */

    /* what is kept for each EVSE */
    size_t max_offer_periods;  /* of a schedule offered, or chosen; 1 to 1,024; default 24 */
    size_t max_tariff_entries; /* of a sales tariff, 464 bytes each; at most 1,024; default 24; 0: profiles with a tariff are
                                  refused */
    int64_t offer_horizon_s;   /* a schedule is so long where the vehicle told no departure; default 86,400 */

    /* OCSP of the SECC's own certificates (M06) */
    size_t max_ocsp_targets; /* 1 to 16; default 4: a leaf, two sub-CAs, and one to spare */
    int64_t ocsp_refresh_ms; /* at the latest; default and most: a week (M06.FR.10) */
    int64_t ocsp_retry_ms;   /* after a failure; default an hour */

    /* OCPP 1.6: the application note's tables name the idToken of its Authorize a text, most programs make it an object as 2.0.1
     * has it. Default false: an object. Answers are read either way */
    bool v16_id_token_is_text;
};

/* ocpp_plug_and_charge_settings_default: each member as its comment says; without one, 0, false or NULL. */
OCPP_API struct ocpp_plug_and_charge_settings ocpp_plug_and_charge_settings_default(void);

/* --- what the SECC tells ---------------------------------------------------------------------------------------------------- */
/* Errors of all of them: OCPP_ERR_ARGUMENT  no such EVSE, or a value out of its range; OCPP_ERR_STATE  the station has no such
 * part (settings.plug_and_charge), or as said there. Nothing happened then, and no callback follows. */

/* ocpp_charge_point_ev_session: a vehicle speaks ISO 15118 at |evse|, from its SessionSetupReq on, or its session ended. While it
 * does, a profile for its transaction is refused until it has told its needs (K15.FR.17), and may hold up to three schedules
 * (K01.FR.34). Forgotten with the plug. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_charge_point_ev_session(struct ocpp_charge_point *cp, int evse, bool is_open,
                                                                     struct ocpp_now now);

/* ocpp_charge_point_contract: the vehicle at |evse| presented a contract whose key it has proved to hold. Answered by
 * contract_judged. Where it is accepted the transaction is authorised by it as by a token of type eMAID, whoever is told by
 * token_judged included. Presented again for the transaction that it authorised, it changes nothing (a vehicle that comes back
 * from a pause). Errors: OCPP_ERR_STATE also where contracts are off (PnCEnabled); OCPP_ERR_BUSY  one is being judged there;
 * OCPP_ERR_LENGTH  the eMAID; OCPP_ERR_NOMEM. C07. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_charge_point_contract(struct ocpp_charge_point *cp, int evse,
                                                                   const struct ocpp_contract *contract, struct ocpp_now now);

/* ocpp_charge_point_ev_certificate: the vehicle wants a contract certificate. Answered by ev_certificate. Errors: OCPP_ERR_STATE
 * also where that is off, or there is no link: say so to the vehicle at once; OCPP_ERR_BUSY  one is on its way there;
 * OCPP_ERR_LENGTH; OCPP_ERR_VALUE  no base64; OCPP_ERR_NOMEM. M01, M02. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_charge_point_ev_certificate(struct ocpp_charge_point *cp, int evse,
                                                                         const struct ocpp_ev_certificate_request *request,
                                                                         struct ocpp_now now);

/* ocpp_charge_point_ev_needs: the vehicle told what it needs. Answered by ev_offer. Needs told while a renegotiation of ours is
 * open are answered here and not sent (K16.FR.09). Told again before the answer, the later needs count. Errors: OCPP_ERR_STATE
 * also where no transaction runs or no session is open. K15, K17. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_charge_point_ev_needs(struct ocpp_charge_point *cp, int evse,
                                                                   const struct ocpp_ev_needs *needs, struct ocpp_now now);

/* ocpp_charge_point_ev_choice: the vehicle chose among what was offered. The limits of |schedule_id| hold from now on; its
 * profile is told to the central system, or the schedule where it gave none (K15.FR.19), at the latest when there is a link
 * again. Errors: OCPP_ERR_NOT_FOUND  no such schedule was offered; OCPP_ERR_LIMIT  more than max_offer_periods; OCPP_ERR_STORAGE
 * the choice could not be kept; OCPP_ERR_RANGE  the profile goes beyond the schedule: tell the vehicle that it is invalid. It is
 * told to the central system nevertheless, but nothing else changes (K15.FR.09, FR.12). */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_charge_point_ev_choice(struct ocpp_charge_point *cp, int evse,
                                                                    const struct ocpp_ev_choice *choice, struct ocpp_now now);

/* ocpp_charge_point_ocsp_targets: the certificates the SECC shows to vehicles, leaf first; they replace those told before. Asked
 * for now, and again before they are a week old or outdated. Not needed where settings.crypto holds the SECC's chain
 * (OCPP_KEY_V2G): it is looked at after each start and each change. Errors: OCPP_ERR_LIMIT  more than max_ocsp_targets. M06. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_charge_point_ocsp_targets(struct ocpp_charge_point *cp,
                                                                       const struct ocpp_ocsp_target *targets, size_t count,
                                                                       struct ocpp_now now);

/* ocpp_charge_point_ocsp: the latest answer about |certificate|, for the TLS handshake with a vehicle: |*der| lives until the
 * next entry point is called. Errors: OCPP_ERR_NOT_FOUND  there is none, or it is outdated. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_charge_point_ocsp(const struct ocpp_charge_point *cp,
                                                               const struct ocpp_certificate_hash *certificate,
                                                               const unsigned char **der, size_t *size, struct ocpp_now now);

OCPP_END_DECLARATIONS

#endif

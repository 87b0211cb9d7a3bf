/* ev_world.h: a station whose vehicles speak ISO 15118: the SECC's side, which tells what a vehicle does and notes what it is to
 * be told, and a central system that answers what only such stations ask. */
#ifndef OCPP_TESTS_EV_WORLD_H
#define OCPP_TESTS_EV_WORLD_H

#include <ocpp/certificates.h>
#include <ocpp/plug_and_charge.h>

#include "fake_crypto.h"
#include "station_world.h"

enum { EV_OFFERED_PERIODS = 64 };

struct offered_schedule {
    int64_t id;
    int64_t duration_s;
    struct ocpp_ev_period periods[EV_OFFERED_PERIODS];
    size_t count;
    bool has_tariff;
    int64_t tariff_entries;
    int64_t tariff_level;  /* of the first entry */
    int64_t tariff_amount; /* of its first cost */
    char tariff_text[33 * 4];
};

struct ev_world {
    struct world *world;
    struct ocpp_plug_and_charge_settings settings;
    struct fake_crypto crypto; /* survives the station, as a folder does */
    struct ocpp_certificates_settings certificate_settings;
    int renewed; /* certificates for vehicles */

    /* what the SECC was told */
    int verdicts;
    struct ocpp_contract_verdict verdict;
    char emaid[64];
    int certificates;
    enum ocpp_status certificate_status;
    char exi[6000];
    int offers;
    struct ocpp_ev_offer offer;
    struct offered_schedule schedules[3];
    int choices;
    bool choice_accepted;
    int ocsp_answers;
    enum ocpp_status ocsp_status;
    char ocsp_serial[41];
    size_t ocsp_size;
    void (*in_callback)(struct ev_world *ev, const char *which); /* runs inside every callback */

    /* what the central system says */
    const char *id_status;           /* of an eMAID; default Accepted */
    const char *certificate_word;    /* certificateStatus; NULL: none */
    const char *ev_certificate_word; /* Accepted, Failed */
    const char *exi_response;
    const char *needs_word;    /* Accepted, Rejected, Processing */
    const char *choice_word;   /* Accepted, Rejected */
    const char *ocsp_word;     /* Accepted, Failed */
    const char *ocsp_result;   /* base64; NULL: none */
    const char *transfer_word; /* 1.6: the status of DataTransfer; default Accepted */
    const char *transfer_data; /* 1.6: instead of what is right; NULL */
    char data[16384];          /* 1.6: of the last DataTransfer */
};

/* ev_world_new: nothing is started yet. ev_world_in: accepted in |version|. */
struct ev_world *ev_world_new(void);
struct ev_world *ev_world_in(enum ocpp_version version);
void ev_world_free(struct ev_world *ev);

/* ev_world_with_certificates: the same, with keys and certificates of lines, the SECC "SECC-1" of "Operator", and the roots
 * "V2G" and "MO". Nothing is started yet. ev_put_chain: a leaf and a sub-CA for vehicles, whose serial numbers are 11 and 12. */
struct ev_world *ev_world_with_certificates(void);
void ev_put_chain(struct ev_world *ev);

/* present: a contract that the SECC found to be |check|, with hash data of two certificates; |chain| may be NULL. */
enum ocpp_status present(struct ev_world *ev, int evse, const char *emaid, enum ocpp_contract_check check, const char *chain);
enum ocpp_status want_certificate(struct ev_world *ev, int evse, enum ocpp_ev_certificate_action action, const char *exi);
struct ocpp_ev_needs ac_needs(void);
enum ocpp_status tell_needs(struct ev_world *ev, int evse, const struct ocpp_ev_needs *needs); /* NULL: the usual ones */
enum ocpp_status open_session(struct ev_world *ev, int evse);
/* choose: the vehicle chose a schedule; |power_w| 0: and told no profile, else one of that power. */
enum ocpp_status choose(struct ev_world *ev, int evse, int64_t id, int64_t power_w);
struct ocpp_ocsp_target target_number(int number);

#endif

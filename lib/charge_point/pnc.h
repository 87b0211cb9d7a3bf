/* pnc.h: what a charge point keeps for vehicles that speak ISO 15118; for the files of that block and the dialects.
 *
 * contract.c          contracts that are presented (C07)
 * ev_certificate.c    contract certificates that are fetched for vehicles (M01, M02)
 * ev_needs.c          what a vehicle needs, and what comes of it (K15, K17)
 * ev_offer.c          the schedules it may choose from, and its choice (K15, K16)
 * ocsp.c              answers about the certificates it is shown (M06)
 *
 * What is as large as a chain of certificates is taken when it comes and given back when it is answered.
 */
#ifndef OCPP_LIB_PNC_H
#define OCPP_LIB_PNC_H

#include <ocpp/plug_and_charge.h>

#include "charge_point_internal.h"

enum {
    EV_EXI_SIZE = 5601,
    EV_SCHEMA_SIZE = 51,
    MOST_OCSP_TARGETS = 16,
    OCSP_DER_SIZE = 4125, /* what 5,500 characters of base64 hold */
    EV_CHOICES = 3,       /* schedules a profile may have (K15.FR.07) */
    PNC_EMAID_CHARACTERS = 36
};

/* --- contracts ---------------------------------------------------------------------------------------------------------- */

/* What is told to the central system of a contract. */
struct contract_question {
    char chain[OCPP_CONTRACT_CHAIN_SIZE]; /* "": it is not passed on */
    struct ocpp_ocsp_target targets[OCPP_CONTRACT_HASHES];
    size_t target_count;
};

struct contract {
    bool is_open; /* the SECC waits */
    bool is_due;  /* … and can be told */
    bool is_offline;
    struct token token;
    enum ocpp_contract_check check;
    enum ocpp_authorization authorization;
    enum ocpp_certificate_status certificate;
    int64_t until_mono_ms;
    struct contract_question *question; /* while it is open */
};

/* --- contract certificates ---------------------------------------------------------------------------------------------- */

enum ev_certificate_state { EV_CERTIFICATE_NONE, EV_CERTIFICATE_DUE, EV_CERTIFICATE_ASKED, EV_CERTIFICATE_ENDED };

struct ev_certificate_texts {
    char schema_version[EV_SCHEMA_SIZE * 4];
    char exi[EV_EXI_SIZE]; /* the request, then the answer */
};

struct ev_certificate {
    enum ev_certificate_state state;
    enum ocpp_ev_certificate_action action;
    enum ocpp_status status;
    int64_t until_mono_ms;
    struct ev_certificate_texts *texts;
};

/* --- needs, offers, choices ----------------------------------------------------------------------------------------------- */

enum needs_state {
    NEEDS_NONE,
    NEEDS_DUE,     /* to be told */
    NEEDS_ASKED,   /* … and on the way */
    NEEDS_AWAITED, /* a profile was promised */
    NEEDS_ANSWERED /* an offer was made for them */
};

enum needs_answer { NEEDS_ACCEPTED, NEEDS_REJECTED, NEEDS_PROCESSING };

/* One schedule of an offer. */
struct offered {
    int64_t id;
    int32_t duration_s;
    size_t count;
    struct ocpp_ev_period *periods;         /* max_offer_periods of them */
    const struct ocpp_sales_tariff *tariff; /* in the arena of its EVSE */
};

enum told_choice { CHOICE_NONE, CHOICE_DUE, CHOICE_ASKED };

/* The schedule a vehicle chose, as the central system is told. */
struct ev_choice {
    enum told_choice state;
    bool has_answer; /* the firmware is to be told */
    bool is_accepted;
    int64_t id;
    int64_t from_ms; /* OCPP_UTC_UNKNOWN: told when the date is known */
    int64_t from_mono_ms;
    int32_t duration_s;
    size_t count;
    struct ocpp_ev_period *periods; /* max_offer_periods of them */
};

/* The schedules of a profile among which a vehicle may choose: the profile once with each. The one that counts is in the table of
 * profiles; these are not kept over a restart, which ends the session with the vehicle anyway. */
struct choices {
    size_t count; /* 0: unused */
    struct profile *profiles[EV_CHOICES];
    const struct ocpp_sales_tariff *tariffs[EV_CHOICES]; /* NULL: none */
    struct ocpp_arena *arena;                            /* of the tariffs */
};

enum { EV_SETS = 2 }; /* profiles with choices, of different stack levels (K15.FR.22) */

struct ev {
    bool session;   /* a vehicle speaks ISO 15118 */
    bool has_needs; /* it told them, and whoever had to hear of it has */
    bool is_offer_due;
    bool is_anew; /* … that the vehicle did not ask for */
    enum ocpp_schedule_origin origin;
    enum needs_state state;
    struct ocpp_ev_needs needs;
    int64_t until_mono_ms;         /* for the profile */
    int64_t renegotiation_mono_ms; /* until then its needs are the answer to ours; 0: none is open */
    int64_t not_before_mono_ms;    /* for the next offer it did not ask for */
    uint32_t seen_revision;        /* of the limits, when they were last looked at */
    int64_t offered_from_ms;       /* OCPP_UTC_UNKNOWN */
    int64_t offered_mono_ms;
    size_t offered_count;
    size_t chosen; /* of the offered ones; the first until one is chosen */
    struct offered offered[EV_CHOICES];
    struct ev_choice choice;
    struct choices sets[EV_SETS];
    struct contract contract;
    struct ev_certificate certificate;
};

/* --- OCSP -------------------------------------------------------------------------------------------------------------- */

enum ocsp_state { OCSP_NONE, OCSP_DUE, OCSP_ASKED };

struct ocsp_entry {
    bool is_used;
    bool is_told_due; /* the firmware is to be told of |told| */
    bool is_old;      /* of an earlier start: when it was fetched is looked at once the date is known */
    enum ocsp_state state;
    enum ocpp_status told;
    struct ocpp_ocsp_target target;
    int64_t due_mono_ms; /* when it is asked about next */
    int64_t fetched_utc_ms;
    int64_t next_update_utc_ms; /* OCPP_UTC_UNKNOWN: it says none */
    size_t size;                /* 0: there is no answer */
    unsigned char *der;         /* OCSP_DER_SIZE bytes, or NULL */
};

struct ocsp {
    struct ocsp_entry *entries; /* max_ocsp_targets of them */
    bool is_of_firmware;        /* it told them itself */
    bool is_stale;              /* the SECC's chain is to be looked at again */
};

/* --- all of it ---------------------------------------------------------------------------------------------------------- */

enum pnc_flight { PNC_FLIGHT_NONE, PNC_FLIGHT_CERTIFICATE, PNC_FLIGHT_NEEDS, PNC_FLIGHT_CHOICE, PNC_FLIGHT_OCSP };

struct pnc {
    struct ocpp_plug_and_charge_settings settings;
    struct ev *evs; /* evse_count + 1; the first is unused */
    struct ocsp ocsp;
    enum pnc_flight flight;           /* what of it is outstanding … */
    int flight_evse;                  /* … of which EVSE, or which entry */
    struct offered fresh[EV_CHOICES]; /* while an offer is made */
    struct choices staged;            /* of the profile that is being set */
};

/* Each sends one message through ocpp_cp_send() and gives what that gave. The last two are NULL where the version has no words
 * for what a vehicle needs. */
struct pnc_words {
    enum ocpp_status (*authorize)(struct ocpp_charge_point *cp, const struct contract *contract);
    enum ocpp_status (*send_certificate)(struct ocpp_charge_point *cp, const struct ev_certificate *certificate);
    enum ocpp_status (*send_ocsp)(struct ocpp_charge_point *cp, const struct ocpp_ocsp_target *target);
    enum ocpp_status (*send_needs)(struct ocpp_charge_point *cp, int evse, const struct ocpp_ev_needs *needs);
    enum ocpp_status (*send_choice)(struct ocpp_charge_point *cp, int evse, const struct ev_choice *choice);
};

extern const struct pnc_words ocpp_cp_v16_pnc_words;
extern const struct pnc_words ocpp_cp_v201_pnc_words;
extern const struct block ocpp_cp_block_plug_and_charge;

struct pnc *ocpp_cp_pnc(const struct ocpp_charge_point *cp);         /* NULL: the station has no such part */
struct ev *ocpp_cp_ev(const struct ocpp_charge_point *cp, int evse); /* NULL: nor such an EVSE */
const struct pnc_words *ocpp_cp_pnc_words(const struct ocpp_charge_point *cp);
bool ocpp_cp_pnc_may_send(const struct ocpp_charge_point *cp); /* we are accepted, and the version has words */

/* contract.c */
bool ocpp_cp_contract_decide(struct ocpp_charge_point *cp, const struct question *question, struct decision *decision);
enum ocpp_status ocpp_cp_contract_ask(struct ocpp_charge_point *cp, int slot, const struct token *token);
void ocpp_cp_contract_judged(struct ocpp_charge_point *cp, int slot, const struct token *token,
                             enum ocpp_authorization authorization);
/* ocpp_cp_contract_answered: the central system said |info| of the contract that was asked about, and |certificate| of its chain.
 */
void ocpp_cp_contract_answered(struct ocpp_charge_point *cp, struct token_info *info, enum ocpp_certificate_status certificate);
void ocpp_cp_contract_work(struct ocpp_charge_point *cp, int evse);
void ocpp_cp_contract_free(struct ocpp_charge_point *cp, struct contract *contract);

/* ev_certificate.c */
bool ocpp_cp_ev_certificate_send(struct ocpp_charge_point *cp);
/* _answered: |exi| is borrowed, NULL where there is none. */
void ocpp_cp_ev_certificate_answered(struct ocpp_charge_point *cp, enum ocpp_status status, const char *exi);
void ocpp_cp_ev_certificate_work(struct ocpp_charge_point *cp, int evse);
void ocpp_cp_ev_certificate_link_down(struct ocpp_charge_point *cp, int evse);
void ocpp_cp_ev_certificate_free(struct ocpp_charge_point *cp, struct ev_certificate *certificate);

/* ev_needs.c */
bool ocpp_cp_ev_needs_send(struct ocpp_charge_point *cp);
void ocpp_cp_ev_needs_answered(struct ocpp_charge_point *cp, enum ocpp_status status, enum needs_answer answer);
void ocpp_cp_ev_needs_work(struct ocpp_charge_point *cp, int evse);
void ocpp_cp_ev_forget(struct ocpp_charge_point *cp, int evse); /* the vehicle has left, or its transaction has ended */
int64_t ocpp_cp_ev_deadline(const struct ocpp_charge_point *cp, int evse);

/* ev_offer.c */
bool ocpp_cp_ev_take(struct ocpp_charge_point *cp, struct ev *ev); /* its memory; false: there is none */
void ocpp_cp_ev_free(struct ocpp_charge_point *cp, struct ev *ev);
bool ocpp_cp_ev_offers_take(struct ocpp_charge_point *cp); /* what they share */
void ocpp_cp_ev_offers_free(struct ocpp_charge_point *cp);
void ocpp_cp_ev_offer(struct ocpp_charge_point *cp, int evse);            /* makes and tells the one that is due */
bool ocpp_cp_ev_schedule_changed(struct ocpp_charge_point *cp, int evse); /* it is another than was offered */
bool ocpp_cp_ev_choice_send(struct ocpp_charge_point *cp);
void ocpp_cp_ev_choice_answered(struct ocpp_charge_point *cp, enum ocpp_status status, bool is_accepted);
void ocpp_cp_ev_choice_work(struct ocpp_charge_point *cp, int evse);

/* ev_choices.c: profiles with several schedules. _admits: whether a profile for the transaction at |evse| with |count| schedules
 * may come now. _begin: forgets what was staged; _add: stages the profile with one of its schedules, checked; _done: the profile
 * was taken with the first of them, and they count from now on. */
enum profile_refusal ocpp_cp_ev_admits(const struct ocpp_charge_point *cp, int evse, int64_t profile_id, size_t count);
struct choices *ocpp_cp_ev_choices_begin(struct ocpp_charge_point *cp);
enum profile_refusal ocpp_cp_ev_choices_add(struct ocpp_charge_point *cp, const struct profile *profile,
                                            const struct ocpp_sales_tariff *tariff);
void ocpp_cp_ev_choices_done(struct ocpp_charge_point *cp, int evse);
/* _lay: puts the profiles with their choice |index| into the table, for a look; _lift puts back what was there. _choose: for
 * good. */
void ocpp_cp_ev_choices_lay(struct ocpp_charge_point *cp, struct ev *ev, size_t index);
void ocpp_cp_ev_choices_lift(struct ocpp_charge_point *cp, struct ev *ev);
bool ocpp_cp_ev_choose(struct ocpp_charge_point *cp, struct ev *ev, size_t index);
size_t ocpp_cp_ev_choice_count(struct ocpp_charge_point *cp, struct ev *ev); /* 0: no profile of its transaction is known */
/* the profile that leads with choice |index|, and what it costs; NULL */
const struct profile *ocpp_cp_ev_choice_at(const struct ev *ev, size_t index, const struct ocpp_sales_tariff **tariff);
bool ocpp_cp_ev_choices_take(struct ocpp_charge_point *cp, struct choices *choices);
void ocpp_cp_ev_choices_free(struct ocpp_charge_point *cp, struct choices *choices);
void ocpp_cp_ev_choices_forget(struct choices *choices);

/* ocsp.c */
bool ocpp_cp_ocsp_take(struct ocpp_charge_point *cp);
void ocpp_cp_ocsp_free(struct ocpp_charge_point *cp);
enum ocpp_status ocpp_cp_ocsp_load(struct ocpp_charge_point *cp);
void ocpp_cp_ocsp_work(struct ocpp_charge_point *cp);
int64_t ocpp_cp_ocsp_deadline(const struct ocpp_charge_point *cp);
bool ocpp_cp_ocsp_send(struct ocpp_charge_point *cp);
/* _answered: |result| is base64 of a DER OCSPResponse, borrowed; NULL where there is none. */
void ocpp_cp_ocsp_answered(struct ocpp_charge_point *cp, enum ocpp_status status, const char *result);

#endif

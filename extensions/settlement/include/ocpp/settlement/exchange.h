/* exchange.h: tariffs and bills in the words of OCPI 2.2.1 and 2.3, from JSON text and to it. Pure functions. Those for the
 * tariffs of OCPP 2.1 are in exchange_v21.h.
 *
 * The two sides cannot say the same things. What one cannot say is told as a remark: a place and a reason. A *loss* is a remark
 * on which a price hangs: who reads the result could come to another amount. A *note* is one on which none does (texts, the
 * energy mix, the name of a tax). An import with a loss is refused, with all of them in the report; an export is written all the
 * same, and it is for the caller to look at |losses| before it is sent.
 *
 * What was read says what the other side says; whether bills can be made by it (no element that never applies, no price that
 * nobody can reach) ocpp_settle_snapshot_check() knows.
 *
 * Numbers are read exactly or not at all: prices to a millionth of the major unit, rates of tax to a millionth, energy to a mWh,
 * currents to a mA, powers to a mW.
 */
#ifndef OCPP_SETTLEMENT_EXCHANGE_H
#define OCPP_SETTLEMENT_EXCHANGE_H

#include <ocpp/settlement/model.h>

OCPP_BEGIN_DECLARATIONS

/* OCPP_SETTLE_REMARKS_MOST: what a report holds; the remarks beyond are counted. */
enum { OCPP_SETTLE_REMARKS_MOST = 128 };

enum ocpp_settle_remark_weight { OCPP_SETTLE_REMARK_NOTE, OCPP_SETTLE_REMARK_LOSS };

/* ocpp_settle_remark: |path| is a JSON pointer (RFC 6901) into what was given, the foreign text or our own record; |reason| a
 * sentence for people. */
struct ocpp_settle_remark {
    enum ocpp_settle_remark_weight weight;
    const char *path;
    const char *reason;
};

/* ocpp_settle_report: how an import or an export went; written on success and on errors. Remarks live in the arena of the call.
 * |issue| says where and why a call was refused; its status is OCPP_OK on success. */
struct ocpp_settle_report {
    const struct ocpp_settle_remark *remarks;
    size_t count;
    size_t losses; /* among all remarks, those beyond included */
    size_t beyond; /* remarks there was no room for */
    struct ocpp_issue issue;
};

/* ocpp_settle_text: JSON text, terminated; |size| excludes the terminator. */
struct ocpp_settle_text {
    const char *text;
    size_t size;
};

enum ocpp_settle_ocpi_release { OCPP_SETTLE_OCPI_2_2_1 = 1, OCPP_SETTLE_OCPI_2_3 };

/* ocpp_settle_ocpi_head: what an OCPI tariff says besides prices. |tariff_type| is the word on the wire ("REGULAR") or NULL;
 * |language| that of the tariff's text (NULL: "en"); |last_updated_ms| is OCPP_UTC_UNKNOWN where an imported tariff does not say.
 */
struct ocpp_settle_ocpi_head {
    const char *country_code; /* two letters */
    const char *party_id;     /* at most three characters */
    const char *tariff_type;
    const char *language;
    int64_t last_updated_ms;
};

/* ocpp_settle_tariff_from_ocpi: reads a Tariff object of |release| (|size| bytes of JSON, not kept) into a tariff of dialect
 * OCPI; it and |*head| live in |arena|. Members nobody knows are noted and ignored, unless they stand in the elements or limits,
 * where they could change a price. A time without zone is UTC, null is absent, last_updated may be missing; everything else is
 * strict.
 *
 * Errors: OCPP_ERR_VALUE the import would lose something, or a value makes no sense; OCPP_ERR_RANGE more digits than are kept, a
 * negative or an excessive amount; others of class MESSAGE; OCPP_ERR_ARGUMENT no such release; OCPP_ERR_NOMEM, OCPP_ERR_LIMIT.
 * OCPI 2.2.1 and 2.3, mod_tariffs. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_tariff_from_ocpi(enum ocpp_settle_ocpi_release release,
                                                                     struct ocpp_settle_text given, struct ocpp_arena *arena,
                                                                     const struct ocpp_settle_tariff **tariff,
                                                                     struct ocpp_settle_ocpi_head *head,
                                                                     struct ocpp_settle_report *report);

/* ocpp_settle_tariff_to_ocpi: writes |tariff| as a Tariff object of |release| into |arena|. What OCPI cannot say is left out and
 * told: elements with a restriction it does not know, tariffs of power banks, limits that are gross only. A price per minute is
 * told per hour; several taxes of a price are told as the one that gives the same sum.
 *
 * Errors: OCPP_ERR_VALUE the prices are gross and taxed, and |release| knows only net ones; OCPP_ERR_TOO_FEW nothing is left to
 * be told; OCPP_ERR_MISSING_MEMBER |head| lacks something; others of class MESSAGE; OCPP_ERR_ARGUMENT, OCPP_ERR_NOMEM,
 * OCPP_ERR_LIMIT. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_tariff_to_ocpi(enum ocpp_settle_ocpi_release release,
                                                                   const struct ocpp_settle_tariff *tariff,
                                                                   const struct ocpp_settle_ocpi_head *head,
                                                                   struct ocpp_arena *arena, struct ocpp_settle_text *text,
                                                                   struct ocpp_settle_report *report);

/* --- charge detail records ------------------------------------------------------------------------------------------------ */

/* ocpp_settle_cdr_token, ocpp_settle_cdr_location: as OCPI has them; NULL is absent where it may be (name, postal_code, state).
 */
struct ocpp_settle_cdr_token {
    const char *country_code;
    const char *party_id;
    const char *uid;
    const char *type; /* "RFID", "APP_USER", … */
    const char *contract_id;
};

/* ocpp_settle_cdr_location: where it happened, as OCPI wants it in a CDR. */
struct ocpp_settle_cdr_location {
    const char *id;
    const char *name;
    const char *address;
    const char *city;
    const char *postal_code;
    const char *state;
    const char *country;  /* three letters */
    const char *latitude; /* degrees as text: "51.047599" */
    const char *longitude;
    const char *evse_uid;
    const char *evse_id;
    const char *connector_id;
    const char *connector_standard;   /* "IEC_62196_T2", … */
    const char *connector_format;     /* "SOCKET" or "CABLE" */
    const char *connector_power_type; /* "AC_3_PHASE", … */
};

/* ocpp_settle_cdr_facts: what a CDR says and no bill knows. NULL is absent in those that are optional. With |credit_reference_id|
 * it is a Credit CDR: its total is negative. */
struct ocpp_settle_cdr_facts {
    const char *id;         /* |country_code| and |party_id| are those of |tariff| */
    const char *session_id; /* optional */
    struct ocpp_settle_cdr_token token;
    const char *auth_method;             /* "AUTH_REQUEST", "COMMAND" or "WHITELIST" */
    const char *authorization_reference; /* optional */
    struct ocpp_settle_cdr_location location;
    const char *meter_id;             /* optional */
    const char *remark;               /* optional */
    const char *invoice_reference_id; /* optional */
    const char *credit_reference_id;  /* optional */
    struct ocpp_settle_ocpi_head tariff;
    int64_t last_updated_ms;
};

/* ocpp_settle_cdr_session: what a bill was made of. */
struct ocpp_settle_cdr_session {
    const struct ocpp_settle_snapshot *snapshot;
    const struct ocpp_settle_usage *usage;
    const struct ocpp_settle_bill *bill;
};

/* ocpp_settle_bill_to_cdr: writes the FINAL bill of |session| as a CDR of |release| into |arena|. A charging period begins
 * wherever another price or another state holds. Amounts are those of the bill, energy is exact, hours have four decimals (which
 * tells whole seconds apart). Left out and told: power banks (their lines are not in the totals either). Told: adjustments, which
 * are in the total but in nothing that explains it; minimum and maximum, likewise; what the tariff loses. Paths begin with
 * /snapshot/tariff or /bill.
 *
 * Errors: OCPP_ERR_STATE the bill is RUNNING; OCPP_ERR_VALUE the bill is not of that usage, or it has power banks and rounds
 * taxes per group, so that nobody can say which are the session's: compute the session alone; OCPP_ERR_TOO_FEW there was neither
 * a session nor a reservation; OCPP_ERR_MISSING_MEMBER and others of class MESSAGE for |facts|; those of
 * ocpp_settle_tariff_to_ocpi(); OCPP_ERR_ARGUMENT, OCPP_ERR_NOMEM, OCPP_ERR_LIMIT. OCPI 2.2.1 and 2.3, mod_cdrs. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_bill_to_cdr(enum ocpp_settle_ocpi_release release,
                                                                const struct ocpp_settle_cdr_session *session,
                                                                const struct ocpp_settle_cdr_facts *facts,
                                                                struct ocpp_arena *arena, struct ocpp_settle_text *text,
                                                                struct ocpp_settle_report *report);

OCPP_END_DECLARATIONS

#endif

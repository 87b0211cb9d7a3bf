/* ocmf.h: signed meter values in the Open Charge Metering Format, read and checked.
 *
 * A record is   OCMF|{payload}|{signature}   and the signature is over the bytes of the payload as they stand, so nothing here
 * rewrites them. Checking is for whoever wants to know whether a bill can be proved: a backend, a test bench, a station that
 * looks after its own meter. Neither engine needs it; the charge point hands signed values on as the meter made them.
 *
 * Nothing is allocated but the tree of the JSON while a record is read (from malloc, as everywhere), and nothing is kept.
 *
 * OCMF 0.4 to 1.4; OCA, Signed Meter Values in OCPP.
 */
#ifndef OCPP_OCMF_H
#define OCPP_OCMF_H

#include <ocpp/crypto.h>

OCPP_BEGIN_DECLARATIONS

/* Bounds: beyond them a record is refused with OCPP_OCMF_TOO_LARGE. */
enum {
    OCPP_OCMF_SIZE = 64 * 1024,
    OCPP_OCMF_READINGS = 64,
    OCPP_OCMF_RECORDS = 256,
    OCPP_OCMF_TEXT_SIZE = 129,
    OCPP_OCMF_SIGNATURE_SIZE = 160
};

/* Leniencies, named; none is on by itself. Those that were needed stand in |quirks| of the record. */
#define OCPP_OCMF_TEXT_VALUE    1u /* RV as a text, with spaces in front and zeros: "       9.038" */
#define OCPP_OCMF_RAW_SIGNATURE 2u /* the two numbers of the signature one behind the other instead of DER */
#define OCPP_OCMF_UNSIGNED      8u /* DER whose numbers lack the zero before a first bit that is set, and so would be negative */
#define OCPP_OCMF_SPACE_BEFORE  4u /* white space before the record, where it was cut out of a file (JSON allows it behind) */

/* ocpp_ocmf_fault: why a record cannot be read. */
enum ocpp_ocmf_fault {
    OCPP_OCMF_GOOD,
    OCPP_OCMF_TOO_LARGE,
    OCPP_OCMF_NOT_OCMF,  /* not three sections, the first of which is OCMF */
    OCPP_OCMF_NOT_JSON,  /* a section is no JSON object, or one with a name twice */
    OCPP_OCMF_MEMBER,    /* a member that is needed is missing, or is not what it must be */
    OCPP_OCMF_ALGORITHM, /* a signature algorithm, encoding or type that OCMF does not name */
    OCPP_OCMF_SIGNATURE  /* the signature data is not in the encoding it says */
};
enum { OCPP_OCMF_FAULT_COUNT = OCPP_OCMF_SIGNATURE + 1 };

/* ocpp_ocmf_reading: one element of RD, with what it takes over from the one before it filled in. */
struct ocpp_ocmf_reading {
    int64_t utc_ms;     /* TM */
    char time_status;   /* U unknown, I informative, S synchronised, R relative */
    char reason;        /* TX: B, C, X, E, L, R, A, P, S, T; '\0': none */
    char status;        /* ST: G is good */
    bool is_energy_bad; /* EF */
    bool is_time_bad;
    bool has_value;            /* false: nothing but an error is told */
    struct ocpp_decimal value; /* RV */
    char identification[33];   /* RI, an OBIS code; "": none */
    char unit[9];              /* RU; "": none */
};

/* ocpp_ocmf_record: one record. Texts that are absent are "". */
struct ocpp_ocmf_record {
    const char *payload; /* the signed bytes, within the text that was read: it must live as long */
    size_t payload_size;
    char format_version[9];                   /* FV */
    char gateway_serial[OCPP_OCMF_TEXT_SIZE]; /* GS */
    char meter_serial[OCPP_OCMF_TEXT_SIZE];   /* MS */
    char point[OCPP_OCMF_TEXT_SIZE];          /* CI */
    char token[OCPP_OCMF_TEXT_SIZE];          /* ID */
    char context;                             /* of PG: T transaction, F fiscal */
    uint64_t page;                            /* of PG */
    struct ocpp_ocmf_reading readings[OCPP_OCMF_READINGS];
    size_t reading_count;
    enum ocpp_curve curve;
    enum ocpp_hash hash;
    unsigned char signature[OCPP_OCMF_SIGNATURE_SIZE]; /* DER */
    size_t signature_size;
    unsigned quirks;
};

/* ocpp_ocmf_parse: reads one record of |size| bytes. |quirks| are the leniencies allowed. Nothing is verified.
 * Errors: OCPP_ERR_VALUE, see |fault|; OCPP_ERR_NOMEM. |record| is untouched then. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_ocmf_parse(const char *text, size_t size, unsigned quirks,
                                                        struct ocpp_ocmf_record *record, enum ocpp_ocmf_fault *fault);

/* ocpp_ocmf_fault_words: a few words for a person; "?" for what is no fault. */
OCPP_API const char *ocpp_ocmf_fault_words(enum ocpp_ocmf_fault fault);

/* ocpp_ocmf_key: a public key as text, in hexadecimal (spaces allowed) or base64, as |bytes| of at most |room|. |key| refers to
 * them: a DER key, or a bare point on the curve of |record|. The key must come another way than the record, or it proves nothing.
 * Errors: OCPP_ERR_VALUE  neither encoding; OCPP_ERR_LENGTH. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_ocmf_key(const char *text, size_t size, const struct ocpp_ocmf_record *record,
                                                      unsigned char *bytes, size_t room, struct ocpp_public_key *key);

/* ocpp_ocmf_verify: whether the signature is one by |key| over the payload, on the curve the record names.
 * Errors: OCPP_ERR_VALUE, see |fault| (UNREADABLE: the key; BAD_SIGNATURE); those of |crypto|. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_ocmf_verify(const struct ocpp_ocmf_record *record, const struct ocpp_public_key *key,
                                                         const struct ocpp_crypto *crypto, enum ocpp_certificate_fault *fault);

/* --- a transaction ------------------------------------------------------------------------------------------------------- */

/* What is wrong with the records of a transaction, as a set of bits. */
#define OCPP_OCMF_NO_BEGIN     0x001u /* the first reading is no begin of a transaction */
#define OCPP_OCMF_NO_END       0x002u /* the last reading is no end of one */
#define OCPP_OCMF_GAP          0x004u /* the pages do not follow one another: a record is missing, twice there, or out of order */
#define OCPP_OCMF_OTHER_METER  0x008u /* the serial number of meter or gateway changes, or there is none */
#define OCPP_OCMF_OTHER_TOKEN  0x010u /* the person who pays changes */
#define OCPP_OCMF_FELL         0x020u /* a register is lower than before */
#define OCPP_OCMF_BACK_IN_TIME 0x040u /* a reading is older than the one before it */
#define OCPP_OCMF_ERROR_STATE  0x080u /* the meter, or an error flag, says that a value is no good */
#define OCPP_OCMF_NO_ENERGY    0x100u /* begin and end have no register of energy in common */
#define OCPP_OCMF_NOT_SIGNED   0x200u /* a signature does not verify */
#define OCPP_OCMF_NOT_CHARGING 0x400u /* a record outside of transactions is among them */
#define OCPP_OCMF_IN_BETWEEN   0x800u /* a transaction begins or ends in the middle */

/* ocpp_ocmf_bill: what the records prove. */
struct ocpp_ocmf_bill {
    unsigned wrong;                /* bits of the above; 0: nothing */
    size_t wrong_record;           /* the first record with one of them */
    char identification[33];       /* the register that was billed */
    struct ocpp_decimal energy_wh; /* what it rose by; 0 with NO_ENERGY */
    int64_t begin_utc_ms;
    int64_t end_utc_ms;
};

/* ocpp_ocmf_check: the |count| records of one transaction, in their order; one may hold begin and end. The register is the first
 * one of the beginning that counts energy and is there at the end too. With |key| and |crypto| (both or neither) every signature
 * is verified as well.
 *
 * Errors: OCPP_ERR_ARGUMENT  no record, or more than OCPP_OCMF_RECORDS; those of |crypto|. What is wrong with the records is no
 * error: see |bill|. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_ocmf_check(const struct ocpp_ocmf_record *records, size_t count,
                                                        const struct ocpp_public_key *key, const struct ocpp_crypto *crypto,
                                                        struct ocpp_ocmf_bill *bill);

/* ocpp_ocmf_wrong_words: one sentence for the lowest bit of |wrong|; "" for none. */
OCPP_API const char *ocpp_ocmf_wrong_words(unsigned wrong);

OCPP_END_DECLARATIONS

#endif

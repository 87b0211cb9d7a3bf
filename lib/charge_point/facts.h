/* facts.h: what the charge point writes down about transactions, and how.
 *
 * The queue holds facts (plugged, authorised, power, meter), not messages: which message a fact becomes, if any, is decided when
 * it is told, by the dialect of the link there is then. So a transaction that begins without a link can be told in any version.
 *
 * Keys of the store:
 *   boot                  struct boot_record: how often this software started, and why it will
 *   connectors            struct row_record: the row of connectors that versions without EVSEs number
 *   availability          struct availability_record: what the central system took out of service
 *   variable/<name>       struct variable_record: a setting that was changed
 *   clock/<boot>          struct clock_record: what the monotonic clock of that start meant
 *   transaction/<evse>    struct transaction: the one that runs there
 *   data/<uuid>/begin     struct fact: what the meter showed at its start
 *   data/<uuid>/<slot>    struct fact: a sample for the account at its end (transaction_data.c)
 *   data/<uuid>/<…>/<n>   signed values of the record of that name (signed_values.c)
 *   queue/<number>        struct fact, in the order of happening
 *   signed/<number>/<n>   signed values of the fact of that number, in the queue or dead
 *   told/<uuid>           struct told: how far the central system knows that transaction
 *   attempts              struct attempts_record: failures of the fact at the head of the queue
 *   dead/<number>         struct fact: given up after the last attempt
 *   retold/<number>       struct told, as it was before that fact was told: should it be told again
 *   hold                  struct hold_record: how long a family of versions has been waited for
 *   reservation/<id>      struct reservation: a place that is kept for somebody, or that no longer is and it has to be told
 *   profile/<id>          struct profile: a charging profile (profile.c)
 *   notice/<number>       something told besides transactions (notices.h)
 *   unplugged/<number>    struct unplugged: the vehicle of a transaction was unplugged, and it has to be told (pricing.h)
 *   message/<id>          struct message_record: a message for a display (display_messages.h)
 *   ocsp/<slot>           struct ocsp_record: an answer about a certificate vehicles are shown (ocsp.c)
 *   ocsp/<slot>/<n>       struct ocsp_piece: its bytes
 *   signing               struct signing_records: how far requests for certificates have come (certificates.h)
 *   corrupt/<key>         bytes that could not be read
 */
#ifndef OCPP_LIB_FACTS_H
#define OCPP_LIB_FACTS_H

#include <ocpp/charge_point.h>

#include "record.h"

enum {
    UUID_BYTES = 16,
    UUID_TEXT_SIZE = 37,
    TOKEN_SIZE = 256, /* an identifier of 36 characters in any script, or of 255 in ASCII */
    MOST_ROW_PLACES = 512,
    FACT_ROOM = 4096, /* bytes of the largest record */
    CONNECTOR_TYPE_SIZE = 21,
    LANGUAGE_SIZE = 9
};

/* Families of versions: within one, a transaction can be told by any version. */
enum family { FAMILY_NONE, FAMILY_NUMBERED, FAMILY_NAMED };

/* A moment: the date when it was known, and what makes it known later. */
struct moment {
    int64_t boot;
    int64_t mono_ms;
    int64_t utc_ms; /* OCPP_UTC_UNKNOWN */
};

struct token {
    char id[TOKEN_SIZE]; /* "" is no token */
    int32_t type;        /* enum ocpp_token_type */
};

struct reading {
    struct moment when;
    int32_t context; /* enum ocpp_reading_context */
    struct ocpp_sample samples[OCPP_READING_SAMPLES];
    size_t count;
};

/* A fact: something that happened to a transaction, and how things stood right after it. */
struct fact {
    uint8_t uuid[UUID_BYTES]; /* of the transaction */
    uint8_t id[UUID_BYTES];   /* of the message that tells it: stored from the beginning, the same at every attempt */
    int64_t number;           /* 0, 1, 2 … within the transaction */
    int32_t evse;
    int32_t connector;
    struct moment when;
    int64_t link;    /* which one there was, counted from 1 in that start of the software; 0: none */
    int32_t trigger; /* enum ocpp_trigger */
    bool plugged;
    bool authorized;
    bool closed;            /* the last fact of its session */
    bool early;             /* no start point of its session was reached yet */
    bool kept;              /* something begins or ends with it: never given up */
    int32_t grants;         /* how often somebody was authorised in the session by then */
    int32_t charging_state; /* enum ocpp_charging_state */
    int32_t phases;         /* that energy flows over; 0: none does, or nobody knows */
    int32_t reason;         /* enum ocpp_stop_reason, once the authorization has ended */
    struct token token;     /* who is, or was, authorised */
    struct token ender;     /* in the fact that says the authorization ended: who ended it, where somebody did by a token */
    bool has_remote_start_id;
    int64_t remote_start_id;
    int64_t meter_wh;        /* the register, or its last known value */
    bool has_reservation_id; /* once the transaction has used one */
    int64_t reservation_id;
    struct moment metered; /* when |meter_wh| was read */
    bool is_reading;       /* of a meter where no transaction runs: uuid, token and the like mean nothing */
    int32_t source;        /* of a sample for the account: enum data_source */
    struct reading reading;
};

/* The session at an EVSE: from the first point at which any version could start a transaction to the last at which one ends. */
struct transaction {
    uint8_t uuid[UUID_BYTES];
    int32_t evse;
    int32_t connector; /* 0: nothing was plugged in yet */
    struct token token;
    char group[TOKEN_SIZE];
    bool has_remote_start_id;
    int64_t remote_start_id;
    struct moment started;
    int64_t meter_start_wh;
    int64_t meter_wh;      /* last seen, … */
    struct moment metered; /* … then */
    int64_t next_number;
    int32_t charging_state;
    bool has_reservation_id; /* whoever is authorised had reserved */
    int64_t reservation_id;
    int32_t start_points; /* in force since its birth */
    int32_t stop_points;
    int32_t points;               /* that held at its last fact */
    int32_t grants;               /* how often somebody was authorised in it */
    int32_t reason;               /* enum ocpp_stop_reason: why the authorization ended; 0: it has not */
    bool early;                   /* none of |start_points| was reached yet */
    bool refused;                 /* the token was refused when it was told, and the transaction goes on */
    char language[LANGUAGE_SIZE]; /* of whoever is authorised, as the central system said; "" */
    char language2[LANGUAGE_SIZE];
    /* What the central system said of it; not stored here but in its struct told. */
    int family;
    bool has_wire_number;
    int64_t wire_number;
};

/* What the central system knows of a transaction. */
struct told {
    int32_t family; /* enum family; set before the start first leaves */
    bool started;   /* the start was told, or given up */
    bool has_wire_number;
    int64_t wire_number; /* the number that version 1.6 gave it */
    int64_t next_seq_no;
    int64_t next_number; /* of facts; a gap says that some were dropped */
    bool place_told;
    bool token_told;
    bool key_told; /* the public key of its meter */
    bool reservation_told;
    int32_t grants; /* authorisations that were told */
    int32_t phases; /* as told last */
    /* Where a session is told as several transactions: */
    bool is_later;       /* one was told to its end before */
    struct moment began; /* the one that was started last; boot 0: not known */
};

enum reservation_state {
    RESERVATION_NONE,
    RESERVATION_HELD,
    RESERVATION_EXPIRED, /* over; the central system is to be told, and then the record goes */
    RESERVATION_REMOVED, /* the same: its place is faulted or out of service */
    RESERVATION_UNUSED,  /* the same: its owner came and did not charge */
    RESERVATION_GONE     /* nothing is left to do but to delete the record */
};

/* A place kept for a token, or for a group of them. */
struct reservation {
    int64_t id;
    int32_t state;                            /* enum reservation_state */
    int32_t evse;                             /* 0: any */
    int32_t connector;                        /* the one that was named; its whole EVSE is kept. 0: none */
    char connector_type[CONNECTOR_TYPE_SIZE]; /* "": any */
    struct token token;
    char group[TOKEN_SIZE]; /* "": none */
    int64_t expires_utc_ms;
    int64_t lasts_ms;         /* from its making to its expiry: what counts while nobody knows the time */
    bool ends_when_presented; /* its token ends it, charged or not; else only a transaction does */
    int64_t made;             /* the order of their making */
    /* not stored */
    int64_t since_mono_ms;      /* made, or read back */
    int64_t not_before_mono_ms; /* the next attempt to tell or to delete */
    bool was_presented;
    int32_t stored; /* the state as the store has it */
};

struct boot_record {
    int64_t number;
    int32_t reason; /* of the next start: enum ocpp_boot_reason, less 1 */
};

struct place {
    int16_t evse;
    int16_t connector;
};

struct row_record {
    struct place places[MOST_ROW_PLACES];
    size_t count;
};

struct availability_record {
    bool station_inoperative;
    struct place inoperative[MOST_ROW_PLACES]; /* connector 0: the whole EVSE */
    size_t count;
};

struct variable_record {
    int64_t value;
    char text[1024]; /* of those that are texts; of a list of measurands that names phases, the list */
};

struct clock_record {
    int64_t utc_of_mono_zero_ms;
};

struct hold_record {
    int64_t waited_ms;
    int64_t since_utc_ms;
};

struct attempts_record {
    int64_t number;
    int32_t attempts;
};

extern const struct ocpp_layout fact_layout;
extern const struct ocpp_layout reading_layout;       /* of the first release: a first reading by itself, … */
extern const struct ocpp_layout first_reading_layout; /* … and in the last fact (first_release.c) */
extern const struct ocpp_layout transaction_layout;
extern const struct ocpp_layout told_layout;
extern const struct ocpp_layout boot_layout;
extern const struct ocpp_layout row_layout;
extern const struct ocpp_layout availability_layout;
extern const struct ocpp_layout variable_layout;
extern const struct ocpp_layout clock_layout;
extern const struct ocpp_layout attempts_layout;
extern const struct ocpp_layout hold_layout;
extern const struct ocpp_layout reservation_layout;

/* ocpp_cp_number_key: "<kind>/<16 hexadecimal digits>": keys in the order of their numbers. */
void ocpp_cp_number_key(const char *kind, int64_t number, char key[OCPP_KEY_SIZE]);

/* ocpp_uuid_text: |uuid| as 8-4-4-4-12 lower-case digits. */
void ocpp_uuid_text(const uint8_t uuid[UUID_BYTES], char text[UUID_TEXT_SIZE]);

/* ocpp_text_cut: the beginning of |text|, at most |characters| of it, terminated, in |room| bytes. */
void ocpp_text_cut(char *to, size_t room, const char *text, size_t characters);

/* ocpp_token_same: whether two tokens are the same one: the text without regard to ASCII case, the type where both are known
 * (C01.FR.25). */
bool ocpp_token_same(const struct token *a, const struct token *b);

/* ocpp_reading_energy_wh: the energy register of a reading in whole Wh; false when the reading has none. */
bool ocpp_reading_energy_wh(const struct reading *reading, int64_t *energy_wh);

#endif

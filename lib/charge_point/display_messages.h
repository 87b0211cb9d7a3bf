/* display_messages.h: messages of the central system for displays: what is kept of them, and what a display is to show.
 *
 * Memory holds what decides about showing; a text stays in the store until it is shown or told. Keys of the store: message/<id>,
 * the id in 16 hexadecimal digits. OCPP 2.0.1 O01 to O06. */
#ifndef OCPP_LIB_DISPLAY_MESSAGES_H
#define OCPP_LIB_DISPLAY_MESSAGES_H

#include <ocpp/display.h>

#include "block.h"
#include "facts.h"

enum {
    USUAL_MESSAGES = 20,
    MOST_MESSAGES = 200,
    MOST_DISPLAYS = 65,
    USUAL_TURN_MS = 10000,
    SHORTEST_TURN_MS = 1000,
    MOST_OWN_TURNS = 100,
    INSTANCE_SIZE = 50 * 4 + 1,
    MESSAGE_LANGUAGE_SIZE = 8 * 4 + 1,
    CONTENT_CHARACTERS = 512,
    CONTENT_SIZE = CONTENT_CHARACTERS * 4 + 1,
    MOST_MESSAGE_REPORTS = 4, /* under way at the same time */
    MESSAGE_PAGE = 8,         /* messages of one page of a report, … */
    MESSAGE_PAGE_BYTES = 4096 /* … while their texts are no longer than this together */
};

/* A message as the store has it. */
struct message_record {
    int64_t id;
    int32_t priority;
    int32_t state;
    int32_t format;
    bool has_start;
    int64_t start_utc_ms;
    bool has_end;
    int64_t end_utc_ms;
    bool has_transaction;
    uint8_t transaction[UUID_BYTES];
    bool has_display;
    int32_t display_evse;
    char display_instance[INSTANCE_SIZE];
    char language[MESSAGE_LANGUAGE_SIZE];
    char content[CONTENT_SIZE];
};

/* The same without its text, in the order of ids. */
struct message {
    int64_t id;
    int64_t start_utc_ms; /* OCPP_UTC_UNKNOWN: at once */
    int64_t end_utc_ms;   /* OCPP_UTC_UNKNOWN: none */
    uint32_t serial;      /* another one for what replaces it */
    uint16_t content_bytes;
    int16_t display; /* an index; -1: the main ones */
    uint8_t priority;
    uint8_t state;
    uint8_t reports; /* bits 1 << report: it is still to be told there */
    bool has_transaction;
    uint8_t transaction[UUID_BYTES];
    char language[MESSAGE_LANGUAGE_SIZE];
};

/* --- display_view.c: what a display is to show: a pure function ------------------------------------------------------------ */

/* What it depends on, beside the messages and the time. */
struct screen {
    int display;
    bool is_main;
    enum ocpp_message_state state;
    const uint8_t *transactions[MOST_DISPLAYS]; /* that are its business: their names */
    size_t transaction_count;
    const char *languages[2]; /* of the driver; "" */
    int64_t turn_ms;
    int own_turns;
};

struct screen_view {
    int message;  /* an index; -1: the firmware's own */
    size_t turns; /* 0: there is no message */
    int64_t until_mono_ms;
};

struct screen_view ocpp_screen_view(const struct message *messages, size_t count, const struct screen *screen,
                                    struct ocpp_now now);

/* --- display_keeping.c: what is kept ---------------------------------------------------------------------------------------- */

enum message_verdict {
    MESSAGE_ACCEPTED,
    MESSAGE_BAD_FORMAT,
    MESSAGE_BAD_PRIORITY,
    MESSAGE_BAD_STATE,
    MESSAGE_UNKNOWN_TRANSACTION,
    MESSAGE_UNKNOWN_DISPLAY,
    MESSAGE_NOT_SOUND, /* an id, a time or a text there cannot be */
    MESSAGE_TOO_MANY,
    MESSAGE_OFF,
    MESSAGE_NOT_KEPT, /* the store refuses it */
    MESSAGE_VERDICTS
};

struct message_report {
    bool is_open;
    int64_t request_id;
};

struct display_block {
    struct message *messages;
    size_t count;
    size_t room;
    uint32_t next_serial;
    const struct ocpp_display *displays;
    size_t display_count;
    uint32_t *told;              /* per display: the serial of what the firmware was told to show; 0: its own */
    int64_t store_retry_mono_ms; /* nothing is deleted before … */
    int64_t read_retry_mono_ms;  /* … and nothing shown that was not */
    struct message_report reports[MOST_MESSAGE_REPORTS];
    struct message_record scratch; /* the one that is read or written */
    char uuid[UUID_TEXT_SIZE];     /* of the one that is shown */
};

struct display_block *ocpp_cp_display(const struct ocpp_charge_point *cp); /* NULL: the station has none */

extern const struct ocpp_layout message_layout;

enum ocpp_status ocpp_cp_messages_load(struct ocpp_charge_point *cp);
/* ocpp_cp_message_set: keeps |record|, in the place of the one with its id, and of the one that was always in front of its
 * display. It may be the block's scratch. */
enum message_verdict ocpp_cp_message_set(struct ocpp_charge_point *cp, struct message_record *record);
/* ocpp_cp_message_clear: OCPP_ERR_NOT_FOUND none has that id; those of the store. */
enum ocpp_status ocpp_cp_message_clear(struct ocpp_charge_point *cp, int64_t id);
/* ocpp_cp_messages_expire: removes those that are over. */
void ocpp_cp_messages_expire(struct ocpp_charge_point *cp);
/* ocpp_cp_message_read: the record of message |index|, in the block's scratch; NULL: it cannot be read, and is gone unless the
 * store only does not answer now. */
const struct message_record *ocpp_cp_message_read(struct ocpp_charge_point *cp, size_t index);

/* --- display.c: shown and told -----------------------------------------------------------------------------------------------
 */

struct message_filter {
    const int64_t *ids; /* none: any */
    size_t id_count;
    int priority; /* -1: any */
    int state;    /* -1: any */
};

/* ocpp_cp_message_report: opens a report. OCPP_ERR_NOT_FOUND nothing matches; OCPP_ERR_LIMIT too many are under way. */
enum ocpp_status ocpp_cp_message_report(struct ocpp_charge_point *cp, int64_t request_id, const struct message_filter *filter);

/* A page of a report: indices of messages. */
struct message_page {
    int64_t request_id;
    bool is_last;
    int64_t last_id;
    size_t messages[MESSAGE_PAGE];
    size_t count;
};

/* What a version has for it. */
struct display_words {
    enum ocpp_status (*send_messages)(struct ocpp_charge_point *cp, const struct message_page *page);
};

extern const struct block ocpp_cp_display_block;

#endif

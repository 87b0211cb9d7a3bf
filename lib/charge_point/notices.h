/* notices.h: what is told besides transactions and must not be lost: security events (A04) and events of the device model (N07).
 *
 * A notice is durable before it leaves and is told until it is answered: in order, at least once, under the same message id where
 * the same message is repeated. There is room for |max_notices|; in a full queue the oldest that is not critical gives way. A
 * kind for which the version spoken has no word waits for another link while there is room, but not longer than |family_hold_s|.
 *
 * Keys of the store: notice/<number>, in the order of happening: one record kind for all, whose first tags every notice has; the
 * others depend on its kind.
 */
#ifndef OCPP_LIB_NOTICES_H
#define OCPP_LIB_NOTICES_H

#include "block.h"
#include "changes.h"

enum {
    NOTICE_ROOM = 2560, /* bytes of the largest record */
    SECURITY_TYPE_CHARACTERS = 50,
    SECURITY_TYPE_SIZE = SECURITY_TYPE_CHARACTERS * 4 + 1,
    SECURITY_INFO_CHARACTERS = 255,
    SECURITY_INFO_SIZE = SECURITY_INFO_CHARACTERS * 4 + 1,
    EVENT_VALUE_SIZE = 1024, /* the longest value of a variable there is */
    EVENT_INFO_CHARACTERS = 500,
    EVENT_INFO_SIZE = 601,
    EVENT_CODE_CHARACTERS = 50,
    EVENT_NAME_CHARACTERS = 50,
    EVENT_NAME_SIZE = 101,
    MOST_EVENTS_TOGETHER = 8,       /* in one message, … */
    MOST_TOGETHER_CHARACTERS = 4096 /* … as long as what they say is not longer */
};

enum notice_kind { NOTICE_SECURITY_EVENT = 1, NOTICE_EVENT, NOTICE_KIND_COUNT };

/* How the struct of each kind begins. */
struct notice {
    int32_t kind;           /* enum notice_kind; set by ocpp_cp_notice_add() */
    uint8_t id[UUID_BYTES]; /* of the message that tells it; likewise */
    struct moment when;     /* with boot 0: now; likewise */
    bool is_critical;       /* gives way last */
};

struct security_notice {
    struct notice notice;
    char type[SECURITY_TYPE_SIZE];
    char info[SECURITY_INFO_SIZE]; /* "": none */
};

enum event_trigger { EVENT_ALERTING, EVENT_DELTA, EVENT_PERIODIC };
enum event_origin { EVENT_HARD_WIRED_NOTIFICATION, EVENT_HARD_WIRED_MONITOR, EVENT_PRECONFIGURED_MONITOR, EVENT_CUSTOM_MONITOR };

/* EventDataType of 2.0.1. */
struct event_notice {
    struct notice notice;
    int64_t event_id;
    int32_t trigger; /* enum event_trigger */
    int32_t origin;  /* enum event_origin */
    char value[EVENT_VALUE_SIZE];
    char tech_code[EVENT_NAME_SIZE]; /* "": none; so for the texts below */
    char tech_info[EVENT_INFO_SIZE];
    char transaction[UUID_TEXT_SIZE];
    bool is_cleared;
    bool has_cause;
    int64_t cause; /* the event that caused it */
    bool has_monitor;
    int64_t monitor; /* variableMonitoringId */
    int32_t evse;    /* of the component; 0: the station's */
    int32_t connector;
    char component[EVENT_NAME_SIZE];
    char component_instance[EVENT_NAME_SIZE];
    char variable[EVENT_NAME_SIZE];
    char variable_instance[EVENT_NAME_SIZE];
};

/* The words of a version; NULL for a kind it cannot tell. Each sends one request through ocpp_cp_send() with the message id |id|
 * and ocpp_cp_notices_on_answer(), and gives what that gave. */
struct notice_words {
    enum ocpp_status (*send_security_event)(struct ocpp_charge_point *cp, const struct security_notice *notice, const char *id);
    enum ocpp_status (*send_events)(struct ocpp_charge_point *cp, const struct event_notice *const *events, size_t count,
                                    const char *id);
};

extern const struct block ocpp_cp_notices_block;
extern const struct notice_words ocpp_cp_v16_notice_words;
extern const struct notice_words ocpp_cp_v201_notice_words;

/* ocpp_cp_notice_add: |object| is the struct of |kind| (struct security_notice, struct event_notice), filled but for what is said
 * above; it is copied. It is written with the others of this round of the pump, and told once that has ended. May be called from
 * anywhere but a visit of the store.
 * Errors: OCPP_ERR_STATE there is no queue, nobody asked for one; OCPP_ERR_FULL no room; it was counted as dropped. */
enum ocpp_status ocpp_cp_notice_add(struct ocpp_charge_point *cp, enum notice_kind kind, void *object);

/* Some types of events have another name in the older list: ocpp_cp_security_name: the newer name of a type by either;
 * ocpp_cp_security_old_name: the other way. */
const char *ocpp_cp_security_name(const char *type);
const char *ocpp_cp_security_old_name(const char *type);

/* ocpp_cp_notices_on_answer: on_answer of every message of struct notice_words. */
void ocpp_cp_notices_on_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user);

/* ocpp_cp_notice_when: the moment of a record under notice/, whatever its kind. */
enum ocpp_status ocpp_cp_notice_when(const void *bytes, size_t size, struct moment *when);

/* ocpp_cp_notices_are_stored: whether everything that was added is durable. */
bool ocpp_cp_notices_are_stored(const struct ocpp_charge_point *cp);

/* How many wait, and how many were given up in this run: for want of room, after the last attempt, or for want of a word. */
size_t ocpp_cp_notices_waiting(const struct ocpp_charge_point *cp);
size_t ocpp_cp_notices_dropped(const struct ocpp_charge_point *cp);

/* --- between notices.c, notice_journal.c and notice_telling.c ----------------------------------------------------------- */

enum { MOST_PENDING = 24, MOST_JOURNAL_CHANGES = 16 };

/* The families of keys that are written by the journal. */
enum journal_key { JOURNAL_NOTICE, JOURNAL_SECURITY_LOG, JOURNAL_KEY_COUNT };

/* What is to be written by the next write: a record put, or deleted. */
struct pending {
    uint8_t key; /* enum journal_key */
    bool is_put;
    size_t offset; /* of its bytes in the journal's buffer */
    size_t size;
    int64_t number;
};

/* Records of a round go into one write, and records that are done with wait for the next one: flash wears by writes. */
struct journal {
    struct pending pending[MOST_PENDING];
    size_t count;
    size_t under_way; /* the first of them, in the write that has not ended */
    uint8_t *bytes;
    size_t used;
    size_t room;
    bool has_failed; /* the last write did */
    int64_t retry_mono_ms;
    int64_t deletes_due_mono_ms; /* when deletions are written though nothing else is; OCPP_NEVER */
    struct write_slot slot;
};

/* ocpp_cp_journal_put: the record |layout|, |object| under the key of |number|. OCPP_ERR_FULL: there is no room before something
 * was written. ocpp_cp_journal_delete: it goes with a later write; a put that has not begun is forgotten. */
enum ocpp_status ocpp_cp_journal_put(struct ocpp_charge_point *cp, enum journal_key key, int64_t number,
                                     const struct ocpp_layout *layout, const void *object);
void ocpp_cp_journal_delete(struct ocpp_charge_point *cp, enum journal_key key, int64_t number);

/* ocpp_cp_journal_bytes: a record that is not in the store yet; NULL: it is. */
const uint8_t *ocpp_cp_journal_bytes(const struct ocpp_charge_point *cp, enum journal_key key, int64_t number, size_t *size);
void ocpp_cp_journal_work(struct ocpp_charge_point *cp);
int64_t ocpp_cp_journal_deadline(const struct ocpp_charge_point *cp);
/* ocpp_cp_journal_key: the key of |number|. */
void ocpp_cp_journal_key(enum journal_key key, int64_t number, char text[OCPP_KEY_SIZE]);

/* A notice as it stands in memory. */
struct notice_entry {
    int64_t number;
    uint8_t kind;
    bool is_critical;
};

struct notices {
    struct notice_entry *entries; /* oldest first */
    size_t count;
    size_t room;
    int64_t next_number;
    size_t dropped;
    struct journal journal;
    /* the message that is on its way */
    int64_t flight[MOST_EVENTS_TOGETHER];
    size_t flight_count; /* 0: none is on its way */
    size_t cautious;     /* so many go alone yet: one of them was refused with the others */
    int attempts;        /* failures of the notice |attempts_number| */
    int64_t attempts_number;
    int64_t retry_mono_ms;
    int64_t wordless_since_mono_ms; /* some kind has had no word on any link since; OCPP_NEVER */
};

struct notices *ocpp_cp_notices(const struct ocpp_charge_point *cp); /* NULL: there are none */
/* ocpp_cp_notice_read: the struct of |entry| into |object|. OCPP_ERR_NOT_FOUND: it is gone, or was set aside. */
enum ocpp_status ocpp_cp_notice_read(struct ocpp_charge_point *cp, const struct notice_entry *entry, void *object);
size_t ocpp_cp_notice_size(enum notice_kind kind);
/* ocpp_cp_notice_remove: |number| was told, or never will be. */
void ocpp_cp_notice_remove(struct ocpp_charge_point *cp, int64_t number);

bool ocpp_cp_notices_send(struct ocpp_charge_point *cp, bool is_early);
int64_t ocpp_cp_notices_send_deadline(const struct ocpp_charge_point *cp);
void ocpp_cp_notices_failed(struct ocpp_charge_point *cp, enum ocpp_status status);
void ocpp_cp_notices_link_down(struct ocpp_charge_point *cp);
/* ocpp_cp_notices_expire: those that no link has words for have waited long enough. */
void ocpp_cp_notices_expire(struct ocpp_charge_point *cp);
int64_t ocpp_cp_notices_expiry(const struct ocpp_charge_point *cp);

#endif

/* firmware_update.h: an update of the firmware as the engine keeps it, and what a version must be able to say about it.
 *
 * Keys of the store:
 *   firmware/order   struct firmware_order: what was asked for, as long as it is worked on
 *   firmware/update  struct firmware_update: where it stands, and the statuses that wait to be told. Both change in one write
 */
#ifndef OCPP_LIB_FIRMWARE_UPDATE_H
#define OCPP_LIB_FIRMWARE_UPDATE_H

#include <ocpp/firmware.h>

#include "charge_point_internal.h"
#include "transfers.h"

enum {
    FIRMWARE_LOCATION_SIZE = 2049, /* 512 characters of any script; 1.6 without its extension sets no bound */
    FIRMWARE_CERTIFICATE_SIZE = 5501,
    FIRMWARE_SIGNATURE_SIZE = 801, /* base64 */
    FIRMWARE_ORDER_ROOM = 9000,    /* bytes of the record */
    FIRMWARE_VERSION_SIZE = 201,
    MOST_FIRMWARE_STATUSES = 16, /* that wait to be told */
    MOST_INSTALLS = 3            /* of one update, where power cuts undo them */
};

struct firmware_order {
    bool has_id;
    int64_t id;
    bool is_signed;
    int64_t retrieve_utc_ms;
    bool has_install_date;
    int64_t install_utc_ms;
    int32_t retries;
    int64_t retry_ms;
    char location[FIRMWARE_LOCATION_SIZE];
    char certificate[FIRMWARE_CERTIFICATE_SIZE];
    char signature[FIRMWARE_SIGNATURE_SIZE];
};

/* What the central system asks for; texts are borrowed. */
struct firmware_wish {
    bool has_id;
    int64_t id;
    const char *location;
    int64_t retrieve_utc_ms;
    bool has_install_date;
    int64_t install_utc_ms;
    bool has_retries;
    int64_t retries;
    bool has_retry_interval;
    int64_t retry_interval_s;
    const char *certificate; /* NULL: none */
    const char *signature;   /* NULL: none */
};

enum firmware_answer {
    FIRMWARE_ACCEPTED,
    FIRMWARE_ACCEPTED_CANCELED, /* and the one before was given up for it */
    FIRMWARE_REJECTED,
    FIRMWARE_INVALID_CERTIFICATE,
    FIRMWARE_REVOKED_CERTIFICATE,
    FIRMWARE_NOT_SUPPORTED, /* unsigned where only signed ones are done, or the other way round */
    FIRMWARE_ANSWER_COUNT
};

/* The steps of an update, named for what they await. */
enum firmware_step {
    FIRMWARE_NOTHING,
    FIRMWARE_AWAIT_RETRIEVAL, /* its date, and where it must be, that nobody charges */
    FIRMWARE_AWAIT_FILE,
    FIRMWARE_AWAIT_RETRY,
    FIRMWARE_AWAIT_VERDICT, /* on the signature */
    FIRMWARE_AWAIT_DATE,    /* of the installation */
    FIRMWARE_AWAIT_IDLE,    /* that nobody charges */
    FIRMWARE_AWAIT_NEWS,    /* the central system hears of the restart that installs */
    FIRMWARE_AWAIT_BOOT,    /* that restart */
    FIRMWARE_AWAIT_INSTALL, /* the installation */
    FIRMWARE_AWAIT_REST,    /* installed: that nobody charges, to restart */
    FIRMWARE_AWAIT_LEAVE,   /* the central system hears of the restart that activates */
    FIRMWARE_AWAIT_START,   /* that restart */
    FIRMWARE_STEP_COUNT
};

struct firmware_news {
    int32_t status; /* enum ocpp_firmware_status */
    bool has_id;
    int64_t id;
    bool is_signed;
};

/* Something that security has to know of, kept until it does. */
enum firmware_event { FIRMWARE_EVENT_NONE, FIRMWARE_EVENT_UPDATED, FIRMWARE_EVENT_INVALID_SIGNATURE };

struct firmware_update {
    int32_t step; /* enum firmware_step */
    int32_t attempts;
    int32_t installs;
    bool was_resumed;          /* the file came in pieces */
    bool is_fresh;             /* the next attempt begins at 0, whatever the slot holds */
    uint64_t size;             /* of the file */
    int32_t status;            /* the newest of this update, told or not */
    int32_t event;             /* enum firmware_event */
    struct firmware_news last; /* that was told */
    bool has_last;
    struct firmware_news news[MOST_FIRMWARE_STATUSES]; /* that wait to be told, oldest first */
    size_t news_count;
    char version[FIRMWARE_VERSION_SIZE]; /* before the installation */
};

/* The state of the block. */
struct firmware {
    struct firmware_limits { /* the settings', with their defaults */
        uint64_t max_bytes;
        int32_t retries;
        int64_t retry_ms;
        int64_t download_ms;
        int64_t install_ms;
    } settings;
    struct firmware_order *order; /* NULL: nothing is worked on */
    struct firmware_update update;
    int32_t raised_event; /* |update.event| that was raised, and is perhaps not stored as a notice yet */
    bool is_paused;       /* by the firmware */
    bool asks_outcome;
    bool install_due;
    bool restart_due;
    bool began_here; /* the installation, in this run */
    bool is_told;    /* |outcome| is */
    enum ocpp_firmware_outcome outcome;
    int64_t transfer; /* 0: none */
    uint64_t offset;  /* where it began */
    uint64_t bytes;
    bool has_ended; /* … with |result| */
    enum ocpp_transfer_result result;
    int64_t until_mono_ms; /* the step waits no longer */
    int64_t store_retry_mono_ms;
    struct ocpp_digest *digest;
    uint64_t digested;
    /* sending */
    bool is_flying;
    bool flies_news;
    int failures; /* of the first of the news */
    int64_t send_retry_mono_ms;
    unsigned triggered; /* bits 1 << is_signed */
};

/* The words of a version. |news| as it stands: OCPP_ERR_NOT_FOUND: there is no word for it, and it is not told. */
struct firmware_words {
    enum ocpp_status (*send_status)(struct ocpp_charge_point *cp, const struct firmware_news *news);
    /* the same, because it was asked for: there always is a word */
    enum ocpp_status (*send_asked)(struct ocpp_charge_point *cp, const struct firmware_news *news);
};

extern const struct block ocpp_cp_firmware_block;

enum { FIRMWARE_V16_HEARINGS = 2, FIRMWARE_V201_HEARINGS = 1 };
extern const struct hearing ocpp_cp_v16_firmware_hearings[FIRMWARE_V16_HEARINGS];
extern const struct hearing ocpp_cp_v201_firmware_hearings[FIRMWARE_V201_HEARINGS];
extern const struct firmware_words ocpp_cp_v16_firmware_words;
extern const struct firmware_words ocpp_cp_v201_firmware_words;

static inline struct firmware *ocpp_firmware_of(const struct ocpp_charge_point *cp)
{
    return ocpp_cp_block(cp, BLOCK_FIRMWARE);
}

/* --- firmware.c --- */

enum firmware_answer ocpp_cp_firmware_order(struct ocpp_charge_point *cp, const struct firmware_wish *wish);

/* --- firmware_steps.c: the machine --- */

void ocpp_firmware_work(struct ocpp_charge_point *cp);
int64_t ocpp_firmware_deadline(const struct ocpp_charge_point *cp);
bool ocpp_firmware_closes(const struct ocpp_charge_point *cp, int evse);
/* ocpp_firmware_go: to |step|, telling |status| (IDLE: nothing new); durable, or false and nothing happened. */
bool ocpp_firmware_go(struct ocpp_charge_point *cp, enum firmware_step step, enum ocpp_firmware_status status);
/* ocpp_firmware_end: the update is over, with |status|. */
bool ocpp_firmware_end(struct ocpp_charge_point *cp, enum ocpp_firmware_status status);
/* ocpp_firmware_next: the file is whole and may be installed: when? */
bool ocpp_firmware_next(struct ocpp_charge_point *cp, enum ocpp_firmware_status status);
bool ocpp_firmware_is_busy(const struct ocpp_charge_point *cp);

/* --- firmware_file.c: fetching and verifying --- */

void ocpp_firmware_fetch(struct ocpp_charge_point *cp);
void ocpp_firmware_stop_fetching(struct ocpp_charge_point *cp);
bool ocpp_firmware_transferred(struct ocpp_charge_point *cp, int64_t id, const enum ocpp_transfer_result *result, uint64_t bytes);
void ocpp_firmware_verify(struct ocpp_charge_point *cp);
void ocpp_firmware_drop_digest(struct ocpp_charge_point *cp);

/* --- firmware_record.c --- */

enum ocpp_status ocpp_firmware_load(struct ocpp_charge_point *cp);
/* ocpp_firmware_keep: |update| is durable and the present one; with |order| that is the order from now on, and belongs to the
 * block. */
enum ocpp_status ocpp_firmware_keep(struct ocpp_charge_point *cp, const struct firmware_update *update,
                                    struct firmware_order *order);

/* --- firmware_news.c: statuses --- */

/* ocpp_firmware_may_follow: whether |next| may be told after |status| in one update. */
bool ocpp_firmware_may_follow(enum ocpp_firmware_status status, enum ocpp_firmware_status next);
bool ocpp_firmware_is_end(enum ocpp_firmware_status status);
/* ocpp_firmware_add_news: |status| is to be told, if it may follow and is no repetition. */
void ocpp_firmware_add_news(struct ocpp_charge_point *cp, struct firmware_update *update, const struct firmware_order *order,
                            enum ocpp_firmware_status status);
bool ocpp_firmware_send(struct ocpp_charge_point *cp, bool is_early);
int64_t ocpp_firmware_send_deadline(const struct ocpp_charge_point *cp);
void ocpp_firmware_answered(struct ocpp_charge_point *cp); /* the status that was on its way was heard */
void ocpp_firmware_failed(struct ocpp_charge_point *cp, enum ocpp_status status);
void ocpp_firmware_link_down(struct ocpp_charge_point *cp);
bool ocpp_firmware_trigger(struct ocpp_charge_point *cp, enum trigger_kind kind, int evse, enum verdict *verdict);

#endif

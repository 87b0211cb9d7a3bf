/* pile_internal.h: the agent on a pile: its handle, and who of its files does what. What a restart must not lose is in the store
 * below "settle/"; what stands here beside it is how far things have come in this run.
 *
 *   agent.c, agent_start.c  the handle, views     batch.c      one write, and what follows when it is durable
 *   outbox.c     what waits to be told            heard.c      what was heard, so that a repetition gets the same answer
 *   speaking.c   the link, Hello, sending         hearing.c    messages of the backend; obeying.c: what each means
 *   slots.c      the machine of each slot         slot_acts.c  acts and their outcomes, marks written and read back
 *   slot_record.c  a slot in the store            slot_tells.c what is told of a slot
 *   vehicle_prompts.h       vehicles, their terminals, what those start
 *   renting.c    who gets which banks             alone.c      without the backend
 *   gate.c and its files (gate_inside.h)          cables that wait for their payment
 */
#ifndef SETTLEMENT_PILE_INTERNAL_H
#define SETTLEMENT_PILE_INTERNAL_H

#include <ocpp/settlement/agent.h>
#include <ocpp/settlement/mark.h>
#include <ocpp/settlement/wire.h>

#include "card_reader.h"
#include "pile_records.h"
#include "slot_machine.h"

enum {
    PILE_ID_SIZE = 41,   /* of a bank, and what nobody can rewrite */
    PILE_MARK_SIZE = 51, /* as text, whatever its form */
    PILE_REQUESTS = 8,   /* somebody waits for the backend's word */
    PILE_OFFLINE_LIMIT = 64,
    PILE_ANSWERS = 8, /* messages that are being made durable before they are answered */
    PILE_BANKS = 16,  /* of one request */
    PILE_RETRACTS = 3,
    PILE_OPERATOR_SIZE = 41,
    PILE_TAG_SIZE = 9
};

#define PILE_PREFIX "settle/"

struct batch;
struct gates;

/* What is to be written into a bank, and for what. */
struct intent {
    char target[PILE_MARK_SIZE];
    int64_t generation;
    char undo[PILE_MARK_SIZE];
    char rental[OCPP_SETTLE_ID_SIZE]; /* "": of nobody */
    char order[OCPP_SETTLE_ID_SIZE];
    char request[OCPP_SETTLE_ID_SIZE];
    enum ocpp_settle_rent_failure why;
    struct ocpp_settle_moment at;
    bool has_at;
    bool is_offline;
    /* of this run */
    bool is_cancelled;
    int64_t until_mono_ms;
};

struct slot {
    enum slot_state state;
    enum slot_state kept; /* as the record says, or will when the note is durable */
    int64_t seq;
    char tag[PILE_TAG_SIZE]; /* of its stream */
    bool is_closed;
    int failures;
    char bank[PILE_ID_SIZE];
    char hardware_id[PILE_ID_SIZE];
    char mark[PILE_MARK_SIZE];
    int64_t generation;
    enum ocpp_settle_mark_state mark_state;
    enum ocpp_settle_bay_condition condition;
    int charge;
    char insertion[OCPP_SETTLE_ID_SIZE];
    struct ocpp_settle_moment inserted_at;
    bool is_told;
    struct intent intent;

    /* of this run: the sensor */
    bool is_present;
    int64_t sensed_at; /* since when it says so */
    struct ocpp_settle_moment sensed;
    bool is_asleep;    /* not queried since the start */
    int silences;      /* queries in a row that it did not answer while it was */
    bool is_exchanged; /* another bank was found than the slot speaks of: when that one's leave is noted, this one came now */
    char seen_bank[PILE_ID_SIZE];
    char seen_hardware_id[PILE_ID_SIZE];
    char read_mark[PILE_MARK_SIZE];
    enum ocpp_settle_mark_state read_state;
    int64_t read_generation;

    /* of this run: the act that is under way */
    enum slot_act act;
    uint32_t act_number;
    int act_step;
    int act_attempts;
    int64_t act_until; /* OCPP_NEVER */
    int64_t until;     /* of the state, of the sensor's word, or of a query that is to be tried again */
    int retracts;

    /* of this run: the note that is being made durable */
    bool is_noting;
    bool is_message_note; /* it is part of the write of a message */
    const struct slot_row *note;
    int64_t note_again_at; /* OCPP_NEVER */
    int64_t note_seq;      /* what the record has when it is */
    bool note_told;
    bool must_tell_suspect;
    bool must_reload;
    bool rents_alone; /* the intent that is made now is the pile's own */
    char next_insertion[OCPP_SETTLE_ID_SIZE];
};

/* A message that waits; its text is in the store. */
struct out_entry {
    uint64_t number; /* of its key */
    uint32_t stream; /* a hash: two streams that share one wait for one another, nothing worse */
    unsigned char attempts;
    bool is_stored;
    bool is_done; /* acknowledged, and being taken out of the store */
    int64_t not_before;
};

struct heard_entry {
    uint32_t id; /* hashes */
    uint32_t stream;
    int64_t seq;
    int64_t number; /* 0: free */
};

/* Somebody wants banks, and which are kept for that. */
struct request {
    char id[OCPP_SETTLE_ID_SIZE]; /* "": free */
    uint64_t slots;               /* a bit each */
    int64_t until;
    bool is_asked;  /* the backend heard of it, or is about to */
    bool must_ask;  /* an offer whose choice waits to be told */
    bool is_return; /* a bank that is kept to take the place of a faulty one */
};

struct offline_rental {
    char rental[OCPP_SETTLE_ID_SIZE];
    uint32_t digest; /* a hash of it */
};

/* What is done when a write is durable, or is not. */
struct pending {
    struct ocpp_settle_agent *agent;
    bool is_used;
    uint64_t slots; /* whose note it is */
    bool has_call;
    struct ocpp_call_token call;
    char *answer;   /* the JSON of it */
    bool is_part;   /* what was heard came in parts */
    uint64_t ended; /* 0: not yet; else in which order */
    enum ocpp_status status;
    void (*done)(struct ocpp_settle_agent *agent, const char *about, enum ocpp_status status);
    char about[OCPP_SETTLE_ID_SIZE];
    uint64_t first_out; /* messages of this write have numbers from here … */
    uint64_t end_out;   /* … to before this */
    uint64_t gone_out;  /* one that is taken out; 0: none */
    bool is_one_more_letter; /* it becomes a dead letter, which no other made room for */
    size_t heard;       /* its place + 1; 0: none */
};

struct flight {
    struct ocpp_settle_agent *agent;
    bool is_under_way;
    uint64_t number; /* of the message */
    size_t part;     /* of how many */
    size_t parts;
    const struct ocpp_action *action;
    char request[OCPP_SETTLE_ID_SIZE];
};

struct kept_state {
    int64_t boots;
    int64_t seq;
    char tag[PILE_TAG_SIZE];
    char operator_id[PILE_OPERATOR_SIZE]; /* "": the extension is agreed with nobody */
    int64_t renters_version;
    int64_t renters;
    int64_t mark_epoch;
    int64_t mark_pile;
};

struct vehicle_place;

/* Vehicles that are plugged in: vehicle_prompts.h. */
struct vehicle_places {
    struct vehicle_place *items; /* settings.max_vehicles */
    size_t room;
    struct flight flight; /* VehicleConnected or StartRequest; |request| is the prompt */
};

struct ocpp_settle_agent {
    struct ocpp_settle_agent_settings settings;
    struct ocpp_settle_bay bay;
    struct ocpp_settle_wire wire;
    struct ocpp_arena *scratch; /* of one entry point */
    int depth;
    struct ocpp_now now;
    int64_t start_mono_ms;
    struct kept_state kept;
    char serial[PILE_OPERATOR_SIZE];

    /* speaking */
    enum ocpp_settle_agent_link link;
    bool is_accepted;
    bool was_accepted; /* in this run: the time was told */
    int64_t hello_at;
    int64_t held_since; /* transactions of OCPP wait; OCPP_NEVER: none */
    int64_t look_again_at;
    int64_t inventory_at;
    struct flight hello;
    struct flight asking; /* a request to rent */
    struct flight telling;
    struct ocpp_settle_joiner joiner;

    /* outbox, heard */
    struct out_entry *out;
    size_t out_count;
    size_t out_room; /* settings.max_messages, or as many as waited at the start */
    uint64_t next_out;
    uint64_t next_dead;
    size_t dead_count;
    struct heard_entry *heard;
    int64_t next_heard;

    struct pending *pendings;
    size_t pending_room;
    uint64_t writes_ended;

    /* the bay */
    struct slot *slots; /* slots[0] is slot 1 */
    uint32_t acts;
    struct request requests[PILE_REQUESTS];
    struct offline_rental offline[PILE_OFFLINE_LIMIT];
    size_t offline_count;

    struct ocpp_settle_latch latch;
    struct gates *gates; /* gate_inside.h */
    struct vehicle_places vehicles;
    struct card_reader reader;
};

/* --- agent.c ---------------------------------------------------------------------------------------------------------------- */

void *pile_allocate(struct ocpp_settle_agent *agent, void *pointer, size_t size);
struct ocpp_now pile_now(const struct ocpp_settle_agent *agent);
void pile_enter(struct ocpp_settle_agent *agent, struct ocpp_now now);
void pile_leave(struct ocpp_settle_agent *agent);
void pile_event(struct ocpp_settle_agent *agent, const struct ocpp_settle_agent_event *event);
void agent_log(struct ocpp_settle_agent *agent, enum ocpp_log_level level, const char *what, const char *why);
void pile_new_id(struct ocpp_settle_agent *agent, char id[OCPP_SETTLE_ID_SIZE]);
/* of a stream whose numbers begin */
void pile_new_tag(struct ocpp_settle_agent *agent, char tag[PILE_TAG_SIZE]);
/* |name| and the tag, in the arena */
const char *pile_stream(struct batch *batch, const char *name, const char *tag);
struct ocpp_settle_moment pile_moment(const struct ocpp_settle_agent *agent);
uint32_t pile_hash(const char *text);
enum ocpp_status pile_take_back(struct ocpp_settle_agent *agent); /* keys and lists as the store has them */
void pile_policy(struct ocpp_settle_agent *agent, const struct ocpp_settle_pile_policy *policy);
/* whether what happens is to be told at all: the extension is agreed, and nobody says it is not */
bool pile_tells(const struct ocpp_settle_agent *agent);
int64_t pile_earlier(int64_t a, int64_t b);
/* |text| (NULL: nothing) into |room| bytes; what is longer is cut */
void pile_copy(char *to, size_t room, const char *text);
/* likewise what hardware says, which may be noise: whole visible characters, and a question mark for what is none */
void pile_copy_heard(char *to, size_t room, const char *text);
/* NULL where |text| is "" */
const char *pile_optional(const char *text);

/* --- card_reader.c --------------------------------------------------------------------------------------------------------- */

enum ocpp_status reader_load(struct ocpp_settle_agent *agent);

/* --- batch.c ---------------------------------------------------------------------------------------------------------------- */

/* One write that is being put together. The first error sticks. */
struct batch {
    struct ocpp_settle_agent *agent;
    struct pending *pending;
    struct ocpp_change *changes;
    size_t count;
    size_t room;
    enum ocpp_status status;
};

void pile_batch_begin(struct ocpp_settle_agent *agent, struct batch *batch);
void pile_batch_put(struct batch *batch, const char *key, const struct ocpp_type *type, const void *record);
void pile_batch_delete(struct batch *batch, const char *key);
void pile_batch_delete_prefix(struct batch *batch, const char *key);
void pile_batch_pile(struct batch *batch); /* the record of the pile as it is */
void pile_batch_fail(struct batch *batch, enum ocpp_status status);
/* gives everything to the store. An error: nothing was written, and what waits for it was told (not the answer of a message: that
 * is the caller's) */
enum ocpp_status pile_batch_write(struct batch *batch);
void pile_batch_abandon(struct batch *batch); /* nothing of it happens; no slot may have been noted in it */
/* batches_settle: what follows of one write that has ended. False: of none */
bool pile_batches_settle(struct ocpp_settle_agent *agent);
bool pile_batches_have_ended(const struct ocpp_settle_agent *agent);
/* reads a record of |type| into the scratch arena; NULL: there is none. |*status| says why */
const void *pile_read(struct ocpp_settle_agent *agent, const char *key, const struct ocpp_type *type, enum ocpp_status *status);
const char *pile_key(struct ocpp_settle_agent *agent, const char *kind, const char *name); /* in the scratch arena; NULL */
const char *pile_number_key(struct ocpp_settle_agent *agent, const char *kind, uint64_t number);

/* --- outbox.c --------------------------------------------------------------------------------------------------------------- */

/* outbox_put: |message| is told, behind everything of its stream. Its envelope is filled here. |rental|: "" or that of one begun
 * alone. */
void pile_outbox_put(struct batch *batch, const char *stream, int64_t *seq, const struct ocpp_action *action, void *message,
                     struct ocpp_settle_envelope *envelope, const char *rental);
bool pile_outbox_has_room(const struct ocpp_settle_agent *agent, size_t count);
/* the next one that may leave now; NULL. |*at|: when one may otherwise */
struct out_entry *pile_outbox_next(struct ocpp_settle_agent *agent, int64_t *at);
struct out_entry *pile_outbox_find(struct ocpp_settle_agent *agent, uint64_t number);
const struct kept_outgoing *pile_outbox_read(struct ocpp_settle_agent *agent, const struct out_entry *entry,
                                             enum ocpp_status *status);
/* the message was acknowledged, or refused for good (|reason|): out of the store */
void pile_outbox_done(struct ocpp_settle_agent *agent, struct out_entry *entry);
void pile_outbox_bury(struct ocpp_settle_agent *agent, struct out_entry *entry, const char *reason);
void pile_outbox_settled(struct ocpp_settle_agent *agent, const struct pending *pending, enum ocpp_status status);
enum ocpp_status pile_outbox_load(struct ocpp_settle_agent *agent);

/* --- heard.c ---------------------------------------------------------------------------------------------------------------- */

enum ocpp_status pile_heard_load(struct ocpp_settle_agent *agent);
/* whether a message is a repetition; |*answer| is what was answered then */
enum ocpp_status pile_heard_find(struct ocpp_settle_agent *agent, const struct ocpp_settle_wire_message *message,
                                 const unsigned char hash[OCPP_SETTLE_DIGEST_SIZE], enum ocpp_settle_repetition *repetition,
                                 const char **answer);
/* notes it in |batch| */
void pile_heard_put(struct batch *batch, const struct ocpp_settle_envelope *envelope,
                    const unsigned char hash[OCPP_SETTLE_DIGEST_SIZE], const char *answer);

/* --- speaking.c, hearing.c -------------------------------------------------------------------------------------------------- */

void speaking_link(struct ocpp_charge_point *cp, bool accepted, void *user);
void speaking_advance(struct ocpp_settle_agent *agent);
int64_t speaking_deadline(const struct ocpp_settle_agent *agent);
void speaking_inventory(struct ocpp_settle_agent *agent);
void hearing_request(struct ocpp_charge_point *cp, const struct ocpp_data_transfer *request, struct ocpp_call_token call,
                     void *user);
/* |json| NULL: not now */
void hearing_answer(struct ocpp_settle_agent *agent, struct ocpp_call_token call, const char *json, bool is_part);
/* an order for service; into |batch| where there is one */
enum ocpp_settle_refusal_code hearing_order(struct ocpp_settle_agent *agent, int64_t number, enum ocpp_settle_slot_order order,
                                            struct batch *batch);

/* --- slots.c, slot_acts.c, slot_record.c, slot_tells.c ---------------------------------------------------------------------- */

int slot_number(const struct ocpp_settle_agent *agent, const struct slot *slot);
struct slot *slot_of(struct ocpp_settle_agent *agent, int64_t number); /* NULL: no such slot */
/* slot_happens: |event| at a slot. What is noted goes into |batch| where there is one. False: it means nothing there now. */
bool slot_happens(struct ocpp_settle_agent *agent, struct slot *slot, enum slot_event event, struct batch *batch);
void slot_noted(struct ocpp_settle_agent *agent, struct slot *slot, enum ocpp_status status);
void slot_reload(struct ocpp_settle_agent *agent, struct slot *slot);
void slot_sense(struct ocpp_settle_agent *agent, struct slot *slot);
void slot_wake(struct ocpp_settle_agent *agent, struct slot *slot);
void slots_advance(struct ocpp_settle_agent *agent);
int64_t slots_deadline(const struct ocpp_settle_agent *agent);
bool slot_is_suspect(const struct ocpp_settle_agent *agent, const struct slot *slot);
bool slot_may_be_rented(const struct ocpp_settle_agent *agent, const struct slot *slot);
enum ocpp_settle_slot_state slot_shown(const struct ocpp_settle_agent *agent, const struct slot *slot);

void slot_begin(struct ocpp_settle_agent *agent, struct slot *slot, enum slot_act act);
void slot_outcome(struct ocpp_settle_agent *agent, struct slot *slot, const struct ocpp_settle_bay_outcome *outcome);
void slot_act_failed(struct ocpp_settle_agent *agent, struct slot *slot, enum ocpp_settle_bay_result result);
bool slot_mark_says(const struct ocpp_settle_agent *agent, const char *text, bool is_neutral, int64_t generation);

void slot_put(struct batch *batch, const struct slot *slot, int number);
enum ocpp_status slot_load(struct ocpp_settle_agent *agent, struct slot *slot);

/* |slot| may be a copy of slot |number| */
void slot_tell(struct batch *batch, struct slot *slot, enum slot_tell tell, int number);
void slot_report(const struct ocpp_settle_agent *agent, const struct slot *slot, struct ocpp_settle_slot_report *report);
void slot_announce(struct ocpp_settle_agent *agent, const struct slot *slot, enum slot_tell tell);

/* --- gate.c and its files ------------------------------------------------------------------------------------------------------
 */

enum ocpp_status gates_load(struct ocpp_settle_agent *agent); /* takes its memory, too */
void gates_free(struct ocpp_settle_agent *agent);
void gates_advance(struct ocpp_settle_agent *agent);
void gates_speak(struct ocpp_settle_agent *agent);
void gates_agreed(struct ocpp_settle_agent *agent);
int64_t gates_deadline(const struct ocpp_settle_agent *agent);
/* the answer as JSON, in the arena; NULL: no memory */
const char *gate_prompt_heard(struct ocpp_settle_agent *agent, const struct ocpp_settle_payment_prompt_req *prompt);

/* --- renting.c, alone.c ----------------------------------------------------------------------------------------------------- */

struct request *pile_request_find(struct ocpp_settle_agent *agent, const char *id);
struct request *pile_request_new(struct ocpp_settle_agent *agent, const char *id, int64_t until);
/* keeps |count| banks for |request|; how many there were */
int pile_request_choose(struct ocpp_settle_agent *agent, struct request *request, int count);
void pile_request_end(struct ocpp_settle_agent *agent, struct request *request, enum ocpp_settle_refusal_code code,
                      const char *text);
bool pile_request_holds(const struct ocpp_settle_agent *agent, const struct slot *slot); /* it is kept for somebody */
void pile_requests_advance(struct ocpp_settle_agent *agent);
int64_t pile_requests_deadline(const struct ocpp_settle_agent *agent);
void pile_bank_choice(const struct ocpp_settle_agent *agent, const struct slot *slot, struct ocpp_settle_bank_choice *choice);
bool pile_is_id(const char *text); /* as PROTOCOL.md has them */
/* a grant's banks into intents, in |batch|; the code of what is wrong with it, or 0 */
enum ocpp_settle_refusal_code pile_grant_check(struct ocpp_settle_agent *agent, const struct ocpp_settle_bank_grant *grant,
                                               const struct request *request);
void pile_grant_intend(struct batch *batch, const struct ocpp_settle_bank_grant *grant, const char *request, const char *order,
                       int64_t within_s);
void pile_grants_stored(struct ocpp_settle_agent *agent, const char *request, enum ocpp_status status);
enum ocpp_status pile_renting_ask(struct ocpp_settle_agent *agent, struct request *request, const struct ocpp_token *token);

enum ocpp_status alone_rent(struct ocpp_settle_agent *agent, const struct ocpp_token *token, int count,
                            char id[OCPP_SETTLE_ID_SIZE]);
enum ocpp_status alone_load(struct ocpp_settle_agent *agent);
void alone_ended(struct batch *batch, const char *rental); /* told, or it came to nothing */
bool alone_mint(struct ocpp_settle_agent *agent, enum ocpp_settle_mark_class renter, int64_t generation,
                char mark[PILE_MARK_SIZE]);
const struct kept_offline_rental *alone_read(struct ocpp_settle_agent *agent, const char *rental);
void alone_forget(struct ocpp_settle_agent *agent, const char *rental);

#endif

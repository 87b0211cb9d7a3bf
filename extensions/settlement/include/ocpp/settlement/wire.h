/* wire.h: messages of the extension within DataTransfer, for both sides: reading and writing, what an answer means, what a
 * repetition is, and messages in parts. Pure functions; the queues around them belong to the backend and to the pile. PROTOCOL.md
 * tells the same for people.
 *
 * A message travels as vendorId, messageId (the name of the message) and data (its JSON; in 1.6 as text). Reading is strict:
 * unknown members are refused. Hello alone is read past what it does not know, so that a later version can introduce itself.
 */
#ifndef OCPP_SETTLEMENT_WIRE_H
#define OCPP_SETTLEMENT_WIRE_H

#include <ocpp/settlement/keys.h>
#include <ocpp/settlement/model.h>
#include <ocpp/vocabulary.h>

OCPP_BEGIN_DECLARATIONS

#define OCPP_SETTLE_VENDOR_ID        "org.ocpp-c.settlement"
#define OCPP_SETTLE_PROTOCOL_VERSION "1"

enum {
    OCPP_SETTLE_WIRE_BYTES = 8192,        /* of the data of one message, unless Hello agreed on another number */
    OCPP_SETTLE_WIRE_BYTES_LEAST = 1024,  /* nobody may ask for less */
    OCPP_SETTLE_WIRE_BYTES_LIMIT = 65536, /* nor agree on more */
    OCPP_SETTLE_REASON_SIZE = 201         /* of a reason of 200 characters, all of them ASCII */
};

/* ocpp_settle_wire: how a side reads and writes. */
struct ocpp_settle_wire {
    const char *vendor_id;    /* NULL: OCPP_SETTLE_VENDOR_ID */
    enum ocpp_direction peer; /* who the other side is: OCPP_FROM_STATION at the backend, OCPP_FROM_CENTRAL at the pile */
    size_t max_bytes;         /* 0: OCPP_SETTLE_WIRE_BYTES */
};

/* --- messages
 * ------------------------------------------------------------------------------------------------------------------- */

/* ocpp_settle_wire_message: a message that was read. */
struct ocpp_settle_wire_message {
    const struct ocpp_action *action;            /* of ocpp_settle_actions */
    const void *message;                         /* its struct, in the arena */
    const struct ocpp_settle_envelope *envelope; /* within |message|; NULL: it has none */
};

/* ocpp_settle_wire_fault: why a DataTransfer is no message to act upon, as it is to be answered with ocpp_settle_wire_refuse().
 */
struct ocpp_settle_wire_fault {
    enum ocpp_data_transfer_status result;
    enum ocpp_settle_refusal_code code;
    char reason[OCPP_SETTLE_REASON_SIZE];
};

/* ocpp_settle_wire_read: reads a request of the other side, what is in it into |arena|. The envelope's texts are 1 or more
 * visible ASCII characters. Errors: those of class MESSAGE, OCPP_ERR_UNKNOWN_ACTION (no such message, or not from that side)
 * among them; OCPP_ERR_NOMEM, OCPP_ERR_LIMIT. |fault| is written then, |message| is not. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_wire_read(const struct ocpp_settle_wire *wire,
                                                              const struct ocpp_data_transfer *data, struct ocpp_arena *arena,
                                                              struct ocpp_settle_wire_message *message,
                                                              struct ocpp_settle_wire_fault *fault);

/* ocpp_settle_wire_write: |message| of |action| as a request, in |arena| (vendorId is borrowed from |wire|).
 * Errors: OCPP_ERR_TOO_LARGE  it has to go in parts: |data| is written all the same; those of ocpp_message_encode(). */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_wire_write(const struct ocpp_settle_wire *wire,
                                                               const struct ocpp_action *action, const void *message,
                                                               struct ocpp_arena *arena, struct ocpp_data_transfer *data);

/* ocpp_settle_wire_envelope: within a message of |type|; NULL: it has none. */
OCPP_API const struct ocpp_settle_envelope *ocpp_settle_wire_envelope(const struct ocpp_type *type, const void *message);

/* ocpp_settle_wire_receipt: within an answer of |type|; NULL: it has none (Hello). */
OCPP_API const struct ocpp_settle_receipt *ocpp_settle_wire_receipt(const struct ocpp_type *type, const void *answer);

/* --- answers
 * -------------------------------------------------------------------------------------------------------------------- */

/* ocpp_settle_wire_answer: |answer| (a struct of |action|'s response) as an answer to DataTransfer, in |arena|.
 * Errors: those of ocpp_message_encode(). */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_wire_answer(const struct ocpp_action *action, const void *answer,
                                                                struct ocpp_arena *arena,
                                                                struct ocpp_data_transfer_answer *transfer);

/* ocpp_settle_wire_refuse: a DataTransfer that is no message: |fault|'s result, with a Refusal as data where it is Rejected.
 * Needs no memory but |text|, and cannot fail. */
enum { OCPP_SETTLE_REFUSAL_SIZE = 512 };
OCPP_API void ocpp_settle_wire_refuse(const struct ocpp_settle_wire_fault *fault, char text[OCPP_SETTLE_REFUSAL_SIZE],
                                      struct ocpp_data_transfer_answer *transfer);

/* ocpp_settle_verdict: what becomes of a message that was sent. */
enum ocpp_settle_verdict {
    OCPP_SETTLE_VERDICT_DONE,    /* it counts; never send it again */
    OCPP_SETTLE_VERDICT_REFUSED, /* it never will: a dead letter */
    OCPP_SETTLE_VERDICT_LATER,   /* the same again, not before |retry_s|; the other side is well */
    OCPP_SETTLE_VERDICT_UNHEARD, /* it may have been heard or not: the same again, and that was an attempt */
    OCPP_SETTLE_VERDICT_OFF      /* the other side does not speak the extension (any more): until the next Hello */
};

/* ocpp_settle_outcome: what an answer came to. */
struct ocpp_settle_outcome {
    enum ocpp_settle_verdict verdict;
    const void *answer;                 /* in the arena; NULL: there is none */
    enum ocpp_settle_refusal_code code; /* with REFUSED and LATER */
    const char *reason;                 /* for a log; "": none */
    int64_t retry_s;                    /* 0: when the sender likes */
};

/* ocpp_settle_wire_outcome: what |transfer|, an answer to a message of |action|, means. An answer that cannot be read is UNHEARD.
 * Errors: OCPP_ERR_NOMEM, OCPP_ERR_LIMIT: |outcome| is UNHEARD. */
OCPP_API enum ocpp_status ocpp_settle_wire_outcome(const struct ocpp_settle_wire *wire, const struct ocpp_action *action,
                                                   const struct ocpp_data_transfer_answer *transfer, struct ocpp_arena *arena,
                                                   struct ocpp_settle_outcome *outcome);

/* --- Hello
 * ---------------------------------------------------------------------------------------------------------------------- */

/* ocpp_settle_wire_agree: fills |version|, |features| and |maxBytes| of the backend's answer: the version, the features of both
 * (in the order of |offered|), the smaller size within the bounds above. |wanted| are |count| features of the backend; |room|
 * holds one item per feature offered and is borrowed by |answer|. False: no version in common, nothing is agreed. */
OCPP_API bool ocpp_settle_wire_agree(const struct ocpp_settle_hello_req *offered, const enum ocpp_settle_feature *wanted,
                                     size_t count, int64_t max_bytes, enum ocpp_settle_feature *room,
                                     struct ocpp_settle_hello_conf *answer);

/* --- repetitions
 * ---------------------------------------------------------------------------------------------------------------- */

/* ocpp_settle_wire_hash: what tells whether two messages with one id are the same: the SHA-256 of the name of |action|, a zero
 * and the JSON that ocpp_message_encode() writes, so that spelling does not matter. Errors: those of encoding and of keys. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_wire_hash(const struct ocpp_settle_keys *keys,
                                                              const struct ocpp_action *action, const void *message,
                                                              struct ocpp_arena *arena,
                                                              unsigned char hash[OCPP_SETTLE_DIGEST_SIZE]);

/* ocpp_settle_heard: what a receiver kept of a peer that bears on a message. */
struct ocpp_settle_heard {
    const unsigned char *hash; /* of the message with this id that was done; NULL: none was */
    int64_t last_seq;          /* of its stream that was done; 0: none */
};

enum ocpp_settle_repetition {
    OCPP_SETTLE_REPETITION_NONE,       /* do it */
    OCPP_SETTLE_REPETITION_SAME,       /* give the answer that was given */
    OCPP_SETTLE_REPETITION_OTHER_BODY, /* refuse it: SameIdOtherBody */
    OCPP_SETTLE_REPETITION_TOO_LATE /* refuse it: OutOfSequence; a later one of its stream was done, and this one is not known */
};

/* ocpp_settle_wire_repetition: numbers may be left out (a dead letter), never come again. */
OCPP_API enum ocpp_settle_repetition ocpp_settle_wire_repetition(const struct ocpp_settle_heard *heard,
                                                                 const struct ocpp_settle_envelope *envelope,
                                                                 const unsigned char hash[OCPP_SETTLE_DIGEST_SIZE]);

/* --- messages in parts
 * ---------------------------------------------------------------------------------------------------------- */

/* ocpp_settle_wire_parts: into how many parts |size| bytes of JSON |text| go. 1: none are needed. 0: there is no way to. */
OCPP_API size_t ocpp_settle_wire_parts(const struct ocpp_settle_wire *wire, const char *text, size_t size);

/* ocpp_settle_wire_part: the part |index| as a Chunk, its text in |arena|. |name| and |id| are those of the message, borrowed.
 * Errors: OCPP_ERR_NOMEM, OCPP_ERR_LIMIT; OCPP_ERR_ARGUMENT  there is no such part. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_wire_part(const struct ocpp_settle_wire *wire, const char *name,
                                                              const char *id, const char *text, size_t size, size_t index,
                                                              struct ocpp_arena *arena, struct ocpp_settle_chunk_req *part);

/* ocpp_settle_joiner: what has come of one message. A peer sends one in parts at a time. Zeroed it is empty; memory comes from
 * |allocator| (NULL: malloc) up to |limit| bytes (0: OCPP_SETTLE_WIRE_BYTES_LIMIT) and goes with ocpp_settle_joiner_drop(). It
 * need not survive a power cut: who lost it asks for the first part again. */
struct ocpp_settle_joiner {
    const struct ocpp_allocator *allocator;
    size_t limit;
    char id[27];
    char name[51];
    int64_t count;
    int64_t next; /* 0: nothing has come */
    char *text;
    size_t size;
    size_t room;
};

enum ocpp_settle_joined {
    OCPP_SETTLE_JOINED_MORE,  /* answer Accepted: the next part, please */
    OCPP_SETTLE_JOINED_WHOLE, /* |text| is the message: act upon it, then ocpp_settle_joiner_drop(); its answer goes into |answer|
                               */
    OCPP_SETTLE_JOINED_RESTART,  /* answer Refused, OutOfSequence: the first part again */
    OCPP_SETTLE_JOINED_REFUSED,  /* answer Refused, TooLarge */
    OCPP_SETTLE_JOINED_NO_MEMORY /* answer Retry, TryLater */
};

/* ocpp_settle_joiner_add: takes a part. The one before, again, is no trouble. A first part of another message takes the place of
 * what had come. */
OCPP_API enum ocpp_settle_joined ocpp_settle_joiner_add(struct ocpp_settle_joiner *joiner,
                                                        const struct ocpp_settle_chunk_req *part);

/* ocpp_settle_joiner_read: the whole as a message, as ocpp_settle_wire_read() does. Errors: as there; OCPP_ERR_VALUE too where id
 * and name are not those the parts told. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_joiner_read(const struct ocpp_settle_joiner *joiner,
                                                                const struct ocpp_settle_wire *wire, struct ocpp_arena *arena,
                                                                struct ocpp_settle_wire_message *message,
                                                                struct ocpp_settle_wire_fault *fault);

/* ocpp_settle_joiner_drop: forgets what has come and gives its memory back. */
OCPP_API void ocpp_settle_joiner_drop(struct ocpp_settle_joiner *joiner);

OCPP_END_DECLARATIONS

#endif

/* call_layer.h: the inside of a struct ocpp_rpc, shared by the files of this floor only.
 *
 * rpc.c: life cycle, time, who gets a frame. outgoing.c: our calls and their answers. incoming.c: the peer's calls and our
 * answers. output.c: texts that wait for the transport. errors.c: the words of a CALLERROR.
 */
#ifndef OCPP_LIB_CALL_LAYER_H
#define OCPP_LIB_CALL_LAYER_H

#include "json.h"
#include "pool.h"
#include "rpc_dialect.h"

#include <ocpp/frame.h>
#include <ocpp/rpc.h>

struct ocpp_rpc_list {
    struct ocpp_rpc_entry *first;
    size_t count;
};

struct ocpp_rpc {
    struct ocpp_rpc_settings settings; /* defaults filled in; |pool| is the one in use */
    struct ocpp_rpc_handler handler;
    const struct ocpp_protocol *protocol; /* NULL: no connection */
    const struct ocpp_rpc_dialect *dialect;
    bool owns_pool;
    bool busy; /* inside receive, advance or close */
    int64_t now_ms;

    struct ocpp_rpc_text *ready_first; /* answers, errors and SENDs, in order */
    struct ocpp_rpc_text *ready_last;
    struct ocpp_rpc_text *lent; /* what the transport reads now */
    size_t output_bytes;        /* of the texts that are ready or wait */

    struct ocpp_rpc_entry *outstanding; /* our call that is on its way */
    struct ocpp_rpc_list waiting;       /* ours behind it */
    struct ocpp_rpc_list open;          /* the peer's, not answered yet */

    uint64_t next_token;
    uint64_t next_id;
    char id_prefix[14]; /* 12 hexadecimal digits of entropy and a dash, or "" */
};

/* --- lists ------------------------------------------------------------------------------------------------------------ */

/* ocpp_rpc_list_insert: |at| is the place of the pointer to what comes next. */
void ocpp_rpc_list_insert(struct ocpp_rpc_list *list, struct ocpp_rpc_entry **at, struct ocpp_rpc_entry *entry);
struct ocpp_rpc_entry **ocpp_rpc_list_end(struct ocpp_rpc_list *list);
struct ocpp_rpc_entry *ocpp_rpc_list_remove(struct ocpp_rpc_list *list, struct ocpp_rpc_entry **at);
struct ocpp_rpc_entry *ocpp_rpc_list_find_id(const struct ocpp_rpc_list *list, const char *id);

/* --- output.c --------------------------------------------------------------------------------------------------------- */

/* How far beyond max_output_bytes a text may go. */
enum ocpp_rpc_room { OCPP_RPC_BOUNDED, OCPP_RPC_BEYOND };

/* A text while it is written. */
struct ocpp_rpc_draft {
    struct ocpp_rpc *rpc;
    struct ocpp_rpc_text *text;
    size_t limit;
    struct ocpp_json_writer writer;
};

/* ocpp_draft_start: begins a frame with its type and id. OCPP_ERR_NOMEM, OCPP_ERR_LIMIT: there is no draft. */
enum ocpp_status ocpp_draft_start(struct ocpp_rpc_draft *draft, struct ocpp_rpc *rpc, enum ocpp_rpc_room room,
                                  enum ocpp_frame_type type, const char *id);

/* ocpp_draft_finish: ends the frame; |*text| is the caller's. On an error the draft is gone. */
enum ocpp_status ocpp_draft_finish(struct ocpp_rpc_draft *draft, struct ocpp_rpc_text **text);

/* ocpp_draft_drop: gives up. */
void ocpp_draft_drop(struct ocpp_rpc_draft *draft);

/* ocpp_output_put: a finished text goes behind those that are ready. */
void ocpp_output_put(struct ocpp_rpc *rpc, struct ocpp_rpc_text *text);

/* ocpp_output_announce: tells the host that there is something to send. */
void ocpp_output_announce(struct ocpp_rpc *rpc);

/* ocpp_output_is_full: whether calls of the peer have to be dropped. */
bool ocpp_output_is_full(const struct ocpp_rpc *rpc);

/* ocpp_output_clear: drops everything, the lent text included. */
void ocpp_output_clear(struct ocpp_rpc *rpc);

/* --- errors.c --------------------------------------------------------------------------------------------------------- */

/* A refusal in words: why, and where. */
struct ocpp_refusal {
    enum ocpp_status status;
    const char *fault;              /* a better sentence than that of the status, or NULL */
    const struct ocpp_issue *issue; /* path or offset, or NULL */
};

/* ocpp_error_put: queues CALLERROR or CALLRESULTERROR, as |type| says, for a refusal. Errors: OCPP_ERR_NOMEM. */
enum ocpp_status ocpp_error_put(struct ocpp_rpc *rpc, enum ocpp_frame_type type, const char *id,
                                const struct ocpp_refusal *refusal);

/* ocpp_error_put_plain: the same with a code and a description of the application's. */
enum ocpp_status ocpp_error_put_plain(struct ocpp_rpc *rpc, enum ocpp_frame_type type, const char *id, enum ocpp_call_error error,
                                      const char *description);

/* --- incoming.c ------------------------------------------------------------------------------------------------------- */

/* One received text on its way through the floor. */
struct ocpp_rpc_reception {
    const char *text;
    size_t size;
    struct ocpp_frame frame;
    struct ocpp_issue issue; /* status OCPP_OK: none */
};

/* ocpp_reception_advise: fills the remedy of the issue with the quirks that would have let the payload pass as |type|. */
void ocpp_reception_advise(const struct ocpp_rpc *rpc, struct ocpp_rpc_reception *reception, const struct ocpp_type *type);

/* ocpp_reception_tell: tells on_frame, once it is clear what is to be said about a frame. */
void ocpp_reception_tell(const struct ocpp_rpc *rpc, const struct ocpp_rpc_reception *reception);

enum ocpp_status ocpp_incoming_call(struct ocpp_rpc *rpc, struct ocpp_rpc_reception *reception);
enum ocpp_status ocpp_incoming_send(struct ocpp_rpc *rpc, struct ocpp_rpc_reception *reception);

/* ocpp_incoming_broken: a text of which nothing but perhaps type and id could be read, and which answers no call of ours. */
enum ocpp_status ocpp_incoming_broken(struct ocpp_rpc *rpc, struct ocpp_rpc_reception *reception);

void ocpp_incoming_expire(struct ocpp_rpc *rpc);
int64_t ocpp_incoming_deadline(const struct ocpp_rpc *rpc);
void ocpp_incoming_clear(struct ocpp_rpc *rpc);

/* --- outgoing.c ------------------------------------------------------------------------------------------------------- */

/* ocpp_outgoing_matches: whether our outstanding call has this id. */
bool ocpp_outgoing_matches(const struct ocpp_rpc *rpc, const char *id);

/* ocpp_outgoing_result, ocpp_outgoing_error: a CALLRESULT or CALLERROR for the outstanding call.
 * ocpp_outgoing_broken: one that cannot be read, but whose id could. */
enum ocpp_status ocpp_outgoing_result(struct ocpp_rpc *rpc, struct ocpp_rpc_reception *reception);
enum ocpp_status ocpp_outgoing_error(struct ocpp_rpc *rpc, struct ocpp_rpc_reception *reception);
enum ocpp_status ocpp_outgoing_broken(struct ocpp_rpc *rpc, struct ocpp_rpc_reception *reception);

/* ocpp_outgoing_may_leave: whether ocpp_outgoing_transmit() would give a text. */
bool ocpp_outgoing_may_leave(const struct ocpp_rpc *rpc);

/* ocpp_outgoing_transmit: the text of the next call that may leave, or NULL. */
struct ocpp_rpc_text *ocpp_outgoing_transmit(struct ocpp_rpc *rpc);

void ocpp_outgoing_expire(struct ocpp_rpc *rpc);

/* ocpp_outgoing_close: ends every call with OCPP_ERR_CLOSED. ocpp_outgoing_clear: the same without a word. */
void ocpp_outgoing_close(struct ocpp_rpc *rpc);
void ocpp_outgoing_clear(struct ocpp_rpc *rpc);

/* ocpp_deadline_after: |now_ms| + |wait_ms|, never beyond OCPP_NEVER. */
int64_t ocpp_deadline_after(int64_t now_ms, int64_t wait_ms);

#endif

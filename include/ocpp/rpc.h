/* rpc.h: the call layer of OCPP-J, usable alone by proxies and tools.
 *
 * One struct ocpp_rpc is one side of one connection at a time. It takes texts in and gives texts out; it keeps the rule of one
 * outstanding call per direction, matches answers to calls, times them out, answers malformed frames as the version demands, and
 * hands decoded, valid messages to the application. It does no I/O and asks no clock: time comes in, a deadline comes out.
 *
 * Order of use: ocpp_rpc_new(); for each connection ocpp_rpc_open(), any number of receive / call / reply / advance, and
 * ocpp_rpc_close(); at the end ocpp_rpc_free(). After every entry point, drain ocpp_rpc_next_output() until it gives NULL and
 * sleep no longer than ocpp_rpc_deadline(). Callbacks run inside receive, advance and close, never inside call, reply or refuse;
 * they may call any function here with the same handle but free, open, close, receive and advance (asserted). A handle is
 * single-threaded.
 *
 * Memory: a handle without traffic is a few hundred bytes. What traffic needs (decoded messages, texts, records of open calls)
 * comes from a pool that all handles of one thread may share, and goes back as soon as it is not needed. In a steady state
 * nothing is allocated but the tree of the JSON parser.
 *
 * What stays bounded: texts that wait for the transport count against max_output_bytes. At the limit our calls and replies are
 * refused with OCPP_ERR_LIMIT (a reply may be tried again), calls of the peer are dropped unanswered, and only CALLERRORs for
 * calls that are already open still go in: at most max_open_calls of them, each below 4 KiB. Answers of the peer are taken all
 * the time.
 *
 * OCPP-J 1.6 chapter 4; OCPP 2.0.1 part 4 chapter 4; OCPP 2.1 part 4 chapter 4.
 */
#ifndef OCPP_RPC_H
#define OCPP_RPC_H

#include <ocpp/message.h>

OCPP_BEGIN_DECLARATIONS

struct ocpp_rpc;

/* ocpp_rpc_pool: memory that the handles of one thread share. A server makes one per service thread; a charge point needs none.
 */
struct ocpp_rpc_pool;

/* ocpp_rpc_pool_new: |max_arena_bytes| bounds one decoded message with all it points to (0: 1 MiB); |keep_bytes| bounds what is
 * kept for reuse while nobody needs it (0: 256 KiB). |allocator| is borrowed for life, NULL is malloc. NULL when there is no
 * memory. */
OCPP_API struct ocpp_rpc_pool *ocpp_rpc_pool_new(const struct ocpp_allocator *allocator, size_t max_arena_bytes,
                                                 size_t keep_bytes);

/* ocpp_rpc_pool_free: after every handle that uses it (asserted). NULL is fine. */
OCPP_API void ocpp_rpc_pool_free(struct ocpp_rpc_pool *pool);

/* OCPP_MESSAGE_ID_SIZE: room for a message id of 36 characters (up to 4 bytes each) and its terminator. */
enum { OCPP_MESSAGE_ID_SIZE = 36 * 4 + 1 };

/* ocpp_call_token: names a call of the peer that is waiting for its answer. It outlives the callback, may be kept by value, and
 * stops naming anything once it was answered or the connection closed. 0 names nothing. */
struct ocpp_call_token {
    uint64_t value;
};

/* ocpp_incoming_call: a request of the peer. Everything it points to lives until the callback returns (ocpp_message_copy() keeps
 * it longer). |action| and |request| are NULL for an action that is not known in this version (only when the settings ask for
 * those); |payload| is the JSON text then and always, a part of the text that was received and not terminated; "{}" where the
 * peer wrote null. */
struct ocpp_incoming_call {
    struct ocpp_call_token token; /* 0 for a SEND, which is never answered */
    const char *id;
    const char *action_name;
    const struct ocpp_action *action;
    const void *request; /* the struct of action->request */
    const char *payload;
    size_t payload_size;
};

/* ocpp_answer: how a call of ours ended. |status| OCPP_OK: |response| is the valid struct of action->response.
 * OCPP_ERR_CALL_ERROR: the peer's |error|, its spelling |error_name|, |description| and |details| (JSON text, terminated).
 * OCPP_ERR_BAD_ANSWER: the answer, a CALLRESULT or a CALLERROR, breaks the rules: |issue| tells what is wrong; |payload| still
 * holds the text where there is one; |response| is NULL. OCPP_ERR_TIMEOUT, OCPP_ERR_CLOSED: nothing else is set. For an unchecked
 * call, |response| is NULL and |payload| the text. |payload| is not terminated. All of it lives until the callback returns. */
struct ocpp_answer {
    enum ocpp_status status;
    const struct ocpp_action *action; /* NULL for an unchecked call of an unknown action */
    const char *id;
    const void *response;
    const char *payload;
    size_t payload_size;
    enum ocpp_call_error error;
    const char *error_name;
    const char *description;
    const char *details;
    const struct ocpp_issue *issue;
};

/* ocpp_outgoing_call: a request of ours. Either |message| (the struct of action->request) or |payload| (JSON text of
 * |payload_size| bytes, checked against the action unless |unchecked|, when only its grammar is) is given; with |payload| and
 * |unchecked|, |action| may be NULL and |action_name| is sent. All is borrowed for the call of the function. |on_answer| runs
 * exactly once per accepted call that is not cancelled; it may be NULL. For a SEND (action->response NULL) on_answer is never
 * called. */
struct ocpp_outgoing_call {
    const struct ocpp_action *action;
    const void *message;
    const char *action_name;
    const char *payload;
    size_t payload_size;
    bool unchecked; /* the answer is not checked either */
    bool urgent;    /* goes before the calls that wait and are not urgent, not before the one that is outstanding */
    const char *id; /* NULL: the layer makes one. A repeated call may reuse its id (J errata 3.1; 2.0.1 errata 4.6). At most 36
                       characters */
    int64_t timeout_ms; /* counted from transmission; 0: the setting */
    void (*on_answer)(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user);
    void *user;
};

/* ocpp_rpc_handler: what the application is told. All but on_call may be NULL. */
struct ocpp_rpc_handler {
    /* a valid request of the peer; answer now or later with ocpp_rpc_reply() or ocpp_rpc_refuse() */
    void (*on_call)(struct ocpp_rpc *rpc, const struct ocpp_incoming_call *call, void *user);
    /* asked before a known action is decoded, after admit: false answers NotSupported. NULL: everything the version has is
     * supported */
    bool (*supports)(const struct ocpp_action *action, void *user);
    /* asked before a known action is decoded: OCPP_OK goes on; another status refuses with its CALLERROR (OCPP_ERR_NOT_ACCEPTED:
     * SecurityError); OCPP_ERR_CLOSED drops the request without an answer (1.6 4.2, a rejected station does not respond) */
    enum ocpp_status (*admit)(const struct ocpp_action *action, void *user);
    /* every frame, as text, both ways, valid or not; for logs and recorders, which mind that it holds secrets as they are sent.
     * |from| is who sent it. |issue| is NULL for a frame without blemish; OCPP_ERR_NOT_FOUND is an answer that no call of ours
     * waits for. Frames of ours are told inside ocpp_rpc_next_output(); this callback may not call back into the handle */
    void (*on_frame)(enum ocpp_direction from, const char *text, size_t size, const struct ocpp_issue *issue, void *user);
    /* our answer was refused by the peer with CALLRESULTERROR (OCPP 2.1 part 4, 4.2.3) */
    void (*on_result_error)(const char *id, enum ocpp_call_error error, const char *description, void *user);
    void *user;
    /* call, reply, refuse or send_text left something for ocpp_rpc_next_output(): for hosts that hand the handle to others and
     * have to know whom to ask for output. Also told within receive. This callback may not call back into the handle */
    void (*on_output)(void *user);
};

/* ocpp_rpc_settings: limits and habits. Start from ocpp_rpc_settings_default(); fields are only ever added at the end. 0 in a
 * size, a count or a time takes its default, but for max_waiting_calls, where it means that nothing waits. */
struct ocpp_rpc_settings {
    const struct ocpp_allocator *allocator; /* NULL: malloc */
    enum ocpp_direction side;               /* OCPP_FROM_STATION or OCPP_FROM_CENTRAL: who we are */
    struct ocpp_json_limits limits;         /* of one message; between max_bytes and twice that a CALL gets its CALLERROR */
    struct ocpp_rpc_pool *pool;             /* shared with other handles of the thread; NULL: one of its own */
    size_t max_arena_bytes;                 /* memory of one decoded message, without a shared pool; default 1 MiB */
    size_t max_waiting_calls;               /* calls of ours behind the outstanding one; default 16 */
    size_t max_open_calls;                  /* calls of the peer that wait for our answer; default 8. One more is refused */
    size_t max_output_bytes;                /* texts that wait for the transport; default 0: 4 * max_bytes */
    int64_t call_timeout_ms;                /* default 30,000 */
    int64_t answer_timeout_ms;       /* a call of the peer not answered by the application gets InternalError; default 60,000 */
    struct ocpp_tolerance tolerance; /* which quirks of the peer are survived; default none */
    bool answer_results;             /* answer invalid CALLRESULTs with CALLRESULTERROR in 2.1; default true */
    bool answer_garbage;             /* answer what is no frame at all with id "-1" in 2.x; default true */
    bool pass_unknown_actions;       /* hand unknown actions to on_call instead of answering NotImplemented; default false */
    /* fills |size| bytes with entropy, once per connection: ids are made of it and a counter. NULL: of the counter alone, which
     * starts at |first_id| (63 bits): then the application sees to it that no number ever returns (J errata 3.1; part 4, 4.1.4)
     */
    void (*random)(void *bytes, size_t size, void *user);
    void *random_user;
    uint64_t first_id;
    bool advise; /* look for the quirks that would have let a refused message of the peer pass (ocpp_issue.remedy); costs another
                  * reading of each such message; default false */
    /* mends a text that is no JSON, for a peer with OCPP_QUIRK_BROKEN_JSON: ocpp_rpc_mend(). NULL (default): nothing is mended */
    enum ocpp_status (*mend)(const char *text, size_t size, struct ocpp_arena *arena, const char **mended, size_t *mended_size);
};

/* ocpp_rpc_mend: what |text| was meant to be, terminated in |arena|: brackets that are missing around members, or at the end of an
 * answer, are put there, NULs and control characters are left out. What it gives may still be no JSON. Errors: OCPP_ERR_NOT_JSON
 * there is nothing to mend, or nobody can tell what was meant (it ends inside a value); OCPP_ERR_NOMEM. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_rpc_mend(const char *text, size_t size, struct ocpp_arena *arena,
                                                      const char **mended, size_t *mended_size);

OCPP_API struct ocpp_rpc_settings ocpp_rpc_settings_default(enum ocpp_direction side);

/* ocpp_rpc_new: a call layer without a connection. |settings| and |handler| are copied, what they point to is borrowed for life.
 * NULL when there is no memory. */
OCPP_API struct ocpp_rpc *ocpp_rpc_new(const struct ocpp_rpc_settings *settings, const struct ocpp_rpc_handler *handler);

/* ocpp_rpc_free: drops everything; open calls are not told (close first). NULL is fine. */
OCPP_API void ocpp_rpc_free(struct ocpp_rpc *rpc);

/* ocpp_rpc_open: a connection speaks |protocol| from now on. Errors: OCPP_ERR_STATE  one is open already. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_rpc_open(struct ocpp_rpc *rpc, const struct ocpp_protocol *protocol,
                                                      struct ocpp_now now);

/* ocpp_rpc_close: the connection is gone: every call of ours ends with OCPP_ERR_CLOSED, every token of the peer's calls is void,
 * output is dropped. Nothing happens when none was open. */
OCPP_API void ocpp_rpc_close(struct ocpp_rpc *rpc, struct ocpp_now now);

/* ocpp_rpc_protocol: what the open connection speaks; NULL when none is open. */
OCPP_API const struct ocpp_protocol *ocpp_rpc_protocol(const struct ocpp_rpc *rpc);

/* ocpp_rpc_receive: one text message of the peer, |size| bytes of whatever arrived, borrowed. What is wrong with it is answered
 * or ignored as the rules of the version say, and is no error here. Errors: OCPP_ERR_STATE no connection; OCPP_ERR_NOMEM  nothing
 * happened: give it again, or it is lost as if it had not been sent; OCPP_ERR_TOO_LARGE  beyond twice the limit: the transport
 * should close with 1009. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_rpc_receive(struct ocpp_rpc *rpc, const char *text, size_t size,
                                                         struct ocpp_now now);

/* ocpp_rpc_next_output: the next text to send, or NULL. It is terminated, |size| excludes the terminator, and it is borrowed
 * until the next call of ocpp_rpc_next_output(), ocpp_rpc_close() or ocpp_rpc_free(); the call that gives NULL gives the memory
 * of the last text back. Handing it out is the transmission: the time-out of a call starts here. Answers go before calls of ours
 * that wait, so that what an answer announces comes after it (OCPP 2.0.1 part 2, FR.05). */
OCPP_API const char *ocpp_rpc_next_output(struct ocpp_rpc *rpc, size_t *size, struct ocpp_now now);

/* ocpp_rpc_has_output: whether ocpp_rpc_next_output() would give a text. */
OCPP_API bool ocpp_rpc_has_output(const struct ocpp_rpc *rpc);

/* ocpp_rpc_deadline: mono_ms at which ocpp_rpc_advance() has something to do; OCPP_NEVER when nothing waits. */
OCPP_API int64_t ocpp_rpc_deadline(const struct ocpp_rpc *rpc);

/* ocpp_rpc_advance: lets time-outs happen. */
OCPP_API void ocpp_rpc_advance(struct ocpp_rpc *rpc, struct ocpp_now now);

/* ocpp_rpc_call: queues a request; it leaves when no other is outstanding. A SEND leaves at once.
 * Errors: OCPP_ERR_STATE no connection; OCPP_ERR_BUSY max_waiting_calls are waiting; OCPP_ERR_LIMIT no room for the text;
 * OCPP_ERR_NOMEM; OCPP_ERR_ARGUMENT the action may not be sent by this side or in this version, the id is no text of at most 36
 * characters, or there is neither message nor payload; OCPP_ERR_DUPLICATE_ID a call of ours with that id is not answered yet;
 * those of ocpp_message_encode() or, for a payload, ocpp_message_decode() with |issue| (may be NULL). Nothing happened and
 * on_answer is not called then. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_rpc_call(struct ocpp_rpc *rpc, const struct ocpp_outgoing_call *call,
                                                      struct ocpp_issue *issue);

/* ocpp_rpc_ask: ocpp_rpc_call() with a struct of action->request and nothing unusual. v16_calls.h and its sisters have a function
 * per action over it, which the compiler holds to the right struct. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_rpc_ask(struct ocpp_rpc *rpc, const struct ocpp_action *action, const void *request,
                                                     void (*on_answer)(struct ocpp_rpc *rpc, const struct ocpp_answer *answer,
                                                                       void *user),
                                                     void *user);

/* ocpp_rpc_reply: answers a call of the peer with the struct of its action->response.
 * Errors: OCPP_ERR_NOT_FOUND  the token names nothing any more; OCPP_ERR_ARGUMENT  the action is unknown: reply raw;
 * OCPP_ERR_LIMIT  no room for the text; those of ocpp_message_encode(). The call is still open after all but the first. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_rpc_reply(struct ocpp_rpc *rpc, struct ocpp_call_token token, const void *response,
                                                       struct ocpp_issue *issue);

/* ocpp_rpc_answer: ocpp_rpc_reply() that knows which action it means to answer. Errors: as ocpp_rpc_reply(); OCPP_ERR_ARGUMENT
 * the token names a call of another action. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_rpc_answer(struct ocpp_rpc *rpc, const struct ocpp_action *action,
                                                        struct ocpp_call_token token, const void *response);

/* ocpp_rpc_reply_raw: the same with JSON text; grammar is checked, meaning is not. Errors: as ocpp_rpc_reply(), and those of
 * class MESSAGE for the text. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_rpc_reply_raw(struct ocpp_rpc *rpc, struct ocpp_call_token token,
                                                           const char *payload, size_t size);

/* ocpp_rpc_refuse: answers a call of the peer with CALLERROR. |description| is cut to 255 characters; NULL is "".
 * Errors: OCPP_ERR_NOT_FOUND; OCPP_ERR_NOMEM, the call is still open. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_rpc_refuse(struct ocpp_rpc *rpc, struct ocpp_call_token token,
                                                        enum ocpp_call_error error, const char *description);

/* ocpp_rpc_refuse_result: tells the peer, inside on_answer, that its valid CALLRESULT cannot be used (OCPP 2.1 part 4, 4.2.3;
 * I08: a tariff nobody can work with). |description| as for ocpp_rpc_refuse(). Broken results are answered by the layer itself.
 * Errors: OCPP_ERR_STATE  there is no connection, or its version has no CALLRESULTERROR; OCPP_ERR_ARGUMENT  |answer| is no
 * CALLRESULT; OCPP_ERR_LIMIT; OCPP_ERR_NOMEM. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_rpc_refuse_result(struct ocpp_rpc *rpc, const struct ocpp_answer *answer,
                                                               enum ocpp_call_error error, const char *description);

/* ocpp_rpc_is_open: whether |token| names a call of the peer that still waits for its answer. */
OCPP_API bool ocpp_rpc_is_open(const struct ocpp_rpc *rpc, struct ocpp_call_token token);

/* ocpp_rpc_open_action: the action |token| waits for an answer to; NULL when it names nothing any more, or an action that this
 * version does not know. */
OCPP_API const struct ocpp_action *ocpp_rpc_open_action(const struct ocpp_rpc *rpc, struct ocpp_call_token token);

/* ocpp_rpc_cancel: gives up the calls whose |user| is |user|: one not sent yet is dropped, the answer of the outstanding one is
 * ignored. on_answer is not called. Returns how many. */
OCPP_API size_t ocpp_rpc_cancel(struct ocpp_rpc *rpc, const void *user);

/* ocpp_rpc_send_text: sends |text| as it is, for tools that test peers. Nothing is checked, nothing is matched with it.
 * Errors: OCPP_ERR_STATE no connection; OCPP_ERR_LIMIT; OCPP_ERR_NOMEM. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_rpc_send_text(struct ocpp_rpc *rpc, const char *text, size_t size);

/* ocpp_rpc_waiting_calls: calls of ours that wait or are outstanding. */
OCPP_API size_t ocpp_rpc_waiting_calls(const struct ocpp_rpc *rpc);

/* ocpp_rpc_set_tolerance: from the next message on. */
OCPP_API void ocpp_rpc_set_tolerance(struct ocpp_rpc *rpc, const struct ocpp_tolerance *tolerance);

OCPP_END_DECLARATIONS

#endif

/* rpc_world.h: one call layer, its application and a hand that plays the peer by writing frames, for the tests of the call layer.
 *
 * A test reads: open a world, the peer says a text, the layer answers a text or is silent, the application saw this or that.
 */
#ifndef TEST_RPC_WORLD_H
#define TEST_RPC_WORLD_H

#include <ocpp/rpc.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { WORLD_TEXT = 4096 };

/* What the application does with a call of the peer. */
enum world_habit { WORLD_ANSWERS_NOW, WORLD_ANSWERS_LATER, WORLD_REFUSES };

struct world {
    struct ocpp_rpc *rpc;
    struct ocpp_rpc_settings settings;
    struct ocpp_rpc_handler handler;
    struct ocpp_now now;

    enum world_habit habit;
    const char *reply; /* JSON text; NULL: {"status":"Accepted"} */
    enum ocpp_status admits;
    bool supports;

    /* the last call of the peer, and how many there were */
    size_t calls;
    struct ocpp_call_token token;
    char call_id[OCPP_MESSAGE_ID_SIZE];
    char call_action[64];
    char call_payload[WORLD_TEXT];
    bool call_known;

    /* the last answer to a call of ours, and how many there were */
    size_t answers;
    struct ocpp_answer answer;
    struct ocpp_issue answer_issue;
    char answer_id[OCPP_MESSAGE_ID_SIZE];
    char answer_payload[WORLD_TEXT];
    char answer_error[64];
    char answer_description[512];
    char answer_details[WORLD_TEXT];
    bool answer_has_response;

    /* frames told to on_frame */
    size_t frames_in;
    size_t frames_out;
    enum ocpp_status frame_status; /* of the last frame that came in */

    size_t result_errors;
    char result_error_id[OCPP_MESSAGE_ID_SIZE];
    enum ocpp_call_error result_error;

    size_t outputs; /* how often on_output was told */

    size_t quirks;
    uint32_t last_quirk;
};

/* world_prepare: settings and handler, to be changed before world_open(). We are the station, or the central system. */
void world_prepare(struct world *world, enum ocpp_direction side);
void world_open(struct world *world, enum ocpp_version version);
void world_close(struct world *world);

/* world_has: whether the build knows |version|; a test that needs it skips otherwise. */
bool world_has(enum ocpp_version version);

/* peer_says: gives a text to the layer, which has to take it. */
void peer_says(struct world *world, const char *text);

/* layer_says: the next text of the layer is |text|, exactly. layer_is_silent: there is none. */
void layer_says(struct world *world, const char *text);
void layer_is_silent(struct world *world);

/* layer_text: the next text of the layer, terminated; NULL when there is none. */
const char *layer_text(struct world *world);

/* we_call: a call with JSON text and an id; checked against the action. we_ask: the same, and it leaves. */
enum ocpp_status we_call(struct world *world, const char *id, const char *action, const char *payload);
void we_ask(struct world *world, const char *id, const char *action, const char *payload);

void wait_ms(struct world *world, int64_t wait);

/* --- the same in each version ------------------------------------------------------------------------------------------- */

#define V16  OCPP_VERSION_1_6
#define V201 OCPP_VERSION_2_0_1
#define V21  OCPP_VERSION_2_1

enum { VERSION_COUNT = 3 };
extern const enum ocpp_version every_version[VERSION_COUNT];

void open_central(struct world *world, enum ocpp_version version);
void open_station(struct world *world, enum ocpp_version version);

/* on_each_version: runs |test| on an open central system of each version that is built. */
void on_each_version(void (*test)(struct world *world));

/* What we, the central system, answer to a text of a station; NULL is silence. */
struct exchange {
    enum ocpp_version version;
    const char *in;
    const char *out;
};

/* check_exchanges: each on a fresh connection, those of versions that are not built left out. */
void check_exchanges(const struct exchange *rows, size_t count);
#define CHECK_EXCHANGES(rows) check_exchanges(rows, sizeof(rows) / sizeof((rows)[0]))

/* Heartbeat is what a station may ask and ClearCache what a central system may ask in every version. */
#define HEARTBEAT_RESULT(id)   "[3,\"" id "\",{\"currentTime\":\"2026-11-20T20:31:00.000Z\"}]"
#define CLEAR_CACHE_ANSWER(id) "[3,\"" id "\",{\"status\":\"Accepted\"}]"

const struct ocpp_action *world_action(const struct world *world, const char *name);

#endif

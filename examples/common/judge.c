/* judge.c: see judge.h.
 *
 * Where nobody says the version, the frame is tried in every version that knows its action, first in the one the log was in so
 * far. A frame that fits nowhere is held to the version it has the fewest strange members in.
 */
#include "judge.h"

#include <string.h>

/* --- quirks ------------------------------------------------------------------------------------------------------ */

static void note_quirk(const struct ocpp_issue *issue, void *user)
{
    struct verdict *verdict = user;
    if (verdict->quirk_count < QUIRKS_TOLD)
        verdict->quirks[verdict->quirk_count] = *issue;
    verdict->quirk_count++;
}

static struct ocpp_tolerance all_quirks(struct judge *judge)
{
    return (struct ocpp_tolerance){ OCPP_QUIRK_ALL, note_quirk, &judge->verdict };
}

static void count(const struct ocpp_issue *issue, void *user)
{
    (void)issue;
    ++*(unsigned *)user;
}

/* --- versions ---------------------------------------------------------------------------------------------------- */

/* The ways a frame may be read, the likeliest first. */
struct candidates {
    const struct ocpp_action *actions[OCPP_VERSION_COUNT];
    size_t count;
};

static void add_candidate(struct candidates *candidates, enum ocpp_version version, const struct judge *judge, const char *name)
{
    const struct ocpp_protocol *protocol = ocpp_protocol_of(version);
    if (protocol == NULL || !ocpp_frame_type_known(version, judge->frame.type))
        return;
    const struct ocpp_action *action = ocpp_protocol_action(protocol, name, strlen(name));
    if (action != NULL)
        candidates->actions[candidates->count++] = action;
}

/* |given| alone where it is known, otherwise |likely| and then the others. */
static struct candidates find_candidates(const struct judge *judge, const char *name, enum ocpp_version given,
                                         enum ocpp_version likely)
{
    struct candidates candidates = { .count = 0 };
    if (given != OCPP_VERSION_NONE) {
        add_candidate(&candidates, given, judge, name);
        return candidates;
    }
    if (likely != OCPP_VERSION_NONE)
        add_candidate(&candidates, likely, judge, name);
    for (int version = OCPP_VERSION_NONE + 1; version < OCPP_VERSION_COUNT; version++) {
        if (version != (int)likely)
            add_candidate(&candidates, (enum ocpp_version)version, judge, name);
    }
    return candidates;
}

static const struct ocpp_type *payload_type(const struct judge *judge, const struct ocpp_action *action)
{
    return judge->frame.type == OCPP_FRAME_RESULT ? action->response : action->request;
}

/* A SEND is no call and has no answer. */
static bool has_wrong_shape(const struct judge *judge, const struct ocpp_action *action)
{
    return (judge->frame.type == OCPP_FRAME_SEND) != (action->response == NULL);
}

/* --- payloads ---------------------------------------------------------------------------------------------------- */

static enum ocpp_status read_payload(struct judge *judge, const struct ocpp_action *action,
                                     const struct ocpp_tolerance *tolerance, struct ocpp_issue *issue)
{
    const void *message;
    if (has_wrong_shape(judge, action)) {
        *issue = (struct ocpp_issue){ .status = OCPP_ERR_UNSUPPORTED_ACTION };
        return OCPP_ERR_UNSUPPORTED_ACTION;
    }
    return ocpp_frame_decode(&judge->frame, payload_type(judge, action), tolerance, judge->arena, issue, &message);
}

static void settle(struct judge *judge, const struct ocpp_action *action, enum ocpp_status status)
{
    judge->verdict.status = status;
    judge->verdict.version = (enum ocpp_version)action->version;
    judge->verdict.action = action->name;
    judge->last = judge->verdict.version;
}

/* How little a version seems to be the one meant. */
static unsigned strangeness(struct judge *judge, const struct ocpp_action *action)
{
    unsigned strange = 0;
    struct ocpp_issue issue;
    const struct ocpp_tolerance tolerance = { OCPP_QUIRK_UNKNOWN_MEMBER, count, &strange };
    const enum ocpp_status status = read_payload(judge, action, &tolerance, &issue);
    return 2 * strange + (status == OCPP_ERR_MISSING_MEMBER ? 3 : status != OCPP_OK);
}

static const struct ocpp_action *least_strange(struct judge *judge, const struct candidates *candidates)
{
    const struct ocpp_action *best = candidates->actions[0];
    if (candidates->count == 1)
        return best;
    unsigned least = strangeness(judge, best);
    for (size_t i = 1; i < candidates->count; i++) {
        const unsigned strange = strangeness(judge, candidates->actions[i]);
        if (strange < least) {
            least = strange;
            best = candidates->actions[i];
        }
    }
    return best;
}

/* The action that the payload fits, or the one that it is held to. */
static const struct ocpp_action *judge_payload(struct judge *judge, const struct candidates *candidates)
{
    for (size_t i = 0; i < candidates->count; i++) {
        if (read_payload(judge, candidates->actions[i], NULL, &judge->verdict.issue) == OCPP_OK) {
            settle(judge, candidates->actions[i], OCPP_OK);
            return candidates->actions[i];
        }
    }
    const struct ocpp_action *best = least_strange(judge, candidates);
    const struct ocpp_tolerance tolerance = all_quirks(judge);
    settle(judge, best, read_payload(judge, best, judge->lenient ? &tolerance : NULL, &judge->verdict.issue));
    return best;
}

/* --- frames ------------------------------------------------------------------------------------------------------ */

static void fail(struct judge *judge, enum ocpp_status status, const char *fault)
{
    judge->verdict.status = status;
    judge->verdict.fault = fault;
    judge->verdict.issue = (struct ocpp_issue){ .status = status };
}

static void judge_call(struct judge *judge, enum ocpp_version given)
{
    judge->verdict.action = judge->frame.action;
    const struct candidates candidates = find_candidates(judge, judge->frame.action, given, judge->last);
    if (candidates.count == 0) {
        fail(judge, OCPP_ERR_UNKNOWN_ACTION, NULL);
        return;
    }
    const struct ocpp_action *action = judge_payload(judge, &candidates);
    if (judge->frame.type == OCPP_FRAME_CALL)
        call_memory_put(judge->calls, judge->frame.id, action);
}

/* The log's word for the action counts more than the call that was seen. */
static void judge_result(struct judge *judge, const struct record *record, enum ocpp_version given)
{
    const struct ocpp_action *asked = call_memory_get(judge->calls, judge->frame.id);
    const char *name = record->action != NULL ? record->action : asked != NULL ? asked->name : NULL;
    if (name == NULL) {
        judge->verdict.judged = false;
        return;
    }
    judge->verdict.action = name;
    const enum ocpp_version likely = asked != NULL ? (enum ocpp_version)asked->version : judge->last;
    const struct candidates candidates = find_candidates(judge, name, given, likely);
    if (candidates.count == 0)
        fail(judge, OCPP_ERR_UNKNOWN_ACTION, NULL);
    else
        judge_payload(judge, &candidates);
}

static void judge_error(struct judge *judge, const struct record *record)
{
    const struct ocpp_action *asked = call_memory_get(judge->calls, judge->frame.id);
    judge->verdict.action = record->action != NULL ? record->action : asked != NULL ? asked->name : NULL;
}

static void judge_record(struct judge *judge, const struct record *record, enum ocpp_version given)
{
    const struct ocpp_tolerance tolerance = all_quirks(judge);
    const enum ocpp_status status =
        ocpp_frame_parse(&judge->frame, record->frame, record->size, given, &record_limits, judge->lenient ? &tolerance : NULL);
    judge->verdict.type = judge->frame.type;
    if (status != OCPP_OK) {
        fail(judge, status, judge->frame.fault);
        judge->verdict.issue.offset = judge->frame.offset;
        return;
    }
    if (judge->frame.type == OCPP_FRAME_RESULT)
        judge_result(judge, record, given);
    else if (judge->frame.type == OCPP_FRAME_ERROR || judge->frame.type == OCPP_FRAME_RESULT_ERROR)
        judge_error(judge, record);
    else
        judge_call(judge, given);
}

static void begin(struct judge *judge, enum ocpp_version given)
{
    judge->verdict.status = OCPP_OK;
    judge->verdict.type = OCPP_FRAME_UNREADABLE;
    judge->verdict.action = NULL;
    judge->verdict.judged = true;
    judge->verdict.fault = NULL;
    judge->verdict.quirk_count = 0;
    judge->verdict.version = given != OCPP_VERSION_NONE ? given : judge->last;
}

/* The path of a verdict points into a payload, and there is none. */
static void refuse_line(struct judge *judge, enum ocpp_status status)
{
    const struct ocpp_issue issue = judge->verdict.issue;
    if (issue.path[0] != '\0') {
        fail(judge, OCPP_ERR_NOT_FRAME,
             strcmp(issue.path, "/frame") == 0 ? "the object has no member frame" : "version or action is no text");
        return;
    }
    fail(judge, status, NULL);
    judge->verdict.issue.offset = issue.offset;
}

const struct verdict *judge_line(struct judge *judge, const char *text, size_t size)
{
    struct record record = { .frame = NULL };
    begin(judge, judge->forced);
    const enum ocpp_status status = record_read(&record, text, size, judge->arena, &judge->verdict.issue);
    if (status != OCPP_OK) {
        refuse_line(judge, status);
        return &judge->verdict;
    }
    const enum ocpp_version given = judge->forced != OCPP_VERSION_NONE ? judge->forced : record.version;
    begin(judge, given);
    judge_record(judge, &record, given);
    if (given != OCPP_VERSION_NONE)
        judge->last = given;
    return &judge->verdict;
}

const struct verdict *judge_frame(struct judge *judge, const char *text, size_t size, enum ocpp_version version)
{
    const struct record record = { .frame = text, .size = size, .version = version };
    begin(judge, version);
    judge_record(judge, &record, version);
    return &judge->verdict;
}

const struct verdict *judge_too_long(struct judge *judge)
{
    begin(judge, judge->forced);
    fail(judge, OCPP_ERR_TOO_LARGE, "the line is longer than 1 MiB");
    return &judge->verdict;
}

void judge_forget(struct judge *judge)
{
    ocpp_frame_free(&judge->frame);
    ocpp_arena_reset(judge->arena);
}

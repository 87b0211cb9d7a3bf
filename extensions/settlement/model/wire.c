/* wire.c: requests within DataTransfer: what is read, written and agreed upon, and what a repetition is. */
#include <ocpp/settlement/wire.h>

#include <stdio.h>
#include <string.h>

static const struct ocpp_action *hello(void)
{
    return &ocpp_settle_actions[OCPP_SETTLE_ACTION_HELLO];
}

static size_t limit_of(const struct ocpp_settle_wire *wire)
{
    return wire->max_bytes != 0 ? wire->max_bytes : OCPP_SETTLE_WIRE_BYTES;
}

static const char *vendor_of(const struct ocpp_settle_wire *wire)
{
    return wire->vendor_id != NULL ? wire->vendor_id : OCPP_SETTLE_VENDOR_ID;
}

/* OCPP compares vendors without regard to case. */
static bool is_vendor(const char *a, const char *b)
{
    for (; *a != '\0' && *b != '\0'; a++, b++) {
        const int low_a = *a >= 'A' && *a <= 'Z' ? *a + ('a' - 'A') : *a;
        const int low_b = *b >= 'A' && *b <= 'Z' ? *b + ('a' - 'A') : *b;

        if (low_a != low_b) {
            return false;
        }
    }
    return *a == *b;
}

/* --- members every message may have
 * --------------------------------------------------------------------------------------------- */

static const void *find_struct(const struct ocpp_type *type, const void *message, const struct ocpp_type *wanted)
{
    for (size_t i = 0; i < type->count; i++) {
        const struct ocpp_member *member = &type->members[i];

        if (member->kind == OCPP_MEMBER_STRUCT && member->detail == wanted &&
            (member->flags & (OCPP_MEMBER_REQUIRED | OCPP_MEMBER_LIST)) == OCPP_MEMBER_REQUIRED) {
            return (const char *)message + member->offset;
        }
    }
    return NULL;
}

const struct ocpp_settle_envelope *ocpp_settle_wire_envelope(const struct ocpp_type *type, const void *message)
{
    return find_struct(type, message, &ocpp_settle_envelope_type);
}

const struct ocpp_settle_receipt *ocpp_settle_wire_receipt(const struct ocpp_type *type, const void *answer)
{
    return find_struct(type, answer, &ocpp_settle_receipt_type);
}

static bool is_visible(const char *text)
{
    size_t length = 0;

    while (text[length] > ' ' && text[length] <= '~') {
        length++;
    }
    return length > 0 && text[length] == '\0';
}

/* --- reading
 * -------------------------------------------------------------------------------------------------------------------- */

static enum ocpp_status blame(struct ocpp_settle_wire_fault *fault, enum ocpp_data_transfer_status result,
                              enum ocpp_settle_refusal_code code, const char *reason)
{
    *fault = (struct ocpp_settle_wire_fault){ .result = result, .code = code };
    (void)snprintf(fault->reason, sizeof fault->reason, "%s", reason);
    return OCPP_ERR_UNKNOWN_ACTION;
}

/* The place in the message is the other side's text: nothing of it but plain letters is repeated. */
static void plain(char *text)
{
    for (; *text != '\0'; text++) {
        if (*text < ' ' || *text > '~' || *text == '"' || *text == '\\') {
            *text = '?';
        }
    }
}

static enum ocpp_status blame_text(struct ocpp_settle_wire_fault *fault, enum ocpp_status status, const struct ocpp_issue *issue)
{
    const bool is_ours = ocpp_status_class_of(status) != OCPP_CLASS_MESSAGE;

    *fault = (struct ocpp_settle_wire_fault){
        .result = OCPP_DATA_TRANSFER_REJECTED,
        .code = is_ours                        ? OCPP_SETTLE_REFUSAL_CODE_TRY_LATER
                : status == OCPP_ERR_TOO_LARGE ? OCPP_SETTLE_REFUSAL_CODE_TOO_LARGE
                                               : OCPP_SETTLE_REFUSAL_CODE_INVALID,
    };
    if (is_ours || issue->path[0] == '\0') {
        (void)snprintf(fault->reason, sizeof fault->reason, "%.100s", ocpp_status_sentence(status));
    } else {
        (void)snprintf(fault->reason, sizeof fault->reason, "%.90s: %.100s", issue->path, ocpp_status_sentence(status));
    }
    plain(fault->reason);
    return status;
}

/* Hello introduces what this version may not know: that is passed over. */
static const struct ocpp_tolerance *tolerance_for(const struct ocpp_action *action)
{
    static const struct ocpp_tolerance of_hello = { .quirks = OCPP_QUIRK_UNKNOWN_MEMBER | OCPP_QUIRK_UNKNOWN_ENUM };

    return action == hello() ? &of_hello : NULL;
}

static enum ocpp_status check_envelope(const struct ocpp_settle_envelope *envelope, struct ocpp_issue *issue)
{
    if (envelope == NULL || (is_visible(envelope->id) && is_visible(envelope->stream))) {
        return OCPP_OK;
    }
    *issue = (struct ocpp_issue){ .status = OCPP_ERR_VALUE, .path = "/envelope" };
    return OCPP_ERR_VALUE;
}

static enum ocpp_status read_text(const struct ocpp_action *action, const char *text, size_t size, size_t limit,
                                  struct ocpp_arena *arena, struct ocpp_settle_wire_message *message,
                                  struct ocpp_settle_wire_fault *fault)
{
    const struct ocpp_json_limits limits = { .max_bytes = limit };
    struct ocpp_issue issue = { 0 };
    const void *decoded;
    enum ocpp_status status =
        ocpp_message_decode(action->request, text, size, &limits, tolerance_for(action), arena, &decoded, &issue);

    if (status == OCPP_OK) {
        status = check_envelope(ocpp_settle_wire_envelope(action->request, decoded), &issue);
    }
    if (status != OCPP_OK) {
        return blame_text(fault, status, &issue);
    }
    *message = (struct ocpp_settle_wire_message){ action, decoded, ocpp_settle_wire_envelope(action->request, decoded) };
    return OCPP_OK;
}

static enum ocpp_status find_action(const struct ocpp_settle_wire *wire, const char *name, const struct ocpp_action **action,
                                    struct ocpp_settle_wire_fault *fault)
{
    *action = name != NULL ? ocpp_protocol_action(&ocpp_settle_protocol, name, strlen(name)) : NULL;
    if (*action == NULL) {
        return blame(fault, OCPP_DATA_TRANSFER_UNKNOWN_MESSAGE_ID, OCPP_SETTLE_REFUSAL_CODE_NOT_SUPPORTED, "no such message");
    }
    if (((*action)->direction & wire->peer) == 0) {
        return blame(fault, OCPP_DATA_TRANSFER_REJECTED, OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED, "not from this side");
    }
    return OCPP_OK;
}

enum ocpp_status ocpp_settle_wire_read(const struct ocpp_settle_wire *wire, const struct ocpp_data_transfer *data,
                                       struct ocpp_arena *arena, struct ocpp_settle_wire_message *message,
                                       struct ocpp_settle_wire_fault *fault)
{
    const struct ocpp_action *action;
    const char *text = data->data != NULL ? data->data : "{}";

    if (data->vendor_id == NULL || !is_vendor(data->vendor_id, vendor_of(wire))) {
        return blame(fault, OCPP_DATA_TRANSFER_UNKNOWN_VENDOR_ID, OCPP_SETTLE_REFUSAL_CODE_NOT_SUPPORTED, "another vendor");
    }
    const enum ocpp_status status = find_action(wire, data->message_id, &action, fault);
    return status == OCPP_OK ? read_text(action, text, strlen(text), limit_of(wire), arena, message, fault) : status;
}

enum ocpp_status ocpp_settle_joiner_read(const struct ocpp_settle_joiner *joiner, const struct ocpp_settle_wire *wire,
                                         struct ocpp_arena *arena, struct ocpp_settle_wire_message *message,
                                         struct ocpp_settle_wire_fault *fault)
{
    const struct ocpp_action *action;
    struct ocpp_settle_wire_message whole;
    enum ocpp_status status = find_action(wire, joiner->name, &action, fault);

    if (status == OCPP_OK) {
        status = read_text(action, joiner->text, joiner->size, joiner->size + 1, arena, &whole, fault);
    }
    if (status != OCPP_OK) {
        return status;
    }
    if (whole.envelope == NULL || strcmp(whole.envelope->id, joiner->id) != 0) {
        (void)blame(fault, OCPP_DATA_TRANSFER_REJECTED, OCPP_SETTLE_REFUSAL_CODE_INVALID, "the parts bear another id");
        return OCPP_ERR_VALUE;
    }
    *message = whole;
    return OCPP_OK;
}

/* --- writing
 * -------------------------------------------------------------------------------------------------------------------- */

enum ocpp_status ocpp_settle_wire_write(const struct ocpp_settle_wire *wire, const struct ocpp_action *action,
                                        const void *message, struct ocpp_arena *arena, struct ocpp_data_transfer *data)
{
    const char *text;
    size_t size;
    const enum ocpp_status status = ocpp_message_encode(action->request, message, arena, &text, &size, NULL);

    if (status != OCPP_OK) {
        return status;
    }
    *data = (struct ocpp_data_transfer){ vendor_of(wire), action->name, OCPP_DATA_JSON, text };
    return size <= limit_of(wire) ? OCPP_OK : OCPP_ERR_TOO_LARGE;
}

/* --- Hello
 * ---------------------------------------------------------------------------------------------------------------------- */

static bool is_among(enum ocpp_settle_feature feature, const enum ocpp_settle_feature *features, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (features[i] == feature) {
            return true;
        }
    }
    return false;
}

static bool speaks(const struct ocpp_settle_hello_req *offered, const char *version)
{
    for (size_t i = 0; i < offered->versions.count; i++) {
        if (strcmp(offered->versions.items[i], version) == 0) {
            return true;
        }
    }
    return false;
}

static int64_t agreed_bytes(int64_t offered, int64_t ours)
{
    const int64_t wanted = ours != 0 ? ours : OCPP_SETTLE_WIRE_BYTES;
    const int64_t least = offered < wanted ? offered : wanted;

    return least < OCPP_SETTLE_WIRE_BYTES_LEAST   ? OCPP_SETTLE_WIRE_BYTES_LEAST
           : least > OCPP_SETTLE_WIRE_BYTES_LIMIT ? OCPP_SETTLE_WIRE_BYTES_LIMIT
                                                  : least;
}

bool ocpp_settle_wire_agree(const struct ocpp_settle_hello_req *offered, const enum ocpp_settle_feature *wanted, size_t count,
                            int64_t max_bytes, enum ocpp_settle_feature *room, struct ocpp_settle_hello_conf *answer)
{
    size_t agreed = 0;

    if (!speaks(offered, OCPP_SETTLE_PROTOCOL_VERSION)) {
        return false;
    }
    for (size_t i = 0; i < offered->features.count; i++) {
        const enum ocpp_settle_feature feature = offered->features.items[i];

        if (is_among(feature, wanted, count) && !is_among(feature, room, agreed)) {
            room[agreed++] = feature;
        }
    }
    answer->version = OCPP_SETTLE_PROTOCOL_VERSION;
    answer->features.items = room;
    answer->features.count = agreed;
    answer->max_bytes = agreed_bytes(offered->max_bytes, max_bytes);
    return true;
}

/* --- repetitions
 * ---------------------------------------------------------------------------------------------------------------- */

enum ocpp_status ocpp_settle_wire_hash(const struct ocpp_settle_keys *keys, const struct ocpp_action *action, const void *message,
                                       struct ocpp_arena *arena, unsigned char hash[OCPP_SETTLE_DIGEST_SIZE])
{
    const char *text;
    size_t size;
    const enum ocpp_status status = ocpp_message_encode(action->request, message, arena, &text, &size, NULL);

    if (status != OCPP_OK) {
        return status;
    }
    const struct ocpp_settle_bytes pieces[] = { { action->name, strlen(action->name) + 1 }, { text, size } };
    return keys->sha256(pieces, 2, hash, keys->user);
}

enum ocpp_settle_repetition ocpp_settle_wire_repetition(const struct ocpp_settle_heard *heard,
                                                        const struct ocpp_settle_envelope *envelope,
                                                        const unsigned char hash[OCPP_SETTLE_DIGEST_SIZE])
{
    if (heard->hash != NULL) {
        return memcmp(heard->hash, hash, OCPP_SETTLE_DIGEST_SIZE) == 0 ? OCPP_SETTLE_REPETITION_SAME
                                                                       : OCPP_SETTLE_REPETITION_OTHER_BODY;
    }
    return envelope->seq > heard->last_seq ? OCPP_SETTLE_REPETITION_NONE : OCPP_SETTLE_REPETITION_TOO_LATE;
}

/* record.c: see record.h. The object around a frame is described here by hand and read by the library's own decoder, as a
 * vendor's messages would be. */
#include "record.h"

#include <string.h>

const struct ocpp_json_limits record_limits = { .max_bytes = 1 << 20, .max_nodes = 100000, .max_depth = 64 };

struct log_line {
    const char *frame; /* as JSON, or the text that a string holds */
    const char *version;
    const char *action;
};

/* clang-format off */
#define FRAME_MEMBER(frame_kind) \
    { .name = "frame", .offset = offsetof(struct log_line, frame), .kind = (frame_kind), .flags = OCPP_MEMBER_REQUIRED }
#define TEXT_MEMBER(member) { .name = #member, .offset = offsetof(struct log_line, member), .kind = OCPP_MEMBER_STRING }
/* clang-format on */

static const struct ocpp_member with_array[] = { FRAME_MEMBER(OCPP_MEMBER_ANY), TEXT_MEMBER(version), TEXT_MEMBER(action) };
static const struct ocpp_member with_text[] = { FRAME_MEMBER(OCPP_MEMBER_STRING), TEXT_MEMBER(version), TEXT_MEMBER(action) };
static const struct ocpp_type line_with_array = { "line", with_array, 3, sizeof(struct log_line) };
static const struct ocpp_type line_with_text = { "line", with_text, 3, sizeof(struct log_line) };

/* Logs hold more than is asked for here, and say null for what they do not know. */
static const struct ocpp_tolerance tolerance = {
    .quirks = OCPP_QUIRK_UNKNOWN_MEMBER | OCPP_QUIRK_NULL_AS_ABSENT | OCPP_QUIRK_NUMBER_AS_TEXT,
};

static enum ocpp_status read_object(struct record *record, const char *text, size_t size, struct ocpp_arena *arena,
                                    struct ocpp_issue *issue)
{
    const void *message;
    enum ocpp_status status =
        ocpp_message_decode(&line_with_array, text, size, &record_limits, &tolerance, arena, &message, issue);
    if (status != OCPP_OK)
        return status;
    const struct log_line *line = message;
    if (line->frame[0] == '"') {
        status = ocpp_message_decode(&line_with_text, text, size, &record_limits, &tolerance, arena, &message, issue);
        if (status != OCPP_OK)
            return status;
        line = message;
    }
    record->frame = line->frame;
    record->size = strlen(line->frame);
    record->version = line->version != NULL ? ocpp_version_of(line->version) : OCPP_VERSION_NONE;
    record->action = line->action != NULL && line->action[0] != '\0' ? line->action : NULL;
    return OCPP_OK;
}

enum ocpp_status record_read(struct record *record, const char *text, size_t size, struct ocpp_arena *arena,
                             struct ocpp_issue *issue)
{
    size_t at = 0;
    while (at < size && (text[at] == ' ' || text[at] == '\t'))
        at++;
    if (at < size && text[at] == '{')
        return read_object(record, text, size, arena, issue);
    *record = (struct record){ .frame = text, .size = size, .version = OCPP_VERSION_NONE };
    return OCPP_OK;
}

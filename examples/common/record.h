/* record.h: what a line of a log holds: a frame, and what somebody noted about it. */
#ifndef OCPP_RECORD_H
#define OCPP_RECORD_H

#include <ocpp/ocpp.h>

struct record {
    const char *frame; /* the text of the frame, not terminated */
    size_t size;
    enum ocpp_version version; /* OCPP_VERSION_NONE: the line does not say */
    const char *action;        /* NULL: the line does not say */
};

/* How much a line may cost. */
extern const struct ocpp_json_limits record_limits;

/* record_read: a line is a frame, or an object with the member `frame` (an array, or a string for text that is no JSON) and
 * perhaps `version` and `action`. What the record points to lives in |text| or |arena|. |issue| says what is wrong with the line.
 */
enum ocpp_status record_read(struct record *record, const char *text, size_t size, struct ocpp_arena *arena,
                             struct ocpp_issue *issue);

#endif

/* corpus_file.h: the reference frames beside the checkout, one JSON object per line. Where they are absent the tests say so and
 * pass. */
#ifndef OCPP_TEST_CORPUS_FILE_H
#define OCPP_TEST_CORPUS_FILE_H

#include "json.h"

/* One line of a corpus file. |frame| is the node of the frame: an array, or a string for text that is no JSON. */
struct corpus_line {
    unsigned number;
    const struct ocpp_json *root;
    const struct ocpp_json *frame;
    const char *version; /* "" where the line has none */
    const char *kind;
    const char *action;
};

/* corpus_each: calls |visit| for each line of ../shared/ocpp/corpus/<name>; returns how many there were, 0 after a line that says
 * that the test is skipped. A line that cannot be read fails the test. */
unsigned corpus_each(const char *name, void (*visit)(const struct corpus_line *line, void *user), void *user);

/* corpus_text: a text member of the line, "" when it has none. */
const char *corpus_text(const struct corpus_line *line, const char *name);

/* corpus_payload: the payload of a frame that is an array of a known type; NULL otherwise. */
const struct ocpp_json *corpus_payload(const struct corpus_line *line);

/* corpus_type: what the payload should be in |version|; NULL when the version is not built or has no such action. */
const struct ocpp_type *corpus_type(const struct corpus_line *line, enum ocpp_version version);

#endif

/* corpus_file.c: see corpus_file.h. */
#include "corpus_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { LINE_SIZE = 1 << 20 };

const char *corpus_text(const struct corpus_line *line, const char *name)
{
    const struct ocpp_json *member = ocpp_json_member(line->root, name);
    return member != NULL && ocpp_json_kind(member) == OCPP_JSON_STRING ? ocpp_json_string(member) : "";
}

static void visit_line(struct corpus_line *line, const char *text, void (*visit)(const struct corpus_line *, void *), void *user)
{
    const struct ocpp_json_limits limits = { LINE_SIZE, 100000, 64 };
    struct ocpp_json *root;
    const enum ocpp_status status = ocpp_json_parse(text, strlen(text), &limits, &root, NULL);
    if (status == OCPP_ERR_NUL) /* one line quotes a text with NUL; no text of ours can hold it */
        return;
    if (status != OCPP_OK)
        fail_msg("line %u: %s", line->number, ocpp_status_sentence(status));
    line->root = root;
    line->frame = ocpp_json_member(root, "frame");
    line->version = corpus_text(line, "version");
    line->kind = corpus_text(line, "kind");
    line->action = corpus_text(line, "action");
    visit(line, user);
    ocpp_json_free(root);
}

unsigned corpus_each(const char *name, void (*visit)(const struct corpus_line *line, void *user), void *user)
{
    char path[256];
    snprintf(path, sizeof path, "../shared/ocpp/corpus/%s", name);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        print_message("skipped: %s is not there\n", path);
        return 0;
    }
    char *text = malloc(LINE_SIZE);
    struct corpus_line line = { 0 };
    while (text != NULL && fgets(text, LINE_SIZE, file) != NULL) {
        text[strcspn(text, "\n")] = '\0';
        line.number++;
        visit_line(&line, text, visit, user);
    }
    free(text);
    fclose(file);
    assert_true(line.number > 0);
    return line.number;
}

/* The message type number, 0 when the frame is no array that begins with one. */
static int64_t frame_type(const struct corpus_line *line)
{
    int64_t type = 0;
    if (line->frame == NULL || ocpp_json_kind(line->frame) != OCPP_JSON_ARRAY)
        return 0;
    const struct ocpp_json *first = ocpp_json_first(line->frame);
    return first != NULL && ocpp_json_is_integer(first, &type) ? type : 0;
}

const struct ocpp_json *corpus_payload(const struct corpus_line *line)
{
    switch (frame_type(line)) {
    case 2:
    case 6:
        return ocpp_json_item(line->frame, 3);
    case 3:
        return ocpp_json_item(line->frame, 2);
    default:
        return NULL;
    }
}

const struct ocpp_type *corpus_type(const struct corpus_line *line, enum ocpp_version version)
{
    const struct ocpp_protocol *protocol = ocpp_protocol_of(version);
    if (protocol == NULL)
        return NULL;
    const struct ocpp_action *action = ocpp_protocol_action(protocol, line->action, strlen(line->action));
    if (action == NULL)
        return NULL;
    return frame_type(line) == 3 ? action->response : action->request;
}

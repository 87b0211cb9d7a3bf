/* errors.c: from a status and an issue to the code, the description and the details of a CALLERROR. The table of codes is in
 * status.h, their spelling in ocpp_call_error_name(). */
#include "call_layer.h"

#include "text.h"

/* errorDescription is string[255] (OCPP 2.0.1 part 4, table 7); 1.6 sets no bound and gets the same. */
enum { DESCRIPTION_CHARACTERS = 255 };

/* A description can hold this many bytes: a path, ": " and a sentence. */
enum { DESCRIPTION_SIZE = OCPP_PATH_SIZE + 160 };

/* cut: the length of |text| when no more than 255 characters are kept. */
static size_t cut(const char *text)
{
    size_t size = 0;
    for (size_t count = 0; text[size] != '\0' && count < DESCRIPTION_CHARACTERS; count++) {
        size++;
        while (((unsigned char)text[size] & 0xc0u) == 0x80u)
            size++;
    }
    return size;
}

/* Where it is wrong, as an object for programs; the description says it to people. Never a part of the peer's text: it may be no
 * JSON (part 4, 4.2.3). */
static void write_details(struct ocpp_json_writer *writer, const struct ocpp_refusal *refusal)
{
    ocpp_json_write_begin(writer, '{');
    if (refusal != NULL && refusal->issue != NULL && refusal->issue->path[0] != '\0') {
        ocpp_json_write_name(writer, "path");
        ocpp_json_write_string(writer, refusal->issue->path);
    } else if (refusal != NULL && refusal->issue != NULL && refusal->issue->offset != 0) {
        ocpp_json_write_name(writer, "offset");
        ocpp_json_write_integer(writer, (int64_t)refusal->issue->offset);
    }
    ocpp_json_write_end(writer, '}');
}

static enum ocpp_status put(struct ocpp_rpc *rpc, enum ocpp_frame_type type, const char *id, enum ocpp_call_error error,
                            const char *description, const struct ocpp_refusal *refusal)
{
    struct ocpp_rpc_draft draft;
    struct ocpp_rpc_text *text;
    enum ocpp_status status = ocpp_draft_start(&draft, rpc, OCPP_RPC_BEYOND, type, id);
    if (status != OCPP_OK)
        return status;
    ocpp_json_write_string(&draft.writer, ocpp_call_error_name(error, rpc->protocol->version));
    ocpp_json_write_string_of(&draft.writer, description, cut(description));
    write_details(&draft.writer, refusal);
    status = ocpp_draft_finish(&draft, &text);
    if (status != OCPP_OK)
        return status;
    ocpp_output_put(rpc, text);
    return OCPP_OK;
}

enum ocpp_status ocpp_error_put(struct ocpp_rpc *rpc, enum ocpp_frame_type type, const char *id,
                                const struct ocpp_refusal *refusal)
{
    const char *sentence = refusal->fault != NULL ? refusal->fault : ocpp_status_sentence(refusal->status);
    const char *path = refusal->issue != NULL ? refusal->issue->path : "";
    char description[DESCRIPTION_SIZE];
    size_t length = 0;
    if (path[0] != '\0') {
        length = ocpp_text_copy(description, OCPP_PATH_SIZE, path);
        length += ocpp_text_copy(description + length, sizeof description - length, ": ");
    }
    ocpp_text_copy(description + length, sizeof description - length, sentence);
    return put(rpc, type, id, ocpp_status_call_error(refusal->status), description, refusal);
}

enum ocpp_status ocpp_error_put_plain(struct ocpp_rpc *rpc, enum ocpp_frame_type type, const char *id, enum ocpp_call_error error,
                                      const char *description)
{
    return put(rpc, type, id, error, description != NULL ? description : "", NULL);
}

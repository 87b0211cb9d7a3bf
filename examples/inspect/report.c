/* report.c: see report.h. */
#include "report.h"

#include <inttypes.h>
#include <string.h>

enum { REASON_SIZE = 256 };

/* --- words ------------------------------------------------------------------------------------------------------- */

static const char *frame_name(int64_t type)
{
    switch (type) {
    case OCPP_FRAME_RESULT:
        return "CALLRESULT";
    case OCPP_FRAME_ERROR:
        return "CALLERROR";
    case OCPP_FRAME_RESULT_ERROR:
        return "CALLRESULTERROR";
    default:
        return "-";
    }
}

static bool is_text_error(enum ocpp_status status)
{
    return status <= OCPP_ERR_NOT_JSON && status >= OCPP_ERR_TOO_LARGE;
}

static const char not_judged[] = "not judged: its CALL was not seen";

/* Why a frame is wrong, or what kept it from being judged; "" for neither. */
static void reason_of(const struct verdict *verdict, char reason[REASON_SIZE])
{
    const char *sentence = verdict->fault != NULL ? verdict->fault : ocpp_status_sentence(verdict->status);
    reason[0] = '\0';
    if (verdict->status == OCPP_OK && !verdict->judged)
        snprintf(reason, REASON_SIZE, "%s", not_judged);
    else if (verdict->status == OCPP_ERR_MESSAGE_TYPE)
        snprintf(reason, REASON_SIZE, "%s: %" PRId64, sentence, verdict->type);
    else if (is_text_error(verdict->status) && verdict->fault == NULL)
        snprintf(reason, REASON_SIZE, "%s, at byte %zu of it", sentence, verdict->issue.offset);
    else if (verdict->status != OCPP_OK)
        snprintf(reason, REASON_SIZE, "%s", sentence);
}

static const char *code_of(const struct verdict *verdict)
{
    return ocpp_call_error_name(ocpp_status_call_error(verdict->status), verdict->version);
}

/* --- text -------------------------------------------------------------------------------------------------------- */

static bool is_control(unsigned char byte)
{
    return byte < 0x20 || byte == 0x7F;
}

/* Whether |text| is a control character of two bytes, U+0080 to U+009F: to a terminal, U+009B begins a command. */
static bool is_wide_control(const unsigned char *text)
{
    return text[0] == 0xC2 && text[1] >= 0x80 && text[1] < 0xA0;
}

static void put_plain(FILE *out, const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        if (is_wide_control(at))
            fprintf(out, "\\x%02x", *++at);
        else if (is_control(*at))
            fprintf(out, "\\x%02x", *at);
        else
            putc(*at, out);
    }
}

static void put_issue(FILE *out, const char *path, const char *reason)
{
    putc(' ', out);
    put_plain(out, path);
    fputs(": ", out);
    put_plain(out, reason);
}

static void put_quirk(FILE *out, unsigned long line, const struct ocpp_issue *quirk)
{
    const enum ocpp_quirk bit = (enum ocpp_quirk)quirk->quirk;
    fprintf(out, "%lu quirk %s", line, ocpp_quirk_name(bit));
    put_issue(out, quirk->path, ocpp_quirk_sentence(bit));
    putc('\n', out);
}

static unsigned told_quirks(const struct verdict *verdict)
{
    if (verdict->status != OCPP_OK)
        return 0;
    return verdict->quirk_count < QUIRKS_TOLD ? verdict->quirk_count : QUIRKS_TOLD;
}

void report_text(FILE *out, unsigned long line, const struct verdict *verdict)
{
    char reason[REASON_SIZE];
    reason_of(verdict, reason);
    if (verdict->status != OCPP_OK) {
        fprintf(out, "%lu error %s", line, code_of(verdict));
        put_issue(out, verdict->issue.path, reason);
        putc('\n', out);
        return;
    }
    const unsigned told = told_quirks(verdict);
    for (unsigned i = 0; i < told; i++)
        put_quirk(out, line, &verdict->quirks[i]);
    if (verdict->quirk_count > told)
        fprintf(out, "%lu quirk more : %u further uses are not told\n", line, verdict->quirk_count - told);
    fprintf(out, "%lu ok ", line);
    put_plain(out, verdict->action != NULL ? verdict->action : frame_name(verdict->type));
    if (reason[0] != '\0')
        fprintf(out, " (%s)", reason);
    putc('\n', out);
}

/* --- JSON -------------------------------------------------------------------------------------------------------- */

/* |text| is UTF-8: it was read from JSON or is ours. NULL is null. */
static void put_json(FILE *out, const char *text)
{
    if (text == NULL) {
        fputs("null", out);
        return;
    }
    putc('"', out);
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        if (is_control(*at))
            fprintf(out, "\\u%04x", *at);
        else if (*at == '"' || *at == '\\')
            fprintf(out, "\\%c", *at);
        else
            putc(*at, out);
    }
    putc('"', out);
}

static void put_member(FILE *out, const char *name, const char *text)
{
    fprintf(out, ",\"%s\":", name);
    put_json(out, text);
}

static void put_json_quirks(FILE *out, const struct verdict *verdict)
{
    const unsigned told = told_quirks(verdict);
    for (unsigned i = 0; i < told; i++) {
        const enum ocpp_quirk bit = (enum ocpp_quirk)verdict->quirks[i].quirk;
        fputs(i == 0 ? ",\"quirks\":[{\"name\":" : ",{\"name\":", out);
        put_json(out, ocpp_quirk_name(bit));
        put_member(out, "path", verdict->quirks[i].path);
        put_member(out, "reason", ocpp_quirk_sentence(bit));
        putc('}', out);
    }
    if (told != 0)
        putc(']', out);
    if (verdict->status == OCPP_OK && verdict->quirk_count > told)
        fprintf(out, ",\"quirksNotTold\":%u", verdict->quirk_count - told);
}

void report_json(FILE *out, unsigned long line, const struct verdict *verdict)
{
    const bool ok = verdict->status == OCPP_OK;
    char reason[REASON_SIZE];
    reason_of(verdict, reason);
    fprintf(out, "{\"line\":%lu,\"ok\":%s", line, ok ? "true" : "false");
    put_member(out, "action", verdict->action);
    put_member(out, "code", ok ? NULL : code_of(verdict));
    put_member(out, "path", ok ? NULL : verdict->issue.path);
    put_member(out, "reason", reason[0] != '\0' ? reason : NULL);
    put_json_quirks(out, verdict);
    fputs("}\n", out);
}

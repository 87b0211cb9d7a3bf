/* report.c: see report.h. */
#include "report.h"

#include <inttypes.h>
#include <string.h>

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
    char reason[VERDICT_REASON_SIZE];
    verdict_reason(verdict, reason);
    if (verdict->status != OCPP_OK) {
        fprintf(out, "%lu error %s", line, verdict_code(verdict));
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
    char reason[VERDICT_REASON_SIZE];
    verdict_reason(verdict, reason);
    fprintf(out, "{\"line\":%lu,\"ok\":%s", line, ok ? "true" : "false");
    put_member(out, "action", verdict->action);
    put_member(out, "code", ok ? NULL : verdict_code(verdict));
    put_member(out, "path", ok ? NULL : verdict->issue.path);
    put_member(out, "reason", reason[0] != '\0' ? reason : NULL);
    put_json_quirks(out, verdict);
    fputs("}\n", out);
}

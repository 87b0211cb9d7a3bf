/* verdict_words.c: what is said of a verdict. */
#include "judge.h"

#include <inttypes.h>
#include <stdio.h>

static bool is_text_error(enum ocpp_status status)
{
    return status <= OCPP_ERR_NOT_JSON && status >= OCPP_ERR_TOO_LARGE;
}

static const char not_judged[] = "not judged: its CALL was not seen";

void verdict_reason(const struct verdict *verdict, char reason[VERDICT_REASON_SIZE])
{
    const char *sentence = verdict->fault != NULL ? verdict->fault : ocpp_status_sentence(verdict->status);
    reason[0] = '\0';
    if (verdict->status == OCPP_OK && !verdict->judged)
        snprintf(reason, VERDICT_REASON_SIZE, "%s", not_judged);
    else if (verdict->status == OCPP_ERR_MESSAGE_TYPE)
        snprintf(reason, VERDICT_REASON_SIZE, "%s: %" PRId64, sentence, verdict->type);
    else if (is_text_error(verdict->status) && verdict->fault == NULL)
        snprintf(reason, VERDICT_REASON_SIZE, "%s, at byte %zu of it", sentence, verdict->issue.offset);
    else if (verdict->status != OCPP_OK)
        snprintf(reason, VERDICT_REASON_SIZE, "%s", sentence);
}

const char *verdict_code(const struct verdict *verdict)
{
    return ocpp_call_error_name(ocpp_status_call_error(verdict->status), verdict->version);
}

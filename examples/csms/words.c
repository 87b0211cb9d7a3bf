/* words.c: words of the standards that operators may say. */
#include "words.h"

const char *const token_type_words[] = { "Central",    "eMAID",           "ISO14443",      "ISO15693", "KeyCode", "Local",
                                         "MacAddress", "NoAuthorization", "DirectPayment", "VIN",      NULL };

const char *const token_status_words[] = {
    "Accepted",           "Blocked",           "ConcurrentTx",  "Expired", "Invalid", "NoCredit",
    "NotAllowedTypeEVSE", "NotAtThisLocation", "NotAtThisTime", "Unknown", NULL
};

const struct body_member token_members[] = {
    { .name = "id", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 255 },
    { .name = "type", .kind = BODY_WORD, .words = token_type_words },
    BODY_END,
};

struct ocpp_token body_token(const cJSON *token)
{
    return (struct ocpp_token){ .id = body_text(token, "id", ""),
                                .type = ocpp_token_type_of(body_text(token, "type", "ISO14443")) };
}

const char *const monitor_type_words[] = {
    "UpperThreshold", "LowerThreshold", "Delta", "Periodic", "PeriodicClockAligned", NULL
};

/* api_messages.c: the last frames of a station, as they were. */
#include "http.h"
#include "text.h"

#include <stdlib.h>

struct page {
    cJSON *messages;
    int64_t left;
    uint64_t last;
};

/* Whether the text of a frame was seen to be JSON: then it may stand in an answer as it is. */
static bool is_json(const struct ring_message *message)
{
    return message->kept == message->size &&
           (message->status == OCPP_OK || message->status > OCPP_ERR_NOT_JSON || message->status < OCPP_ERR_TOO_LARGE);
}

static cJSON *issue_json(const struct ring_message *message)
{
    cJSON *issue = cJSON_CreateObject();

    json_add_text(issue, "code",
                  message->quirk ? ocpp_quirk_name((enum ocpp_quirk)message->quirk) : ocpp_status_name(message->status));
    json_add_text(issue, "path", message->path);
    json_add_text(issue, "reason",
                  message->quirk ? ocpp_quirk_sentence((enum ocpp_quirk)message->quirk) : ocpp_status_sentence(message->status));
    return issue;
}

static void add_frame(cJSON *json, const struct ring_message *message)
{
    char *clean;

    if (is_json(message)) {
        cJSON_AddRawToObject(json, "frame", message->text);
        return;
    }
    clean = text_clean(message->text, message->kept);
    json_add_text(json, "frame", clean ? clean : "");
    free(clean);
}

static bool add_message(const struct ring_message *message, void *user)
{
    struct page *page = user;
    cJSON *json = cJSON_CreateObject();

    json_add_integer(json, "n", (int64_t)message->number);
    json_add_time(json, "time", message->utc_ms);
    json_add_text(json, "direction", message->from == OCPP_FROM_STATION ? "in" : "out");
    cJSON_AddBoolToObject(json, "valid", message->status == OCPP_OK && message->quirk == 0);
    json_add_integer(json, "size", (int64_t)message->size);
    add_frame(json, message);
    if (message->status != OCPP_OK || message->quirk != 0) {
        cJSON_AddItemToObject(json, "issue", issue_json(message));
    }
    cJSON_AddItemToArray(page->messages, json);
    page->last = message->number;
    return --page->left > 0;
}

void api_messages(struct request *request)
{
    struct known_station *station = request_station(request);
    struct message_ring copy;
    struct page page = { .left = PAGE_MAX };
    int64_t after = 0;
    cJSON *answer;
    bool copied;

    if (!station || !query_number(request, "after", &after, 0, (int64_t)1 << 53) ||
        !query_number(request, "limit", &page.left, 1, PAGE_MAX)) {
        return;
    }
    pthread_mutex_lock(&station->lock);
    copied = ring_copy(&station->ring, &copy);
    pthread_mutex_unlock(&station->lock);
    if (!copied) {
        answer_status(request->exchange, OCPP_ERR_NOMEM);
        return;
    }
    answer = cJSON_CreateObject();
    page.messages = cJSON_AddArrayToObject(answer, "messages");
    page.last = (uint64_t)after;
    ring_each(&copy, (uint64_t)after, add_message, &page);
    ring_free(&copy);
    json_add_integer(answer, "next", (int64_t)page.last);
    answer_json(request->exchange, 200, answer);
}

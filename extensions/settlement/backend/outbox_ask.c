/* outbox_ask.c: questions to piles that are worth nothing later: asked once, while the pile is there, ahead of what waits. */
#include "outbox_station.h"

#include <string.h>

/* What command_ask() noted: an effect's data are one piece of memory, so the texts stand behind it. */
struct noted_ask {
    const struct ocpp_action *action;
    command_body *answered;
    size_t station;
    size_t subject;
    size_t data;
    size_t size;
};

struct answering {
    command_body *answered;
    struct asked asked;
    const struct ocpp_action *action;
    const struct ocpp_data_transfer_answer *answer;
};

static void hear(struct command *command, void *args)
{
    const struct answering *answering = args;
    struct asked asked = answering->asked;
    const struct ocpp_data_transfer_answer *answer = answering->answer;

    if (answer && answer->status == OCPP_OK && answer->result == OCPP_DATA_TRANSFER_ACCEPTED && answer->data) {
        const struct ocpp_tolerance tolerance = { .quirks = OCPP_QUIRK_UNKNOWN_MEMBER };
        const enum ocpp_status status = ocpp_message_decode(answering->action->response, answer->data, strlen(answer->data), NULL,
                                                            &tolerance, command_arena(command), &asked.answer, NULL);

        if (ocpp_status_class_of(status) != OCPP_CLASS_MESSAGE) {
            command_fail(command, status);
        }
    }
    answering->answered(command, &asked);
}

static void answer_it(struct ocpp_settle *settle, const char *station, const struct outbox_ask *ask,
                      const struct ocpp_data_transfer_answer *answer)
{
    struct answering answering = { .answered = ask->answered,
                                   .asked = { .station = station, .subject = ask->subject },
                                   .action = ask->action,
                                   .answer = answer };
    const enum ocpp_status status = command_run(settle, ask->action->name, hear, &answering, NULL);

    if (status != OCPP_OK) {
        backend_log(settle, OCPP_LOG_ERROR, "%s: the answer to %s: %s", station, ask->action->name, ocpp_status_sentence(status));
    }
}

void outbox_ask_answered(struct ocpp_settle *settle, struct outbox_station *station,
                         const struct ocpp_data_transfer_answer *answer)
{
    struct outbox_ask *ask = station->asks[0];

    if (station->ask_count == 0) {
        return;
    }
    station->ask_count--;
    memmove(&station->asks[0], &station->asks[1], station->ask_count * sizeof station->asks[0]);
    answer_it(settle, station->name, ask, answer);
    (void)backend_allocate(settle, ask, 0);
}

bool outbox_ask_next(struct ocpp_settle *settle, struct outbox_station *station)
{
    while (station->ask_count > 0) {
        station->key[0] = '\0';
        if (outbox_send(settle, station, station->asks[0]->action->name, station->asks[0]->data)) {
            return true;
        }
        outbox_ask_answered(settle, station, NULL);
    }
    return false;
}

static struct outbox_ask *ask_new(struct ocpp_settle *settle, const struct noted_ask *noted)
{
    const size_t size = noted->size - noted->subject;
    struct outbox_ask *ask = backend_allocate(settle, NULL, sizeof *ask + size);

    if (ask) {
        char *texts = (char *)(ask + 1);

        memcpy(texts, (const char *)noted + noted->subject, size);
        *ask = (struct outbox_ask){ noted->action, noted->answered, texts, texts + (noted->data - noted->subject) };
    }
    return ask;
}

static void ask_now(struct ocpp_settle *settle, const void *data)
{
    const struct noted_ask *noted = data;
    const char *texts = data;
    struct outbox_station *station = outbox_station_find(settle, texts + noted->station);
    struct outbox_ask *ask = station && !station->is_off && station->ask_count < OUTBOX_ASKS ? ask_new(settle, noted) : NULL;

    if (!ask) {
        const struct outbox_ask nobody = { noted->action, noted->answered, texts + noted->subject, texts + noted->data };

        answer_it(settle, texts + noted->station, &nobody, NULL);
        return;
    }
    station->asks[station->ask_count++] = ask;
    outbox_wake(settle, station->name);
}

void command_ask(struct command *command, const char *station, const struct ocpp_action *action, const void *message,
                 command_body *answered, const char *subject)
{
    const size_t station_size = strlen(station) + 1, subject_size = strlen(subject) + 1;
    struct noted_ask *noted;
    const char *data;
    size_t size;

    if (command_failed(command)) {
        return;
    }
    command_fail(command, ocpp_message_encode(action->request, message, command_arena(command), &data, &size, NULL));
    if (command_failed(command)) {
        return;
    }
    size += sizeof *noted + station_size + subject_size + 1;
    noted = ocpp_arena_take(command_arena(command), size);
    if (!noted) {
        command_fail(command, OCPP_ERR_NOMEM);
        return;
    }
    *noted = (struct noted_ask){
        action, answered, sizeof *noted, sizeof *noted + station_size, sizeof *noted + station_size + subject_size, size
    };
    memcpy((char *)noted + noted->station, station, station_size);
    memcpy((char *)noted + noted->subject, subject, subject_size);
    memcpy((char *)noted + noted->data, data, size - noted->data);
    command_effect(command, ask_now, noted, size);
}

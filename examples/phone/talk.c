/* talk.c: what a phone asks of a pile, and nobody else. */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum phone_code command_hello(struct phone *phone, char *const *words, int count)
{
    const struct ocpp_settle_link_hello_req asked = { "ocpp-phone " OCPP_PROGRAM_VERSION };
    const char *json = line_ask(phone->line, OCPP_SETTLE_LINK_ACTION_HELLO, &asked);
    const struct ocpp_settle_link_hello_conf *hello = line_answer(phone->line);

    (void)words, (void)count;
    if (!json) {
        return PHONE_REFUSED;
    }
    if (phone->options->json) {
        puts(json);
        return PHONE_DONE;
    }
    printf("%s %s\n", hello->pile, hello->online ? "online" : "without a network");
    for (size_t i = 0; i < hello->outlets.count; i++) {
        const struct ocpp_settle_link_outlet_view *outlet = &hello->outlets.items[i];

        printf("outlet %d %s", (int)outlet->outlet, ocpp_enum_name(&ocpp_settle_link_outlet_state_enum, (int)outlet->state));
        if (outlet->has_energy_mwh) {
            printf(" %lld.%03lld kWh", (long long)(outlet->energy_mwh / 1000000), (long long)(outlet->energy_mwh / 1000 % 1000));
        }
        putchar('\n');
    }
    return PHONE_DONE;
}

enum phone_code command_ask(struct phone *phone, char *const *words, int count)
{
    const char *text = count > 1 ? words[1] : "{}";
    const struct ocpp_action *action = ocpp_protocol_action(&ocpp_settle_link_protocol, words[0], strlen(words[0]));
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
    struct ocpp_issue issue = { .status = OCPP_OK };
    enum phone_code code = PHONE_WRONG;
    const void *message;

    if (!action || action->direction != OCPP_FROM_CENTRAL) {
        (void)options_wrong("the link has no request", words[0]);
    } else if (!arena ||
               ocpp_message_decode(action->request, text, strlen(text), NULL, NULL, arena, &message, &issue) != OCPP_OK) {
        (void)options_wrong(issue.path[0] ? issue.path : ocpp_status_sentence(issue.status), "in the JSON");
    } else {
        const char *json = line_ask(phone->line, (enum ocpp_settle_link_action)(action - ocpp_settle_link_actions), message);

        code = json ? PHONE_DONE : PHONE_REFUSED;
        if (json) {
            puts(json);
        }
    }
    ocpp_arena_free(arena);
    return code;
}

enum phone_code command_bills(struct phone *phone, char *const *words, int count)
{
    struct ocpp_settle_link_next_bill_req next = { .from = 1 };

    if (count > 0) {
        char *end;

        next.from = strtoll(words[0], &end, 10);
        if (end == words[0] || *end || next.from < 0) {
            (void)options_wrong("no page:", words[0]);
            return PHONE_WRONG;
        }
    }
    for (;;) {
        const char *json = line_ask(phone->line, OCPP_SETTLE_LINK_ACTION_NEXT_BILL, &next);
        const struct ocpp_settle_link_next_bill_conf *bill = line_answer(phone->line);

        if (!json) {
            return PHONE_REFUSED;
        }
        if (!bill->has_page || !bill->bill) {
            return PHONE_DONE;
        }
        if (phone->options->json) {
            puts(json);
        } else {
            printf("%lld %s\n", (long long)bill->page, bill->bill);
        }
        next.from = bill->page + 1;
    }
}

enum phone_code command_listen(struct phone *phone, char *const *words, int count)
{
    (void)words, (void)count;
    line_listen(phone->line);
    return PHONE_DONE;
}

enum phone_code command_binding(struct phone *phone, char *const *words, int count)
{
    unsigned char binding[OCPP_SETTLE_LINK_BINDING_SIZE];
    char text[OCPP_SETTLE_HASH_TEXT_SIZE];
    cJSON *json = cJSON_CreateObject();

    (void)words, (void)count;
    if (!line_binding(phone->line, binding)) {
        cJSON_Delete(json);
        return say_failed("there is no session", NULL);
    }
    ocpp_settle_hex(binding, sizeof binding, text);
    cJSON_AddStringToObject(json, "binding", text);
    say_done(phone, json, "%s", text);
    return PHONE_DONE;
}

/* main.c: ocpp-phone: a phone on the command line. */
#include "line.h"
#include "server.h"
#include "server_main.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DONE = 0, REFUSED = 1, WRONG = 2, BODY_SIZE = 65536 };

/* --- over the link
 * --------------------------------------------------------------------------------------------------------------- */

static void print_outlets(const struct ocpp_settle_link_hello_conf *hello)
{
    printf("%s %s\n", hello->pile, hello->online ? "online" : "without a network");
    for (size_t i = 0; i < hello->outlets.count; i++) {
        const struct ocpp_settle_link_outlet_view *outlet = &hello->outlets.items[i];

        printf("outlet %d %s\n", (int)outlet->outlet, ocpp_enum_name(&ocpp_settle_link_outlet_state_enum, (int)outlet->state));
    }
}

static int run_hello(struct line *line, const struct options *options)
{
    const struct ocpp_settle_link_hello_req hello = { "ocpp-phone " OCPP_PROGRAM_VERSION };
    const char *json = line_ask(line, OCPP_SETTLE_LINK_ACTION_HELLO, &hello);

    if (json && options->json) {
        puts(json);
    } else if (json) {
        print_outlets(line_answer(line));
    }
    return json ? DONE : REFUSED;
}

static int run_ask(struct line *line, const struct options *options)
{
    const char *name = options->words[1];
    const char *text = options->word_count > 2 ? options->words[2] : "{}";
    const struct ocpp_action *action = ocpp_protocol_action(&ocpp_settle_link_protocol, name, strlen(name));
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
    struct ocpp_issue issue = { .status = OCPP_OK };
    const void *message;
    const char *json = NULL;
    int code = WRONG;

    if (!action || action->direction != OCPP_FROM_CENTRAL) {
        (void)options_wrong("the link has no request", name);
    } else if (!arena ||
               ocpp_message_decode(action->request, text, strlen(text), NULL, NULL, arena, &message, &issue) != OCPP_OK) {
        (void)options_wrong(issue.path[0] ? issue.path : ocpp_status_sentence(issue.status), "in the JSON");
    } else {
        json = line_ask(line, (enum ocpp_settle_link_action)(action - ocpp_settle_link_actions), message);
        code = json ? DONE : REFUSED;
    }
    if (json) {
        puts(json);
    }
    ocpp_arena_free(arena);
    return code;
}

static int run_bills(struct line *line, const struct options *options)
{
    struct ocpp_settle_link_next_bill_req next = { .from = 1 };

    if (options->word_count > 1) {
        next.from = strtoll(options->words[1], NULL, 10);
    }
    for (;;) {
        const char *json = line_ask(line, OCPP_SETTLE_LINK_ACTION_NEXT_BILL, &next);
        const struct ocpp_settle_link_next_bill_conf *bill = line_answer(line);

        if (!json) {
            return REFUSED;
        }
        if (!bill->has_page || !bill->bill) {
            return DONE;
        }
        if (options->json) {
            puts(json);
        } else {
            printf("%d %s\n", (int)bill->page, bill->bill);
        }
        next.from = bill->page + 1;
    }
}

static int run_binding(const struct line *line)
{
    unsigned char binding[OCPP_SETTLE_LINK_BINDING_SIZE];
    char text[OCPP_SETTLE_HASH_TEXT_SIZE];

    if (!line_binding(line, binding)) {
        return REFUSED;
    }
    ocpp_settle_hex(binding, sizeof binding, text);
    puts(text);
    return DONE;
}

static int run_link(const struct options *options)
{
    struct line *line = line_open(options);
    int code = DONE;

    if (!line) {
        return REFUSED;
    }
    if (strcmp(options->words[0], "hello") == 0) {
        code = run_hello(line, options);
    } else if (strcmp(options->words[0], "ask") == 0) {
        code = run_ask(line, options);
    } else if (strcmp(options->words[0], "bills") == 0) {
        code = run_bills(line, options);
    } else if (strcmp(options->words[0], "binding") == 0) {
        code = run_binding(line);
    } else {
        line_listen(line);
    }
    line_close(line);
    return code;
}

/* --- to the server
 * --------------------------------------------------------------------------------------------------------------- */

static int run_post(const struct options *options)
{
    static char body[BODY_SIZE];
    const char *text = options->words[2];

    if (strcmp(text, "-") == 0) {
        const size_t size = fread(body, 1, sizeof body - 1, stdin);

        body[size] = '\0';
        text = body;
        if (!feof(stdin)) {
            fprintf(stderr, "ocpp-phone: standard input is longer than 65,535 bytes\n");
            return REFUSED;
        }
    }
    return server_call(options, options->words[1], text) ? DONE : REFUSED;
}

int main(int argc, char **argv)
{
    static struct options options;

    if (server_main_is_meant(argc, argv)) {
        return server_main(argc, argv);
    }
    switch (options_read(argc, argv, &options)) {
    case OPTIONS_DONE:
        return DONE;
    case OPTIONS_WRONG:
        return WRONG;
    case OPTIONS_RUN:
        break;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    if (strcmp(options.words[0], "get") == 0) {
        return server_call(&options, options.words[1], NULL) ? DONE : REFUSED;
    }
    return strcmp(options.words[0], "post") == 0 ? run_post(&options) : run_link(&options);
}

/* acts.c: see acts.h. */
#include "acts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VISIT "/api/settlement/visits/{$visit}"
#define HOUSE "/api/settlement/houses/{$house}"

/* clang-format off */
static const struct act acts[] = {
    { "find",       2, 3, "GET",  "/api/settlement/visits/offers?latitude={1}&longitude={2}&radiusM={3:5000}", NULL, NULL, "find LATITUDE LONGITUDE [RADIUS_M]      places that would do, the best first" },
    { "reserve",    3, 4, "POST", "/api/settlement/visits", "{\"station\":\"{1}\",\"evse\":{2},\"idToken\":\"{3}\",\"minutes\":{4:30}}", "visit /id", "reserve STATION EVSE TAG [MINUTES]       a place is to be kept; tells visit" },
    { "visit",      0, 0, "GET",  VISIT, NULL, "order /order", "visit                                    how it stands; tells order" },
    { "confirm",    1, 1, "POST", VISIT "/confirm", "{\"number\":\"{1}\"}", NULL, "confirm NUMBER                           the phone has the number" },
    { "start",      0, 0, "POST", VISIT "/start", "{}", NULL, "start                                    charges, instead of a number keyed in" },
    { "stop",       0, 0, "POST", VISIT "/stop", "{}", NULL, "stop                                     the charging is over" },
    { "cancel",     0, 0, "POST", VISIT "/cancel", "{}", NULL, "cancel                                   nobody will come" },
    { "pay",        0, 1, "POST", VISIT "/pay", "{\"amount\":\"{1}\"}", NULL, "pay [AMOUNT]                             what the visit costs, or a part of it" },
    { "rent",       2, 3, "POST", "/api/settlement/rent", "{\"station\":\"{1}\",\"idToken\":\"{2}\",\"type\":\"ISO14443\",\"count\":{3:1}}", NULL, "rent STATION TAG [COUNT]                 power banks, from afar" },
    { "rentals",    0, 0, "GET",  "/api/settlement/rentals", NULL, NULL, "rentals                                  who has banks, and who had: the return status" },
    { "keep",       1, 1, "POST", "/api/settlement/rentals/{1}/keep", "{}", NULL, "keep RENTAL                              the bank is bought" },
    { "report",     1, 1, "POST", "/api/settlement/rentals/{1}/report", "{}", NULL, "report RENTAL                            there is nowhere to return it" },
    { "order",      0, 1, "GET",  "/api/orders/{1:$order}", NULL, NULL, "order [ID]                               that of the visit, or another one" },
    { "orders",     0, 1, "GET",  "/api/orders?payer={1}", NULL, NULL, "orders [PAYER]                           of somebody, or all" },
    { "bind",       2, 3, "POST", "/api/settlement/phones", "{\"card\":\"{1}\",\"secret\":\"{2}\",\"name\":\"{3:phone}\"}", "bearer /bearer", "bind CARD SECRET [NAME]                  what a card's QR code says; tells bearer" },
    { "charge",     2, 2, "POST", HOUSE "/piles/{1}/start", "{\"evse\":{2}}", NULL, "charge STATION EVSE                      on the account of the phone's card" },
    { "end",        2, 2, "POST", HOUSE "/piles/{1}/stop", "{\"transaction\":\"{2}\"}", NULL, "end STATION TRANSACTION                  ends that" },
    { "me",         0, 0, "GET",  "/api/settlement/phones/me", NULL, "house /house", "me                                       whose card this phone is bound to; tells house" },
    { "sessions",   0, 0, "GET",  HOUSE "/sessions", NULL, NULL, "sessions                                 of the tenant" },
    { "statements", 0, 0, "GET",  HOUSE "/statements", NULL, NULL, "statements                               of the tenant" },
    { "statement",  1, 1, "GET",  HOUSE "/statements/{1}", NULL, NULL, "statement ID                             with its items" },
    { "starts",     0, 0, "GET",  "/api/settlement/starts", NULL, NULL, "starts                                   what terminals started" },
    { "wallet",     2, 2, "GET",  "/api/settlement/accounts/{1}/{2}", NULL, NULL, "wallet CURRENCY ACCOUNT                  what it holds" },
    { "pass",       1, 1, "POST", "/api/test/clock", "{\"advance_s\":{1}}", NULL, "pass SECONDS                             for the server; only with its --test-clock" },
    { "get",        1, 1, "GET",  "{1}", NULL, NULL, "get PATH                                 anything" },
    { "post",       1, 2, "POST", "{1}", "{2}", NULL, "post PATH [JSON]                         anything" },
    { "put",        1, 2, "PUT",  "{1}", "{2}", NULL, "put PATH [JSON]                          anything" },
};
/* clang-format on */

const struct act *acts_find(const char *name)
{
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        if (strcmp(acts[i].name, name) == 0) {
            return &acts[i];
        }
    }
    return NULL;
}

void acts_print(void)
{
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        printf("  %s\n", acts[i].usage);
    }
}

struct filling {
    const struct story *story;
    char *const *words;
    int count;
    bool is_plain; /* what is put in can neither end a string of JSON nor a part of an address */
    char *reason;
    size_t reason_size;
};

static bool refuse(const struct filling *filling, const char *what, const char *word)
{
    snprintf(filling->reason, filling->reason_size, "%s %s", what, word);
    return false;
}

/* What an earlier command tells; which one that is. */
static bool refuse_unknown(const struct filling *filling, const char *name)
{
    const size_t size = strlen(name);

    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        if (acts[i].keep && strncmp(acts[i].keep, name, size) == 0 && acts[i].keep[size] == ' ') {
            snprintf(filling->reason, filling->reason_size,
                     "no %s is known yet: the command %s tells it, with --state for later ones", name, acts[i].name);
            return false;
        }
    }
    return refuse(filling, "nobody told", name);
}

static bool is_number(const char *text)
{
    return text[text[0] == '-'] && strspn(text + (text[0] == '-'), "0123456789") == strlen(text + (text[0] == '-'));
}

/* One "{...}" without its braces: its value. */
static bool value_of(const struct filling *filling, const char *place, char *value, size_t size)
{
    const char *otherwise = strchr(place, ':');
    const int number = place[0] == '$' ? 0 : atoi(place);
    const char *text = number >= 1 && number <= filling->count ? filling->words[number - 1] : otherwise ? otherwise + 1 : "";
    const char *name = place[0] == '$' ? place + 1 : text[0] == '$' ? text + 1 : NULL;

    if (name && !story_hear(filling->story, name, value, size)) {
        return refuse_unknown(filling, name);
    }
    if (!name && (size_t)snprintf(value, size, "%s", text) >= size) {
        return refuse(filling, "too long:", text);
    }
    return !filling->is_plain || !strpbrk(value, "\"\\{}/?#& ") || refuse(filling, "not possible within this command:", value);
}

static bool fill(const struct filling *filling, const char *form, char *text, size_t size)
{
    size_t used = 0;

    while (*form) {
        const size_t length = *form == '{' && (form[1] == '$' || (form[1] >= '1' && form[1] <= '9')) ? strcspn(form, "}") : 0;
        char place[64];

        if (used + 1 >= size) {
            return refuse(filling, "too long:", "what is sent");
        }
        if (length == 0) {
            text[used++] = *form++;
            continue;
        }
        snprintf(place, sizeof place, "%.*s", (int)length - 1, form + 1);
        if (!value_of(filling, place, text + used, size - used)) {
            return false;
        }
        if (used > 0 && text[used - 1] == ':' && !is_number(text + used)) { /* in a body, without quotes around it */
            return refuse(filling, "no number:", text + used);
        }
        used += strlen(text + used);
        form += length + 1;
    }
    text[used] = '\0';
    return true;
}

bool acts_fill(const struct act *act, const struct story *story, char *const *words, int count, struct act_request *request,
               char *reason, size_t reason_size)
{
    const struct filling filling = { story, words, count, act->path[0] != '{', reason, reason_size };

    if (count < act->least || count > act->most) {
        return refuse(&filling, "usage:", act->usage);
    }
    request->method = act->method;
    request->has_body = act->body != NULL;
    if (!fill(&filling, act->path, request->path, sizeof request->path)) {
        return false;
    }
    if (count == 0 && strcmp(act->name, "orders") == 0) {
        request->path[strcspn(request->path, "?")] = '\0';
    }
    if (act->body && act->least < act->most && count == act->least && strstr(act->body, ":") == NULL) {
        return snprintf(request->body, sizeof request->body, "{}") > 0;
    }
    if (act->body && count == 0 && act->most == 1) {
        return snprintf(request->body, sizeof request->body, "{}") > 0; /* without what may be said */
    }
    return !act->body || fill(&filling, act->body, request->body, sizeof request->body);
}

/* fuzz_settle_houses.c: what anybody with a phone may write to a backend with rental houses: codes that were scanned, bearers,
 * ids of whatever there is. Elm has Ada with a card, a phone that is bound and one that waits; its landlord has a card and a
 * phone. In Oak lives Cyn, of whom no phone of Elm may see or change anything.
 *
 * The input is a script, one line per event: a letter, then texts between '|'. In them $e is Elm, $o Oak, $a Ada, $c Cyn, $A and
 * $C their cards, $s the secret of Ada's, $b the bearer of her phone, $w that of the waiting one, $l the landlord's, $p the
 * waiting phone, $m the last statement, $n the last thing that was made. qCARD|SECRET|NAME  a code was scanned       vBEARER  who
 * is it         aHOUSE|BEARER|PHONE  let in, rHOUSE|… revoked iHOUSE|BEARER|TENANT|TOKEN  a card          xHOUSE|BEARER|CARD|N
 * act N on a card   yHOUSE|BEARER|CARD|TOKEN  another for it nHOUSE|BEARER|NAME|FLAT  a tenant           oHOUSE|BEARER|TENANT
 * moves out, fHOUSE|… is forgotten uHOUSE|BEARER|MICRO  a price, UHOUSE|BEARER|N  confirmed   kHOUSE|BEARER  a period is closed
 *   mHOUSE|BEARER|STATEMENT|N  a reading stands, MHOUSE|… does not, $HOUSE|BEARER|STATEMENT|MINOR|KEY  was paid
 *   zHOUSE|BEARER|TENANT  all there is to see   ETOKEN  Ada's pile: a car with that token begins, FTOKEN ends
 *   t  a second passes, D  a day   .  no memory once
 *
 * After every line nothing of Oak is other than it was (B17).
 */
#include "backend_parts.h"
#include "target.h"

#include <ocpp/settlement/houses.h>
#include <ocpp/settlement/orders.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS = 5, ROOM = 512 };

static struct {
    char elm[BACKEND_TEXT], oak[BACKEND_TEXT];
    char ada[BACKEND_TEXT], cyn[BACKEND_TEXT];
    char ada_card[BACKEND_TEXT], cyn_card[BACKEND_TEXT];
    char secret[OCPP_SETTLE_CARD_SECRET_SIZE];
    char bound[OCPP_SETTLE_BEARER_SIZE], waiting[OCPP_SETTLE_BEARER_SIZE], lord[OCPP_SETTLE_BEARER_SIZE];
    char phone[BACKEND_TEXT];
    char statement[BACKEND_TEXT];
    char made[BACKEND_TEXT];
    uint64_t oak_was;
    bool is_open;
} world;

static const char *find(char x)
{
    switch (x) {
    case 'e':
        return world.elm;
    case 'o':
        return world.oak;
    case 'a':
        return world.ada;
    case 'c':
        return world.cyn;
    case 'A':
        return world.ada_card;
    case 'C':
        return world.cyn_card;
    case 's':
        return world.secret;
    case 'b':
        return world.bound;
    case 'w':
        return world.waiting;
    case 'l':
        return world.lord;
    case 'p':
        return world.phone;
    case 'm':
        return world.statement;
    case 'n':
        return world.made;
    default:
        return NULL;
    }
}

static void keep(char to[BACKEND_TEXT])
{
    backend_must(backend.id[0] != '\0');
    memcpy(to, backend.id, BACKEND_TEXT);
}

/* --- what there is of Oak ------------------------------------------------------------------------------------------------- */

static void add_text(const char *text)
{
    for (; text != NULL && *text != '\0'; text++) {
        world.oak_was = (world.oak_was ^ (unsigned char)*text) * UINT64_C(1099511628211);
    }
    world.oak_was *= UINT64_C(1099511628211);
}

static bool add_tenant(const struct ocpp_settle_tenant *tenant, void *user)
{
    (void)user;
    add_text(tenant->id);
    add_text(tenant->name);
    add_text(tenant->state);
    return true;
}

static bool add_card(const struct ocpp_settle_card *card, void *user)
{
    (void)user;
    add_text(card->id);
    add_text(card->state);
    return true;
}

static bool add_phone(const struct ocpp_settle_phone *phone, void *user)
{
    (void)user;
    add_text(phone->id);
    add_text(phone->state);
    return true;
}

static bool add_house(const struct ocpp_settle_house *house, void *user)
{
    (void)user;
    world.oak_was += (uint64_t)house->price_number;
    return true;
}

static uint64_t look_at_oak(void)
{
    const struct ocpp_settle_house_caller operator_ = { world.oak, NULL };

    world.oak_was = UINT64_C(14695981039346656037);
    backend_must(ocpp_settle_tenants(backend.settle, &operator_, add_tenant, NULL, backend.now) == OCPP_OK);
    backend_must(ocpp_settle_cards(backend.settle, &operator_, add_card, NULL, backend.now) == OCPP_OK);
    backend_must(ocpp_settle_phones(backend.settle, &operator_, add_phone, NULL, backend.now) == OCPP_OK);
    backend_must(ocpp_settle_house_find(backend.settle, &operator_, add_house, NULL, backend.now) == OCPP_OK);
    return world.oak_was;
}

/* --- the beginning --------------------------------------------------------------------------------------------------------- */

static void open_house(const char *name, const char *tenant, const char *token, char house[BACKEND_TEXT], char id[BACKEND_TEXT],
                       char card[BACKEND_TEXT])
{
    const struct ocpp_settle_house_wish wish = { .name = name, .landlord = "L", .currency = "EUR", .zone = "UTC" };
    const struct ocpp_settle_tenant_wish lives = { .name = tenant, .flat = "1" };
    const struct ocpp_settle_house_caller operator_ = { house, NULL };
    const struct ocpp_settle_house_price price = { .price_micro = 400000, .valid_from_utc_ms = OCPP_UTC_UNKNOWN };
    char secret[OCPP_SETTLE_CARD_SECRET_SIZE];

    backend_must(ocpp_settle_house_open(backend.settle, &wish, backend_done(), backend.now) == OCPP_OK);
    keep(house);
    backend_must(ocpp_settle_tenant_add(backend.settle, &operator_, &lives, backend_done(), backend.now) == OCPP_OK);
    keep(id);
    const struct ocpp_settle_card_wish issue = { .kind = OCPP_SETTLE_CHARGING_CARD, .tenant = id, .token = token };
    backend_must(ocpp_settle_card_issue(backend.settle, &operator_, &issue, secret, backend_done(), backend.now) == OCPP_OK);
    keep(card);
    memcpy(world.secret, secret, sizeof secret);
    backend_must(ocpp_settle_price_set(backend.settle, &operator_, &price, backend_done(), backend.now) == OCPP_OK);
}

static void bind(const char *card, const char *secret, char bearer[OCPP_SETTLE_BEARER_SIZE], bool let_in)
{
    const struct ocpp_settle_house_caller operator_ = { world.elm, NULL };
    const struct ocpp_settle_phone_wish wish = { .card = card, .secret = secret, .name = "phone" };

    backend_must(ocpp_settle_phone_bind(backend.settle, &wish, bearer, backend_done(), backend.now) == OCPP_OK);
    keep(world.phone);
    if (let_in) {
        backend_must(ocpp_settle_phone_approve(backend.settle, &operator_, world.phone, backend_done(), backend.now) == OCPP_OK);
    }
}

static void say(const char *name, const char *json)
{
    const struct ocpp_data_transfer data = {
        .vendor_id = "org.ocpp-c.settlement", .message_id = name, .kind = OCPP_DATA_JSON, .data = json
    };

    ocpp_settle_receive(backend.settle, "PILE", &data, 1, backend.now);
}

/* The landlord's phone is bound by his card, which is shown at the pile. */
static void begin(void)
{
    const struct ocpp_settle_house_caller operator_ = { world.elm, NULL };
    const struct ocpp_settle_card_wish lord = { .kind = OCPP_SETTLE_PRIVILEGE_CARD, .token = "LORD" };
    struct ocpp_settle_phone_scope scope;
    char secret[OCPP_SETTLE_CARD_SECRET_SIZE];
    char card[BACKEND_TEXT];

    open_house("Oak", "Cyn", "CYN", world.oak, world.cyn, world.cyn_card);
    open_house("Elm", "Ada", "ADA", world.elm, world.ada, world.ada_card);
    bind(world.ada_card, world.secret, world.bound, true);
    backend_must(ocpp_settle_house_add_pile(backend.settle, world.elm, "PILE", backend_done(), backend.now) == OCPP_OK);
    backend_must(ocpp_settle_house_authorise_pile(backend.settle, &operator_, "PILE", backend_done(), backend.now) == OCPP_OK);
    backend_must(ocpp_settle_card_issue(backend.settle, &operator_, &lord, secret, backend_done(), backend.now) == OCPP_OK);
    keep(card);
    bind(card, secret, world.lord, false);
    ocpp_settle_connected(backend.settle, "PILE", true, backend.now);
    say("Hello", "{\"versions\":[\"1\"],\"features\":[\"RentalHouse\"],\"maxBytes\":8192,\"serial\":\"S\","
                 "\"now\":{\"boot\":1,\"monoMs\":1,\"status\":\"Unknown\"}}");
    say("CardShown", "{\"card\":{\"id\":\"LORD\",\"type\":\"ISO14443\"},\"act\":\"Bind\","
                     "\"at\":{\"boot\":1,\"monoMs\":2,\"status\":\"Unknown\"}}");
    backend_must(ocpp_settle_phone_scope(backend.settle, world.lord, &scope, backend.now) == OCPP_OK);
    bind(world.ada_card, world.secret, world.waiting, false);
}

/* --- what anybody does ----------------------------------------------------------------------------------------------------- */

static bool see_house(const struct ocpp_settle_house *house, void *user)
{
    (void)user;
    backend_must(strcmp(house->id, world.oak) != 0);
    return true;
}

static bool see_tenant(const struct ocpp_settle_tenant *tenant, void *user)
{
    (void)user;
    backend_must(strcmp(tenant->id, world.cyn) != 0);
    return true;
}

static bool see_card(const struct ocpp_settle_card *card, void *user)
{
    (void)user;
    backend_must(strcmp(card->id, world.cyn_card) != 0);
    return true;
}

static bool see_phone(const struct ocpp_settle_phone *phone, void *user)
{
    (void)phone, (void)user;
    return true;
}

static bool see_price(const struct ocpp_settle_price_version *price, void *user)
{
    (void)price, (void)user;
    return true;
}

static bool see_statement(const struct ocpp_settle_statement *statement, void *user)
{
    (void)user;
    snprintf(world.statement, sizeof world.statement, "%s", statement->id);
    return true;
}

static bool see_session(const struct ocpp_settle_session *session, void *user)
{
    (void)session, (void)user;
    return true;
}

static void sees(const struct ocpp_settle_house_caller *caller, const char *tenant)
{
    struct ocpp_settle *settle = backend.settle;

    backend_any(ocpp_settle_house_find(settle, caller, see_house, NULL, backend.now));
    backend_any(ocpp_settle_tenants(settle, caller, see_tenant, NULL, backend.now));
    backend_any(ocpp_settle_cards(settle, caller, see_card, NULL, backend.now));
    backend_any(ocpp_settle_phones(settle, caller, see_phone, NULL, backend.now));
    backend_any(ocpp_settle_prices(settle, caller, see_price, NULL, backend.now));
    backend_any(ocpp_settle_statements(settle, caller, tenant[0] ? tenant : NULL, see_statement, NULL, backend.now));
    backend_any(ocpp_settle_statement_find(settle, caller, tenant, see_statement, NULL, backend.now));
    backend_any(ocpp_settle_statement_items(settle, caller, world.statement, 1, see_session, NULL, backend.now));
    backend_any(ocpp_settle_sessions(settle, caller, tenant, see_session, NULL, backend.now));
}

static void car(const char *token, bool ends)
{
    const struct ocpp_transaction transaction = { .identity = "PILE",
                                                  .id = "7",
                                                  .version = OCPP_VERSION_2_0_1,
                                                  .evse = 1,
                                                  .connector = 1,
                                                  .token = token,
                                                  .started_utc_ms = backend.now.utc_ms - 60000,
                                                  .ended = ends,
                                                  .ended_utc_ms = backend.now.utc_ms,
                                                  .has_meter_start = true,
                                                  .meter_start_wh = 1000,
                                                  .has_meter_last = true,
                                                  .meter_last_wh = ends ? 3000 : 1000,
                                                  .charging_state = OCPP_CHARGING_STATE_CHARGING };
    const struct ocpp_transaction_event event = { .phase = ends ? OCPP_TRANSACTION_ENDED : OCPP_TRANSACTION_STARTED,
                                                  .transaction = &transaction };

    backend_any(ocpp_settle_transaction(backend.settle, &event, backend.now));
}

/* |part| 0 is the house, 1 the bearer. Never an operator: who shows nothing is no phone. */
static void acts(char what, char parts[PARTS][ROOM])
{
    struct ocpp_settle *settle = backend.settle;
    const struct ocpp_settle_house_caller who = { parts[0], parts[1] }, *caller = &who;
    const struct ocpp_settle_done *done = backend_done();
    const struct ocpp_now now = backend.now;
    const int64_t number = strtoll(parts[3], NULL, 10);
    char secret[OCPP_SETTLE_CARD_SECRET_SIZE];

    switch (what) {
    case 'a':
        backend_any(ocpp_settle_phone_approve(settle, caller, parts[2], done, now));
        break;
    case 'r':
        backend_any(ocpp_settle_phone_revoke(settle, caller, parts[2], done, now));
        break;
    case 'i':
        backend_any(ocpp_settle_card_issue(
            settle, caller,
            &(struct ocpp_settle_card_wish){ .kind = parts[2][0] ? OCPP_SETTLE_CHARGING_CARD : OCPP_SETTLE_PRIVILEGE_CARD,
                                             .tenant = parts[2][0] ? parts[2] : NULL,
                                             .token = parts[3] },
            secret, done, now));
        break;
    case 'x':
        backend_any(ocpp_settle_card_act(settle, caller, parts[2], (enum ocpp_settle_card_act)(number & 3), done, now));
        break;
    case 'y':
        backend_any(ocpp_settle_card_replace(settle, caller, parts[2], parts[3], secret, done, now));
        break;
    case 'n':
        backend_any(ocpp_settle_tenant_add(settle, caller,
                                           &(struct ocpp_settle_tenant_wish){ .name = parts[2], .flat = parts[3] }, done, now));
        break;
    case 'o':
        backend_any(ocpp_settle_tenant_move_out(settle, caller, parts[2], done, now));
        break;
    case 'f':
        backend_any(ocpp_settle_tenant_forget(settle, caller, parts[2], done, now));
        break;
    case 'u':
        backend_any(ocpp_settle_price_set(settle, caller,
                                          &(struct ocpp_settle_house_price){ .price_micro = strtoll(parts[2], NULL, 10),
                                                                             .valid_from_utc_ms = OCPP_UTC_UNKNOWN },
                                          done, now));
        break;
    case 'U':
        backend_any(ocpp_settle_price_confirm(settle, caller, strtoll(parts[2], NULL, 10), done, now));
        break;
    case 'k':
        backend_any(ocpp_settle_period_close(settle, caller, now.utc_ms, done, now));
        break;
    case 'm':
        backend_any(ocpp_settle_statement_confirm(settle, caller, parts[2], number, done, now));
        break;
    case 'M':
        backend_any(ocpp_settle_statement_waive(settle, caller, parts[2], number, done, now));
        break;
    case '$':
        backend_any(ocpp_settle_statement_paid(settle, caller, parts[2], number, parts[4], done, now));
        break;
    default:
        sees(caller, parts[2]);
        break;
    }
    if (backend.id[0] != '\0') {
        memcpy(world.made, backend.id, sizeof world.made);
    }
}

static void scans(char parts[PARTS][ROOM])
{
    const struct ocpp_settle_phone_wish wish = { .card = parts[0], .secret = parts[1], .name = parts[2] };
    char bearer[OCPP_SETTLE_BEARER_SIZE];

    if (ocpp_settle_phone_bind(backend.settle, &wish, bearer, backend_done(), backend.now) == OCPP_OK && backend.id[0]) {
        backend_must(strcmp(parts[0], world.cyn_card) != 0); /* nobody knows her secret */
        memcpy(world.waiting, bearer, sizeof bearer);
        memcpy(world.phone, backend.id, sizeof world.phone);
    }
}

static void who_is(const char *bearer)
{
    struct ocpp_settle_phone_scope scope;

    if (ocpp_settle_phone_scope(backend.settle, bearer, &scope, backend.now) == OCPP_OK) {
        backend_must(strcmp(scope.house, world.elm) == 0);
    }
}

static void split(const char *line, char parts[PARTS][ROOM])
{
    memset(parts, 0, PARTS * ROOM);
    for (int i = 0; i < PARTS; i++) {
        char text[ROOM];
        const size_t size = strcspn(line, "|");

        snprintf(text, sizeof text, "%.*s", (int)(size < ROOM ? size : ROOM - 1), line);
        backend_fill(text, find, parts[i], ROOM);
        line += size;
        if (*line == '\0') {
            return;
        }
        line++;
    }
}

static void event(const char *line)
{
    char parts[PARTS][ROOM];

    if (line[0] == '\0') {
        return;
    }
    split(line + 1, parts);
    switch (line[0]) {
    case 'q':
        scans(parts);
        break;
    case 'v':
        who_is(parts[0]);
        break;
    case 'E':
    case 'F':
        car(parts[0], line[0] == 'F');
        break;
    case 't':
        backend_pass(1);
        break;
    case 'D':
        backend_pass(86400);
        break;
    case '.':
        backend.fails = true;
        break;
    default:
        acts(line[0], parts);
        break;
    }
}

static void holds(void)
{
    const uint64_t was = world.is_open ? world.oak_was : 0;

    ocpp_settle_advance(backend.settle, backend.now);
    backend_must(look_at_oak() == was || !world.is_open);
    world.is_open = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    memset(&world, 0, sizeof world);
    backend_open(NULL);
    begin();
    holds();
    backend_lines(data, size, event, holds);
    backend_close();
    return 0;
}

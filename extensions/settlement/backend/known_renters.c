/* known_renters.c: who may rent while a pile is offline: one list, told to each pile in pieces, as what changed since it heard
 * last. Each pile knows them by digests of its own. */
#include "bank_marks.h"
#include "banks.h"
#include "piles.h"
#include "rental_commands.h"
#include "timers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Of one message: what fits in 8 KiB. The next one waits so long, so that no pile's outbox fills with a list. */
enum { AT_ONCE = 60, PAUSE_MS = 1000, NEWS_WITHIN_MS = 60000 };

/* The subject of the timer that wakes all piles; the first one it is to look at may stand behind it. No pile is called so: the
 * space cannot stand in an identity. */
#define EVERY_PILE "* "

const char *rental_token_type(const struct ocpp_token *token)
{
    return token->type == OCPP_TOKEN_UNKNOWN ? "" : ocpp_token_type_name(token->type);
}

/* --- the list
 * --------------------------------------------------------------------------------------------------------------------- */

static const char *version_key(struct command *command, int64_t version)
{
    char number[17];

    snprintf(number, sizeof number, "%016" PRIx64, (uint64_t)version);
    return command_key(command, "knownat", number, NULL);
}

static const char *digest_of(struct command *command, const char *type, const char *id)
{
    const struct ocpp_settle_bytes pieces[] = { { type, strlen(type) + 1 }, { id, strlen(id) } };

    return command_digest(command, pieces, 2);
}

static struct row_known_list list_of(struct command *command)
{
    const struct row_known_list *list = command_read(command, command_key(command, "known", NULL), &row_known_list_type);

    return list ? *list : (struct row_known_list){ .version = 0 };
}

/* The oldest of those who are gone. */
static bool first_gone(struct command *command, const char *key, const void *record, void *user)
{
    const struct row_known_renter *renter = record, **found = user;

    (void)command, (void)key;
    *found = renter->banks == 0 ? renter : NULL;
    return !*found;
}

/* Who is gone is remembered for the piles that did not hear of it, not for ever: the list has twice its length at most. */
static void forget_one(struct command *command, struct row_known_list *list)
{
    const struct row_known_renter *gone = NULL;

    if (list->gone <= command_policy(command)->known_renters) {
        return;
    }
    command_each(command, command_key(command, "knownat", "", NULL), &row_known_renter_type, first_gone, &gone);
    if (gone) {
        command_remove(command, version_key(command, gone->version));
        command_remove(command, command_key(command, "known", gone->digest, NULL));
        list->floor = gone->version;
        list->gone--;
    }
}

static void put_renter(struct command *command, const struct row_known_renter *renter, const struct row_known_list *list)
{
    command_put(command, command_key(command, "known", renter->digest, NULL), &row_known_renter_type, renter);
    command_put(command, version_key(command, renter->version), &row_known_renter_type, renter);
    command_put(command, command_key(command, "known", NULL), &row_known_list_type, list);
    if (command_timer_at(command, TIMER_KNOWN, EVERY_PILE) == OCPP_NEVER) {
        command_timer(command, TIMER_KNOWN, EVERY_PILE, command_utc_ms(command) + NEWS_WITHIN_MS);
    }
}

int64_t known_renter_of(struct command *command, const char *type, const char *id, const char **digest)
{
    const struct row_known_renter *renter = NULL;

    *digest = digest_of(command, type, id);
    if (*digest) {
        renter = command_read(command, command_key(command, "known", *digest, NULL), &row_known_renter_type);
    }
    return renter ? renter->banks : 0;
}

void known_renter_set(struct command *command, void *args)
{
    const struct renter_asked *asked = args;
    const struct ocpp_settle_policy *policy = command_policy(command);
    const char *type = rental_token_type(asked->token);
    const char *digest = digest_of(command, type, asked->token->id);
    const char *key = digest ? command_key(command, "known", digest, NULL) : NULL;
    const struct row_known_renter *before = key ? command_read(command, key, &row_known_renter_type) : NULL;
    const int64_t had = before ? before->banks : 0;
    struct row_known_list list = list_of(command);
    struct row_known_renter renter = { .digest = digest, .id = asked->token->id, .type = type, .banks = asked->banks };

    if (renter.banks > policy->known_renter_banks) {
        renter.banks = policy->known_renter_banks;
    }
    if (command_failed(command) || had == renter.banks) {
        return;
    }
    if (had == 0 && list.count >= policy->known_renters) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED, "the list of known renters is full");
        return;
    }
    if (before) {
        command_remove(command, version_key(command, before->version));
    }
    list.count += (renter.banks > 0) - (had > 0);
    list.gone += (renter.banks == 0) - (before && had == 0);
    forget_one(command, &list);
    renter.version = ++list.version;
    put_renter(command, &renter, &list);
}

/* --- telling one pile
 * --------------------------------------------------------------------------------------------------------------- */

/* What one pile is told next. */
struct telling {
    const struct row_pile *pile;
    struct ocpp_settle_known_renter renters[AT_ONCE];
    const char *gone[AT_ONCE];
    size_t renter_count;
    size_t gone_count;
    int64_t since;
    int64_t version; /* of the last one that is told */
};

static const char *digest_for(struct command *command, const struct row_pile *pile, const struct row_known_renter *renter)
{
    const struct ocpp_settle_settings *settings = &command_settle(command)->settings;
    char digest[OCPP_SETTLE_RENTER_DIGEST_SIZE] = "";

    command_fail(command, ocpp_settle_renter_digest_for(&settings->keys, settings->fleet_key, (uint32_t)pile->number,
                                                        renter->type, renter->id, digest));
    return ocpp_arena_text(command_arena(command), digest, strlen(digest));
}

static bool tell_one(struct command *command, const char *key, const void *record, void *user)
{
    const struct row_known_renter *renter = record;
    struct telling *telling = user;
    const char *digest;

    (void)key;
    if (renter->version <= telling->since) {
        return true;
    }
    digest = digest_for(command, telling->pile, renter);
    if (!digest) {
        command_fail(command, OCPP_ERR_NOMEM);
        return false;
    }
    if (renter->banks > 0) {
        telling->renters[telling->renter_count++] = (struct ocpp_settle_known_renter){ digest, renter->banks };
    } else {
        telling->gone[telling->gone_count++] = digest;
    }
    telling->version = renter->version;
    return telling->renter_count + telling->gone_count < AT_ONCE;
}

static void send(struct command *command, struct telling *telling, bool is_full)
{
    struct ocpp_settle_known_renters_req message = { .list_version = telling->version,
                                                     .is_full = is_full,
                                                     .renters = { telling->renters, telling->renter_count },
                                                     .gone = { telling->gone, telling->gone_count } };

    command_send(command, telling->pile->station, "known", &ocpp_settle_actions[OCPP_SETTLE_ACTION_KNOWN_RENTERS], &message,
                 &message.envelope);
}

/* A pile that has a version nobody gave, or none, begins anew. */
void known_renters_tell(struct command *command, struct row_pile *pile)
{
    const struct row_known_list list = list_of(command);
    const bool is_full = pile->known_version == 0 || pile->known_version < list.floor || pile->known_version > list.version;
    struct telling *telling = ocpp_arena_take(command_arena(command), sizeof *telling);

    if (!telling || command_failed(command)) {
        command_fail(command, OCPP_ERR_NOMEM);
        return;
    }
    if (list.version == 0 || pile->known_version == list.version) {
        return;
    }
    telling->pile = pile;
    telling->since = is_full ? 0 : pile->known_version;
    command_each_from(command, command_key(command, "knownat", "", NULL), version_key(command, telling->since + 1),
                      &row_known_renter_type, tell_one, telling);
    if (command_failed(command) || telling->version == 0) {
        return;
    }
    send(command, telling, is_full);
    pile->known_version = telling->version;
    if (pile->known_version < list.version) {
        command_timer(command, TIMER_KNOWN, pile->station, command_utc_ms(command) + PAUSE_MS);
    }
}

/* --- telling all of them
 * --------------------------------------------------------------------------------------------------------------- */

/* So many piles are looked at, and so many woken by timers of their own, at a time; the next ones by a timer that names where to
 * go on.
 */
enum { PILES_LOOKED_AT = 500, PILES_AT_ONCE = 32 };

struct waking {
    const char *stations[PILES_AT_ONCE];
    size_t count;
    size_t looked_at;
    int64_t version;
    const char *next; /* NULL: all were looked at */
};

static bool wake(struct command *command, const char *key, const void *record, void *user)
{
    const struct row_pile *pile = record;
    struct waking *waking = user;

    (void)command, (void)key;
    if (waking->looked_at++ == PILES_LOOKED_AT || waking->count == PILES_AT_ONCE) {
        waking->next = pile->station;
        return false;
    }
    if (!pile->is_off && pile->known_version < waking->version && pile_has(pile, OCPP_SETTLE_FEATURE_OFFLINE_RENTALS)) {
        waking->stations[waking->count++] = pile->station;
    }
    return true;
}

static void wake_from(struct command *command, const char *from)
{
    struct waking waking = { .version = list_of(command).version };
    char subject[80];

    command_each_from(command, command_key(command, "pile", "", NULL), command_key(command, "pile", from, NULL), &row_pile_type,
                      wake, &waking);
    for (size_t i = 0; i < waking.count; i++) {
        command_timer(command, TIMER_KNOWN, waking.stations[i], command_utc_ms(command));
    }
    if (waking.next) {
        snprintf(subject, sizeof subject, "%s%s", EVERY_PILE, waking.next);
        command_timer(command, TIMER_KNOWN, bank_text(command, subject), command_utc_ms(command) + PAUSE_MS);
    }
}

void known_renters_go_on(struct command *command, void *station)
{
    const char *name = station;
    const char *key;
    struct row_pile *pile;

    if (strncmp(name, EVERY_PILE, sizeof EVERY_PILE - 1) == 0) {
        wake_from(command, name + sizeof EVERY_PILE - 1);
        return;
    }
    key = command_key(command, "pile", name, NULL);
    pile = command_edit(command, key, &row_pile_type);
    if (pile && pile_has(pile, OCPP_SETTLE_FEATURE_OFFLINE_RENTALS)) {
        known_renters_tell(command, pile);
        command_put(command, key, &row_pile_type, pile);
    }
}

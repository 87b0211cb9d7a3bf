/* house_lists.c: piles of a house are told which privilege cards open management there, so that they know them while nobody can
 * be asked; who is taken off loses that at the next contact (B3). */
#include "house.h"
#include "house_people.h"
#include "order_internal.h"
#include "piles.h"
#include "timers.h"

#include <stdio.h>
#include <string.h>

enum { PILES_AT_ONCE = 16, CARDS_MOST = 32 };

void house_cards_changed(struct command *command, const char *house_id)
{
    struct house_house *house = house_edit(command, house_id);

    if (house) {
        house->cards++;
        house_put(command, house);
        command_timer(command, TIMER_HOUSE_CARDS, house->id, command_utc_ms(command));
    }
}

/* --- the list ------------------------------------------------------------------------------------------------------------- */

struct listing {
    const char *salt;
    const char *digests[CARDS_MOST];
    size_t count;
};

static const char *digest_of(struct command *command, const char *salt, const char *token)
{
    const size_t size = strlen(salt) + strlen(token) + 1;
    char *both = order_take(command, size);

    if (!both) {
        return NULL;
    }
    (void)snprintf(both, size, "%s%s", salt, token);
    return order_digest(command, both);
}

static bool list_card(struct command *command, const char *id, void *user)
{
    struct listing *listing = user;
    const struct house_card *card = command_read(command, command_key(command, "card", id, NULL), &house_card_type);

    if (card && card->state == HOUSE_CARD_STATE_ACTIVE) {
        const char *digest = digest_of(command, listing->salt, card->token);

        listing->digests[listing->count] = digest;
        listing->count += digest ? 1 : 0;
    }
    return listing->count < CARDS_MOST && !command_failed(command);
}

static void send_list(struct command *command, const char *station, int64_t version, const struct listing *listing)
{
    struct ocpp_settle_privilege_cards_req message = { .list_version = version,
                                                       .salt = listing->salt,
                                                       .digests = { listing->digests, listing->count } };

    command_send(command, station, "house", &ocpp_settle_actions[OCPP_SETTLE_ACTION_PRIVILEGE_CARDS], &message,
                 &message.envelope);
}

static bool hears(struct command *command, const char *station)
{
    const struct row_pile *pile = command_read(command, command_key(command, "pile", station, NULL), &row_pile_type);

    return pile && !pile->is_off && pile_has(pile, OCPP_SETTLE_FEATURE_RENTAL_HOUSE);
}

static void make_list(struct command *command, const char *house, struct listing *listing)
{
    const struct ocpp_settle_keys *keys = &command_settle(command)->settings.keys;
    unsigned char bytes[16];
    char salt[OCPP_SETTLE_ID_SIZE];

    keys->random(bytes, sizeof bytes, keys->user);
    ocpp_settle_id_write(bytes, salt);
    *listing = (struct listing){ .salt = order_text(command, salt) };
    if (house && listing->salt) {
        house_each(command, house, "privilege", NULL, list_card, listing);
    }
}

static void tell_pile(struct command *command, const struct house_house *house, struct house_house_pile *pile)
{
    struct listing listing;

    pile->version = house->cards;
    house_put_pile(command, pile);
    if (hears(command, pile->station)) {
        make_list(command, house->id, &listing);
        send_list(command, pile->station, house->cards, &listing);
    }
}

void house_pile_left(struct command *command, const char *station, int64_t version)
{
    struct listing listing;

    if (hears(command, station)) {
        make_list(command, NULL, &listing);
        send_list(command, station, version + 1, &listing);
    }
}

/* --- going on ------------------------------------------------------------------------------------------------------------- */

struct telling {
    const struct house_house *house;
    int count;
};

static bool tell_one(struct command *command, const char *station, void *user)
{
    struct telling *telling = user;
    struct house_house_pile *pile = house_edit_pile(command, station);

    if (pile && pile->version < telling->house->cards) {
        if (telling->count == PILES_AT_ONCE) {
            command_timer(command, TIMER_HOUSE_CARDS, telling->house->id, command_utc_ms(command));
            return false;
        }
        telling->count++;
        tell_pile(command, telling->house, pile);
    }
    return !command_failed(command);
}

void house_cards_go_on(struct command *command, void *house_id)
{
    struct telling telling = { .house = house_edit(command, house_id) };

    if (telling.house) {
        house_each(command, telling.house->id, "pile", NULL, tell_one, &telling);
    }
}

void house_pile_said_hello(struct command *command, const char *station, int64_t version)
{
    struct house_house_pile *pile = house_edit_pile(command, station);
    const struct house_house *house = pile ? house_edit(command, pile->house) : NULL;

    if (house && version != house->cards) {
        tell_pile(command, house, pile);
    }
}

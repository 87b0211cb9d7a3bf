/* town_people.c: what people do in the town, and what happens to it. A table of steps with their weights. */
#include "town.h"

#include <stdio.h>
#include <string.h>

static const char *const tokens[] = { "CARD-1", "CARD-2", "CARD-3", "KNOWN-1", "WALLET-1", "STATEMENT-1", "NOBODY-1" };

const char *town_token(struct town *town)
{
    return tokens[town_chance(town, sizeof tokens / sizeof tokens[0])];
}

static struct town_pile *any_pile(struct town *town)
{
    return &town->piles[town_chance(town, TOWN_PILES)];
}

static int any_slot(struct town *town)
{
    return 1 + (int)town_chance(town, TOWN_SLOTS);
}

static bool has_backend(const struct town *town)
{
    return town->settle && !town->is_cut;
}

/* --- renting -----------------------------------------------------------------------------------------------------------------
 */

static void take(struct town *town);

static void note_ask(struct town *town, int pile, const char *request, const char *token)
{
    struct town_ask *ask = &town->asks[town->ask_count];

    town_require(town, town->ask_count < TOWN_ASKS, "too many wishes");
    town->ask_count++;
    *ask = (struct town_ask){ .pile = pile, .at_ms = town->now_ms };
    (void)snprintf(ask->request, sizeof ask->request, "%s", request);
    (void)snprintf(ask->token, sizeof ask->token, "%s", token);
}

static void ask_here(struct town *town)
{
    struct town_pile *pile = any_pile(town);
    const struct ocpp_token token = { town_token(town), OCPP_TOKEN_ISO14443 };
    const int count = town_chance(town, 4) ? 1 : 2;
    char request[TOWN_ID] = "";

    if (!pile->agent) {
        return;
    }
    town_note(town, "%s wants %d of %s", token.id, count, pile->name);
    if (ocpp_settle_agent_rent(pile->agent, &token, count, town_pile_now(pile), request) == OCPP_OK) {
        note_ask(town, pile->number, request, token.id);
    }
}

/* R2: whoever charges at a pile takes a bank of it, or of another one. */
static void driver_wants_a_bank(struct town *town)
{
    struct town_pile *at = town_pile_with_car(town);
    struct town_pile *pile = at && town_chance(town, 4) ? at : any_pile(town);
    char request[TOWN_ID] = "";

    if (!at || !pile->agent) {
        return;
    }
    if (town_chance(town, 3) == 0) {
        town_line_link(pile, false);
    }
    const struct ocpp_token token = { town->cars[at->car].token, OCPP_TOKEN_ISO14443 };
    town_note(town, "%s, who charges at %s, wants one of %s", token.id, at->name, pile->name);
    if (ocpp_settle_agent_rent(pile->agent, &token, 1, town_pile_now(pile), request) == OCPP_OK) {
        note_ask(town, pile->number, request, token.id);
    }
    town_pass(town, 1000 + town_chance(town, 4000));
    take(town);
}

/* A19. */
static void known_renter_at_a_pile_alone(struct town *town)
{
    struct town_pile *pile = any_pile(town);
    const struct ocpp_token token = { "KNOWN-1", OCPP_TOKEN_ISO14443 };
    char request[TOWN_ID] = "";

    if (!pile->agent) {
        return;
    }
    town_line_link(pile, false);
    pile->link_at_ms += town_chance(town, 3) ? 0 : (int64_t)town_chance(town, 10000000);
    const enum ocpp_status status = ocpp_settle_agent_rent(pile->agent, &token, 1, town_pile_now(pile), request);
    town_note(town, "KNOWN-1 wants one of %s, which is alone: %s", pile->name, ocpp_status_sentence(status));
    if (status == OCPP_OK) {
        note_ask(town, pile->number, request, token.id);
    }
    town_pass(town, 1000 + town_chance(town, 4000));
    take(town);
}

static void ask_from_afar(struct town *town)
{
    const struct town_pile *pile = any_pile(town);
    const struct ocpp_token token = { town_token(town), OCPP_TOKEN_ISO14443 };

    if (!has_backend(town)) {
        return;
    }
    town_note(town, "%s wants one of %s from afar", token.id, pile->name);
    town_command(town, ocpp_settle_rent(town->settle, pile->name, &token, 1, town_done(town), town_now(town)));
    if (town->asked[0]) {
        note_ask(town, -1, town->asked, token.id);
    }
}

static void cancel(struct town *town)
{
    if (has_backend(town) && town->ask_count > 0) {
        const struct town_ask *ask = &town->asks[town->ask_count - 1];

        town_note(town, "%s does not want %s any more", ask->token, ask->request);
        town_command(town, ocpp_settle_rent_cancel(town->settle, ask->request, town_done(town), town_now(town)));
    }
}

static struct town_hand *free_hand(struct town *town)
{
    for (int i = 0; i < TOWN_HANDS; i++) {
        if (!town->hands[i].is_full) {
            return &town->hands[i];
        }
    }
    return NULL;
}

/* The rental a bank is let out for, as far as the pile says; of one without power what it said last. */
static void note_rental(const struct town_pile *pile, int slot, char rental[TOWN_ID])
{
    struct ocpp_settle_slot_view view = { .rental = "" };

    if (pile->agent) {
        (void)ocpp_settle_agent_slot(pile->agent, slot, &view);
    }
    (void)snprintf(rental, TOWN_ID, "%s", view.rental[0] ? view.rental : pile->out[slot]);
}

/* A latch that jammed open lets nobody rent. */
static bool may_be_taken(const struct town_pile *pile, int slot)
{
    struct ocpp_settle_slot_view view;

    return pile->cabinet.slot[slot - 1].is_open &&
           (!pile->agent ||
            (ocpp_settle_agent_slot(pile->agent, slot, &view) == OCPP_OK && view.state == OCPP_SETTLE_SLOT_STATE_AWAIT_REMOVAL));
}

static struct town_taking *note_taking(struct town *town, struct town_hand *hand, const struct town_pile *pile, int slot,
                                       const char *rental)
{
    struct town_taking *taking = &town->takings[town->taking_count];

    town_require(town, town->taking_count < TOWN_TAKINGS, "too many banks were taken");
    hand->is_full = true;
    hand->taking = town->taking_count++;
    *taking = (struct town_taking){ .pile = pile->number, .slot = slot, .at_ms = town->now_ms, .back_ms = OCPP_NEVER };
    (void)snprintf(taking->rental, sizeof taking->rental, "%s", rental);
    (void)snprintf(taking->bank, sizeof taking->bank, "%s", hand->bank.id);
    return taking;
}

static void take_from(struct town *town, struct town_pile *pile, int slot)
{
    struct town_hand *hand = free_hand(town);
    char rental[TOWN_ID];

    note_rental(pile, slot, rental);
    if (!hand || !may_be_taken(pile, slot) || !cabinet_take(&pile->cabinet, slot, &hand->bank, town_pile_now(pile))) {
        return;
    }
    (void)note_taking(town, hand, pile, slot, rental);
    town_note(town, "%s is taken from %s slot %d, rental %s", hand->bank.id, pile->name, slot, rental);
}

static void take(struct town *town)
{
    for (int i = 0; i < TOWN_PILES; i++) {
        for (int slot = 1; slot <= TOWN_SLOTS; slot++) {
            take_from(town, &town->piles[i], slot);
        }
    }
}

static void rent_at_once(struct town *town)
{
    ask_here(town);
    town_pass(town, 1000 + town_chance(town, 4000));
    take(town);
}

static bool give_back(struct town *town, struct town_hand *hand, struct town_pile *pile, int slot)
{
    if (!hand->is_full || !cabinet_insert(&pile->cabinet, slot, &hand->bank, town_pile_now(pile))) {
        return false;
    }
    if (hand->taking >= 0) {
        struct town_taking *taking = &town->takings[hand->taking];

        taking->back_ms = town->now_ms;
        taking->is_void |= taking->slot == slot && taking->pile == pile->number && !pile->agent;
        taking->was_faulty |= hand->bank.condition == OCPP_SETTLE_BAY_FAULTY;
    }
    town_note(town, "%s is put into %s slot %d", hand->bank.id, pile->name, slot);
    hand->is_full = false;
    return true;
}

static void give_any_back(struct town *town)
{
    const unsigned first = town_chance(town, TOWN_HANDS);

    for (unsigned i = 0; i < TOWN_HANDS; i++) {
        struct town_hand *hand = &town->hands[(first + i) % TOWN_HANDS];

        if (hand->is_full) {
            hand->bank.condition = (enum ocpp_settle_bay_condition)(town_chance(town, 6) ? 0 : town_chance(town, 4));
            hand->bank.charge = 20 + (int)town_chance(town, 80);
            (void)give_back(town, hand, any_pile(town), any_slot(town));
            return;
        }
    }
}

void town_give_back_all(struct town *town)
{
    for (int i = 0; i < TOWN_HANDS; i++) {
        for (int at = 0; at < TOWN_PILES * TOWN_SLOTS; at++) {
            struct town_hand *hand = &town->hands[i];

            if (give_back(town, hand, &town->piles[at / TOWN_SLOTS], at % TOWN_SLOTS + 1)) {
                town_pass(town, 3000);
            }
        }
    }
}

/* A9, A25: a crowbar, or a hand that is quicker than the reader. */
static void steal(struct town *town)
{
    struct town_pile *pile = any_pile(town);
    const int slot = any_slot(town);
    struct town_hand *hand = free_hand(town);

    if (hand && !pile->cabinet.slot[slot - 1].is_open && cabinet_steal(&pile->cabinet, slot, &hand->bank, town_pile_now(pile))) {
        hand->is_full = true;
        hand->taking = -1;
        for (int i = 0; i < town->taking_count; i++) { /* perhaps nobody saw that it had come back */
            town->takings[i].is_odd = town->takings[i].is_odd || strcmp(town->takings[i].bank, hand->bank.id) == 0;
        }
        if (pile->busy[slot][0]) { /* A5: whoever was about to let it out takes the thief for its renter, or for nobody */
            struct town_taking *taking = note_taking(town, hand, pile, slot, pile->busy[slot]);

            taking->is_void = taking->is_odd = true;
        }
        town_note(town, "%s is torn from %s slot %d", hand->bank.id, pile->name, slot);
    }
}

/* A15: somebody who holds a bank writes what he likes. */
static void forge(struct town *town)
{
    for (int i = 0; i < TOWN_HANDS; i++) {
        if (town->hands[i].is_full) {
            town_note(town, "the mark of %s is changed", town->hands[i].bank.id);
            town->hands[i].bank.mark[town_chance(town, 24)] ^= (unsigned char)(1 + town_chance(town, 255));
            return;
        }
    }
}

static struct town_taking *any_taking(struct town *town)
{
    return town->taking_count > 0 ? &town->takings[town_chance(town, (unsigned)town->taking_count)] : NULL;
}

static void say_something(struct town *town)
{
    struct town_taking *taking = any_taking(town);

    if (!has_backend(town) || !taking) {
        return;
    }
    taking->is_odd = true;
    switch (town_chance(town, 3)) {
    case 0:
        town_note(town, "nowhere to return %s", taking->rental);
        town_command(town, ocpp_settle_rental_report(town->settle, taking->rental, town_done(town), town_now(town)));
        break;
    case 1:
        town_note(town, "%s is faulty", taking->rental);
        taking->was_faulty = true;
        town_command(town, ocpp_settle_rental_swap(town->settle, taking->rental, town_done(town), town_now(town)));
        break;
    default:
        town_note(town, "%s is kept", taking->rental);
        town_command(town, ocpp_settle_rental_keep(town->settle, taking->rental, town_done(town), town_now(town)));
        break;
    }
}

/* --- what happens to the town ------------------------------------------------------------------------------------------------
 */

static void cut_pile(struct town *town)
{
    struct town_pile *pile = any_pile(town);

    if (!pile->agent) {
        return;
    }
    if (town_chance(town, 3) == 0) {
        town_pile_off(pile);
        return;
    }
    const unsigned nth = 1 + town_chance(town, 12);
    town_note(town, "%s will lose its power at write %u", pile->name, nth);
    test_storage_cut(pile->storage, nth, town_chance(town, 3));
}

static void cut_backend(struct town *town)
{
    if (town->settle && town->cut_at == 0) {
        town->cut_at = town->writes + 1 + (int64_t)town_chance(town, 15);
        town->cut_after = town_chance(town, 2);
        town_note(town, "the backend will lose its power at write %d", (int)town->cut_at);
    }
}

static void cut_link(struct town *town)
{
    struct town_pile *pile = any_pile(town);

    if (pile->is_connected) {
        town_note(town, "%s loses its link", pile->name);
        town_line_link(pile, false);
        pile->link_at_ms += town_chance(town, 4) ? 0 : (int64_t)town_chance(town, 40000000);
    }
}

static void break_slot(struct town *town)
{
    struct town_pile *pile = any_pile(town);
    const int slot = any_slot(town);
    const enum cabinet_fault fault = (enum cabinet_fault)town_chance(town, CABINET_FAULTS);

    town_note(town, "%s slot %d: %s", pile->name, slot, cabinet_fault_name(fault));
    cabinet_fault(&pile->cabinet, slot, fault, 1 + (int)town_chance(town, 3));
}

static void repeat(struct town *town)
{
    if (town_chance(town, 4) == 0) {
        town_provider_again(town);
    } else if (has_backend(town)) {
        town_line_again(any_pile(town));
    }
}

/* --- the operator ------------------------------------------------------------------------------------------------------------
 */

static void at_bank(struct town *town)
{
    char bank[8];

    (void)snprintf(bank, sizeof bank, "B%u%u", 1 + town_chance(town, TOWN_PILES), 1 + town_chance(town, TOWN_SLOTS - 1));
    if (town_chance(town, 2)) {
        town_note(town, "%s goes out of service", bank);
        town_command(town, ocpp_settle_bank_retire(town->settle, bank, town_done(town), town_now(town)));
        return;
    }
    town_note(town, "%s may be let again", bank);
    town_command(town, ocpp_settle_bank_serve(town->settle, bank, town_done(town), town_now(town)));
}

static void operate(struct town *town)
{
    const enum ocpp_settle_slot_order order =
        (enum ocpp_settle_slot_order)(1 + town_chance(town, 3)) /* not the one that opens a latch */;

    if (!has_backend(town)) {
        return;
    }
    if (town_chance(town, 3)) {
        at_bank(town);
        return;
    }
    const struct town_pile *pile = any_pile(town);
    const int slot = any_slot(town);
    town_note(town, "order %d for %s slot %d", (int)order, pile->name, slot);
    town_command(town, ocpp_settle_slot_command(town->settle, pile->name, slot, order, town_done(town), town_now(town)));
}

static void operator_looks(struct town *town)
{
    if (has_backend(town)) {
        town_look(town);
    }
}

/* --- time --------------------------------------------------------------------------------------------------------------------
 */

static void a_moment(struct town *town)
{
    town_pass(town, 1000 + town_chance(town, 60000));
}

static void an_hour(struct town *town)
{
    town_pass(town, 60000 * (int64_t)(1 + town_chance(town, 120)));
}

static void a_day(struct town *town)
{
    town_pass(town, INT64_C(3600000) * (6 + town_chance(town, 40)));
}

static const struct {
    unsigned weight;
    void (*run)(struct town *town);
} steps[] = {
    { 14, rent_at_once },
    { 6, ask_here },
    { 4, ask_from_afar },
    { 1, cancel },
    { 6, take },
    { 16, give_any_back },
    { 1, steal },
    { 1, forge },
    { 3, say_something },
    { 2, town_tops_up },
    { 1, town_pays_out },
    { 1, town_limits },
    { 2, town_knows },
    { 3, town_adjusts },
    { 4, town_nonsense },
    { 3, known_renter_at_a_pile_alone },
    { 7, town_car_arrives },
    { 8, town_car_charges },
    { 5, town_car_leaves },
    { 4, driver_wants_a_bank },
    { 4, cut_pile },
    { 4, cut_backend },
    { 4, cut_link },
    { 4, break_slot },
    { 5, repeat },
    { 2, operate },
    { 3, operator_looks },
    { 6, a_moment },
    { 6, an_hour },
    { 1, a_day },
};

void town_step(struct town *town)
{
    unsigned all = 0;

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        all += steps[i].weight;
    }
    unsigned left = town_chance(town, all);
    size_t chosen = 0;
    while (left >= steps[chosen].weight) {
        left -= steps[chosen++].weight;
    }
    town->steps++;
    steps[chosen].run(town);
    town_pass(town, town_chance(town, 3000));
    town_central_stop_cars(town);
    town_check(town);
}

/* town_cars.c: vehicles that charge at the piles, and what the meter of each pile says. */
#include "town.h"

#include <stdio.h>
#include <string.h>

static bool has_power(const struct town_pile *pile)
{
    return pile->agent && !test_storage_is_cut(pile->storage);
}

static struct town_pile *any_pile(struct town *town)
{
    return &town->piles[town_chance(town, TOWN_PILES)];
}

struct town_pile *town_pile_with_car(struct town *town)
{
    const unsigned first = town_chance(town, TOWN_PILES);

    for (unsigned i = 0; i < TOWN_PILES; i++) {
        struct town_pile *pile = &town->piles[(first + i) % TOWN_PILES];

        if (pile->car >= 0 && has_power(pile)) {
            return pile;
        }
    }
    return NULL;
}

static bool charges(const struct town_pile *pile)
{
    struct ocpp_evse_view view;

    return has_power(pile) && pile->car >= 0 && ocpp_charge_point_evse(pile->cp, 1, &view) == OCPP_OK && view.transaction;
}

static void present(struct town *town, struct town_pile *pile, const struct town_car *car)
{
    const struct ocpp_token token = { car->token, OCPP_TOKEN_ISO14443 };

    town_require(town, ocpp_charge_point_token(pile->cp, 1, &token, town_pile_now(pile)) == OCPP_OK, "%s reads no token",
                 pile->name);
    pile->is_awake = true;
}

void town_car_arrives(struct town *town)
{
    struct town_pile *pile = any_pile(town);
    struct town_car *car = &town->cars[town->car_count];

    if (town->car_count == TOWN_CARS || !has_power(pile) || pile->car >= 0) {
        return;
    }
    pile->meter_wh += 1 + (int64_t)town_chance(town, 9); /* what the pile takes itself */
    pile->car = town->car_count++;
    *car = (struct town_car){ .pile = pile->number, .is_there = true, .start_wh = pile->meter_wh, .last_wh = pile->meter_wh };
    (void)snprintf(car->token, sizeof car->token, "%s", town_token(town));
    town_note(town, "a car of %s comes to %s, whose meter says %d", car->token, pile->name, (int)pile->meter_wh);
    town_require(town, ocpp_charge_point_plug(pile->cp, 1, 1, true, town_pile_now(pile)) == OCPP_OK, "%s has no plug",
                 pile->name);
    present(town, pile, car);
}

void town_car_charges(struct town *town)
{
    struct town_pile *pile = town_pile_with_car(town);

    if (pile && charges(pile)) {
        pile->meter_wh += 100 * (int64_t)town_chance(town, 200);
        town->cars[pile->car].last_wh = pile->meter_wh;
        town_note(town, "the car at %s charges, the meter says %d", pile->name, (int)pile->meter_wh);
    }
}

/* Ended by the token or by the cable, as drivers do. */
static void leave(struct town *town, struct town_pile *pile)
{
    struct town_car *car = &town->cars[pile->car];

    town_note(town, "the car of %s leaves %s", car->token, pile->name);
    if (charges(pile) && town_chance(town, 3) > 0) {
        present(town, pile, car);
        town_pass(town, 1000);
    }
    if (has_power(pile) && pile->car >= 0) { /* it may have lost its power meanwhile */
        (void)ocpp_charge_point_plug(pile->cp, 1, 1, false, town_pile_now(pile));
        pile->is_awake = true;
        car->is_there = false;
        pile->car = -1;
    }
}

void town_car_leaves(struct town *town)
{
    struct town_pile *pile = town_pile_with_car(town);

    if (pile) {
        leave(town, pile);
    }
}

/* It drives off in the dark. */
void town_car_loses_power(struct town_pile *pile)
{
    if (pile->car >= 0) {
        struct town_car *car = &pile->town->cars[pile->car];

        car->lost_power = true;
        car->is_there = false;
        pile->car = -1;
    }
}

void town_cars_leave(struct town *town)
{
    for (int i = 0; i < TOWN_PILES; i++) {
        if (has_power(&town->piles[i]) && town->piles[i].car >= 0) {
            leave(town, &town->piles[i]);
        }
    }
}

/* terminal_registry.c: terminals, the vehicles they are associated with, and the piles that were told. An association that ended
 * stays on record: who could start what when is asked later. */
#include "closed.h"
#include "order_internal.h"
#include "piles.h"
#include "terminal_rows.h"

#include <stdio.h>
#include <string.h>

enum { POINT_TEXT = 2 * OCPP_SETTLE_POINT_SIZE + 1, BY_LENGTH = 80, NAME_LENGTH = 80, TOKEN_LENGTH = 255, TYPE_LENGTH = 20 };

static const char *const none[] = { NULL };

/* --- rows --------------------------------------------------------------------------------------------------------------------
 */

static const char *terminal_key(struct command *command, const char *id)
{
    return command_key(command, "terminal", id, NULL);
}

static const char *car_key(struct command *command, enum row_car_id_kind kind, const char *vehicle)
{
    return command_key(command, "car", ocpp_enum_name(&row_car_id_kind_enum, (int)kind), vehicle, NULL);
}

struct row_car *car_edit(struct command *command, const struct ocpp_settle_vehicle_id *vehicle)
{
    static const struct row_car_terminal no_terminals[1];
    const enum row_car_id_kind kind = (enum row_car_id_kind)vehicle->kind; /* the same words in the same order */
    struct row_car *car = command_edit(command, car_key(command, kind, vehicle->id), &row_car_type);

    if (car || command_failed(command)) {
        return car;
    }
    car = order_take(command, sizeof *car);
    if (car) {
        *car = (struct row_car){
            .kind = kind, .vehicle = order_text(command, vehicle->id), .terminals = { no_terminals, 0 }, .told_to = { none, 0 }
        };
    }
    return command_failed(command) ? NULL : car;
}

void car_put(struct command *command, const struct row_car *car)
{
    command_put(command, car_key(command, car->kind, car->vehicle), &row_car_type, car);
}

const char *const *car_terminals(struct command *command, const struct row_car *car)
{
    const char **names = order_take(command, (car->terminals.count + 1) * sizeof *names);

    for (size_t i = 0; names && i < car->terminals.count; i++) {
        names[i] = car->terminals.items[i].terminal;
    }
    return names;
}

const char *car_association(const struct row_car *car, const char *terminal)
{
    for (size_t i = 0; i < car->terminals.count; i++) {
        if (strcmp(car->terminals.items[i].terminal, terminal) == 0) {
            return car->terminals.items[i].association;
        }
    }
    return NULL;
}

/* The pile that asked longest ago makes room: its list lasts list_s at most. */
void car_told(struct command *command, struct row_car *car, const char *station)
{
    const char **names = order_take(command, (CAR_PILES + 1) * sizeof *names);
    size_t count = 0;

    if (!names) {
        return;
    }
    for (size_t i = 0; i < car->told_to.count; i++) {
        const bool has_room = car->told_to.count - i < CAR_PILES;

        if (strcmp(car->told_to.items[i], station) != 0 && has_room) {
            names[count++] = car->told_to.items[i];
        }
    }
    names[count++] = station;
    car->told_to.items = names;
    car->told_to.count = count;
}

const struct row_terminal *terminal_read(struct command *command, const char *id)
{
    const struct row_terminal *terminal =
        command_read_needed(command, terminal_key(command, id), &row_terminal_type, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_TERMINAL);

    if (terminal && terminal->has_revoked_at) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_TERMINAL, "the terminal was revoked");
        return NULL;
    }
    return terminal;
}

static int digit(char c)
{
    const char *at = c ? strchr("0123456789abcdef", c) : NULL;

    return at ? (int)(at - "0123456789abcdef") : -1;
}

bool terminal_point(const struct row_terminal *terminal, unsigned char point[OCPP_SETTLE_POINT_SIZE])
{
    if (strlen(terminal->point) != POINT_TEXT - 1) {
        return false;
    }
    for (size_t i = 0; i < OCPP_SETTLE_POINT_SIZE; i++) {
        const int high = digit(terminal->point[2 * i]), low = digit(terminal->point[2 * i + 1]);

        if (high < 0 || low < 0) {
            return false;
        }
        point[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

/* --- telling piles -----------------------------------------------------------------------------------------------------------
 */

/* Another list: piles that have the one before hear of it. A vehicle that was forgotten meanwhile may have had any number. */
static void list_changed(struct command *command, struct row_car *car)
{
    const char *const *names = car_terminals(command, car);
    const struct ocpp_settle_vehicle_id vehicle = { (enum ocpp_settle_vehicle_id_kind)car->kind, car->vehicle };

    car->list_version = car->list_version > 0 ? car->list_version + 1 : command_utc_ms(command) / 1000;
    closed_watch(command, CLOSED_CAR);
    for (size_t i = 0; names && i < car->told_to.count; i++) {
        const char *station = car->told_to.items[i];
        const struct row_pile *pile = command_read(command, command_key(command, "pile", station, NULL), &row_pile_type);
        struct ocpp_settle_terminal_list_req message = { .vehicle = vehicle,
                                                         .list_version = car->list_version,
                                                         .terminals = { names, car->terminals.count } };

        if (pile && !pile->is_off && pile_has(pile, OCPP_SETTLE_FEATURE_TERMINAL_START)) {
            command_send(command, station, "terminals", &ocpp_settle_actions[OCPP_SETTLE_ACTION_TERMINAL_LIST], &message,
                         &message.envelope);
        }
    }
    car_put(command, car);
}

/* --- associations ------------------------------------------------------------------------------------------------------------
 */

struct association_asked {
    const char *terminal;
    const struct ocpp_settle_vehicle_id *vehicle;
    const char *association;
    const char *by;
};

static void add_terminal(struct command *command, struct row_car *car, const struct row_association *association)
{
    struct row_car_terminal *list = order_take(command, (car->terminals.count + 1) * sizeof *list);

    if (!list) {
        return;
    }
    memcpy(list, car->terminals.items, car->terminals.count * sizeof *list);
    list[car->terminals.count] = (struct row_car_terminal){ association->id, association->terminal };
    car->terminals.items = list;
    car->terminals.count++;
    list_changed(command, car);
}

static void associate(struct command *command, void *args)
{
    const struct association_asked *asked = args;
    struct row_car *car = terminal_read(command, asked->terminal) ? car_edit(command, asked->vehicle) : NULL;
    const char *before = car ? car_association(car, asked->terminal) : NULL;

    if (!car) {
        return;
    }
    if (before) {
        command_result(command, before);
        return;
    }
    if (car->terminals.count == CAR_TERMINALS) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED, "as many terminals as one vehicle may have");
        return;
    }
    const struct row_association association = { .id = command_id(command),
                                                 .terminal = asked->terminal,
                                                 .kind = car->kind,
                                                 .vehicle = car->vehicle,
                                                 .made_by = asked->by,
                                                 .made_at = command_utc_ms(command) };
    command_put(command, command_key(command, "association", association.id, NULL), &row_association_type, &association);
    closed_watch(command, CLOSED_BELONGS);
    command_state(command, "association", association.id, NULL, "Holds", NULL);
    add_terminal(command, car, &association);
    command_result(command, association.id);
}

static void note_end(struct command *command, const char *id, const char *by)
{
    const char *key = command_key(command, "association", id, NULL);
    struct row_association *association = command_edit(command, key, &row_association_type);

    if (association) {
        association->has_revoked_at = true;
        association->revoked_at = command_utc_ms(command);
        association->revoked_by = by;
        command_put(command, key, &row_association_type, association);
        command_state(command, "association", id, "Holds", "Revoked", NULL);
    }
}

/* |id| NULL: all of them. */
static void remove_terminals(struct command *command, struct row_car *car, const char *id, const char *by)
{
    struct row_car_terminal *left = order_take(command, (car->terminals.count + 1) * sizeof *left);
    size_t count = 0;

    for (size_t i = 0; left && i < car->terminals.count; i++) {
        const struct row_car_terminal *one = &car->terminals.items[i];

        if (id && strcmp(one->association, id) != 0) {
            left[count++] = *one;
        } else {
            note_end(command, one->association, by);
        }
    }
    if (left) {
        car->terminals.items = left;
        car->terminals.count = count;
        list_changed(command, car);
    }
}

static void dissociate(struct command *command, void *args)
{
    const struct association_asked *asked = args;
    const struct row_association *association =
        command_read_needed(command, command_key(command, "association", asked->association, NULL), &row_association_type,
                            OCPP_SETTLE_REFUSAL_CODE_INVALID);

    if (!association) {
        return;
    }
    if (association->has_revoked_at) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "the association has ended");
        return;
    }
    const struct ocpp_settle_vehicle_id vehicle = { (enum ocpp_settle_vehicle_id_kind)association->kind, association->vehicle };
    struct row_car *car = car_edit(command, &vehicle);
    if (car) {
        remove_terminals(command, car, asked->association, asked->by);
    }
    command_result(command, asked->association);
}

/* E12. */
static void sold(struct command *command, void *args)
{
    const struct association_asked *asked = args;
    struct row_car *car = car_edit(command, asked->vehicle);

    if (!car) {
        return;
    }
    if (car->terminals.count == 0) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_VEHICLE, "the vehicle has no terminals");
        return;
    }
    remove_terminals(command, car, NULL, asked->by);
}

/* --- terminals ---------------------------------------------------------------------------------------------------------------
 */

static bool pays(struct command *command, const struct ocpp_settle_terminal *terminal)
{
    const struct ocpp_settle_user_token token = { terminal->token_id, terminal->token_type };
    struct order_payer payer;

    if (!order_find_payer(command, &token, &payer)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_BAD_TOKEN, "nobody pays for the token");
        return false;
    }
    return true;
}

static void enter(struct command *command, void *args)
{
    const struct ocpp_settle_terminal *terminal = args;
    const char *key = terminal_key(command, terminal->id);
    char point[POINT_TEXT];
    const struct row_terminal row = { .id = terminal->id,
                                      .name = terminal->name,
                                      .point = point,
                                      .token_id = terminal->token_id,
                                      .token_type = terminal->token_type,
                                      .may_deduct = terminal->may_deduct,
                                      .created_at = command_utc_ms(command) };

    for (size_t i = 0; i < OCPP_SETTLE_POINT_SIZE; i++) {
        snprintf(point + 2 * i, 3, "%02x", terminal->point[i]);
    }
    if (command_read(command, key, &row_terminal_type)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "there is a terminal of that name");
    } else if (terminal->point[0] != 4) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_INVALID, "no public key");
    } else if (pays(command, terminal)) {
        command_put(command, key, &row_terminal_type, &row);
        command_state(command, "terminal", terminal->id, NULL, "Known", NULL);
        command_result(command, terminal->id);
    }
}

struct revoking {
    const char *terminal;
    const char *by;
};

static bool end_one(struct command *command, const char *key, const void *record, void *user)
{
    const struct row_association *association = record;
    const struct revoking *revoking = user;
    struct association_asked asked = { .association = association->id, .by = revoking->by };

    (void)key;
    if (!association->has_revoked_at && strcmp(association->terminal, revoking->terminal) == 0) {
        asked.association = order_text(command, association->id);
        dissociate(command, &asked);
    }
    return !command_failed(command);
}

/* Its associations end with it: those of the vehicles are found by the record of all. */
static void revoke(struct command *command, void *args)
{
    struct revoking *revoking = args;
    const char *key = terminal_key(command, revoking->terminal);
    struct row_terminal *terminal = NULL;

    if (command_read_needed(command, key, &row_terminal_type, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_TERMINAL)) {
        terminal = command_edit(command, key, &row_terminal_type);
    }
    if (!terminal) {
        return;
    }
    if (terminal->has_revoked_at) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "the terminal was revoked");
        return;
    }
    terminal->has_revoked_at = true;
    terminal->revoked_at = command_utc_ms(command);
    terminal->revoked_by = revoking->by;
    closed_watch(command, CLOSED_TERMINAL);
    command_put(command, key, &row_terminal_type, terminal);
    command_state(command, "terminal", terminal->id, "Known", "Revoked", NULL);
    command_each(command, command_key(command, "association", "", NULL), &row_association_type, end_one, revoking);
    command_result(command, terminal->id);
}

/* Whoever was revoked is erased: what is not over keeps its id until it is. */
static void forget(struct command *command, void *args)
{
    const struct revoking *forgetting = args;
    const char *key = terminal_key(command, forgetting->terminal);
    const struct row_terminal *terminal =
        command_read_needed(command, key, &row_terminal_type, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_TERMINAL);

    if (!terminal) {
        return;
    }
    if (!terminal->has_revoked_at) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "a terminal is revoked before it is forgotten");
        return;
    }
    command_remove(command, key);
    closed_look(command, CLOSED_BELONGS);
    closed_look(command, CLOSED_START);
    closed_look(command, CLOSED_CAR);
    command_state(command, "terminal", forgetting->terminal, "Revoked", "Forgotten", NULL);
    command_result(command, forgetting->terminal);
}

/* --- entry points ------------------------------------------------------------------------------------------------------------
 */

static bool is_text(const char *text, size_t most)
{
    return text && text[0] && strlen(text) <= most;
}

static bool is_word(const char *text, size_t most)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

    return is_text(text, most) && text[strspn(text, letters)] == '\0';
}

static bool is_vehicle(const struct ocpp_settle_vehicle_id *vehicle)
{
    return vehicle && ocpp_enum_name(&ocpp_settle_vehicle_id_kind_enum, (int)vehicle->kind) &&
           is_word(vehicle->id, VEHICLE_ID_LENGTH);
}

enum ocpp_status ocpp_settle_terminal_register(struct ocpp_settle *settle, const struct ocpp_settle_terminal *terminal,
                                               const struct ocpp_settle_done *done, struct ocpp_now now)
{
    struct ocpp_settle_terminal given = *terminal;

    if (!is_word(terminal->id, TERMINAL_ID_LENGTH) || !is_text(terminal->name, NAME_LENGTH) ||
        !is_text(terminal->token_id, TOKEN_LENGTH) || !terminal->token_type || strlen(terminal->token_type) > TYPE_LENGTH) {
        return OCPP_ERR_ARGUMENT;
    }
    backend_enter(settle, now);
    return command_run(settle, "terminal_register", enter, &given, done);
}

enum ocpp_status ocpp_settle_terminal_revoke(struct ocpp_settle *settle, const char *terminal, const char *by,
                                             const struct ocpp_settle_done *done, struct ocpp_now now)
{
    struct revoking revoking = { terminal, by };

    if (!is_word(terminal, TERMINAL_ID_LENGTH) || !is_text(by, BY_LENGTH)) {
        return OCPP_ERR_ARGUMENT;
    }
    backend_enter(settle, now);
    return command_run(settle, "terminal_revoke", revoke, &revoking, done);
}

enum ocpp_status ocpp_settle_terminal_forget(struct ocpp_settle *settle, const char *terminal, const char *by,
                                             const struct ocpp_settle_done *done, struct ocpp_now now)
{
    struct revoking forgetting = { terminal, by };

    if (!is_word(terminal, TERMINAL_ID_LENGTH) || !is_text(by, BY_LENGTH)) {
        return OCPP_ERR_ARGUMENT;
    }
    backend_enter(settle, now);
    return command_run(settle, "terminal_forget", forget, &forgetting, done);
}

enum ocpp_status ocpp_settle_associate(struct ocpp_settle *settle, const char *terminal,
                                       const struct ocpp_settle_vehicle_id *vehicle, const char *by,
                                       const struct ocpp_settle_done *done, struct ocpp_now now)
{
    struct association_asked asked = { .terminal = terminal, .vehicle = vehicle, .by = by };

    if (!is_word(terminal, TERMINAL_ID_LENGTH) || !is_vehicle(vehicle) || !is_text(by, BY_LENGTH)) {
        return OCPP_ERR_ARGUMENT;
    }
    backend_enter(settle, now);
    return command_run(settle, "associate", associate, &asked, done);
}

enum ocpp_status ocpp_settle_dissociate(struct ocpp_settle *settle, const char *association, const char *by,
                                        const struct ocpp_settle_done *done, struct ocpp_now now)
{
    struct association_asked asked = { .association = association, .by = by };

    if (!is_word(association, OCPP_SETTLE_ID_SIZE - 1) || !is_text(by, BY_LENGTH)) {
        return OCPP_ERR_ARGUMENT;
    }
    backend_enter(settle, now);
    return command_run(settle, "dissociate", dissociate, &asked, done);
}

enum ocpp_status ocpp_settle_vehicle_sold(struct ocpp_settle *settle, const struct ocpp_settle_vehicle_id *vehicle,
                                          const char *by, const struct ocpp_settle_done *done, struct ocpp_now now)
{
    struct association_asked asked = { .vehicle = vehicle, .by = by };

    if (!is_vehicle(vehicle) || !is_text(by, BY_LENGTH)) {
        return OCPP_ERR_ARGUMENT;
    }
    backend_enter(settle, now);
    return command_run(settle, "vehicle_sold", sold, &asked, done);
}

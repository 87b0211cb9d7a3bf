/* charge_point.c: the firmware of a charge point with two connectors, whole.
 *
 *     charge_point ws://csms.example/ocpp /var/lib/pile.db
 *
 * The board tells what happens (plugs, cards, the meter); the library does the rest: it registers, authorises, meters, keeps
 * every transaction over power cuts and lost links, and says on each connector whether energy may flow. */
#include <ocpp/adapters.h>

#include <stdio.h>

#include "board.h"

struct pile {
    struct board *board;
    struct ocpp_charge_point *cp;
};

/* The library has changed its mind about an EVSE: the contactor follows, and nothing but the board's own protection moves it. */
static void apply_permit(int evse, void *user)
{
    const struct pile *pile = user;
    const struct ocpp_permit permit = ocpp_charge_point_permit(pile->cp, evse, ocpp_system_now());
    board_offer(pile->board, evse, permit.closed ? permit.max_current_ma[0] : 0);
    board_contactor(pile->board, evse, permit.closed);
}

static size_t read_meter(int evse, struct ocpp_sample *samples, size_t room, void *user)
{
    const struct pile *pile = user;
    if (room == 0) {
        return 0;
    }
    samples[0] = (struct ocpp_sample){ .measurand = OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER };
    samples[0].value = OCPP_DECIMAL(board_energy_wh(pile->board, evse), 0);
    return 1;
}

static void lock(int evse, int connector, bool locked, void *user)
{
    const struct pile *pile = user;
    board_latch(pile->board, evse, connector, locked);
}

static void show(int evse, int connector, enum ocpp_connector_status status, void *user)
{
    const struct pile *pile = user;
    board_show(pile->board, evse, connector, ocpp_connector_status_name(status));
}

/* What an input refuses (a connector that does not exist) is a wiring mistake, and worth a line. */
static void tell(struct pile *pile, const struct board_event *event)
{
    const struct ocpp_token token = { event->token, OCPP_TOKEN_ISO14443 };
    const struct ocpp_fault leak = { .code = "GroundFailure", .info = "residual current" };
    const struct ocpp_now now = ocpp_system_now();
    enum ocpp_status status = OCPP_OK;
    switch (event->kind) {
    case BOARD_PLUG:
        status = ocpp_charge_point_plug(pile->cp, event->evse, event->connector, event->on, now);
        break;
    case BOARD_TOKEN:
        status = ocpp_charge_point_token(pile->cp, event->evse, &token, now);
        break;
    case BOARD_LATCH:
        status = ocpp_charge_point_latch(pile->cp, event->evse, event->connector, event->on, now);
        break;
    case BOARD_FAULT:
        status = ocpp_charge_point_fault(pile->cp, event->evse, event->connector, event->on ? &leak : NULL, now);
        break;
    case BOARD_STOP: /* pressed where nothing runs it means nothing */
        (void)ocpp_charge_point_stop(pile->cp, event->evse, OCPP_STOP_LOCAL, now);
        break;
    case BOARD_NOTHING:
        break;
    }
    if (status != OCPP_OK) {
        fprintf(stderr, "the board says what cannot be: %s\n", ocpp_status_sentence(status));
    }
}

static void run(struct pile *pile, struct ocpp_client *client)
{
    struct board_event event = { .kind = BOARD_NOTHING };
    do {
        tell(pile, &event);
        ocpp_client_run(client, 0);
    } while (board_wait(pile->board, &event, ocpp_client_fd(client)));
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: charge_point ws[s]://HOST[:PORT]/PATH DATABASE\n");
        return 2;
    }
    char reason[200] = "out of memory";
    struct ocpp_storage *storage = NULL;
    struct pile pile = { .board = board_open() };
    struct ocpp_client *client = NULL;
    struct ocpp_charge_point_settings settings = ocpp_charge_point_settings_default();
    settings.identity = "PILE-7";
    settings.vendor = "Example";
    settings.model = "Two sockets";
    settings.evse_count = 2;
    settings.confirmed_locks = true; /* no energy before the latch has said that it holds */
    settings.random = ocpp_system_random;
    const struct ocpp_hardware hardware = {
        .permit_changed = apply_permit, .read_meter = read_meter, .lock = lock, .status_changed = show, .user = &pile
    };
    struct ocpp_client_settings link = ocpp_client_settings_default();
    link.url = argv[1];
    if (ocpp_sqlite_storage_open(argv[2], NULL, &storage, reason, sizeof(reason)) == OCPP_OK &&
        (pile.cp = ocpp_charge_point_new(&settings, &hardware, storage, ocpp_system_now())) != NULL) {
        client = ocpp_client_new(pile.cp, &link, reason, sizeof(reason));
    }
    if (client == NULL) {
        fprintf(stderr, "charge_point: %s\n", reason);
    } else {
        run(&pile, client);
    }
    ocpp_client_free(client);
    ocpp_charge_point_free(pile.cp);
    ocpp_sqlite_storage_close(storage);
    board_close(pile.board);
    return client == NULL;
}

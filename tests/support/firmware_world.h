/* firmware_world.h: a station whose board has a slot for new firmware, a bootloader, and a crypto of toy signatures.
 *
 * A certificate is its first letter: G is good, R is revoked, anything else is no use. A signature is the digest itself. The slot
 * survives power cuts; the bootloader does what a test says. */
#ifndef OCPP_TESTS_FIRMWARE_WORLD_H
#define OCPP_TESTS_FIRMWARE_WORLD_H

#include <ocpp/crypto.h>
#include <ocpp/diagnostics.h>
#include <ocpp/firmware.h>

#include "fake_transfer.h"
#include "station_world.h"

enum { SLOT_SIZE = 100000, OLD_FILE = 40000 };

struct board {
    struct world *world;
    struct ocpp_firmware_settings firmware;
    struct ocpp_crypto crypto;
    struct ocpp_diagnostics_settings diagnostics; /* for security events to be told; on in board_of() */
    struct fake_transfer transfer;
    uint8_t file[SLOT_SIZE]; /* of the server */
    size_t file_size;

    uint8_t slot[SLOT_SIZE];
    size_t slot_size;
    bool slot_is_stuck;  /* open fails */
    bool slot_is_broken; /* reading fails */
    bool close_fails;
    int closes;
    int installs;
    uint64_t installed_size;
    bool installed_is_right; /* what was to be installed was the file of the server */
    int discards;
    bool cancels; /* an installation can be cancelled */
    int outcomes; /* asked */
    enum ocpp_firmware_outcome outcome;
    int told_in_install; /* enum ocpp_firmware_outcome the board tells at once; -1: none */
    enum ocpp_status told_status;
    int digests;        /* open */
};

/* board_of: a station of |evses| with the board, not switched on: a test changes settings before board_on(). board_on: switched
 * on and accepted. */
struct board *board_of(void **state, int evses);
void board_on(struct board *board);
void board_free(struct board *board);

struct order {
    int id;
    const char *certificate; /* NULL: "GOOD" */
    const char *signature;   /* NULL: the right one */
    bool is_unsigned;
    int retrieve_in_s;
    int install_in_s; /* 0: not said */
    int retries;      /* -1: not said */
    int interval_s;
    const char *location; /* NULL: one that is there */
};

/* board_ordered: the central system orders an update; the word of its answer: the status, "" (1.6 unsigned) or a CALLERROR. */
const char *board_ordered(struct board *board, const struct order *order);

/* board_fetches: the download ends well, and everything that follows at once. board_loses: it ends otherwise. */
void board_fetches(struct board *board);
void board_loses(struct board *board, enum ocpp_transfer_result result);
void board_tells(struct board *board, enum ocpp_firmware_outcome outcome);

/* central_hears: statuses of the update |id|, divided by spaces, each told in its turn and none between them; |id| 0: without an
 * id, in the plain form of 1.6. central_hears_no_more: none is left. */
void central_hears(struct board *board, int id, const char *statuses);
void central_hears_no_more(struct board *board);
const char *status_action(const struct board *board, bool is_signed);

/* board_raised: how often the central system was told the security event |type|. board_restarts: a restart with what the disk and the slot hold.
 */
int board_raised(const struct board *board, const char *type);
void board_restarts(struct board *board, const char *version);

#endif

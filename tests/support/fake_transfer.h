/* fake_transfer.h: transfers a test ends by hand: what the charge point wanted moved, and a file at the other end.
 *
 * A download gets the bytes of |file| when the test says so; an upload is read into |got| likewise. Nothing happens by itself. */
#ifndef OCPP_TESTS_FAKE_TRANSFER_H
#define OCPP_TESTS_FAKE_TRANSFER_H

#include <ocpp/file_transfer.h>

enum { FAKE_TRANSFERS = 8, FAKE_UPLOAD_ROOM = 65536 };

struct fake_running {
    bool is_running;
    bool is_upload;
    int64_t id;
    char url[2100];
    char name[256];
    uint64_t offset; /* of a download: where it began; later: what was handed over */
    uint64_t max_bytes;
    struct ocpp_transfer_sink sink;
    struct ocpp_transfer_source source;
};

struct fake_transfer {
    struct ocpp_file_transfer transfer; /* for the settings */
    const uint8_t *file;
    size_t file_size;
    enum ocpp_status refuse; /* the next start */
    struct fake_running running[FAKE_TRANSFERS];
    struct fake_running last; /* that was begun */
    int started;
    int cancelled;
    uint8_t got[FAKE_UPLOAD_ROOM]; /* of the last upload */
    size_t got_size;
};

/* fake_transfer_init: all protocols, an empty file. The struct stays where it is. */
void fake_transfer_init(struct fake_transfer *fake);

/* fake_transfer_running: the one that was begun last and has not ended; NULL. */
struct fake_running *fake_transfer_running(struct fake_transfer *fake);

/* fake_transfer_move: hands over |bytes| more of the running download, or reads as much from the upload; false: sink or source
 * failed, or there are no more. fake_transfer_end: ends it with |result|, all that is missing moved first when that is DONE.
 * Both tell the charge point; end gives what that gave. */
bool fake_transfer_move(struct fake_transfer *fake, struct ocpp_charge_point *cp, size_t bytes, struct ocpp_now now);
enum ocpp_status fake_transfer_end(struct fake_transfer *fake, struct ocpp_charge_point *cp, enum ocpp_transfer_result result,
                                   struct ocpp_now now);

#endif

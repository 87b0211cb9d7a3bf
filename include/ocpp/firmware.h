/* firmware.h: new firmware for the station, asked for by the central system: fetched, verified, installed, reported.
 *
 * The engine keeps the order, the dates, the attempts, the statuses and the signature; the board keeps a place for one file (the
 * slot), and its bootloader does the rest. docs/firmware-update.md walks through it. OCPP 1.6 5.19 and 4.5; its security
 * extension L01; OCPP 2.0.1 L01, L02.
 *
 * Needs ocpp_charge_point_settings.file_transfer, and, unless |unsigned_allowed|, .crypto with a manufacturer root.
 */
#ifndef OCPP_FIRMWARE_H
#define OCPP_FIRMWARE_H

#include <ocpp/file_transfer.h>

OCPP_BEGIN_DECLARATIONS

/* ocpp_firmware_status: where an update stands, in the words of the standards. */
enum ocpp_firmware_status {
    OCPP_FIRMWARE_IDLE,
    OCPP_FIRMWARE_DOWNLOAD_SCHEDULED,
    OCPP_FIRMWARE_DOWNLOADING,
    OCPP_FIRMWARE_DOWNLOAD_PAUSED,
    OCPP_FIRMWARE_DOWNLOADED,
    OCPP_FIRMWARE_SIGNATURE_VERIFIED,
    OCPP_FIRMWARE_INSTALL_SCHEDULED,
    OCPP_FIRMWARE_INSTALL_REBOOTING,
    OCPP_FIRMWARE_INSTALLING,
    OCPP_FIRMWARE_INSTALLED,
    OCPP_FIRMWARE_DOWNLOAD_FAILED,
    OCPP_FIRMWARE_INVALID_SIGNATURE,
    OCPP_FIRMWARE_INSTALL_VERIFICATION_FAILED,
    OCPP_FIRMWARE_INSTALLATION_FAILED,
    OCPP_FIRMWARE_STATUS_COUNT
};

/* ocpp_firmware_outcome: what became of an installation. */
enum ocpp_firmware_outcome {
    OCPP_FIRMWARE_OUTCOME_INSTALLED, /* the new firmware is there: it runs, or will after the restart that |restart| speaks of */
    OCPP_FIRMWARE_OUTCOME_FAILED,    /* it is not, or the bootloader went back to the old one */
    OCPP_FIRMWARE_OUTCOME_UNFIT,     /* the image is damaged or not for this station; nothing was changed */
    OCPP_FIRMWARE_OUTCOME_PENDING,   /* of |outcome|: not decided yet; ocpp_charge_point_firmware_told() follows */
    OCPP_FIRMWARE_OUTCOME_NOT_BEGUN, /* of |outcome|: as if |install| had never been called */
    OCPP_FIRMWARE_OUTCOME_COUNT
};

/* ocpp_firmware_restart: when the station has to restart for new firmware. */
enum ocpp_firmware_restart {
    OCPP_FIRMWARE_RESTART_NEVER,       /* it installs and runs it without */
    OCPP_FIRMWARE_RESTART_TO_INSTALL,  /* |install| tells the bootloader what to do at the restart that follows at once */
    OCPP_FIRMWARE_RESTART_TO_ACTIVATE, /* it installs beside the old one; the next restart runs the new one (A/B) */
    OCPP_FIRMWARE_RESTART_COUNT
};

/* ocpp_firmware_settings: the slot, the bootloader, and what the hardware can do. Start from zero; what is 0 is the default.
 * Callbacks are called on the thread of the charge point, with the state consistent, but for |sink| (file_transfer.h). */
struct ocpp_firmware_settings {
    /* --- the slot: one file --- */
    /* open: a download writes from |offset| on, which is 0 (the slot is emptied) or at most what |kept| said. false: it cannot.
     * Required */
    bool (*open)(uint64_t offset, void *user);
    /* where the bytes of a download go. Required; its own |user| */
    struct ocpp_transfer_sink sink;
    /* close: the file is whole, |size| bytes; true: it is durable. Required */
    bool (*close)(uint64_t size, void *user);
    /* kept: how many bytes from the beginning the slot holds for sure, to go on there after a lost connection or a power cut.
     * Asked for signed files only: nothing would find out that an unsigned one was put together from two. NULL: none */
    uint64_t (*kept)(void *user);
    /* read: as in struct ocpp_transfer_source; of the closed file, to verify what is on the flash and not what came over the
     * wire. Required unless |unsigned_allowed| without crypto */
    bool (*read)(uint64_t offset, void *bytes, size_t room, size_t *got, void *user);
    /* discard: the file is not needed any more. NULL: nothing to do */
    void (*discard)(void *user);

    /* --- the bootloader --- */
    /* install: the file of |size| bytes is to become the firmware; it was verified, if it was signed. Must return at once; tell
     * ocpp_charge_point_firmware_told() when it is decided. That it was asked to is durable before. Required */
    void (*install)(uint64_t size, void *user);
    /* cancel: an installation under way is to be undone, for another update; true: it is, as if it had never begun. NULL: it
     * cannot be */
    bool (*cancel)(void *user);
    /* outcome: asked once after a start before which an installation was under way. NULL: another |firmware_version| in the
     * settings than before means INSTALLED, the same one NOT_BEGUN, or FAILED where |install| had said INSTALLED */
    enum ocpp_firmware_outcome (*outcome)(void *user);
    void *user;

    /* --- what the station can do --- */
    enum ocpp_firmware_restart restart; /* others than NEVER need ocpp_hardware.restart */
    bool unsigned_allowed; /* updates without a signature are done, too. false: they are refused (L01.FR.20 of 1.6) */
    bool idle_downloads;   /* downloads only while no transaction runs; one that begins pauses it */
    bool live_installs;    /* installs while transactions run */
    bool no_cancel;        /* an update that was accepted is not given up for another: that one is rejected */
    uint64_t max_bytes;    /* of a file; default 256 MiB */
    int retries;           /* of a download after the first attempt, where the central system does not say; -1: none; default 2 */
    int64_t retry_ms;      /* between them, likewise; default 60,000 */
    int64_t download_ms;   /* one attempt may take; default a day */
    int64_t install_ms;    /* an installation may take, restarts included; default an hour. Then it counts as failed */
};

/* ocpp_charge_point_firmware_told: what became of the installation that |install| began. Errors: OCPP_ERR_STATE none is under
 * way; OCPP_ERR_ARGUMENT PENDING and NOT_BEGUN are no news. */
OCPP_API enum ocpp_status ocpp_charge_point_firmware_told(struct ocpp_charge_point *cp, enum ocpp_firmware_outcome outcome,
                                                          struct ocpp_now now);

/* ocpp_charge_point_firmware_pause: something more important needs the network (true): a download is paused, and none begins; or
 * not any more. Not kept over restarts. Errors: OCPP_ERR_STATE the station has no firmware management. */
OCPP_API enum ocpp_status ocpp_charge_point_firmware_pause(struct ocpp_charge_point *cp, bool paused, struct ocpp_now now);

/* ocpp_firmware_view: the update, as a display would show it. */
struct ocpp_firmware_view {
    enum ocpp_firmware_status status; /* of the last update; IDLE: there was none */
    bool is_ongoing;
    bool has_request_id;
    int64_t request_id;
    uint64_t bytes; /* fetched so far */
    size_t untold;  /* statuses the central system has not heard yet */
};

/* ocpp_charge_point_firmware: all zero where the station has no firmware management. */
OCPP_API struct ocpp_firmware_view ocpp_charge_point_firmware(const struct ocpp_charge_point *cp);

/* ocpp_firmware_status_name: "DownloadFailed". */
OCPP_API const char *ocpp_firmware_status_name(enum ocpp_firmware_status status);

OCPP_END_DECLARATIONS

#endif

/* pile_firmware.c: see the header. The slot is written on the thread that moves files, by its place in the file alone. */
#include "pile_firmware.h"

#include <ocpp/firmware.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { VERSION_SIZE = 51, PATH_SIZE = 512, INSTALL_MS = 3000 };

struct pile_firmware {
    struct ocpp_firmware_settings settings;
    int slot;
    char version_path[PATH_SIZE]; /* "": in memory */
    char version[VERSION_SIZE];
    char installed[VERSION_SIZE]; /* to run from the next start on; "": nothing */
    enum firmware_fate fate;
    bool installs;
    int64_t until_mono_ms;
    enum ocpp_firmware_outcome outcome;
};

/* --- the slot ---------------------------------------------------------------------------------------------------- */

static bool path_of(const struct pile *pile, const char *ending, char path[PATH_SIZE])
{
    return (size_t)snprintf(path, PATH_SIZE, "%s/%s.%s", pile->options->state, pile->identity, ending) < PATH_SIZE;
}

/* With --state it is a file there; else one that nobody sees. Opened when it is needed: piles may be many. */
static int slot_of(const struct pile *pile)
{
    struct pile_firmware *firmware = pile->firmware;
    char path[PATH_SIZE] = "/tmp/ocpp-sim-XXXXXX";

    if (firmware->slot < 0 && pile->options->state) {
        firmware->slot = path_of(pile, "firmware", path) ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    } else if (firmware->slot < 0) {
        firmware->slot = mkstemp(path);
        (void)unlink(path);
    }
    return firmware->slot;
}

static bool slot_open(uint64_t offset, void *user)
{
    return ftruncate(slot_of(user), (off_t)offset) == 0;
}

static bool slot_write(uint64_t offset, const void *bytes, size_t size, void *user)
{
    const struct pile_firmware *firmware = user;

    return pwrite(firmware->slot, bytes, size, (off_t)offset) == (ssize_t)size;
}

static bool slot_close(uint64_t size, void *user)
{
    const struct pile *pile = user;
    struct stat slot;

    return fsync(slot_of(pile)) == 0 && fstat(slot_of(pile), &slot) == 0 && (uint64_t)slot.st_size == size;
}

/* All that was written: a power cut of the simulator spares the file system. */
static uint64_t slot_kept(void *user)
{
    const struct pile *pile = user;
    struct stat slot;

    return fstat(slot_of(pile), &slot) == 0 ? (uint64_t)slot.st_size : 0;
}

static bool slot_read(uint64_t offset, void *bytes, size_t room, size_t *got, void *user)
{
    const struct pile *pile = user;
    ssize_t size = pread(slot_of(pile), bytes, room, (off_t)offset);

    *got = size > 0 ? (size_t)size : 0;
    return size > 0;
}

static void slot_discard(void *user)
{
    (void)slot_open(0, user);
}

/* --- the bootloader ---------------------------------------------------------------------------------------------- */

/* The version in the slot; false: that is no firmware of a pile. */
static bool read_version(const struct pile_firmware *firmware, char version[VERSION_SIZE])
{
    char head[128] = "";

    if (pread(firmware->slot, head, sizeof head - 1, 0) <= 0) {
        return false;
    }
    return sscanf(head, "ocpp-sim firmware %50[!-~]", version) == 1;
}

static void keep_version(const struct pile_firmware *firmware)
{
    char path[PATH_SIZE + 8];
    FILE *file;

    if (firmware->version_path[0] == '\0') {
        return;
    }
    snprintf(path, sizeof path, "%s.new", firmware->version_path);
    file = fopen(path, "w");
    if (file) {
        fprintf(file, "%s\n", firmware->version);
        fclose(file);
        (void)rename(path, firmware->version_path);
    }
}

static void install(uint64_t size, void *user)
{
    struct pile *pile = user;

    (void)size;
    pile->firmware->installs = true;
    pile->firmware->until_mono_ms = sim_now().mono_ms + INSTALL_MS;
    pile_log(pile, "installs new firmware");
}

static bool cancel(void *user)
{
    struct pile *pile = user;

    pile->firmware->installs = false;
    pile_log(pile, "gives up the installation");
    return true;
}

static enum ocpp_firmware_outcome outcome(void *user)
{
    const struct pile *pile = user;

    return pile->firmware->outcome;
}

static void finish(struct pile *pile)
{
    struct pile_firmware *firmware = pile->firmware;
    char version[VERSION_SIZE];
    enum ocpp_firmware_outcome told = OCPP_FIRMWARE_OUTCOME_FAILED;

    firmware->installs = false;
    if (!read_version(firmware, version)) {
        told = OCPP_FIRMWARE_OUTCOME_UNFIT;
    } else if (firmware->fate != FIRMWARE_FAILS) {
        snprintf(firmware->installed, sizeof firmware->installed, "%s", version);
        told = OCPP_FIRMWARE_OUTCOME_INSTALLED;
    }
    if (told != OCPP_FIRMWARE_OUTCOME_INSTALLED) {
        firmware->fate = FIRMWARE_WORKS;
    }
    (void)ocpp_charge_point_firmware_told(pile->cp, told, sim_now());
}

void pile_firmware_tick(struct pile *pile)
{
    if (pile->firmware->installs && sim_now().mono_ms >= pile->firmware->until_mono_ms) {
        finish(pile);
    }
}

/* What was installed is tried, and runs from now on; or the old one does again. */
static void start_installed(struct pile *pile)
{
    struct pile_firmware *firmware = pile->firmware;

    firmware->outcome = firmware->installs ? OCPP_FIRMWARE_OUTCOME_NOT_BEGUN : OCPP_FIRMWARE_OUTCOME_FAILED;
    firmware->installs = false;
    if (firmware->installed[0] == '\0') {
        return;
    }
    if (firmware->fate == FIRMWARE_ROLLS_BACK) {
        pile_log(pile, "firmware %s does not run; %s does again", firmware->installed, firmware->version);
    } else {
        memcpy(firmware->version, firmware->installed, sizeof firmware->version);
        firmware->outcome = OCPP_FIRMWARE_OUTCOME_INSTALLED;
        keep_version(firmware);
        pile_log(pile, "runs firmware %s", firmware->version);
    }
    firmware->installed[0] = '\0';
    firmware->fate = FIRMWARE_WORKS;
}

void pile_firmware_boot(struct pile *pile, struct ocpp_charge_point_settings *settings)
{
    struct pile_firmware *firmware = pile->firmware;

    start_installed(pile);
    settings->firmware_version = firmware->version;
    if (!settings->file_transfer) {
        return;
    }
    firmware->settings = (struct ocpp_firmware_settings){
        .open = slot_open,
        .sink = { slot_write, firmware },
        .close = slot_close,
        .kept = slot_kept,
        .read = slot_read,
        .discard = slot_discard,
        .install = install,
        .cancel = cancel,
        .outcome = outcome,
        .user = pile,
        .restart = OCPP_FIRMWARE_RESTART_TO_ACTIVATE,
        .unsigned_allowed = !settings->crypto || !pile->options->signed_firmware,
        .retry_ms = 10000,
    };
    settings->firmware = &firmware->settings;
}

/* --- open and close ---------------------------------------------------------------------------------------------- */

bool pile_firmware_open(struct pile *pile)
{
    struct pile_firmware *firmware = calloc(1, sizeof *firmware);
    FILE *file;

    if (!firmware) {
        return false;
    }
    pile->firmware = firmware;
    firmware->slot = -1;
    snprintf(firmware->version, sizeof firmware->version, "%s", pile->options->firmware);
    if (pile->options->state && path_of(pile, "version", firmware->version_path) && (file = fopen(firmware->version_path, "r"))) {
        if (fscanf(file, "%50[!-~]", firmware->version) != 1) {
            snprintf(firmware->version, sizeof firmware->version, "%s", pile->options->firmware);
        }
        fclose(file);
    }
    return true;
}

void pile_firmware_close(struct pile *pile)
{
    if (pile->firmware && pile->firmware->slot >= 0) {
        (void)close(pile->firmware->slot);
    }
    free(pile->firmware);
    pile->firmware = NULL;
}

void pile_firmware_fate(struct pile *pile, enum firmware_fate fate)
{
    pile->firmware->fate = fate;
}

/* firmware_news.c: the statuses of an update: which may follow which, and telling them, in order, whenever there is a link.
 *
 * What is told stays in the store until it was heard, or refused. A status that nobody answers is given up after some attempts, so
 * that it holds back no other. OCPP 1.6 4.5; its security extension L01.FR.01, FR.10, FR.28, FR.29; OCPP 2.0.1 L01.FR.01, FR.10, FR.20,
 * FR.25, FR.26. */
#include <string.h>

#include "firmware_update.h"

enum { NEWS_ATTEMPTS = 3, NEWS_RETRY_MS = 10000 };

#define BIT(status) (1u << OCPP_FIRMWARE_##status)

/* What may be told after what; an update begins with IDLE. The last four end it. */
static const struct {
    const char *name;
    unsigned next;
} statuses[OCPP_FIRMWARE_STATUS_COUNT] = {
    [OCPP_FIRMWARE_IDLE] = { "Idle", BIT(DOWNLOAD_SCHEDULED) | BIT(DOWNLOADING) | BIT(DOWNLOAD_FAILED) },
    [OCPP_FIRMWARE_DOWNLOAD_SCHEDULED] = { "DownloadScheduled", BIT(DOWNLOADING) | BIT(DOWNLOAD_FAILED) },
    [OCPP_FIRMWARE_DOWNLOADING] = { "Downloading", BIT(DOWNLOAD_PAUSED) | BIT(DOWNLOADED) | BIT(DOWNLOAD_FAILED) },
    [OCPP_FIRMWARE_DOWNLOAD_PAUSED] = { "DownloadPaused", BIT(DOWNLOADING) | BIT(DOWNLOAD_FAILED) },
    /* a file that came in pieces and does not verify is fetched once more, in one */
    [OCPP_FIRMWARE_DOWNLOADED] = { "Downloaded", BIT(SIGNATURE_VERIFIED) | BIT(INVALID_SIGNATURE) | BIT(DOWNLOADING) |
                                                     BIT(INSTALL_SCHEDULED) | BIT(INSTALL_REBOOTING) | BIT(INSTALLING) },
    /* after a restart it is looked at once more */
    [OCPP_FIRMWARE_SIGNATURE_VERIFIED] = { "SignatureVerified", BIT(INSTALL_SCHEDULED) | BIT(INSTALL_REBOOTING) |
                                                                    BIT(INSTALLING) | BIT(INVALID_SIGNATURE) },
    [OCPP_FIRMWARE_INSTALL_SCHEDULED] = { "InstallScheduled", BIT(INSTALL_REBOOTING) | BIT(INSTALLING) | BIT(INVALID_SIGNATURE) },
    [OCPP_FIRMWARE_INSTALL_REBOOTING] = { "InstallRebooting", BIT(INSTALLING) | BIT(INSTALLED) | BIT(INVALID_SIGNATURE) |
                                                                  BIT(INSTALLATION_FAILED) | BIT(INSTALL_VERIFICATION_FAILED) },
    [OCPP_FIRMWARE_INSTALLING] = { "Installing", BIT(INSTALL_REBOOTING) | BIT(INSTALLED) | BIT(INVALID_SIGNATURE) |
                                                     BIT(INSTALLATION_FAILED) | BIT(INSTALL_VERIFICATION_FAILED) },
    [OCPP_FIRMWARE_INSTALLED] = { "Installed", 0 },
    [OCPP_FIRMWARE_DOWNLOAD_FAILED] = { "DownloadFailed", 0 },
    [OCPP_FIRMWARE_INVALID_SIGNATURE] = { "InvalidSignature", 0 },
    [OCPP_FIRMWARE_INSTALL_VERIFICATION_FAILED] = { "InstallVerificationFailed", 0 },
    [OCPP_FIRMWARE_INSTALLATION_FAILED] = { "InstallationFailed", 0 },
};

const char *ocpp_firmware_status_name(enum ocpp_firmware_status status)
{
    return (unsigned)status < OCPP_FIRMWARE_STATUS_COUNT ? statuses[status].name : "";
}

bool ocpp_firmware_may_follow(enum ocpp_firmware_status status, enum ocpp_firmware_status next)
{
    return (statuses[status].next >> next & 1) != 0;
}

bool ocpp_firmware_is_end(enum ocpp_firmware_status status)
{
    return statuses[status].next == 0;
}

/* --- what waits to be told ------------------------------------------------------------------------------------------------ */

static void remove_news(struct firmware_update *update, size_t at)
{
    update->news_count--;
    memmove(&update->news[at], &update->news[at + 1], (update->news_count - at) * sizeof(update->news[0]));
}

/* Where there is no room, something on the way goes before the end of an update does; never what is being told. */
static void make_room(struct ocpp_charge_point *cp, struct firmware_update *update)
{
    const size_t first = ocpp_firmware_of(cp)->flies_news ? 1 : 0;
    size_t victim = first;
    for (size_t i = update->news_count; i > first; i--) {
        if (!ocpp_firmware_is_end((enum ocpp_firmware_status)update->news[i - 1].status)) {
            victim = i - 1;
        }
    }
    ocpp_cp_log(cp, OCPP_LOG_WARNING, "the status %s of a firmware update is given up for want of room",
                statuses[update->news[victim].status].name);
    remove_news(update, victim);
}

void ocpp_firmware_add_news(struct ocpp_charge_point *cp, struct firmware_update *update, const struct firmware_order *order,
                            enum ocpp_firmware_status status)
{
    if (status == OCPP_FIRMWARE_IDLE || !ocpp_firmware_may_follow((enum ocpp_firmware_status)update->status, status)) {
        return;
    }
    update->status = (int32_t)status;
    if (update->news_count == MOST_FIRMWARE_STATUSES) {
        make_room(cp, update);
    }
    update->news[update->news_count++] = (struct firmware_news){
        .status = (int32_t)status,
        .has_id = order->has_id,
        .id = order->id,
        .is_signed = order->is_signed,
    };
    ocpp_cp_log(cp, OCPP_LOG_INFO, "firmware update: %s", statuses[status].name);
}

/* --- telling -------------------------------------------------------------------------------------------------------------- */

/* The first one was heard, or there is nobody to hear it. Should that not get stored, it is told once more after a restart. */
static void forget_first(struct ocpp_charge_point *cp, bool was_told)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    struct firmware_update update = firmware->update;
    if (was_told) {
        update.last = update.news[0];
        update.has_last = true;
    }
    remove_news(&update, 0);
    firmware->failures = 0;
    if (ocpp_firmware_keep(cp, &update, NULL) != OCPP_OK) {
        firmware->update = update;
    }
}

static bool send_news(struct ocpp_charge_point *cp, const struct firmware_words *words)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    while (firmware->update.news_count > 0) {
        const enum ocpp_status status = words->send_status(cp, &firmware->update.news[0]);
        if (status == OCPP_OK) {
            return true;
        }
        if (ocpp_status_class_of(status) == OCPP_CLASS_RESOURCE) {
            return false;
        }
        forget_first(cp, false);
    }
    return false;
}

/* What was told last, or that nothing goes on; after Installed nothing does (L01.FR.25, FR.26). */
static bool send_asked(struct ocpp_charge_point *cp, const struct firmware_words *words)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    for (unsigned is_signed = 0; is_signed < 2; is_signed++) {
        if ((firmware->triggered >> is_signed & 1) == 0) {
            continue;
        }
        const bool rests = !firmware->update.has_last || firmware->update.last.status == OCPP_FIRMWARE_INSTALLED;
        struct firmware_news news = { .status = OCPP_FIRMWARE_IDLE };
        if (!rests) {
            news = firmware->update.last;
        }
        news.is_signed = is_signed != 0;
        if (words->send_asked(cp, &news) != OCPP_OK) {
            return false;
        }
        firmware->triggered &= ~(1u << is_signed);
        return true;
    }
    return false;
}

bool ocpp_firmware_send(struct ocpp_charge_point *cp, bool is_early)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    const struct firmware_words *words = ocpp_cp_words(cp, BLOCK_FIRMWARE);
    if (is_early || words == NULL || cp->now.mono_ms < firmware->send_retry_mono_ms) {
        return false;
    }
    firmware->flies_news = send_news(cp, words);
    firmware->is_flying = firmware->flies_news || (firmware->update.news_count == 0 && send_asked(cp, words));
    return firmware->is_flying;
}

int64_t ocpp_firmware_send_deadline(const struct ocpp_charge_point *cp)
{
    const struct firmware *firmware = ocpp_firmware_of(cp);
    const bool waits = firmware->update.news_count > 0 && firmware->send_retry_mono_ms > cp->now.mono_ms;
    return waits ? firmware->send_retry_mono_ms : OCPP_NEVER;
}

void ocpp_firmware_answered(struct ocpp_charge_point *cp)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    const bool was_news = firmware->is_flying && firmware->flies_news;
    firmware->is_flying = false;
    firmware->flies_news = false;
    if (was_news) {
        forget_first(cp, true);
    }
    ocpp_cp_flight_over(cp);
}

void ocpp_firmware_failed(struct ocpp_charge_point *cp, enum ocpp_status status)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    const bool was_news = firmware->is_flying && firmware->flies_news;
    firmware->is_flying = false;
    firmware->flies_news = false;
    if (!was_news || status == OCPP_ERR_CLOSED) { /* a link that went is no attempt */
        return;
    }
    /* whoever answers at all has heard it; where nobody does, it is told again */
    firmware->failures = status == OCPP_ERR_TIMEOUT ? firmware->failures + 1 : NEWS_ATTEMPTS;
    if (firmware->failures < NEWS_ATTEMPTS) {
        firmware->send_retry_mono_ms = cp->now.mono_ms + NEWS_RETRY_MS;
    } else {
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "the status %s of a firmware update was not accepted: %s",
                    statuses[firmware->update.news[0].status].name, ocpp_status_sentence(status));
        forget_first(cp, true);
    }
}

void ocpp_firmware_link_down(struct ocpp_charge_point *cp)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    firmware->is_flying = false;
    firmware->flies_news = false;
    firmware->triggered = 0;
    firmware->send_retry_mono_ms = cp->now.mono_ms;
}

bool ocpp_firmware_trigger(struct ocpp_charge_point *cp, enum trigger_kind kind, int evse, enum verdict *verdict)
{
    (void)evse;
    if (kind != TRIGGER_FIRMWARE_STATUS && kind != TRIGGER_SIGNED_FIRMWARE_STATUS) {
        return false;
    }
    ocpp_firmware_of(cp)->triggered |= 1u << (kind == TRIGGER_SIGNED_FIRMWARE_STATUS);
    *verdict = VERDICT_ACCEPTED;
    return true;
}

/* firmware_steps.c: the machine of an update: what each step waits for, and where it goes then.
 *
 *   AWAIT_RETRIEVAL -> AWAIT_FILE <-> AWAIT_RETRY
 *   AWAIT_FILE -> AWAIT_VERDICT -> [AWAIT_DATE] -> [AWAIT_IDLE] -> the installation, by what the station needs for it:
 *     no restart           AWAIT_INSTALL -> Installed
 *     restart to install   AWAIT_NEWS -> AWAIT_BOOT -> (restart) -> [AWAIT_INSTALL] -> Installed
 *     restart to activate  AWAIT_INSTALL -> AWAIT_REST -> AWAIT_LEAVE -> AWAIT_START -> (restart) -> Installed
 *
 * Every step is in the store before anything it allows is done. OCPP 1.6 security extension L01; OCPP 2.0.1 L01, L02. */
#include <string.h>

#include "firmware_update.h"
#include "notices.h"
#include "text.h"

enum {
    NEWS_WAIT_MS = 30000, /* a restart waits for the central system to hear of it */
    LOOK_MS = 3600000     /* between looks at the calendar, which may be set meanwhile */
};

static const struct ocpp_firmware_settings *given(const struct ocpp_charge_point *cp)
{
    return cp->settings.firmware;
}

/* --- what is waited for --------------------------------------------------------------------------------------------------- */

/* Somebody charges, or was let in and is about to plug in. */
static bool is_in_use(const struct evse *evse)
{
    return ocpp_cp_has_transaction(evse) || evse->state == EVSE_AWAIT_PLUG || evse->state == EVSE_OPENING ||
           evse->state == EVSE_RUNNING || evse->state == EVSE_AWAIT_REPLUG;
}

bool ocpp_firmware_is_busy(const struct ocpp_charge_point *cp)
{
    for (int i = 0; i < cp->settings.evse_count; i++) {
        if (is_in_use(&cp->evses[i])) {
            return true;
        }
    }
    return false;
}

/* Whoever does not know the date waits until somebody tells it: the order came over a link that does. */
static bool has_come(const struct ocpp_charge_point *cp, int64_t utc_ms)
{
    const int64_t now = ocpp_cp_utc(cp, cp->now);
    return now != OCPP_UTC_UNKNOWN && now >= utc_ms;
}

static int64_t date_deadline(const struct ocpp_charge_point *cp, int64_t utc_ms)
{
    const int64_t now = ocpp_cp_utc(cp, cp->now);
    const int64_t look = cp->now.mono_ms + LOOK_MS;
    if (now == OCPP_UTC_UNKNOWN || now >= utc_ms) {
        return OCPP_NEVER;
    }
    return utc_ms - now < LOOK_MS ? cp->now.mono_ms + (utc_ms - now) : look;
}

static bool may_download(const struct ocpp_charge_point *cp)
{
    return !ocpp_firmware_of(cp)->is_paused && !(given(cp)->idle_downloads && ocpp_firmware_is_busy(cp));
}

static bool is_waiting_for_drivers(const struct ocpp_charge_point *cp)
{
    const struct firmware *firmware = ocpp_firmware_of(cp);
    switch ((enum firmware_step)firmware->update.step) {
    case FIRMWARE_AWAIT_RETRIEVAL:
        return given(cp)->idle_downloads && has_come(cp, firmware->order->retrieve_utc_ms);
    case FIRMWARE_AWAIT_FILE:
    case FIRMWARE_AWAIT_RETRY:
    case FIRMWARE_AWAIT_VERDICT:
        return given(cp)->idle_downloads;
    case FIRMWARE_AWAIT_IDLE:
    case FIRMWARE_AWAIT_NEWS:
    case FIRMWARE_AWAIT_REST:
    case FIRMWARE_AWAIT_LEAVE:
        return true;
    case FIRMWARE_NOTHING:
    case FIRMWARE_AWAIT_DATE:
    case FIRMWARE_AWAIT_BOOT:
    case FIRMWARE_AWAIT_INSTALL:
    case FIRMWARE_AWAIT_START:
    case FIRMWARE_STEP_COUNT:
        break;
    }
    return false;
}

/* The installation itself, which no new driver may disturb, whatever the central system allows. */
static bool is_installing(const struct ocpp_charge_point *cp)
{
    const int32_t step = ocpp_firmware_of(cp)->update.step;
    return (step == FIRMWARE_AWAIT_INSTALL && !given(cp)->live_installs) || step == FIRMWARE_AWAIT_BOOT ||
           step == FIRMWARE_AWAIT_START;
}

bool ocpp_firmware_closes(const struct ocpp_charge_point *cp, int evse)
{
    const struct evse *there = ocpp_cp_evse(cp, evse);
    const bool waits = cp->values[VARIABLE_SESSIONS_PENDING_UPDATE] == 0 && is_waiting_for_drivers(cp);
    return there != NULL && !is_in_use(there) && (waits || is_installing(cp)); /* L01.FR.07 */
}

/* --- going on ------------------------------------------------------------------------------------------------------------- */

bool ocpp_firmware_go(struct ocpp_charge_point *cp, enum firmware_step step, enum ocpp_firmware_status status)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    struct firmware_update update = firmware->update;
    update.step = (int32_t)step;
    ocpp_firmware_add_news(cp, &update, firmware->order, status);
    return ocpp_firmware_keep(cp, &update, NULL) == OCPP_OK;
}

bool ocpp_firmware_end(struct ocpp_charge_point *cp, enum ocpp_firmware_status status)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    struct firmware_update update = firmware->update;
    ocpp_firmware_add_news(cp, &update, firmware->order, status);
    update.step = FIRMWARE_NOTHING;
    if (status == OCPP_FIRMWARE_INSTALLED) {
        update.event = FIRMWARE_EVENT_UPDATED; /* L01.FR.31 */
    } else if (status == OCPP_FIRMWARE_INVALID_SIGNATURE) {
        update.event = FIRMWARE_EVENT_INVALID_SIGNATURE; /* L01.FR.03 */
    }
    if (ocpp_firmware_keep(cp, &update, NULL) != OCPP_OK) {
        return false;
    }
    firmware->is_told = firmware->install_due = firmware->restart_due = firmware->has_ended = firmware->began_here = false;
    ocpp_cp_restart_forget(cp);
    ocpp_cp_hold_resets(cp, RESETS_HELD_BY_UPDATE, false);
    if (given(cp)->discard != NULL) {
        given(cp)->discard(given(cp)->user);
    }
    return true;
}

/* The board is asked to install once that is durable; how often it was is counted, so that a file that takes the station down
 * every time does not do so for ever. */
static bool begin_install(struct ocpp_charge_point *cp, enum firmware_step step, enum ocpp_firmware_status status)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    if (firmware->update.installs >= MOST_INSTALLS) {
        return ocpp_firmware_end(cp, OCPP_FIRMWARE_INSTALLATION_FAILED);
    }
    struct firmware_update update = firmware->update;
    update.step = (int32_t)step;
    update.installs++;
    const char *version = cp->settings.firmware_version;
    ocpp_text_copy(update.version, sizeof(update.version), version == NULL ? "" : version);
    ocpp_firmware_add_news(cp, &update, firmware->order, status);
    if (ocpp_firmware_keep(cp, &update, NULL) != OCPP_OK) {
        return false;
    }
    ocpp_cp_hold_resets(cp, RESETS_HELD_BY_UPDATE, true);
    firmware->is_told = false;
    firmware->began_here = true;
    firmware->until_mono_ms = cp->now.mono_ms + firmware->settings.install_ms;
    firmware->install_due = true;
    firmware->restart_due = step == FIRMWARE_AWAIT_BOOT;
    return true;
}

bool ocpp_firmware_next(struct ocpp_charge_point *cp, enum ocpp_firmware_status status)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    const struct firmware_order *order = firmware->order;
    enum firmware_step step = FIRMWARE_AWAIT_IDLE;
    struct firmware_update update = firmware->update;
    ocpp_firmware_add_news(cp, &update, order, status);
    if (order->has_install_date && !has_come(cp, order->install_utc_ms)) { /* L01.FR.16 */
        step = FIRMWARE_AWAIT_DATE;
        ocpp_firmware_add_news(cp, &update, order, OCPP_FIRMWARE_INSTALL_SCHEDULED);
    } else if (!given(cp)->live_installs && ocpp_firmware_is_busy(cp)) { /* L01.FR.06, FR.34 */
        ocpp_firmware_add_news(cp, &update, order, OCPP_FIRMWARE_INSTALL_SCHEDULED);
    }
    update.step = (int32_t)step;
    return ocpp_firmware_keep(cp, &update, NULL) == OCPP_OK;
}

/* --- the steps ------------------------------------------------------------------------------------------------------------ */

static void await_retrieval(struct ocpp_charge_point *cp)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    if (has_come(cp, firmware->order->retrieve_utc_ms) && may_download(cp)) {
        ocpp_firmware_go(cp, FIRMWARE_AWAIT_FILE, OCPP_FIRMWARE_DOWNLOADING);
        return;
    }
    if (firmware->update.status == OCPP_FIRMWARE_IDLE) { /* L01.FR.13 */
        ocpp_firmware_go(cp, FIRMWARE_AWAIT_RETRIEVAL, OCPP_FIRMWARE_DOWNLOAD_SCHEDULED);
    }
}

/* What was fetched until now stays where it is. */
static void await_file(struct ocpp_charge_point *cp)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    if (may_download(cp) || firmware->has_ended) {
        ocpp_firmware_fetch(cp);
        return;
    }
    struct firmware_update update = firmware->update;
    update.step = FIRMWARE_AWAIT_RETRIEVAL;
    update.attempts -= update.attempts > 0; /* a pause is no failure */
    ocpp_firmware_add_news(cp, &update, firmware->order, OCPP_FIRMWARE_DOWNLOAD_PAUSED);
    if (ocpp_firmware_keep(cp, &update, NULL) == OCPP_OK) {
        ocpp_firmware_stop_fetching(cp);
    }
}

static void await_retry(struct ocpp_charge_point *cp)
{
    if (cp->now.mono_ms >= ocpp_firmware_of(cp)->until_mono_ms && may_download(cp)) {
        ocpp_firmware_go(cp, FIRMWARE_AWAIT_FILE, OCPP_FIRMWARE_IDLE);
    }
}

static void await_date(struct ocpp_charge_point *cp)
{
    if (has_come(cp, ocpp_firmware_of(cp)->order->install_utc_ms)) {
        ocpp_firmware_go(cp, FIRMWARE_AWAIT_IDLE, OCPP_FIRMWARE_IDLE);
    }
}

static void await_idle(struct ocpp_charge_point *cp)
{
    if (!given(cp)->live_installs && ocpp_firmware_is_busy(cp)) {
        return;
    }
    if (given(cp)->restart != OCPP_FIRMWARE_RESTART_TO_INSTALL) {
        begin_install(cp, FIRMWARE_AWAIT_INSTALL, OCPP_FIRMWARE_INSTALLING);
        return;
    }
    if (ocpp_firmware_is_busy(cp)) { /* a restart ends what runs, whatever the installation could do */
        return;
    }
    if (ocpp_firmware_go(cp, FIRMWARE_AWAIT_NEWS, OCPP_FIRMWARE_INSTALL_REBOOTING)) { /* L01.FR.15 */
        ocpp_firmware_of(cp)->until_mono_ms = cp->now.mono_ms + NEWS_WAIT_MS;
    }
}

static bool is_news_told(const struct ocpp_charge_point *cp)
{
    const struct firmware *firmware = ocpp_firmware_of(cp);
    return firmware->update.news_count == 0 || cp->now.mono_ms >= firmware->until_mono_ms;
}

static void await_news(struct ocpp_charge_point *cp)
{
    if (is_news_told(cp) && !ocpp_firmware_is_busy(cp)) {
        begin_install(cp, FIRMWARE_AWAIT_BOOT, OCPP_FIRMWARE_IDLE);
    }
}

/* The restart that was asked for was given up (reset.c). */
static void await_restart(struct ocpp_charge_point *cp)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    if (!firmware->restart_due && !firmware->asks_outcome && !cp->reset.is_due) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "the restart for the new firmware did not come about");
        ocpp_firmware_end(cp, OCPP_FIRMWARE_INSTALLATION_FAILED);
    }
}

static void await_rest(struct ocpp_charge_point *cp)
{
    if (ocpp_firmware_is_busy(cp)) { /* L01.FR.33 */
        return;
    }
    if (ocpp_firmware_go(cp, FIRMWARE_AWAIT_LEAVE, OCPP_FIRMWARE_INSTALL_REBOOTING)) { /* L01.FR.32 */
        ocpp_firmware_of(cp)->until_mono_ms = cp->now.mono_ms + NEWS_WAIT_MS;
    }
}

static void await_leave(struct ocpp_charge_point *cp)
{
    if (is_news_told(cp) && !ocpp_firmware_is_busy(cp) && ocpp_firmware_go(cp, FIRMWARE_AWAIT_START, OCPP_FIRMWARE_IDLE)) {
        ocpp_firmware_of(cp)->restart_due = true;
    }
}

static void installed(struct ocpp_charge_point *cp)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    if (firmware->began_here && firmware->update.step == FIRMWARE_AWAIT_BOOT) { /* it will be, by the restart */
        firmware->is_told = false;
        return;
    }
    const bool must_restart = firmware->began_here && given(cp)->restart == OCPP_FIRMWARE_RESTART_TO_ACTIVATE;
    if (!must_restart) {
        ocpp_firmware_end(cp, OCPP_FIRMWARE_INSTALLED);
        return;
    }
    if (ocpp_firmware_go(cp, FIRMWARE_AWAIT_REST, OCPP_FIRMWARE_IDLE)) {
        firmware->is_told = false;
        ocpp_cp_hold_resets(cp, RESETS_HELD_BY_UPDATE, false); /* any restart activates it */
    }
}

static void await_install(struct ocpp_charge_point *cp)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    if (!firmware->is_told && cp->now.mono_ms >= firmware->until_mono_ms) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "the installation of the firmware takes too long");
        firmware->outcome = OCPP_FIRMWARE_OUTCOME_FAILED;
        firmware->is_told = true;
    }
}

/* --- what the board says -------------------------------------------------------------------------------------------------- */

static void heed_outcome(struct ocpp_charge_point *cp)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    switch (firmware->outcome) {
    case OCPP_FIRMWARE_OUTCOME_INSTALLED:
        installed(cp);
        break;
    case OCPP_FIRMWARE_OUTCOME_UNFIT:
        ocpp_firmware_end(cp, OCPP_FIRMWARE_INSTALL_VERIFICATION_FAILED); /* L01.FR.29 */
        break;
    case OCPP_FIRMWARE_OUTCOME_FAILED:
    case OCPP_FIRMWARE_OUTCOME_PENDING:
    case OCPP_FIRMWARE_OUTCOME_NOT_BEGUN:
    case OCPP_FIRMWARE_OUTCOME_COUNT:
        ocpp_firmware_end(cp, OCPP_FIRMWARE_INSTALLATION_FAILED);
        break;
    }
}

static enum ocpp_firmware_outcome ask_outcome(const struct ocpp_charge_point *cp)
{
    const struct firmware *firmware = ocpp_firmware_of(cp);
    if (given(cp)->outcome != NULL) {
        return given(cp)->outcome(given(cp)->user);
    }
    const char *version = cp->settings.firmware_version == NULL ? "" : cp->settings.firmware_version;
    if (strcmp(firmware->update.version, version) != 0) {
        return OCPP_FIRMWARE_OUTCOME_INSTALLED;
    }
    return firmware->update.step == FIRMWARE_AWAIT_START ? OCPP_FIRMWARE_OUTCOME_FAILED : OCPP_FIRMWARE_OUTCOME_NOT_BEGUN;
}

/* After a start: how the installation went that was under way before it. */
static void learn_outcome(struct ocpp_charge_point *cp)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    const bool was_done = firmware->update.step == FIRMWARE_AWAIT_START;
    if (!firmware->is_told) {
        firmware->outcome = ask_outcome(cp);
        firmware->is_told = true;
    }
    if (firmware->outcome == OCPP_FIRMWARE_OUTCOME_PENDING) {
        if (ocpp_firmware_go(cp, FIRMWARE_AWAIT_INSTALL, was_done ? OCPP_FIRMWARE_IDLE : OCPP_FIRMWARE_INSTALLING)) {
            firmware->is_told = false;
            firmware->until_mono_ms = cp->now.mono_ms + firmware->settings.install_ms;
            ocpp_cp_hold_resets(cp, RESETS_HELD_BY_UPDATE, true);
        }
        firmware->asks_outcome = firmware->is_told;
        return;
    }
    if (firmware->outcome == OCPP_FIRMWARE_OUTCOME_NOT_BEGUN && !was_done) {
        if (ocpp_firmware_go(cp, FIRMWARE_AWAIT_VERDICT, OCPP_FIRMWARE_IDLE)) { /* another look, then again */
            firmware->is_told = firmware->asks_outcome = false;
        }
        return;
    }
    heed_outcome(cp);
    firmware->asks_outcome = firmware->order != NULL;
}

/* --- one round ------------------------------------------------------------------------------------------------------------ */

static void (*const steps[FIRMWARE_STEP_COUNT])(struct ocpp_charge_point *cp) = {
    [FIRMWARE_AWAIT_RETRIEVAL] = await_retrieval, [FIRMWARE_AWAIT_FILE] = await_file,
    [FIRMWARE_AWAIT_RETRY] = await_retry,         [FIRMWARE_AWAIT_VERDICT] = ocpp_firmware_verify,
    [FIRMWARE_AWAIT_DATE] = await_date,           [FIRMWARE_AWAIT_IDLE] = await_idle,
    [FIRMWARE_AWAIT_NEWS] = await_news,           [FIRMWARE_AWAIT_BOOT] = await_restart,
    [FIRMWARE_AWAIT_INSTALL] = await_install,     [FIRMWARE_AWAIT_REST] = await_rest,
    [FIRMWARE_AWAIT_LEAVE] = await_leave,         [FIRMWARE_AWAIT_START] = await_restart,
};

/* What the firmware is asked for stands in the store by now. */
static void ask_board(struct ocpp_charge_point *cp)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    if (firmware->install_due) {
        firmware->install_due = false;
        given(cp)->install(firmware->update.size, given(cp)->user);
    }
    if (firmware->restart_due && !firmware->is_told) {
        firmware->restart_due = false;
        ocpp_cp_hold_resets(cp, RESETS_HELD_BY_UPDATE, false);
        ocpp_cp_restart(cp);
    }
}

/* That it is to be raised is forgotten once it is in the store itself: after a power cut between the two it is raised again. */
static void raise_event(struct ocpp_charge_point *cp)
{
    static const char *const names[] = {
        [FIRMWARE_EVENT_UPDATED] = "FirmwareUpdated",
        [FIRMWARE_EVENT_INVALID_SIGNATURE] = "InvalidFirmwareSignature",
    };
    struct firmware *firmware = ocpp_firmware_of(cp);
    const int32_t event = firmware->update.event;
    if (event != firmware->raised_event && event != FIRMWARE_EVENT_NONE) {
        ocpp_cp_security_event(cp, names[event], event == FIRMWARE_EVENT_UPDATED ? cp->settings.firmware_version : NULL);
    }
    firmware->raised_event = event;
    if (event == FIRMWARE_EVENT_NONE || !ocpp_cp_notices_are_stored(cp)) { /* their write wakes us */
        return;
    }
    struct firmware_update update = firmware->update;
    update.event = FIRMWARE_EVENT_NONE;
    firmware->raised_event = FIRMWARE_EVENT_NONE;
    if (ocpp_firmware_keep(cp, &update, NULL) != OCPP_OK) {
        firmware->update.event = FIRMWARE_EVENT_NONE; /* said once more after a restart */
    }
}

void ocpp_firmware_work(struct ocpp_charge_point *cp)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    if (cp->now.mono_ms < firmware->store_retry_mono_ms) {
        return;
    }
    if (firmware->order != NULL && firmware->asks_outcome) {
        learn_outcome(cp);
    } else if (firmware->order != NULL && firmware->is_told) {
        heed_outcome(cp);
    } else if (steps[firmware->update.step] != NULL) {
        steps[firmware->update.step](cp);
    }
    ask_board(cp);
    raise_event(cp);
}

int64_t ocpp_firmware_deadline(const struct ocpp_charge_point *cp)
{
    const struct firmware *firmware = ocpp_firmware_of(cp);
    if (firmware->store_retry_mono_ms > cp->now.mono_ms) {
        return firmware->store_retry_mono_ms;
    }
    switch ((enum firmware_step)firmware->update.step) {
    case FIRMWARE_AWAIT_RETRIEVAL:
        return date_deadline(cp, firmware->order->retrieve_utc_ms);
    case FIRMWARE_AWAIT_DATE:
        return date_deadline(cp, firmware->order->install_utc_ms);
    case FIRMWARE_AWAIT_VERDICT:
        return cp->now.mono_ms;
    case FIRMWARE_AWAIT_RETRY:
    case FIRMWARE_AWAIT_FILE:
    case FIRMWARE_AWAIT_NEWS:
    case FIRMWARE_AWAIT_LEAVE:
    case FIRMWARE_AWAIT_INSTALL:
        return firmware->until_mono_ms > cp->now.mono_ms ? firmware->until_mono_ms : OCPP_NEVER;
    case FIRMWARE_NOTHING:
    case FIRMWARE_AWAIT_IDLE:
    case FIRMWARE_AWAIT_BOOT:
    case FIRMWARE_AWAIT_REST:
    case FIRMWARE_AWAIT_START:
    case FIRMWARE_STEP_COUNT:
        break;
    }
    return OCPP_NEVER;
}

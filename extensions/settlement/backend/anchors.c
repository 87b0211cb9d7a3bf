/* anchors.c: the journal is anchored after so many entries, or so long after the first that has no anchor yet. */
#include "anchors.h"

/* An anchor is an entry itself, and none is needed for it alone. One that could not be written is tried again after a while. */
enum { ANCHOR_AND_ANOTHER = 2, ANCHOR_TRIES_AGAIN_MS = 60000 };

void anchors_begin(struct ocpp_settle *settle)
{
    settle->anchor_entries = 1;
    settle->anchor_at_utc_ms = settle->now.utc_ms;
    settle->anchor_not_before_utc_ms = INT64_MIN;
}

void anchors_note(struct ocpp_settle *settle, size_t entries)
{
    if (settle->anchor_entries == 0 && entries > 0) {
        settle->anchor_at_utc_ms = settle->now.utc_ms + settle->settings.policy.anchor_after_s * 1000;
    }
    settle->anchor_entries += (int64_t)entries;
}

int64_t anchors_deadline(const struct ocpp_settle *settle)
{
    const bool is_enough = settle->anchor_entries >= settle->settings.policy.anchor_every;
    const int64_t at = is_enough ? INT64_MIN : settle->anchor_at_utc_ms;

    if (!settle->settings.anchor_key || settle->anchor_entries == 0) {
        return OCPP_NEVER;
    }
    return at > settle->anchor_not_before_utc_ms ? at : settle->anchor_not_before_utc_ms;
}

void anchors_run(struct ocpp_settle *settle)
{
    const struct ocpp_settle_settings *settings = &settle->settings;
    enum ocpp_status status;

    if (anchors_deadline(settle) > settle->now.utc_ms) {
        return;
    }
    status =
        ocpp_settle_store_anchor(&settings->store, &settings->keys, settings->anchor_key, ANCHOR_AND_ANOTHER, settle->now.utc_ms);
    if (status == OCPP_OK) {
        settle->anchor_entries = 0;
        return;
    }
    backend_log(settle, OCPP_LOG_ERROR, "the journal could not be anchored: %s", ocpp_status_sentence(status));
    settle->anchor_not_before_utc_ms = settle->now.utc_ms + ANCHOR_TRIES_AGAIN_MS;
}

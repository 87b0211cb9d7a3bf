/* anchors.h: now and then the backend signs how far the journal has come (ocpp_settle_store_anchor), if it was given a key. */
#ifndef SETTLEMENT_ANCHORS_H
#define SETTLEMENT_ANCHORS_H

#include "backend_internal.h"

/* anchors_begin: what stands in the journal already may have none yet. anchors_note: so many entries more were written. */
void anchors_begin(struct ocpp_settle *settle);
void anchors_note(struct ocpp_settle *settle, size_t entries);

/* anchors_run: writes one that is due. anchors_deadline: UTC ms; OCPP_NEVER: nothing is to be anchored. */
void anchors_run(struct ocpp_settle *settle);
int64_t anchors_deadline(const struct ocpp_settle *settle);

#endif

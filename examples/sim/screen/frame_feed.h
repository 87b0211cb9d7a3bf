/* frame_feed.h: what happens to piles, as messages of a log: each frame judged by the library's own validator. */
#ifndef OCPP_SIM_FRAME_FEED_H
#define OCPP_SIM_FRAME_FEED_H

#include "message_log.h"
#include "transcript.h"

struct frame_feed;

/* frame_feed_new: into |log|, which outlives it; |is_one|: there is one pile, which need not be named. NULL: no memory. */
struct frame_feed *frame_feed_new(struct message_log *log, bool is_one);
void frame_feed_free(struct frame_feed *feed);

/* frame_feed_happened: for a struct transcript_watcher, whose user the feed is. */
void frame_feed_happened(const struct transcript_event *event, void *user);

/* frame_payload: of the text of a frame, what stands behind its type, id and action. */
const char *frame_payload(const char *text, size_t size, int type, size_t *payload_size);

#endif

/* quirk_frames.h: what chargers and servers in the field send and the rules refuse (or people think so), in small payloads of our
 * own, with what becomes of each: strictly, and with every quirk granted. */
#ifndef OCPP_TEST_QUIRK_FRAMES_H
#define OCPP_TEST_QUIRK_FRAMES_H

#include <ocpp/message.h>

struct quirk_frame {
    const char *id; /* of the reference frame that shows the same; NULL: none */
    enum ocpp_version version;
    const char *action;
    bool is_response;
    const char *payload;
    enum ocpp_status strict;
    const char *strict_path;
    enum ocpp_status lenient;
    uint32_t quirks; /* reported on the way */
};

extern const struct quirk_frame quirk_frames[];
extern const size_t quirk_frame_count;

#endif

/* monitor_oracle.h: what a monitor has to say, worked out anew at every look from all that was there before. */
#ifndef OCPP_TESTS_MONITOR_ORACLE_H
#define OCPP_TESTS_MONITOR_ORACLE_H

#include "monitor_rules.h"

enum { ORACLE_LOOKS = 256 };

struct monitor_oracle {
    struct monitor_rule rule;
    struct monitor_view views[ORACLE_LOOKS];
    enum monitor_event events[ORACLE_LOOKS];
    size_t count;
};

/* monitor_oracle_say: the event of the next look, or MONITOR_QUIET where it is skipped. The calendar never goes back. */
enum monitor_event monitor_oracle_say(struct monitor_oracle *oracle, const struct monitor_view *view, bool is_skipped);

#endif

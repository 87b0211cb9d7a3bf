/* report_state.h: reports of a station as they are put together: what reports.c (which there are, how they begin and end),
 * report_pages.c (what a page does to them) and report_collect.c (what is told in the end) share. */
#ifndef OCPP_CENTRAL_REPORT_STATE_H
#define OCPP_CENTRAL_REPORT_STATE_H

#include "arena.h"
#include "reports.h"

enum { ENDED = 8, NOT_YET = -1 };

/* A page that is kept, or one behind a gap. */
struct kept_page {
    struct kept_page *next;
    int64_t seq_no;
    struct ocpp_report content; /* the lists and the text only */
};

/* Named for what it awaits. */
enum report_state { REPORT_FREE, AWAITS_ANSWER, AWAITS_PAGES };

struct open_report {
    enum report_state state;
    enum ocpp_report_kind kind;
    int64_t request_id;
    bool is_asked;
    struct ocpp_arena *arena; /* of its pages; NULL: none is kept */
    size_t charged;           /* bytes of it that the shard counts */
    struct kept_page *first;  /* by number */
    struct kept_page *last;
    size_t page_count;
    int64_t next_seq_no;  /* all before it came */
    int64_t final_seq_no; /* NOT_YET: the last page did not come */
    int64_t generated_utc_ms;
    int64_t deadline_ms; /* while it awaits pages */
};

struct ended_report {
    bool is_used;
    enum ocpp_report_kind kind;
    int64_t request_id;
};

struct station_reports {
    struct ended_report ended[ENDED]; /* the newest of them, in a ring */
    size_t next_ended;
    struct open_report open[]; /* max_open_reports */
};

struct open_report *report_find(const struct ocpp_station *station, enum ocpp_report_kind kind, int64_t request_id);
bool report_has_ended(const struct ocpp_station *station, enum ocpp_report_kind kind, int64_t request_id);

/* report_open: a free one, made the report |kind| and |request_id|. Errors: OCPP_ERR_LIMIT, OCPP_ERR_NOMEM. */
enum ocpp_status report_open(struct ocpp_station *station, enum ocpp_report_kind kind, int64_t request_id,
                             struct open_report **opened);

void report_await_page(struct ocpp_station *station, struct open_report *open);

/* report_end: tells it, and frees it. */
void report_end(struct ocpp_station *station, struct open_report *open, enum ocpp_status status);

/* report_collect: fills in what came; the first page only where there is no room to put all together. */
void report_collect(const struct open_report *open, struct ocpp_report *report);

#endif

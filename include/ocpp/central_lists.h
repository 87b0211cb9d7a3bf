/* central_lists.h: keeping the local authorization list of a station as the backend wants it.
 *
 * ocpp_station_send_list() (central_orders.h) is one message. A list of thousands is many, and a station that misses one has a
 * list nobody knows. ocpp_station_sync_list() asks the station for its version and sends what leads from there to the list that
 * is wanted: nothing, the difference, or all of it, in messages of so many entries. Of each station the store keeps one record:
 * the version of its list, a digest of it, and how far a list that is on its way has come. So what a lost connection or a restart
 * interrupted goes on where it stopped, and what the record does not vouch for is sent whole.
 *
 * Call it whenever the list changed and whenever the station connects: a station that is in step costs one question.
 */
#ifndef OCPP_CENTRAL_LISTS_H
#define OCPP_CENTRAL_LISTS_H

#include <ocpp/central_orders.h>

OCPP_BEGIN_DECLARATIONS

/* ocpp_list_order: the list a station is to have. The entries and their texts are borrowed until |done| has run: thousands of
 * stations may share them. No token may be in a list twice, none |removed|. */
struct ocpp_list_order {
    const struct ocpp_list_entry *entries;
    size_t count;
    const struct ocpp_list_entry *before; /* the list it may have now, from an earlier order: only what differs is sent then. */
    size_t before_count;                  /* Whether it has that list is looked up; without a guess: NULL and 0 */
    size_t page_entries; /* at most, in one message; 0: 50. No more than the station says it takes, once it said so on
                            this connection (SendLocalListMaxLength of 1.6; LocalAuthListCtrlr ItemsPerMessage of 2.x) */
    int restarts;        /* how often to begin anew, with the whole list, when the station refuses (VersionMismatch, Failed);
                            0: twice, -1: not at all */
};

/* ocpp_list_outcome: what came of it. */
enum ocpp_list_outcome {
    OCPP_LIST_FAILED,        /* |status| says why; calling again goes on */
    OCPP_LIST_IN_STEP,       /* the station had it already */
    OCPP_LIST_UPDATED,       /* it has it now */
    OCPP_LIST_NOT_SUPPORTED, /* the station has no such list */
    OCPP_LIST_REFUSED        /* it refused each time; |word| is its last answer */
};

/* ocpp_list_result: how the list of a station was brought in step, or why not. */
struct ocpp_list_result {
    enum ocpp_list_outcome outcome;
    enum ocpp_status status; /* with FAILED: as of commands; OCPP_ERR_CLOSED the connection went; else OCPP_OK */
    const char *word;        /* the last answer of the station, "" when there is none; borrowed for the callback */
    int64_t version;         /* of its list now, as far as known; 0: none */
    size_t messages;         /* SendLocalList that were answered */
    bool was_whole;          /* the whole list was sent, not a difference */
};

/* ocpp_list_done: who is told of it. */
struct ocpp_list_done {
    void (*run)(struct ocpp_station *station, const struct ocpp_list_result *result, void *user);
    void *user;
};

/* ocpp_station_sync_list: |done| runs exactly once, never inside this function. Errors, and |done| does not run: as all commands;
 * OCPP_ERR_BUSY also while such an order is under way with this station. 1.6 5.10, 5.15; D01, D02. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_sync_list(struct ocpp_station *station, const struct ocpp_list_order *order,
                                                               const struct ocpp_list_done *done);

OCPP_END_DECLARATIONS

#endif

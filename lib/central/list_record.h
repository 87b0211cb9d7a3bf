/* list_record.h: what is known of the list of a station, in the store under list/<identity>. */
#ifndef OCPP_CENTRAL_LIST_RECORD_H
#define OCPP_CENTRAL_LIST_RECORD_H

#include "central_internal.h"

#include <ocpp/central_lists.h>

enum { LIST_DIGEST_SIZE = 33 };

/* The station's list had |version| when this was written, and was the one of |digest|; or it is on its way: |sent| entries of the
 * sequence |toward| are there, and |page| more follow with the next version. */
struct list_record {
    int64_t version;
    const char *digest; /* NULL: on its way */
    const char *toward; /* NULL: not on its way */
    bool is_whole;      /* of |toward|: the list itself, not a difference */
    int64_t sent;
    int64_t page;
};

/* list_record_read: with texts in |arena|; all 0 when there is none, or it cannot be read. Errors: OCPP_ERR_NOMEM,
 * OCPP_ERR_STORAGE. */
enum ocpp_status list_record_read(struct ocpp_station *station, struct ocpp_arena *arena, struct list_record *record);

/* list_record_write: not waited for: should it be lost, the version does not match, and the list is sent whole. NULL: deletes. */
void list_record_write(struct ocpp_station *station, struct ocpp_arena *arena, const struct list_record *record);

/* list_digest: of the entries in any order, or in the very order they stand in. */
void list_digest(const struct ocpp_list_entry *entries, size_t count, char digest[LIST_DIGEST_SIZE]);
void list_digest_in_order(const struct ocpp_list_entry *entries, size_t count, char digest[LIST_DIGEST_SIZE]);

#endif

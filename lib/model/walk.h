/* walk.h: what the walkers over the message tables share, and their inner doors for the floor above.
 *
 * The call layer parses a frame once and decodes its payload from the node it already has, and it writes a payload into the frame
 * it is writing; ocpp_message_decode() and ocpp_message_encode() are the same walks with the parsing and the text around them.
 * Nothing here knows a message: all knowledge is in the tables.
 */
#ifndef OCPP_LIB_WALK_H
#define OCPP_LIB_WALK_H

#include "json.h"

#include <ocpp/message.h>

/* --- for the floors above ---------------------------------------------------------------------------------------- */

/* ocpp_walk_decode: as ocpp_message_decode(), from a parsed value. The message borrows nothing of |node|. */
enum ocpp_status ocpp_walk_decode(const struct ocpp_type *type, const struct ocpp_json *node,
                                  const struct ocpp_tolerance *tolerance, struct ocpp_arena *arena, struct ocpp_issue *issue,
                                  const void **message);

/* ocpp_walk_encode: as ocpp_message_encode(), as the next value of |writer|; NULL instead of a writer only checks. On an error
 * the text of the writer is unusable. Running out of memory is told by ocpp_json_writer_finish(), not here. */
enum ocpp_status ocpp_walk_encode(const struct ocpp_type *type, const void *message, struct ocpp_json_writer *writer,
                                  struct ocpp_issue *issue);

/* --- one walk ---------------------------------------------------------------------------------------------------- */

/* Where a walk stands: a chain on the stack from the value up to the payload. The payload itself has no |up|; an item of a list
 * has no |name|. The text of a path is made of it only when somebody is told. */
struct ocpp_place {
    const struct ocpp_place *up;
    const char *name;
    size_t index;
};

struct ocpp_walk {
    struct ocpp_arena *arena;
    const struct ocpp_tolerance *tolerance; /* NULL: strict */
    struct ocpp_json_writer *writer;        /* NULL: only check */
    struct ocpp_issue *issue;               /* NULL: nobody asks */
    unsigned lists;                         /* how many lists enclose the present value */
    bool absent;                            /* the value just read counts as not sent; taken back by who acts on it */
    bool skip_item;                         /* the status being returned drops the nearest enclosing item of a list */
};

/* ocpp_walk_fail: fills the issue of the walk and returns |status|. */
enum ocpp_status ocpp_walk_fail(const struct ocpp_walk *walk, const struct ocpp_place *place, enum ocpp_status status);

/* ocpp_walk_survives: whether |quirk| lets |status| pass at |place|; reports its use. */
bool ocpp_walk_survives(const struct ocpp_walk *walk, const struct ocpp_place *place, enum ocpp_quirk quirk,
                        enum ocpp_status status);

/* ocpp_walk_forgive: OCPP_OK when |quirk| lets |status| pass, otherwise ocpp_walk_fail(). */
enum ocpp_status ocpp_walk_forgive(const struct ocpp_walk *walk, const struct ocpp_place *place, enum ocpp_quirk quirk,
                                   enum ocpp_status status);

/* ocpp_walk_no_memory: what an arena that gave nothing means for the walk. */
enum ocpp_status ocpp_walk_no_memory(const struct ocpp_walk *walk, const struct ocpp_place *place);

/* --- a member of a C struct -------------------------------------------------------------------------------------- */

struct ocpp_list {
    const void *items;
    size_t count;
};

/* ocpp_member_present: whether |member| of the struct at |base| is there. */
bool ocpp_member_present(const struct ocpp_member *member, const void *base);

/* ocpp_member_value: the value of a present member that is no list; an optional struct's pointer is followed. */
const void *ocpp_member_value(const struct ocpp_member *member, const void *base);

struct ocpp_list ocpp_member_list(const struct ocpp_member *member, const void *base);
size_t ocpp_member_item_size(const struct ocpp_member *member);

/* ocpp_member_text: the pointer of a string, an any-value or customData at |value|. */
const char *ocpp_member_text(const void *value);

int ocpp_enum_load(const struct ocpp_enum *enumeration, const void *value);
void ocpp_enum_store(const struct ocpp_enum *enumeration, void *value, int number);

/* --- the demands of the tables, on values of either side ----------------------------------------------------------- */

bool ocpp_text_is_longer(const char *text, size_t max_length);
bool ocpp_integer_in_range(const struct ocpp_member *member, int64_t integer);
bool ocpp_number_in_range(const struct ocpp_member *member, struct ocpp_decimal number);

/* ocpp_check_custom: customData of 2.x as a parsed value: an object with a vendorId. Fills the issue of the walk. */
enum ocpp_status ocpp_check_custom(const struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_json *node);

/* --- what a tolerant walk does instead of failing (lenient.c) ------------------------------------------------------ */

enum ocpp_status ocpp_lenient_boolean(const struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_json *node,
                                      bool *boolean);
enum ocpp_status ocpp_lenient_number(const struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_json *node,
                                     struct ocpp_decimal *number);
enum ocpp_status ocpp_lenient_text(const struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_json *node,
                                   const char **text);
enum ocpp_status ocpp_lenient_time(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                   const char *text, int64_t *utc_ms);
enum ocpp_status ocpp_lenient_enum(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                   const char *text, int *number);

/* ocpp_enum_general: the value that stands for whatever has none of its own ("Other"); 0 when there is no such. */
int ocpp_enum_general(const struct ocpp_enum *enumeration);

/* ocpp_member_changes_item: whether the absence of |member| says something, so that what it belongs to is another thing without
 * it: a sample without its measurand is one of energy. */
bool ocpp_member_changes_item(const struct ocpp_member *member);

/* ocpp_lenient_name: the present name of a member that |type| had under |name| in an earlier version; NULL when there is none. */
const char *ocpp_lenient_name(const struct ocpp_walk *walk, const struct ocpp_type *type, const char *name);

/* ocpp_lenient_refusal: whether |node| is an answer that says no, so that the rest of it may be junk. */
bool ocpp_lenient_refusal(const struct ocpp_walk *walk, const struct ocpp_type *type, const struct ocpp_json *node);

#endif

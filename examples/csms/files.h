/* files.h: the folder of --files: what lies in it is served to stations that were told of it, and what they hand over comes to
 * its folder "received".
 *
 * A station is told an address that nobody can guess and that holds for a while: a ticket, which is a message authentication code
 * over what may be done, by whom, with what and until when. So nothing is remembered about them, and a restart changes nothing.
 * Thread-safe.
 */
#ifndef CSMS_FILES_H
#define CSMS_FILES_H

#include <ocpp/central_system.h>

enum { FILE_NAME_SIZE = 129, FILE_URL_SIZE = 1024, FILES_WHY_SIZE = 256, TICKET_SIZE = 64, TICKET_DAYS = 7 };

struct files;
struct incoming_file;

/* files_open: |storage| keeps the key of the tickets. |file_bytes| is how large a file a station may hand over, |total_bytes| how
 * much all of them may take. NULL: |why| (FILES_WHY_SIZE bytes) says what is wrong. */
struct files *files_open(const char *folder, int64_t file_bytes, int64_t total_bytes, struct ocpp_storage *storage, char *why);

/* files_close: NULL is fine. */
void files_close(struct files *files);

/* files_set_base: where stations reach this program, "http://10.0.0.1:9000"; before the first ticket. Borrowed. */
void files_set_base(struct files *files, const char *base);

/* file_name_is_usable: 1 to 128 bytes of UTF-8, the first no dot, none of them a slash or a control character. */
bool file_name_is_usable(const char *name);

/* files_read: a descriptor of the file |name| to be closed, or -1; |received|: of those that stations handed over. */
int files_read(const struct files *files, bool received, const char *name, uint64_t *size);

/* files_each: shows what is in a folder, until |visit| says false. False: it cannot be read. */
bool files_each(const struct files *files, bool received,
                bool (*visit)(const char *name, uint64_t size, int64_t modified_utc_ms, void *user), void *user);

/* --- tickets
 * --------------------------------------------------------------------------------------------------------------------- */

/* enum file_act: what a ticket is for. */
enum file_act { FILE_ACT_GET, FILE_ACT_PUT };

/* files_url: the address by which |station| may fetch |subject| (the name of a file) or hand over what it was asked for under
 * |subject| (the number of the request), until |until_utc_ms|. free() it; NULL without memory, and before the base was told. */
char *files_url(const struct files *files, enum file_act act, const char *station, const char *subject, int64_t until_utc_ms);

/* files_path_cut: "/files/TICKET/STATION/SUBJECT/NAME" cut in place; NAME may be empty. False: it is no such path. */
bool files_path_cut(char *path, char *parts[4]);

/* files_ticket_holds: whether |ticket| is for that, at |utc_ms|. */
bool files_ticket_holds(const struct files *files, const char *ticket, enum file_act act, const char *station,
                        const char *subject, int64_t utc_ms);

/* --- receiving
 * -------------------------------------------------------------------------------------------------------------------- */

/* files_receive: begins to receive |size| bytes from |station| for the request |subject|, to be called |name| (NULL: whatever).
 * NULL: too much of it, or the folder does not take it. */
struct incoming_file *files_receive(struct files *files, const char *station, const char *subject, const char *name,
                                    uint64_t size);
bool incoming_file_write(const void *bytes, size_t size, void *incoming);
void incoming_file_drop(void *incoming);

/* incoming_file_keep: it is whole: it gets its name, which goes to |name|; |incoming| is gone. False: it could not be kept. */
bool incoming_file_keep(struct incoming_file *incoming, char name[FILE_NAME_SIZE]);

#endif

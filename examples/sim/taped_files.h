/* taped_files.h: the files of a pile that is recorded or replayed. While it is recorded they are really moved; what comes is kept
 * until the charge point is told of it, and then goes to its sink and into the recording, so that at each moment a replay has as
 * much of a file as the pile had. What is handed over is only read.
 */
#ifndef OCPP_SIM_TAPED_FILES_H
#define OCPP_SIM_TAPED_FILES_H

#include "pile.h"

struct taped_files;

/* taped_files_new: over |real| (NULL: it is replayed), with the protocols of the tape. NULL: no memory. taped_files_free: when
 * |real| moves nothing any more; NULL is fine. */
struct taped_files *taped_files_new(struct pile *pile, const struct ocpp_file_transfer *real);
void taped_files_free(struct taped_files *files);
const struct ocpp_file_transfer *taped_files_face(const struct taped_files *files);

/* taped_files_news: before the charge point is told: what came goes to its sink, and both are written down. */
void taped_files_news(struct taped_files *files, const struct ocpp_curl_transfer_news *news);

/* taped_files_give: a piece of a file comes again. False: nobody waits for it, or its sink failed. */
bool taped_files_give(struct taped_files *files, int64_t transfer, const unsigned char *bytes, size_t size);

#endif

/* transfers.h: files on their way for a block (transfers.c). */
#ifndef OCPP_LIB_TRANSFERS_H
#define OCPP_LIB_TRANSFERS_H

#include <ocpp/file_transfer.h>

#include "block.h"

/* ocpp_cp_download, ocpp_cp_upload: begin a transfer for |owner| and put its number, which is above 0, into |*id|. Errors, and
 * |*id| is as it was: those of struct ocpp_file_transfer; OCPP_ERR_STATE the station moves no files. How it goes comes through
 * the block's |transferred| hook, never before these return. */
enum ocpp_status ocpp_cp_download(struct ocpp_charge_point *cp, enum block_id owner, const struct ocpp_download *download,
                                  int64_t *id);
enum ocpp_status ocpp_cp_upload(struct ocpp_charge_point *cp, enum block_id owner, const struct ocpp_upload *upload, int64_t *id);

/* ocpp_cp_cancel_transfer: ends the transfer |*id|, which is 0 then and is not heard of any more. 0: there is none. */
void ocpp_cp_cancel_transfer(struct ocpp_charge_point *cp, int64_t *id);

/* ocpp_cp_transfer_protocols: what the station can move files by; 0: it moves none. */
unsigned ocpp_cp_transfer_protocols(const struct ocpp_charge_point *cp);
/* ocpp_cp_transfer_words: the same as the value of VARIABLE_FILE_PROTOCOLS. */
int64_t ocpp_cp_transfer_words(const struct ocpp_charge_point *cp);

#endif

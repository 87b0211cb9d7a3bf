/* transfers.c: files on their way for a block. Whose a transfer is stands in its number, so nothing is kept of it here. */
#include "transfers.h"

#include "charge_point_internal.h"

unsigned ocpp_cp_transfer_protocols(const struct ocpp_charge_point *cp)
{
    return cp->settings.file_transfer == NULL ? 0 : cp->settings.file_transfer->protocols;
}

int64_t ocpp_cp_transfer_words(const struct ocpp_charge_point *cp)
{
    static const unsigned words[] = { OCPP_TRANSFER_FTP, OCPP_TRANSFER_FTPS, OCPP_TRANSFER_HTTP, OCPP_TRANSFER_HTTPS,
                                      OCPP_TRANSFER_SFTP };
    int64_t set = 0;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        set |= (ocpp_cp_transfer_protocols(cp) & words[i]) != 0 ? 1 << i : 0;
    }
    return set;
}

static int64_t next_id(struct ocpp_charge_point *cp, enum block_id owner)
{
    return ++cp->transfers * BLOCK_COUNT + (int64_t)owner;
}

enum ocpp_status ocpp_cp_download(struct ocpp_charge_point *cp, enum block_id owner, const struct ocpp_download *download,
                                  int64_t *id)
{
    const struct ocpp_file_transfer *transfer = cp->settings.file_transfer;
    if (transfer == NULL || transfer->start_download == NULL) {
        return OCPP_ERR_STATE;
    }
    const int64_t number = next_id(cp, owner);
    const enum ocpp_status status = transfer->start_download(number, download, transfer->user);
    *id = status == OCPP_OK ? number : *id;
    return status;
}

enum ocpp_status ocpp_cp_upload(struct ocpp_charge_point *cp, enum block_id owner, const struct ocpp_upload *upload, int64_t *id)
{
    const struct ocpp_file_transfer *transfer = cp->settings.file_transfer;
    if (transfer == NULL || transfer->start_upload == NULL) {
        return OCPP_ERR_STATE;
    }
    const int64_t number = next_id(cp, owner);
    const enum ocpp_status status = transfer->start_upload(number, upload, transfer->user);
    *id = status == OCPP_OK ? number : *id;
    return status;
}

void ocpp_cp_cancel_transfer(struct ocpp_charge_point *cp, int64_t *id)
{
    const int64_t number = *id;
    *id = 0;
    if (number != 0) {
        cp->settings.file_transfer->cancel(number, cp->settings.file_transfer->user);
    }
}

/* --- told by whoever moves them ----------------------------------------------------------------------------------------- */

static enum ocpp_status tell(struct ocpp_charge_point *cp, int64_t id, const enum ocpp_transfer_result *result, uint64_t bytes,
                             struct ocpp_now now)
{
    ocpp_cp_enter(cp, now);
    const bool is_known = id > 0 && ocpp_cp_blocks_transferred(cp, (enum block_id)(id % BLOCK_COUNT), id, result, bytes);
    ocpp_cp_leave(cp);
    return is_known ? OCPP_OK : OCPP_ERR_NOT_FOUND;
}

enum ocpp_status ocpp_charge_point_transfer_progress(struct ocpp_charge_point *cp, int64_t id, uint64_t bytes,
                                                     struct ocpp_now now)
{
    return tell(cp, id, NULL, bytes, now);
}

enum ocpp_status ocpp_charge_point_transfer_done(struct ocpp_charge_point *cp, int64_t id, enum ocpp_transfer_result result,
                                                 uint64_t bytes, struct ocpp_now now)
{
    if ((unsigned)result >= OCPP_TRANSFER_RESULT_COUNT) {
        return OCPP_ERR_ARGUMENT;
    }
    return tell(cp, id, &result, bytes, now);
}

/* file_transfer.h: files a station fetches and hands over: firmware, logs. A contract the integrator may implement.
 *
 * The engine says what it wants moved, from or to which address, and between which bytes; whoever implements this moves them,
 * however it likes, and tells the charge point how it goes. Bytes never pass through the engine: they go between the network and
 * a sink or a source that belongs to the firmware. ocpp_curl_transfer_new() (adapters.h) is an implementation over libcurl.
 *
 * Threads: start_download, start_upload and cancel are called on the thread of the charge point, and so must the entry points at
 * the end of this file be. Sinks and sources may be called on any thread, one call at a time for one transfer.
 */
#ifndef OCPP_FILE_TRANSFER_H
#define OCPP_FILE_TRANSFER_H

#include <ocpp/types.h>

OCPP_BEGIN_DECLARATIONS

struct ocpp_charge_point;

/* ocpp_transfer_protocol: bits. What an implementation has shows in SupportedFileTransferProtocols (1.6) and
 * FileTransferProtocols (2.x). */
enum ocpp_transfer_protocol {
    OCPP_TRANSFER_HTTP = 1,
    OCPP_TRANSFER_HTTPS = 2,
    OCPP_TRANSFER_FTP = 4,
    OCPP_TRANSFER_FTPS = 8,
    OCPP_TRANSFER_SFTP = 16,
    OCPP_TRANSFER_ALL = 31
};

/* ocpp_transfer_result: how a transfer ended. */
enum ocpp_transfer_result {
    OCPP_TRANSFER_DONE,
    OCPP_TRANSFER_LOST,          /* no connection, a broken or a stalled one, a server that is busy or broken (HTTP 5xx) */
    OCPP_TRANSFER_NOT_FOUND,     /* nothing is there (HTTP 404, 410) */
    OCPP_TRANSFER_DENIED,        /* the server wants other credentials, or refuses (HTTP 401, 403 and other 4xx) */
    OCPP_TRANSFER_NOT_SUPPORTED, /* by the server: the method, or a redirect to where we do not go */
    OCPP_TRANSFER_UNTRUSTED,     /* the server's certificate is not to be trusted */
    OCPP_TRANSFER_TOO_LARGE,     /* more than |max_bytes|, or than the server takes (HTTP 413) */
    OCPP_TRANSFER_NOT_RESUMED,   /* the server does not go on at |offset|: start again at 0. Nothing was written */
    OCPP_TRANSFER_LOCAL,         /* the sink or the source failed */
    OCPP_TRANSFER_RESULT_COUNT
};

/* ocpp_transfer_may_retry: whether the same may go better later. */
OCPP_API bool ocpp_transfer_may_retry(enum ocpp_transfer_result result);

/* ocpp_transfer_result_name: for logs. */
OCPP_API const char *ocpp_transfer_result_name(enum ocpp_transfer_result result);

/* ocpp_transfer_protocol_of: the bit of the scheme of |url|, in upper or lower case; 0: it is none of them, or |url| names no
 * host. What the system at hand makes of an address beyond that is its own. */
OCPP_API unsigned ocpp_transfer_protocol_of(const char *url);

/* ocpp_transfer_show: |url| without user, password and query, in at most |size| bytes, terminated: fit for a log. Gives |text|.
 */
OCPP_API const char *ocpp_transfer_show(const char *url, char *text, size_t size);

/* ocpp_transfer_sink: where the bytes of a download go. |write| gets them in order, without gaps, the first ones for |offset| of
 * the download; false: they could not be kept, and the download ends with OCPP_TRANSFER_LOCAL. */
struct ocpp_transfer_sink {
    bool (*write)(uint64_t offset, const void *bytes, size_t size, void *user);
    void *user;
};

/* ocpp_transfer_source: the bytes of an upload. |read| puts those from |offset| on, at most |room|, into |bytes| and their
 * number, which is not 0 before |size| is reached, into |*got|; false: it failed. It may be asked for what it gave before, where
 * the server wants all of it again (a redirect, another authentication). */
struct ocpp_transfer_source {
    bool (*read)(uint64_t offset, void *bytes, size_t room, size_t *got, void *user);
    uint64_t size;
    void *user;
};

/* ocpp_download, ocpp_upload: what is wanted. Texts are borrowed for the call, |user| of sink and source until the transfer is
 * done or cancelled. */
struct ocpp_download {
    const char *url;    /* may carry user and password */
    uint64_t offset;    /* go on there: the bytes before it were fetched before. 0: from the beginning */
    uint64_t max_bytes; /* the whole file may have; more ends in OCPP_TRANSFER_TOO_LARGE */
    struct ocpp_transfer_sink sink;
};

/* ocpp_upload: a file to be handed over, and where to. Borrowed for the call. */
struct ocpp_upload {
    const char *url; /* a folder where it ends in '/': |name| is put behind it */
    const char *name;
    struct ocpp_transfer_source source;
};

/* ocpp_file_transfer: an implementation. |id| names a transfer; it is never used twice while the charge point lives.
 *
 * start_download, start_upload: begin, without waiting for anything, and without telling the end of it before they return.
 * Errors, and nothing was begun: OCPP_ERR_ARGUMENT the address is none, or of a protocol that is not among |protocols|;
 * OCPP_ERR_BUSY, OCPP_ERR_LIMIT, OCPP_ERR_NOMEM too much at a time. cancel: the transfer |id| ends; its sink or source is not
 * called any more once this returns, and its end is not told. An |id| that is not there is no error. May wait for a call of sink
 * or source that is running, for nothing else. */
struct ocpp_file_transfer {
    unsigned protocols; /* enum ocpp_transfer_protocol */
    enum ocpp_status (*start_download)(int64_t id, const struct ocpp_download *download, void *user);
    enum ocpp_status (*start_upload)(int64_t id, const struct ocpp_upload *upload, void *user);
    void (*cancel)(int64_t id, void *user);
    void *user;
};

/* ocpp_charge_point_transfer_progress: |bytes| of the file were moved so far, those before |offset| included. Telling it is for
 * the charge point to know that something moves; once in a second is enough, never is allowed. ocpp_charge_point_transfer_done:
 * the transfer |id| has ended; |bytes| as above. Call it once for each transfer that began and was not cancelled, when its sink
 * or source will not be called any more. Errors: OCPP_ERR_NOT_FOUND nobody waits for |id| any more: nothing happened, and nothing
 * is wrong. OCPP_ERR_ARGUMENT |result| is none. */
OCPP_API enum ocpp_status ocpp_charge_point_transfer_progress(struct ocpp_charge_point *cp, int64_t id, uint64_t bytes,
                                                              struct ocpp_now now);
OCPP_API enum ocpp_status ocpp_charge_point_transfer_done(struct ocpp_charge_point *cp, int64_t id,
                                                          enum ocpp_transfer_result result, uint64_t bytes, struct ocpp_now now);

OCPP_END_DECLARATIONS

#endif

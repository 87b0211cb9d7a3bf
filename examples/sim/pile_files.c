/* pile_files.c: see the header. The log is copied when it is asked for: the thread that reads it knows nothing of ours. */
#include "pile_files.h"
#include "transcript.h"

#include <stdlib.h>
#include <string.h>

struct pile_files {
    struct ocpp_curl_transfer *transfer; /* NULL: none in this build */
    struct ocpp_diagnostics_settings diagnostics;
    char *log; /* being handed over */
    size_t log_size;
};

/* --- the log ----------------------------------------------------------------------------------------------------- */

static bool read_log(uint64_t offset, void *bytes, size_t room, size_t *got, void *user)
{
    const struct pile_files *files = user;
    size_t left = offset < files->log_size ? files->log_size - (size_t)offset : 0;

    *got = left < room ? left : room;
    memcpy(bytes, files->log + offset, *got);
    return *got > 0;
}

static const char *date_of(int64_t utc_ms, char text[OCPP_TIME_TEXT_SIZE])
{
    text[0] = '\0';
    return utc_ms == OCPP_UTC_UNKNOWN || ocpp_time_format(utc_ms, text) != OCPP_OK ? "" : text;
}

static enum ocpp_log_answer open_log(const struct ocpp_log_window *window, struct ocpp_diagnostics_file *file, void *user)
{
    struct pile *pile = user;
    struct pile_files *files = pile->files;
    char oldest[OCPP_TIME_TEXT_SIZE];
    char latest[OCPP_TIME_TEXT_SIZE];

    files->log = transcript_log(pile->transcript, date_of(window->oldest_utc_ms, oldest), date_of(window->latest_utc_ms, latest),
                                &files->log_size);
    file->source = (struct ocpp_transfer_source){ read_log, files->log_size, files };
    if (!files->log || files->log_size == 0) {
        free(files->log);
        files->log = NULL;
        return OCPP_LOG_NOTHING;
    }
    return OCPP_LOG_READY;
}

static void close_log(void *user)
{
    struct pile *pile = user;

    free(pile->files->log);
    pile->files->log = NULL;
}

/* --- moving files ------------------------------------------------------------------------------------------------ */

static void log_line(enum ocpp_log_level level, const char *line, void *user)
{
    (void)level;
    pile_log(user, "%s", line);
}

static bool open_transfer(struct pile *pile)
{
    struct ocpp_curl_transfer_settings settings = ocpp_curl_transfer_settings_default();
    char reason[256];

    settings.log = (struct ocpp_log){ log_line, pile, OCPP_LOG_WARNING };
    settings.ca_file = pile->options->ca_file;
    pile->files->transfer = ocpp_curl_transfer_new(&settings, reason, sizeof reason);
    if (!pile->files->transfer) {
        pile_log(pile, "no files can be moved: %s", reason);
    }
    return pile->files->transfer != NULL;
}

bool pile_files_open(struct pile *pile, struct ocpp_charge_point_settings *settings)
{
    pile->files = calloc(1, sizeof *pile->files);
    if (!pile->files) {
        return false;
    }
    struct pile_files *files = pile->files;
    files->diagnostics = ocpp_diagnostics_settings_default();
    files->diagnostics.open_log = open_log;
    files->diagnostics.close_log = close_log;
    files->diagnostics.user = pile;
    settings->diagnostics = &files->diagnostics;
    if (pile->tape) {
        return true; /* nobody could send a file again */
    }
    settings->file_transfer = open_transfer(pile) ? ocpp_curl_transfer_face(files->transfer) : NULL;
    return true;
}

void pile_files_tick(struct pile *pile)
{
    if (pile->files && pile->files->transfer) {
        ocpp_curl_transfer_run(pile->files->transfer, pile->cp, sim_now());
    }
}

void pile_files_close(struct pile *pile)
{
    if (pile->files) {
        ocpp_curl_transfer_free(pile->files->transfer);
        free(pile->files->log);
    }
    free(pile->files);
    pile->files = NULL;
}

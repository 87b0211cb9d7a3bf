/* pile_files.c: see the header. The log is copied when it is asked for: the thread that reads it knows nothing of ours. */
#include "pile_files.h"
#include "taped_files.h"
#include "transcript.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pile_files {
    struct ocpp_curl_transfer *transfer; /* NULL: none in this build */
    struct taped_files *taped;           /* of a pile that is recorded or replayed; NULL: it is neither, or moves none */
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
    pile_note_aside(user, line);
}

void pile_files_news(struct pile *pile, const struct ocpp_curl_transfer_news *news)
{
    if (pile->files && pile->files->taped) {
        taped_files_news(pile->files->taped, news);
    }
}

static void on_news(const struct ocpp_curl_transfer_news *news, void *user)
{
    pile_files_news(user, news);
}

static bool open_transfer(struct pile *pile)
{
    struct ocpp_curl_transfer_settings settings = ocpp_curl_transfer_settings_default();
    char reason[256];
    char line[300];

    settings.log = (struct ocpp_log){ log_line, pile, OCPP_LOG_WARNING };
    settings.ca_file = pile->options->ca_file;
    settings.on_news = on_news;
    settings.user = pile;
    pile->files->transfer = ocpp_curl_transfer_new(&settings, reason, sizeof reason);
    if (!pile->files->transfer) {
        snprintf(line, sizeof line, "no files can be moved: %s", reason);
        pile_note_aside(pile, line);
    }
    return pile->files->transfer != NULL;
}

static bool open_taped(struct pile *pile, struct ocpp_charge_point_settings *settings)
{
    struct pile_files *files = pile->files;

    if (pile->tape->protocols == 0 || (pile->tape->recorder && !open_transfer(pile))) {
        return true; /* none are moved */
    }
    files->taped = taped_files_new(pile, files->transfer ? ocpp_curl_transfer_face(files->transfer) : NULL);
    settings->file_transfer = files->taped ? taped_files_face(files->taped) : NULL;
    return files->taped;
}

unsigned pile_files_protocols(void)
{
    const struct ocpp_curl_transfer_settings settings = ocpp_curl_transfer_settings_default();
    struct ocpp_curl_transfer *transfer = ocpp_curl_transfer_new(&settings, NULL, 0);
    const unsigned protocols = transfer ? ocpp_curl_transfer_face(transfer)->protocols : 0;

    ocpp_curl_transfer_free(transfer);
    return protocols;
}

bool pile_files_give(struct pile *pile, int64_t transfer, const unsigned char *bytes, size_t size)
{
    return pile->files && pile->files->taped && taped_files_give(pile->files->taped, transfer, bytes, size);
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
        return open_taped(pile, settings);
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
        taped_files_free(pile->files->taped);
        free(pile->files->log);
    }
    free(pile->files);
    pile->files = NULL;
}

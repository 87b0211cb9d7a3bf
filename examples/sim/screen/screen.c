/* screen.c: see screen.h. What is drawn is in page.c and the host's body; what keys do to a line is in line_editor.c. */
#include "screen.h"
#include "capture.h"
#include "frame_feed.h"
#include "history.h"
#include "log_lines.h"
#include "pile.h"
#include "secret_line.h"
#include "terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DRAW_MS = 100, TYPED_DRAW_MS = 20, KEYS_AT_ONCE = 500, HINT_SIZE = 1024, PRINTED_SIZE = MESSAGE_TEXT_SIZE };

static const char idle_hint[] = "Tab completes, Up: history, PgUp: older messages, Ctrl-O: long lines, help, quit";

struct screen {
    struct screen_host host;
    struct message_log log;
    struct frame_feed *feed;
    struct transcript_watcher watcher;
    struct history *history;
    struct terminal *terminal;
    struct line_editor editor;
    struct completion completion;
    bool lists_words; /* of the completion, in the hint */
    char hint[HINT_SIZE];
    uint64_t bottom;  /* of the log; 0: the newest */
    uint64_t command; /* the message of the line that was run last, until it is known how much it printed; 0 */
    bool is_long;
    bool is_typed; /* since it was drawn */
    int64_t drawn_ms;
    struct canvas next;
    struct canvas shown;
};

/* --- messages -------------------------------------------------------------------------------------------------------- */

static void happened(const struct transcript_event *event, void *user)
{
    struct screen *screen = user;

    if (!screen->host.is_quiet) {
        frame_feed_happened(event, screen->feed);
    }
}

const struct transcript_watcher *screen_watcher(const struct screen *screen)
{
    return &screen->watcher;
}

static void print(struct screen *screen, enum message_kind kind, const char *text)
{
    message_log_print(&screen->log, kind, sim_now().utc_ms, text);
}

static void take_printed(struct screen *screen)
{
    char line[PRINTED_SIZE];

    while (capture_line(line, sizeof line)) {
        print(screen, MESSAGE_PRINTED, line);
    }
}

/* --- what is shown --------------------------------------------------------------------------------------------------- */

static void list_words(const struct completion *completion, char *hint, size_t size)
{
    size_t used = 0;

    for (int i = 0; i < completion->count && used < size; i++) {
        used += (size_t)snprintf(hint + used, size - used, "%s%s", i > 0 ? "  " : "", completion->words[i]);
    }
}

/* How the command that is being typed is used. */
static const char *usage_of(const struct screen *screen)
{
    char name[COMPLETION_WORD_SIZE];
    const char *text = screen->editor.text + strspn(screen->editor.text, " ");

    snprintf(name, sizeof name, "%.*s", (int)strcspn(text, " "), text);
    return screen->host.usage(name);
}

static const char *hint_of(struct screen *screen)
{
    if (screen->lists_words) {
        list_words(&screen->completion, screen->hint, sizeof screen->hint);
        return screen->hint;
    }
    const char *usage = usage_of(screen);
    return usage ? usage : idle_hint;
}

static struct page page_of(struct screen *screen)
{
    return (struct page){ .body = screen->host.body,
                          .view = screen->host.view,
                          .utc_ms = sim_now().utc_ms,
                          .log = &screen->log,
                          .bottom = screen->bottom,
                          .is_long = screen->is_long,
                          .hint = hint_of(screen),
                          .editor = &screen->editor };
}

static struct area log_area(struct screen *screen, const struct page *page)
{
    return page_log_area(page, screen->next.rows, screen->next.columns);
}

/* What a command printed is read from its beginning. */
static void turn_to_command(struct screen *screen)
{
    const struct page page = page_of(screen);

    if (screen->command > 0) {
        screen->bottom = page_log_bottom(&page, screen->command, log_area(screen, &page).rows, screen->next.columns);
        screen->command = 0;
    }
}

static bool fit_size(struct screen *screen)
{
    int rows, columns;

    terminal_size(screen->terminal, &rows, &columns);
    screen->next.is_ascii = terminal_is_ascii(screen->terminal);
    return (screen->next.rows == rows && screen->next.columns == columns) || canvas_resize(&screen->next, rows, columns);
}

static void draw(struct screen *screen)
{
    if (!fit_size(screen)) {
        return; /* no memory: what is shown stays */
    }
    screen->host.look(screen->host.user);
    turn_to_command(screen);
    const struct page page = page_of(screen);
    page_draw(&page, &screen->next);
    if (screen->shown.cells && canvas_equals(&screen->next, &screen->shown)) {
        return;
    }
    terminal_show(screen->terminal, &screen->next);
    if (!canvas_copy(&screen->shown, &screen->next)) {
        canvas_free(&screen->shown);
    }
}

static void draw_when_due(struct screen *screen)
{
    const int64_t now_ms = ocpp_system_now().mono_ms;

    if (now_ms - screen->drawn_ms >= (screen->is_typed ? TYPED_DRAW_MS : DRAW_MS)) {
        screen->drawn_ms = now_ms;
        screen->is_typed = false;
        draw(screen);
    }
}

/* --- keys ------------------------------------------------------------------------------------------------------------ */

/* False: the program is to end. */
static bool run(struct screen *screen, const char *line)
{
    char reason[256] = "", shown[EDITOR_SIZE];

    if (line[strspn(line, " ")] == '\0') {
        return true;
    }
    if (!secret_line(line)) {
        history_add(screen->history, line);
    }
    secret_line_cover(line, shown, sizeof shown);
    print(screen, MESSAGE_TYPED, shown);
    screen->command = screen->log.last;
    const enum command_outcome outcome = screen->host.run(line, reason, sizeof reason, screen->host.user);
    take_printed(screen);
    if (outcome == COMMAND_WRONG) {
        print(screen, MESSAGE_COMPLAINT, reason);
    }
    return outcome != COMMAND_QUIT;
}

static bool enter(struct screen *screen)
{
    char line[EDITOR_SIZE];

    memcpy(line, screen->editor.text, screen->editor.size + 1);
    for (size_t size = screen->editor.size; size > 0 && line[size - 1] == ' '; size--) {
        line[size - 1] = '\0';
    }
    line_editor_set(&screen->editor, "");
    history_rest(screen->history);
    return run(screen, line);
}

static void complete(struct screen *screen)
{
    char common[COMPLETION_WORD_SIZE + 1];

    completion_find(&screen->host.words, screen->editor.text, screen->editor.cursor, &screen->completion);
    completion_common(&screen->completion, common);
    if (screen->completion.count > 0) {
        (void)line_editor_replace(&screen->editor, screen->completion.from, common);
    }
    screen->lists_words = screen->completion.count > 1;
}

static void walk(struct screen *screen, const char *line)
{
    if (line) {
        line_editor_set(&screen->editor, line);
    }
}

static void scroll(struct screen *screen, uint64_t (*turn)(const struct page *page, int rows, int columns))
{
    const struct page page = page_of(screen);

    screen->bottom = turn(&page, log_area(screen, &page).rows, screen->next.columns);
}

/* Ctrl and a letter that is no matter of the line. */
static bool take_control(struct screen *screen, uint32_t letter)
{
    switch (letter) {
    case 'L':
        terminal_redraw(screen->terminal);
        canvas_free(&screen->shown);
        return true;
    case 'O':
        screen->is_long = !screen->is_long;
        return true;
    case 'P':
        walk(screen, history_older(screen->history, screen->editor.text));
        return true;
    case 'N':
        walk(screen, history_newer(screen->history));
        return true;
    default:
        return false;
    }
}

/* What is no matter of the line; false: it is. */
static bool take_own(struct screen *screen, struct typed typed)
{
    switch (typed.kind) {
    case TYPED_UP:
        return take_control(screen, 'P');
    case TYPED_DOWN:
        return take_control(screen, 'N');
    case TYPED_CONTROL:
        return take_control(screen, typed.code);
    case TYPED_PAGE_UP:
        scroll(screen, page_log_older);
        return true;
    case TYPED_PAGE_DOWN:
        scroll(screen, page_log_newer);
        return true;
    case TYPED_ESCAPE:
        screen->bottom = 0;
        return true;
    case TYPED_TAB:
        complete(screen);
        return true;
    case TYPED_NOTHING:
    case TYPED_TEXT:
    case TYPED_ENTER:
    case TYPED_BACKSPACE:
    case TYPED_DELETE:
    case TYPED_LEFT:
    case TYPED_RIGHT:
    case TYPED_WORD_LEFT:
    case TYPED_WORD_RIGHT:
    case TYPED_HOME:
    case TYPED_END:
    case TYPED_HELP:
    case TYPED_OVER:
        return false;
    }
    return false;
}

/* False: the program is to end. */
static bool take_key(struct screen *screen, struct typed typed)
{
    const bool ends = typed.kind == TYPED_CONTROL && typed.code == 'D' && screen->editor.size == 0;

    screen->is_typed = true;
    screen->lists_words = false;
    if (ends || typed.kind == TYPED_OVER) {
        return false;
    }
    if (typed.kind == TYPED_ENTER) {
        return enter(screen);
    }
    if (typed.kind == TYPED_HELP) {
        return run(screen, "help");
    }
    if (!take_own(screen, typed) && line_editor_type(&screen->editor, typed)) {
        history_rest(screen->history);
    }
    return true;
}

bool screen_take(struct screen *screen)
{
    struct typed typed;

    take_printed(screen);
    for (int i = 0; i < KEYS_AT_ONCE && (typed = terminal_read(screen->terminal)).kind != TYPED_NOTHING; i++) {
        if (!take_key(screen, typed)) {
            return false;
        }
    }
    draw_when_due(screen);
    return true;
}

/* --- beginning and end ----------------------------------------------------------------------------------------------- */

struct screen *screen_new(const struct screen_host *host)
{
    struct screen *screen = calloc(1, sizeof *screen);

    if (!screen) {
        return NULL;
    }
    screen->host = *host;
    screen->watcher = (struct transcript_watcher){ .happened = happened, .user = screen };
    screen->feed = frame_feed_new(&screen->log, host->is_one);
    screen->history = history_new();
    if (!screen->feed || !screen->history) {
        screen_free(screen);
        return NULL;
    }
    return screen;
}

void screen_tell(const struct screen *screen)
{
    struct canvas line = { .cells = NULL };
    char text[2 * MESSAGE_TEXT_SIZE];

    if (!canvas_resize(&line, 1, MESSAGE_TEXT_SIZE)) {
        return;
    }
    line.is_ascii = true;
    for (uint64_t number = message_log_oldest(&screen->log); number <= screen->log.last; number++) {
        canvas_clear(&line);
        log_line_draw(message_log_at(&screen->log, number), &line, 0, 1);
        canvas_row(&line, 0, text, sizeof text);
        puts(text);
    }
    canvas_free(&line);
}

void screen_close(struct screen *screen)
{
    terminal_close(screen->terminal);
    screen->terminal = NULL;
}

void screen_free(struct screen *screen)
{
    if (screen) {
        screen_close(screen);
        history_free(screen->history);
        frame_feed_free(screen->feed);
        canvas_free(&screen->next);
        canvas_free(&screen->shown);
        free(screen);
    }
}

bool screen_open(struct screen *screen)
{
    screen->terminal = terminal_open();
    if (!screen->terminal) {
        return false;
    }
    if (screen->host.history && !history_open(screen->history, screen->host.history)) {
        print(screen, MESSAGE_COMPLAINT, "what is typed cannot be kept for the next time:");
        print(screen, MESSAGE_COMPLAINT, screen->host.history);
    }
    return true;
}

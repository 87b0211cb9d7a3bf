/* fuzz_screen.c: what others write, on the screen of ocpp-sim. The first bytes are its size; the rest is a frame, a note, a name,
 * and what is typed. Whatever they hold, there is nothing on the screen but what every terminal draws alike, and nothing beyond
 * its edges.
 */
#include "completion.h"
#include "frame_feed.h"
#include "glyph.h"
#include "line_editor.h"
#include "page.h"
#include "pile_body.h"
#include "secret_line.h"
#include "walk_target.h"

#include <stdlib.h>
#include <string.h>

enum { SIZE_BYTES = 3, ASCII = 1, LONG = 2, OUT = 4 };

struct world {
    struct canvas canvas;
    struct message_log log;
    struct pile_view view;
    struct line_editor editor;
};

static void demand_glyphs(const struct canvas *canvas)
{
    for (int row = 0; row < canvas->rows; row++) {
        const struct cell *cells = canvas->cells + row * canvas->columns;
        for (int column = 0; column < canvas->columns; column++) {
            const int width = glyph_width(cells[column].code);
            if (cells[column].code == 0) {
                fuzz_demand(column > 0 && glyph_width(cells[column - 1].code) == 2);
                continue;
            }
            fuzz_demand(width > 0 && column + width <= canvas->columns);
            fuzz_demand(width == 1 || cells[column + 1].code == 0);
            fuzz_demand(!canvas->is_ascii || cells[column].code < 0x7f);
        }
    }
}

static void feed(struct world *world, const char *text, size_t size, unsigned flags)
{
    struct frame_feed *frames = frame_feed_new(&world->log, false);
    struct transcript_event event = { .identity = world->view.identity,
                                      .out = flags & OUT,
                                      .type = (int)(flags % 7),
                                      .action = world->view.identity,
                                      .latency_ms = (int64_t)size - 10,
                                      .text = text,
                                      .size = size,
                                      .frame = text,
                                      .frame_size = size };

    fuzz_demand(frames != NULL);
    frame_feed_happened(&event, frames);
    event.frame = NULL;
    frame_feed_happened(&event, frames);
    frame_feed_free(frames);
}

static void type(struct world *world, const char *text, size_t size)
{
    size_t used;

    for (size_t at = 0; at < size; at += used) {
        const uint32_t code = glyph_read(text + at, size - at, &used);
        const struct typed key = code < 0x20 ? (struct typed){ TYPED_CONTROL, 'A' + code } : (struct typed){ TYPED_TEXT, code };
        line_editor_type(&world->editor, code == 0x7f ? (struct typed){ TYPED_WORD_LEFT, 0 } : key);
    }
    fuzz_demand(world->editor.cursor <= world->editor.size && strlen(world->editor.text) == world->editor.size);
    (void)secret_line(world->editor.text);
}

static bool no_command(int index, const char **name, const char **forms)
{
    *name = "set";
    *forms = "a|b @x; . c";
    return index == 0;
}

static void no_values(const char *kind, struct completion *completion, void *user)
{
    (void)kind;
    (void)user;
    completion_offer(completion, "value");
}

static void complete(struct world *world)
{
    static struct completion completion;
    const struct completion_source source = { no_command, no_values, NULL };
    char common[COMPLETION_WORD_SIZE + 1];

    completion_find(&source, world->editor.text, world->editor.cursor, &completion);
    completion_common(&completion, common);
    if (completion.count > 0) {
        (void)line_editor_replace(&world->editor, completion.from, common);
    }
}

static void look(struct world *world, const char *text, size_t size)
{
    struct view_evse *evse = &world->view.evses[0];

    world->view.link = world->view.version = world->view.registration = "";
    world->view.evse_count = 1;
    *evse = (struct view_evse){
        .number = 1, .state = "", .has_session = true, .energy_wh = (int64_t)size, .session_s = (int64_t)size
    };
    const size_t length = size < VIEW_TEXT - 1 ? size : VIEW_TEXT - 1;
    memcpy(evse->token, text, length);
    memcpy(world->view.identity, text, length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < SIZE_BYTES) {
        return 0;
    }
    struct world *world = calloc(1, sizeof *world);
    const char *text = (const char *)data + SIZE_BYTES;
    const unsigned flags = data[2];

    fuzz_demand(world != NULL && canvas_resize(&world->canvas, data[0], data[1]));
    world->canvas.is_ascii = flags & ASCII;
    look(world, text, size - SIZE_BYTES);
    feed(world, text, size - SIZE_BYTES, flags);
    type(world, text, size - SIZE_BYTES);
    complete(world);
    const struct page page = { .body = &pile_body,
                               .view = &world->view,
                               .log = &world->log,
                               .is_long = flags & LONG,
                               .hint = world->view.identity,
                               .editor = &world->editor };
    page_draw(&page, &world->canvas);
    demand_glyphs(&world->canvas);
    fuzz_demand(world->canvas.cursor_column < world->canvas.columns);
    canvas_free(&world->canvas);
    free(world);
    return 0;
}

/* terminal_curses.c: see terminal.h. Wide characters, so ncursesw. */
#include "terminal.h"
#include "capture.h"
#include "glyph.h"
#include "terminal_rescue.h"

#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

struct terminal {
    int descriptor; /* of the terminal; capture.h closes it */
    FILE *output;   /* the same, for ncurses */
    SCREEN *screen;
    bool is_ascii;
    attr_t looks[STYLES];
    short pairs[STYLES];
};

enum { ESCAPE_WAIT_MS = 25, FIRST_OWN_KEY = KEY_MAX + 1 };

/* There is one. */
static struct terminal *opened;

static void close_at_exit(void)
{
    terminal_close(opened);
}

/* --- how things look ------------------------------------------------------------------------------------------------- */

static void choose_looks(struct terminal *terminal)
{
    static const struct {
        attr_t attributes;
        short colour; /* below 0: the terminal's own */
    } styles[STYLES] = {
        [STYLE_PLAIN] = { A_NORMAL, -1 },
        [STYLE_TITLE] = { A_REVERSE, -1 },
        [STYLE_HEADING] = { A_BOLD, -1 },
        [STYLE_DIM] = { A_DIM, -1 },
        [STYLE_STRONG] = { A_BOLD, -1 },
        [STYLE_GOOD] = { A_NORMAL, COLOR_GREEN },
        [STYLE_BUSY] = { A_NORMAL, COLOR_CYAN },
        [STYLE_WARNING] = { A_BOLD, COLOR_YELLOW },
        [STYLE_BAD] = { A_BOLD, COLOR_RED },
        [STYLE_SENT] = { A_NORMAL, COLOR_CYAN },
        [STYLE_RECEIVED] = { A_NORMAL, COLOR_MAGENTA },
    };
    const char *no_colour = getenv("NO_COLOR");
    const bool has_colours = (!no_colour || !*no_colour) && has_colors() && start_color() == OK;

    if (has_colours) {
        (void)use_default_colors();
    }
    for (int i = 0; i < STYLES; i++) {
        terminal->looks[i] = styles[i].attributes;
        if (has_colours && styles[i].colour >= 0 && init_pair((short)(i + 1), styles[i].colour, -1) == OK) {
            terminal->pairs[i] = (short)(i + 1);
        }
    }
}

/* --- opening and closing --------------------------------------------------------------------------------------------- */

bool terminal_is_built(void)
{
    return true;
}

bool terminal_is_there(void)
{
    const char *type = getenv("TERM");

    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && type && *type && strcmp(type, "dumb") != 0;
}

/* What many terminals send beside what their description says: arrows out of the keypad's mode, words with Ctrl and Alt. */
static void name_keys(void)
{
    static const struct {
        const char *sequence;
        int key;
    } keys[] = {
        { "\033[A", KEY_UP },
        { "\033[B", KEY_DOWN },
        { "\033[C", KEY_RIGHT },
        { "\033[D", KEY_LEFT },
        { "\033[H", KEY_HOME },
        { "\033[F", KEY_END },
        { "\033[1;5D", FIRST_OWN_KEY },
        { "\033[1;3D", FIRST_OWN_KEY },
        { "\033b", FIRST_OWN_KEY },
        { "\033[1;5C", FIRST_OWN_KEY + 1 },
        { "\033[1;3C", FIRST_OWN_KEY + 1 },
        { "\033f", FIRST_OWN_KEY + 1 },
    };

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        (void)define_key(keys[i].sequence, keys[i].key);
    }
}

/* A Ctrl-S would let the whole pile wait for a Ctrl-Q, and Ctrl-O and Ctrl-V are keys like others. */
static void give_up_flow_control(int output)
{
    struct termios modes;

    if (tcgetattr(output, &modes) == 0) {
        modes.c_iflag &= ~(tcflag_t)IXON;
        modes.c_lflag &= ~(tcflag_t)IEXTEN;
        (void)tcsetattr(output, TCSADRAIN, &modes);
        (void)def_prog_mode();
    }
}

static void set_modes(int output)
{
    (void)cbreak(); /* Ctrl-C stays a signal */
    (void)noecho();
    (void)nonl();
    (void)keypad(stdscr, TRUE);
    (void)nodelay(stdscr, TRUE);
    (void)leaveok(stdscr, FALSE);
    (void)set_escdelay(ESCAPE_WAIT_MS);
    name_keys();
    give_up_flow_control(output);
}

static struct terminal *take_over(int output)
{
    struct terminal *terminal = calloc(1, sizeof *terminal);
    const int copy = terminal ? dup(output) : -1;

    if (copy < 0 || !(terminal->output = fdopen(copy, "w"))) {
        free(terminal);
        return NULL;
    }
    (void)setlocale(LC_CTYPE, ""); /* and no more of it: numbers are written the same everywhere */
    terminal->is_ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
    terminal->screen = newterm(NULL, terminal->output, stdin);
    if (!terminal->screen) {
        fclose(terminal->output);
        free(terminal);
        return NULL;
    }
    set_modes(output);
    choose_looks(terminal);
    return terminal;
}

struct terminal *terminal_open(void)
{
    static bool is_registered;
    struct termios modes;
    const bool is_fit =
        terminal_is_there() && terminal_rescue_is_possible(STDOUT_FILENO) && tcgetattr(STDOUT_FILENO, &modes) == 0;
    const int output = is_fit ? capture_begin() : -1;
    struct terminal *terminal = output >= 0 ? take_over(output) : NULL;

    if (!terminal) {
        capture_end();
        return NULL;
    }
    opened = terminal;
    terminal->descriptor = output;
    terminal_rescue_arm(output, &modes);
    if (!is_registered) {
        is_registered = true;
        (void)atexit(close_at_exit);
    }
    return terminal;
}

void terminal_close(struct terminal *terminal)
{
    if (!terminal) {
        return;
    }
    opened = NULL;
    (void)endwin();
    terminal_rescue_disarm();
    delscreen(terminal->screen);
    fclose(terminal->output);
    free(terminal);
    capture_end();
}

bool terminal_is_ascii(const struct terminal *terminal)
{
    return terminal->is_ascii;
}

/* --- showing --------------------------------------------------------------------------------------------------------- */

void terminal_size(const struct terminal *terminal, int *rows, int *columns)
{
    struct winsize size;

    *rows = LINES;
    *columns = COLS;
    if (ioctl(terminal->descriptor, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0) {
        *rows = size.ws_row;
        *columns = size.ws_col;
    }
}

/* A character whose width the C library sees otherwise than glyph.h would move the rest of its row. */
static wchar_t drawn(uint32_t code)
{
    const wchar_t character = (wchar_t)code;

    return wcwidth(character) == glyph_width(code) ? character : L'?';
}

static void show_cell(const struct terminal *terminal, const struct cell *cell)
{
    const wchar_t text[] = { drawn(cell->code), 0 };
    cchar_t character;

    (void)setcchar(&character, text, terminal->looks[cell->style], terminal->pairs[cell->style], NULL);
    (void)add_wch(&character);
    if (glyph_width(cell->code) == 2 && text[0] == L'?') {
        (void)add_wch(&character);
    }
}

static void show_row(const struct terminal *terminal, const struct canvas *canvas, int row)
{
    (void)move(row, 0);
    for (int column = 0; column < canvas->columns; column++) {
        const struct cell *cell = &canvas->cells[row * canvas->columns + column];
        if (cell->code != 0) {
            show_cell(terminal, cell);
        }
    }
}

void terminal_show(struct terminal *terminal, const struct canvas *canvas)
{
    if (is_term_resized(canvas->rows, canvas->columns)) {
        (void)resize_term(canvas->rows, canvas->columns);
        (void)clear();
    }
    (void)erase();
    for (int row = 0; row < canvas->rows; row++) {
        show_row(terminal, canvas, row);
    }
    (void)curs_set(canvas->cursor_column >= 0 ? 1 : 0);
    if (canvas->cursor_column >= 0) {
        (void)move(canvas->cursor_row, canvas->cursor_column);
    }
    (void)refresh();
}

void terminal_redraw(struct terminal *terminal)
{
    (void)terminal;
    (void)clear();
}

/* --- keys ------------------------------------------------------------------------------------------------------------ */

static enum typed_kind key_kind(wint_t key)
{
    static const struct {
        wint_t key;
        enum typed_kind kind;
    } kinds[] = {
        { KEY_ENTER, TYPED_ENTER },
        { KEY_BACKSPACE, TYPED_BACKSPACE },
        { KEY_DC, TYPED_DELETE },
        { KEY_LEFT, TYPED_LEFT },
        { KEY_RIGHT, TYPED_RIGHT },
        { KEY_UP, TYPED_UP },
        { KEY_DOWN, TYPED_DOWN },
        { KEY_HOME, TYPED_HOME },
        { KEY_END, TYPED_END },
        { KEY_PPAGE, TYPED_PAGE_UP },
        { KEY_NPAGE, TYPED_PAGE_DOWN },
        { KEY_F(1), TYPED_HELP },
        { FIRST_OWN_KEY, TYPED_WORD_LEFT },
        { FIRST_OWN_KEY + 1, TYPED_WORD_RIGHT },
    };

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i].key == key) {
            return kinds[i].kind;
        }
    }
    return TYPED_NOTHING;
}

static struct typed control(wint_t code)
{
    switch (code) {
    case '\r':
    case '\n':
        return (struct typed){ TYPED_ENTER, 0 };
    case '\t':
        return (struct typed){ TYPED_TAB, 0 };
    case '\b':
    case 0x7f:
        return (struct typed){ TYPED_BACKSPACE, 0 };
    case 0x1b:
        return (struct typed){ TYPED_ESCAPE, 0 };
    default:
        return code >= 1 && code <= 26 ? (struct typed){ TYPED_CONTROL, code + 'A' - 1 } : (struct typed){ TYPED_NOTHING, 0 };
    }
}

static bool is_gone(void)
{
    struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };

    return poll(&input, 1, 0) > 0 && (input.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

struct typed terminal_read(struct terminal *terminal)
{
    wint_t code;
    int kind;

    (void)terminal;
    do {
        kind = get_wch(&code);
    } while (kind == KEY_CODE_YES && key_kind(code) == TYPED_NOTHING); /* a resize, a key without a meaning here */
    if (kind == KEY_CODE_YES) {
        return (struct typed){ key_kind(code), 0 };
    }
    if (kind != OK) {
        return (struct typed){ is_gone() ? TYPED_OVER : TYPED_NOTHING, 0 };
    }
    return code < 0x20 || code == 0x7f ? control(code) : (struct typed){ TYPED_TEXT, (uint32_t)code };
}

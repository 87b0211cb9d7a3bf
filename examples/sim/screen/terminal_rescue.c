/* terminal_rescue.c: see terminal_rescue.h. ncurses may not be called from a handler, so what gives the terminal back is written
 * down beforehand. A signal that somebody else handles (a sanitizer) stays theirs.
 */
#include "terminal_rescue.h"
#include "capture.h"

#include <curses.h>
#include <signal.h>
#include <term.h>
#include <unistd.h>

enum { RESTORE_BYTES = 256 };

static const int deaths[] = { SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGQUIT };

static struct {
    volatile sig_atomic_t is_armed;
    int output;
    struct termios modes;
    char bytes[RESTORE_BYTES];
    size_t size;
} rescue;

static void die(int number)
{
    if (rescue.is_armed) {
        rescue.is_armed = 0;
        if (write(rescue.output, rescue.bytes, rescue.size) < 0) {
            /* nothing is left to be done about it */
        }
        (void)tcsetattr(rescue.output, TCSANOW, &rescue.modes);
        capture_rescue();
    }
    (void)raise(number); /* of the default now (SA_RESETHAND) */
}

static void watch_deaths(void)
{
    struct sigaction now, action = { .sa_handler = die, .sa_flags = (int)SA_RESETHAND };

    for (size_t i = 0; i < sizeof deaths / sizeof deaths[0]; i++) {
        if (sigaction(deaths[i], NULL, &now) == 0 && now.sa_handler == SIG_DFL) {
            (void)sigaction(deaths[i], &action, NULL);
        }
    }
}

/* NULL: the terminal has none. */
static const char *capability(const char *name)
{
    const char *text = tigetstr(name);

    return text == (char *)-1 ? NULL : text; /* what tigetstr() says of one that is no text */
}

bool terminal_rescue_is_possible(int output)
{
    int error;

    if (setupterm(NULL, output, &error) != OK) {
        return false;
    }
    const bool can_place_cursor = capability("cup") != NULL;
    (void)del_curterm(cur_term);
    return can_place_cursor;
}

static int note_byte(int byte)
{
    if (rescue.size < RESTORE_BYTES) {
        rescue.bytes[rescue.size++] = (char)byte;
    }
    return byte;
}

void terminal_rescue_arm(int output, const struct termios *modes)
{
    static const char *const capabilities[] = { "sgr0", "op", "rmkx", "cnorm", "rmcup" };

    rescue.output = output;
    rescue.modes = *modes;
    rescue.size = 0;
    for (size_t i = 0; i < sizeof capabilities / sizeof capabilities[0]; i++) {
        const char *text = capability(capabilities[i]);
        if (text) {
            (void)tputs(text, 1, note_byte);
        }
    }
    rescue.is_armed = 1;
    watch_deaths();
}

void terminal_rescue_disarm(void)
{
    rescue.is_armed = 0;
}

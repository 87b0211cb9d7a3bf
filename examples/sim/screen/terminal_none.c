/* terminal_none.c: there is no terminal in a program built without ncurses. */
#include "terminal.h"

bool terminal_is_built(void)
{
    return false;
}

bool terminal_is_there(void)
{
    return false;
}

struct terminal *terminal_open(void)
{
    return NULL;
}

void terminal_close(struct terminal *terminal)
{
    (void)terminal;
}

bool terminal_is_ascii(const struct terminal *terminal)
{
    (void)terminal;
    return true;
}

void terminal_size(const struct terminal *terminal, int *rows, int *columns)
{
    (void)terminal;
    *rows = *columns = 0;
}

void terminal_show(struct terminal *terminal, const struct canvas *canvas)
{
    (void)terminal;
    (void)canvas;
}

void terminal_redraw(struct terminal *terminal)
{
    (void)terminal;
}

struct typed terminal_read(struct terminal *terminal)
{
    (void)terminal;
    return (struct typed){ TYPED_OVER, 0 };
}

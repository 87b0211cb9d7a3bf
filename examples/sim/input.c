/* input.c: see the header. Nothing here waits. */
#include "input.h"

#include <poll.h>
#include <unistd.h>

bool input_take(struct input *input, bool (*run)(const char *line, void *user), void *user)
{
    struct pollfd ready = { .fd = STDIN_FILENO, .events = POLLIN };
    char byte;

    while (!input->over && poll(&ready, 1, 0) > 0) {
        ssize_t got = read(STDIN_FILENO, &byte, 1);
        input->over = got <= 0;
        if (input->over && input->size == 0) {
            break;
        }
        if (input->over || byte == '\n' || input->size == sizeof input->line - 1) {
            input->line[input->size] = '\0';
            input->size = 0;
            if (!run(input->line, user)) {
                return false;
            }
            continue;
        }
        input->line[input->size++] = byte;
    }
    return !input->over || !isatty(STDIN_FILENO);
}

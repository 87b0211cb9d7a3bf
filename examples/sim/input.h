/* input.h: commands from standard input that is no terminal of ours: one per line. */
#ifndef OCPP_SIM_INPUT_H
#define OCPP_SIM_INPUT_H

#include <stdbool.h>
#include <stddef.h>

enum { INPUT_LINE_SIZE = 4096 };

struct input {
    char line[INPUT_LINE_SIZE]; /* being typed */
    size_t size;
    bool over;
};

/* input_take: hands over the lines that are there now. False: |run| said so, or somebody at a terminal ended the input. */
bool input_take(struct input *input, bool (*run)(const char *line, void *user), void *user);

#endif
